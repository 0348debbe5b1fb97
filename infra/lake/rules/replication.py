"""One position in a database's log for two readers: a change goes to the one that asks first.

Source: docs of Airbyte's Postgres source ("Only one source should be configured that uses this replication slot", and with
CDC one destination only); airbytehq/airbyte#4704, #19082. PostgreSQL, "Logical Decoding Concepts": receivers of one slot get
the changes that follow on from where the last one stopped. A sync of streams that are all read as a whole does not read the
log (`isAnyStreamIncrementalSyncMode`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from infra.lake.documents import KeyPath, Problem, Related, RuleId
from infra.lake.documents.yaml_text import flow
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.accepted import Accepted, accepted_line
from infra.lake.registry.entries import Connection, Source
from infra.lake.registry.entry import Entry
from infra.lake.replication.log_reader import LogReader, log_reader, reads_incrementally, reads_same_log

_RULE: RuleId = "replication-shared"
_METHOD: KeyPath = ("configuration", "replication_method")


@dataclass(frozen=True)
class _Reading:
    """A source in one stack that has a log's only position."""

    stack: Stack
    source: Entry[Source]
    reader: LogReader

    @property
    def at(self) -> KeyPath:
        """The option that names the position."""
        return (*_METHOD, "server_id" if self.reader.slot is None else "replication_slot")

    @property
    def what(self) -> str:
        """`slot "airbyte"`."""
        kind = "server id" if self.reader.slot is None else "slot"
        return f'{kind} "{self.reader.sole_position}"'


def check_replication(model: LakeModel) -> Iterator[Problem]:
    """`replication-shared`: for each source and each connection but the first that read from one position, and for a source
    that does so in several stacks. One that is accepted is none of them.
    """
    for group in _groups(model):
        sources: dict[str, list[_Reading]] = {}
        for reading in group:
            sources.setdefault(reading.source.id, []).append(reading)
        yield from _second_sources(model, sources)
        yield from _second_stacks(model, sources)
        for reading in group:
            yield from _second_connections(model, reading)


def lets_pass(model: LakeModel, line: Accepted) -> bool:
    """True if the line below `accepted:` lets something pass that would be refused without it."""
    others = tuple(pair for pair in model.registry.accepted if pair[0] != line)
    without = replace(model, registry=replace(model.registry, accepted=others))
    return list(check_replication(without)) != list(check_replication(model))


def _groups(model: LakeModel) -> list[list[_Reading]]:
    """All readings, those of one position together."""
    groups: list[list[_Reading]] = []
    by_position: dict[object, list[list[_Reading]]] = {}
    for reading in _readings(model):
        known = by_position.setdefault(reading.reader.sole_position, [])
        group = next((group for group in known if reads_same_log(group[0].reader, reading.reader)), None)
        if group is None:
            known.append([reading])
            groups.append(known[-1])
        else:
            group.append(reading)
    return groups


def _readings(model: LakeModel) -> Iterator[_Reading]:
    """Of sources that a connection uses: without one, nobody reads."""
    for stack in model.stacks.values():
        used = {connection.settings.source for connection in stack.connections.values()}
        for source in stack.sources.values():
            reader = log_reader(source, stack) if source.id in used else None
            if reader is not None and reader.sole_position is not None:
                yield _Reading(stack, source, reader)


def _second_sources(model: LakeModel, sources: dict[str, list[_Reading]]) -> Iterator[Problem]:
    readings = [readings[0] for readings in sources.values() if not _is_accepted(model, readings[0])]
    if len(readings) > 1:
        first, *others = sorted(readings, key=lambda reading: reading.source.layers.locate(key=True))
        for other in others:
            yield _second_source(first, other)


def _second_source(first: _Reading, other: _Reading) -> Problem:
    message = f"the {other.what}{_place(other.reader)} is also that of {first.source.path}: {_consequence('source')}"
    fix = f"{_own(other, other.source.id)}\n{_accepting(other, other.source.path)}"
    related = (Related(first.source.layers.locate(first.at), f"the {first.what} of {first.source.path}"),)
    return other.source.layers.problem(_RULE, other.at, message, fix, related=related)


def _second_stacks(model: LakeModel, sources: dict[str, list[_Reading]]) -> Iterator[Problem]:
    for readings in sources.values():
        told = [reading for reading in readings if not _is_accepted(model, reading)]
        if len(told) > 1:
            yield _several_stacks(*told)


def _several_stacks(first: _Reading, *others: _Reading) -> Problem:
    last, names = others[-1], " and ".join(f'"{reading.stack.id}"' for reading in (first, *others))
    message = f"the {last.what}{_place(last.reader)} is read in the stacks {names}: {_consequence('stack')}"
    name = f"{last.source.id}_{last.stack.id}"
    key = f"{last.at[-1]}: {name if last.reader.slot is not None else '<another>'}"
    override = f"overrides: {{{last.stack.id}: {{configuration: {{replication_method: {{{key}}}}}}}}}"
    fix = f"{_own(last, name)}: {override}\n{_accepting(last, last.source.path)}"
    related = (
        Related(first.source.layers.locate(first.at), f'in the stack "{first.stack.id}"'),
        *(Related(other.stack.layers.locate(key=True), f'the stack "{other.stack.id}"') for other in others),
    )
    return last.source.layers.problem(_RULE, last.at, message, fix, related=related)


def _second_connections(model: LakeModel, reading: _Reading) -> Iterator[Problem]:
    using = [
        connection
        for connection in reading.stack.connections.values()
        if connection.settings.source == reading.source.id
        and reads_incrementally(reading.stack, connection.id, unknown=False)
        and not _is_accepted(model, reading, connection)
    ]
    if len(using) > 1:
        first, *others = sorted(using, key=lambda connection: connection.layers.locate(key=True))
        for other in others:
            yield _second_connection(reading, first, other)


def _second_connection(reading: _Reading, first: Entry[Connection], other: Entry[Connection]) -> Problem:
    paused = " (one that is inactive keeps a position that the other moves past)" if _inactive(first, other) else ""
    message = (
        f"reads the {reading.what} of {reading.source.path}, as {first.path} does: {_consequence('connection')}{paused}"
    )
    fix = (
        f"let {first.path} sync its streams too, or give it a source of its own, with a slot of its own\n"
        f"{_accepting(reading, other.path)}"
    )
    related = (
        Related(first.layers.locate(key=True), "the other connection"),
        Related(reading.source.layers.locate(reading.at), f"the {reading.what}"),
    )
    return other.layers.problem(_RULE, ("source",), message, fix, related=related)


def _inactive(*connections: Entry[Connection]) -> bool:
    return any(connection.settings.status == "inactive" for connection in connections)


def _place(reader: LogReader) -> str:
    """` of the database shop on db.example.com`."""
    return f" of the database {reader.database} on {reader.host}" if reader.slot is not None else f" on {reader.host}"


def _consequence(kind: str) -> str:
    return f"a change goes to the {kind} that asks first, and never to the other"


def _own(reading: _Reading, name: str) -> str:
    """How to get another position."""
    if reading.reader.slot is None:
        return "give it a server id of its own"
    return f"create a slot for it, SELECT pg_create_logical_replication_slot('{name}', 'pgoutput'), and name that"


def _accepting(reading: _Reading, entry: str) -> str:
    value = flow(str(reading.reader.sole_position))
    return f"or, if it is intended, add under accepted:\n{accepted_line(entry, _RULE, f', value: {value}')}"


def _is_accepted(model: LakeModel, reading: _Reading, connection: Entry[Connection] | None = None) -> bool:
    entry, position = (connection or reading.source).path, str(reading.reader.sole_position)
    return any(line.accepts(_RULE, entry, reading.stack.id, position) for line, _ in model.registry.accepted)
