"""Stacks whose plans take a large part of the time between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.fields import properties_of
from infra.lake.documents import KeyPath, Problem, Related, plural
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.plan_cost import (
    PROCESSOR,
    SHARE,
    PlanCost,
    Selection,
    connection_seconds,
    in_words,
    limit_of,
    plan_cost,
    selection_of,
    stack_cost,
)
from infra.lake.model.stack import Stack
from infra.lake.registry.duration import span_of
from infra.lake.registry.flux import Flux
from infra.lake.replication.method import reads_log

_FIELDS = ("fields",)
# Connections and stream files that are named.
_NAMED = 3
# The part of a stream's fields that counts as nearly all of them.
_NEARLY_ALL = 0.8
# The part of the time of the most costly connection that another one has to take to be named, and to be cut.
_COUNTS = 0.05
_COMPARABLE = 0.5
# The part of the time that an advice has to save.
_WORTH = 0.2
# Intervals that people write.
_INTERVALS = ("1m", "2m", "5m", "10m", "15m", "20m", "30m", "1h", "2h", "3h", "4h", "6h", "12h", "24h")


def check_plans(model: LakeModel) -> Iterator[Problem]:
    """`plan-slow`, a warning: a later plan of a stack takes more than a part of the interval between plans."""
    for stack in model.stacks.values():
        cost, limit = stack_cost(stack), limit_of(stack.settings.flux)
        if cost.seconds > limit:
            message = (
                f"a plan takes about {in_words(cost.seconds)} of processor time on an {PROCESSOR}, {_against(stack)}"
            )
            fix, related = "\n".join(_fixes(model, stack, cost)), tuple(_most_costly(stack, cost))
            yield stack.layers.problem("plan-slow", (), message, fix, key=True, related=related, severity="warning")


def _against(stack: Stack) -> str:
    flux = stack.settings.flux
    if flux is not None:
        return f"more than a quarter of flux.interval, {flux.interval}"
    return (
        f"more than a quarter of {Flux.model_fields['interval'].default}, after which tofu-controller would plan again"
    )


def _most_costly(stack: Stack, cost: PlanCost) -> Iterator[Related]:
    for id_ in _named(cost):
        streams = stack.streams[id_]
        where = stack.connections[id_].layers.locate(key=True)
        yield Related(
            where, f"connections.{id_} takes about {in_words(cost.connections[id_])} of it: {_sizes(streams)}"
        )


def _sizes(streams: Sequence[ConfiguredStream]) -> str:
    mappers = sum(len(stream.mappers) for stream in streams)
    sizes = [plural(len(streams), "stream"), plural(sum(map(_size, streams)), "selected field")]
    return ", ".join([*sizes, *([plural(mappers, "mapper")] if mappers else [])])


def _named(cost: PlanCost, least: float = _COUNTS) -> list[str]:
    """The connections that cost most, each at least that part of the first."""
    first = max(cost.connections.values())
    return [id_ for id_, seconds in cost.connections.items() if seconds > least * first][:_NAMED]


def _fixes(model: LakeModel, stack: Stack, cost: PlanCost) -> Iterator[str]:
    yield from _dropped(stack, cost, _nearly_whole(model, stack))
    cut = [id_ for id_ in _named(cost, _COMPARABLE) if _is_worth_cutting(stack, id_)]
    if cut:
        yield f"split a connection by streams, unless it reads the database's log; those that move are read again: {_some(cut, len(cut))}"
    interval = next((text for text in _INTERVALS if SHARE * span_of(text).total_seconds() > cost.seconds), None)
    if interval and stack.settings.flux is not None:
        yield f"or plan less often, for example flux.interval: {interval}"
    yield "see docs/performance.md, OpenTofu"


# A stream in a connection, by their ids: the stream, and how many fields are known of it.
_Whole = Mapping[tuple[str, str], tuple[ConfiguredStream, int]]


def _dropped(stack: Stack, cost: PlanCost, whole: _Whole) -> Iterator[str]:
    """The advice to drop `fields`, where it helps."""
    selections = {
        id_: [_without_fields(stream) if (id_, stream.stem) in whole else selection_of(stream) for stream in streams]
        for id_, streams in stack.streams.items()
    }
    left = plan_cost(selections).seconds
    if left < (1 - _WORTH) * cost.seconds:
        longest = sorted(whole.values(), key=lambda found: -_size(found[0]))
        # Looking for a line reads the file again, so only those that are named are looked for.
        written = {_written(stream): (stream, known) for stream, known in reversed(longest)}
        places = (
            f"{stream.layers.locate(_FIELDS, key=True)} ({_size(stream)} of {known})"
            for stream, known in reversed(written.values())
        )
        yield f"drop fields where nearly all are selected, which leaves about {in_words(left)}: {_some(places, len(written))}"
        yield (
            "every column is synced then; new ones too, automatically with schema_changes: propagate_columns, otherwise "
            "when the connection next changes"
        )


def _nearly_whole(model: LakeModel, stack: Stack) -> _Whole:
    """The streams whose `fields` leave out little of what is discovered, each with the number of that."""
    found: dict[tuple[str, str], tuple[ConfiguredStream, int]] = {}
    for id_, streams in stack.streams.items():
        source = model.source_of(stack.connections[id_])
        for stream in streams:
            offered = source.discovery.streams.get(stream.key) if source else None
            known = len(properties_of(offered.json_schema)) if offered else 0
            if known and _size(stream) >= _NEARLY_ALL * known:
                found[id_, stream.stem] = (stream, known)
    return found


def _is_worth_cutting(stack: Stack, id_: str) -> bool:
    source = stack.sources[stack.connections[id_].settings.source]
    streams = list(map(selection_of, stack.streams[id_]))
    halves = connection_seconds(streams[::2]) + connection_seconds(streams[1::2])
    return not reads_log(source.settings) and halves < (1 - _WORTH) * connection_seconds(streams)


def _written(stream: ConfiguredStream) -> tuple[str, KeyPath]:
    """The piece that says `fields`, which several connections may share: its file and its path in there."""
    piece = stream.layers.writer_of(_FIELDS)
    return piece.document.file, piece.path


def _without_fields(stream: ConfiguredStream) -> Selection:
    return selection_of(stream)._replace(fields=())


def _size(stream: ConfiguredStream) -> int:
    return len(stream.fields or ())


def _some(names: Iterable[str], count: int) -> str:
    """The first of so many."""
    more = f" and {count - _NAMED} more" if count > _NAMED else ""
    return ", ".join(islice(names, _NAMED)) + more
