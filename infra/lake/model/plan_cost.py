"""PlanCost: the processor time of a plan that finds nothing to do, which tofu-controller makes at every interval.

The provider's framework keeps streams, and the selected fields of each, as sets, and looks up every field of every stream
by comparing whole elements: each stream before it, and then the stream with itself, field by field with field. The form
below follows from that; the constants are fitted to what was measured with airbytehq/airbyte 1.2.0 on PROCESSOR
(docs/performance.md, OpenTofu). Another processor takes another multiple of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from infra.lake.model.lake_model import StackModel
from infra.lake.registry.duration import span_of
from infra.lake.registry.flux import Flux

PROCESSOR = "AMD EPYC at 2.6 GHz"

# The selected fields of a stream; empty where none are selected, so that all are synced.
Selection = tuple[str, ...]

# tofu and the provider start.
_START = 0.2
# A connection with its source, and every stream of it.
_CONNECTION = 0.03
_STREAM = 0.02
# Each field of a stream is looked up: the field among the others, the stream by comparing it with itself, with another
# stream, and with one of the same fields.
_FIELD = 5e-4
_ITSELF = 5.3e-5
_OTHER = 1.65e-4
_ALIKE = 2.65e-5
# Streams that have less of their fields in common are told apart soon.
_IN_COMMON = 0.5

_UNITS = (("s", 1), ("min", 60), ("h", 3600))

# The part of an interval that plans may take: an apply plans first, and takes as long again.
SHARE = 0.25


@dataclass(frozen=True)
class PlanCost:
    """What a plan of a stack takes.

    Attributes:
        connections: id -> processor seconds, the most expensive first.

    """

    connections: Mapping[str, float]

    @property
    def seconds(self) -> float:
        """Processor seconds of the whole plan."""
        return _START + sum(self.connections.values())


def plan_cost(connections: Mapping[str, Sequence[Selection]]) -> PlanCost:
    """What a plan takes; `connections`: id -> the selection of each of its streams."""
    known: dict[tuple[Selection, ...], float] = {}  # many connections sync the same streams
    found: dict[str, float] = {}
    for id_, streams in connections.items():
        key = tuple(streams)
        if key not in known:
            known[key] = connection_seconds(key)
        found[id_] = known[key]
    return PlanCost(dict(sorted(found.items(), key=lambda item: (-item[1], item[0]))))


def stack_cost(stack: StackModel) -> PlanCost:
    """What a plan of a stack of the registry takes."""
    return plan_cost({id_: [stream.fields or () for stream in streams] for id_, streams in stack.streams.items()})


def connection_seconds(streams: Sequence[Selection]) -> float:
    """Processor seconds that a connection with its source adds to a plan."""
    selecting = [fields for fields in streams if fields]
    sizes = [len(fields) for fields in selecting]
    squares = sum(size**2 for size in sizes)
    # Each field of each stream times the mean size of that stream and another one, over all other ones.
    others = ((len(sizes) - 2) * squares + sum(sizes) ** 2) / 2
    return (
        _CONNECTION
        + _STREAM * len(streams)
        + _FIELD * squares
        + _ITSELF * sum(size**3 for size in sizes)
        + _OTHER * others
        + _ALIKE * _alike(selecting)
    )


def _alike(streams: Sequence[Selection]) -> float:
    """How much streams have in common: a stream that another one resembles is compared with it almost to the end."""
    bits: dict[str, int] = {}
    for name in (name for fields in streams for name in fields):
        bits.setdefault(name, 1 << len(bits))
    found = 0.0
    for (one, size), (other, its) in combinations([(sum(bits[n] for n in s), len(s)) for s in streams], 2):
        share = (one & other).bit_count() / max(size, its)
        if share > _IN_COMMON:
            found += share**3 * size * its * (size + its)
    return found


def limit_of(flux: Flux | None) -> float:
    """The processor seconds that a plan should stay under: a part of the interval, by default that of Flux."""
    return SHARE * span_of(flux.interval if flux else str(Flux.model_fields["interval"].default)).total_seconds()


def about(seconds: float) -> str:
    """`45 s`, `12 min`, `1.5 h`: two figures, for an estimate says no more; at least a second."""
    unit, size = next((unit, size) for unit, size in _UNITS if seconds < 100 * size or size == _UNITS[-1][1])
    return f"{float(f'{max(seconds, 1) / size:.2g}'):g} {unit}"
