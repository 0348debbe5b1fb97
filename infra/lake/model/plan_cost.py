"""PlanCost: the processor time of a plan that finds nothing to do, which tofu-controller makes at every interval.

The provider's framework keeps streams, and the selected fields of each, as sets, and looks up every attribute of every
stream by comparing whole elements: each stream before it, and then the stream with itself, field by field with field.
The form below follows from that; the constants are fitted to what was measured with airbytehq/airbyte 1.2.0 on PROCESSOR
(docs/performance.md, OpenTofu). Another processor takes another multiple of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.model.stack import Stack
from infra.lake.registry.duration import span_of
from infra.lake.registry.flux import Flux

PROCESSOR = "AMD EPYC at 2.6 GHz"


class Selection(NamedTuple):
    """What counts of a stream: its selected fields, none where all are synced, and how many mappers it has."""

    fields: tuple[str, ...] = ()
    mappers: int = 0

    @property
    def attributes(self) -> int:
        """What is looked up in it, counted in fields; a mapper has many attributes, most of them null."""
        return 3 + len(self.fields) + 3 * self.mappers

    @property
    def with_itself(self) -> float:
        """Seconds of a look-up in it: among its fields, and of each field while the stream is compared with itself."""
        return 6e-4 * len(self.fields) + 5.1e-5 * len(self.fields) ** 2 + 7.7e-3 * self.mappers

    @property
    def with_another(self) -> float:
        """Seconds that it adds to a look-up where it is compared with another stream, whichever is looked for."""
        return 6.5e-5 + 5.1e-5 * len(self.fields) + 2.1e-4 * self.mappers


# tofu and the provider start.
_START = 0.2
# A connection with its source, and every stream of it.
_CONNECTION = 0.03
_STREAM = 0.014
# What it takes besides where two streams have fields of the same names, for each pair of fields.
_ALIKE = 2e-5
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


def stack_cost(stack: Stack) -> PlanCost:
    """What a plan of a stack of the registry takes."""
    return plan_cost({id_: list(map(selection_of, streams)) for id_, streams in stack.streams.items()})


def selection_of(stream: ConfiguredStream) -> Selection:
    """What counts of a stream of the registry."""
    return Selection(stream.fields or (), len(stream.mappers))


def connection_seconds(streams: Sequence[Selection]) -> float:
    """Processor seconds that a connection with its source adds to a plan."""
    others = sum(stream.with_another for stream in streams)
    seconds = (
        stream.attributes * (stream.with_itself + (len(streams) - 2) * stream.with_another + others)
        for stream in streams
    )
    return _CONNECTION + _STREAM * len(streams) + sum(seconds) + _ALIKE * _alike(streams)


def _alike(streams: Sequence[Selection]) -> float:
    """How much streams have in common: a stream that another one resembles is compared with it almost to the end."""
    bits: dict[str, int] = {}
    for name in (name for stream in streams for name in stream.fields):
        bits.setdefault(name, 1 << len(bits))
    sets = [
        (sum(bits[name] for name in stream.fields), len(stream.fields), stream.attributes)
        for stream in streams
        if stream.fields
    ]
    found = 0.0
    for (one, size, attributes), (other, its_size, its_attributes) in combinations(sets, 2):
        common = (one & other).bit_count()
        if common > _IN_COMMON * max(size, its_size):
            found += (common / max(size, its_size)) ** 3 * size * its_size * (attributes + its_attributes)
    return found


def limit_of(flux: Flux | None) -> float:
    """The processor seconds that a plan should stay under: a part of the interval, by default that of Flux."""
    return SHARE * span_of(flux.interval if flux else str(Flux.model_fields["interval"].default)).total_seconds()


def in_words(seconds: float) -> str:
    """`45 s`, `12 min`, `1.5 h`: two figures, for an estimate says no more; at least a second."""
    unit, size = next((unit, size) for unit, size in _UNITS if seconds < 100 * size or size == _UNITS[-1][1])
    return f"{float(f'{max(seconds, 1) / size:.2g}'):g} {unit}"
