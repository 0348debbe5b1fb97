"""Notes on replication slots that nobody reads after a change, for which PostgreSQL goes on keeping its log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from infra.base.printable import one_line
from infra.lake.registry.entries import Connection
from infra.lake.registry.kinds import is_connection
from infra.lake.replication.log_reader import LogReader, log_reader, reads_incrementally
from infra.lake.replication.part import Part, same
from infra.review.details.schedule import schedules_after
from infra.review.sides.side import Side

# What tells one slot from another: it belongs to one database, and no other can read it. Source: PostgreSQL,
# pg_replication_slots; source-postgres PostgresSource.getReplicationSlot, which asks for one of its own database.
_SLOT = ("host", "port", "database", "slot")


@dataclass(frozen=True)
class _Reading:
    """A connection that reads a slot.

    Attributes:
        active: False while it is paused.
        managed: False for one that Airbyte keeps and that is not in the registry any more.

    """

    stack: str
    connection: str
    source: str
    reader: LogReader
    active: bool
    managed: bool = True

    def named(self, *, several: bool) -> str:
        """`connections.shop_to_lake`, with its stack where there are several."""
        return f"{self.connection} in {self.stack}" if several else self.connection


def notes_on_slots(base: Side, head: Side) -> Iterator[str]:
    """A note for each slot that nobody reads after the change, or only a connection that is forgotten here.

    Source: Airbyte drops no slot; "If you stop syncing a CDC-configured Postgres instance with Airbyte, delete the
    replication slot. Otherwise, it may fill up your disk space" (its Postgres troubleshooting); airbyte#42917, airbyte#33754.
    """
    stacks = sorted({*base.documents, *head.documents})
    after = [reading for stack in stacks for reading in _after(base, head, stack)]
    before = (reading for stack in stacks for reading in _readings(base, stack))
    yield from dict.fromkeys(note for reading in before for note in _notes(reading, after, several=len(stacks) > 1))


def _notes(before: _Reading, after: Sequence[_Reading], *, several: bool) -> Iterator[str]:
    """Of one that was paused before, only where it goes: its slot was told of when it was paused."""
    same_slot = [other for other in after if _is_one(before, other, _SLOT)]
    going_on = [other for other in same_slot if other.active or not before.active]
    if any(other.managed for other in going_on):
        yield from _shared(before, going_on, several=several)
        return
    slot, drop = _shown(before.reader.slot), f"drop it{_where(before.reader)}: {_statement(before.reader)}"
    stack = f" in {before.stack}" if several else ""
    if going_on:
        yield (
            f"{before.connection}{stack} goes on reading the replication slot {slot} and is no longer managed here; when it is "
            f"deleted in Airbyte, the slot stays behind: then {drop}"
        )
        return
    moved = not same_slot and any(_is_one(before, other, ("slot",)) for other in after)
    condition = ", unless its database is the same under another name or address" if moved else ""
    yield (
        f"nothing reads the replication slot {slot} of {before.source}{stack} any more{condition}: PostgreSQL keeps its log for it, "
        f"until the disk is full or the slot is lost; {'unless syncs start again soon, ' if same_slot else ''}{drop}"
    )


def _shared(before: _Reading, going_on: Sequence[_Reading], *, several: bool) -> Iterator[str]:
    """Of one that Airbyte keeps beside another reader, which the rule `replication-shared` cannot see."""
    others = [other for other in going_on if other.managed]
    if before.active and any(_is_kept(before, other) for other in going_on):
        beside = " and ".join(other.named(several=several) for other in others)
        yield (
            f"{before.named(several=several)} goes on reading the replication slot {_shown(before.reader.slot)} and is no longer "
            f"managed here, beside {beside}: a change goes to the connection that asks first, and never to the other; pause "
            "it in Airbyte before the merge, or delete it there"
        )


def _is_kept(before: _Reading, other: _Reading) -> bool:
    return not other.managed and (before.stack, before.connection) == (other.stack, other.connection)


def _is_one(before: _Reading, other: _Reading, names: Sequence[str]) -> bool:
    """Whether they read one slot, as far as names tell: what the files do not say may be so for one source only."""
    own = (before.stack, before.source) == (other.stack, other.source)
    found = [same(getattr(before.reader, name), getattr(other.reader, name)) for name in names]
    return False not in found if own else all(found)


def _statement(reader: LogReader) -> str:
    name = one_line(reader.slot) if isinstance(reader.slot, str) else "<slot>"
    return "SELECT pg_drop_replication_slot('{}');".format(name.replace("'", "''"))


def _where(reader: LogReader) -> str:
    """Source: PostgreSQL: a logical slot is dropped from the database that it was created in."""
    database = f" in the database {_shown(reader.database)}" if reader.database else ""
    return database + (f" on {_shown(reader.host)}" if reader.host else "")


def _shown(part: Part) -> str:
    return one_line(str(part))


def _after(base: Side, head: Side, stack: str) -> Iterator[_Reading]:
    """Those of the head, and those that Airbyte keeps beside them."""
    yield from _readings(head, stack)
    kept = schedules_after(base, head, stack).keys() - set(head.document(stack).entries.values())
    yield from (replace(one, managed=False) for one in _readings(base, stack) if one.connection in kept)


def _readings(side: Side, stack: str) -> Iterator[_Reading]:
    """The connections of a stack's document whose source reads a slot, by address."""
    document, whole = side.document(stack), side.stack(stack)
    for address, body in sorted(document.resources.items()):
        entry = document.entries[address]
        placed = side.entry(stack, entry) if is_connection(address) else None
        if whole and placed and isinstance(placed.settings, Connection):
            source = whole.sources.get(placed.settings.source)
            reader = log_reader(source, whole) if source else None
            if source and reader and reader.slot is not None and reads_incrementally(whole, placed.id, unknown=True):
                yield _Reading(stack, entry, source.path, reader, active=body.get("status") == "active")
