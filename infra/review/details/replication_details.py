"""What an option of a database means to the position that Airbyte keeps in its log, or to the cursors that it keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from infra.lake.documents import KeyPath
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Actor, Source
from infra.lake.registry.entry import Entry
from infra.lake.replication.log_reader import LogReader, changed_places, log_reader, reads_incrementally
from infra.lake.replication.method import method_of
from infra.review.details.change import Detail
from infra.review.details.detail_kind import DetailKind
from infra.review.sides.side import Side

# What an option is, as its connectors' specs have it. Source: the specs of Airbyte's databases.
_PLACES: Mapping[KeyPath, str] = {
    ("host",): "host",
    ("connection_string",): "host",
    ("database_config", "connection_string"): "host",
    ("port",): "port",
    ("tunnel_method", "tunnel_host"): "tunnel",
    ("database",): "database",
    ("database_config", "databases"): "database",
    ("connection_data", "service_name"): "database",
    ("connection_data", "sid"): "database",
    ("replication_method", "replication_slot"): "slot",
    ("replication_method", "publication"): "publication",
}
# Below these, an option belongs to one method.
_METHODS = frozenset({"replication_method", "cursor"})
_RECOVERY = "invalid_cdc_cursor_position_behavior"
_READS_AGAIN = "Re-sync data"

# What another place means; connectors of which more is known have rows of their own.
_MEANING: Mapping[str, DetailKind] = {
    "host": "replication-server-changed",
    "port": "replication-server-changed",
    "tunnel": "replication-server-changed",
    "database": "replication-database-changed",
    "slot": "replication-slot-changed",
    "publication": "replication-publication-changed",
}
_OWN: Mapping[tuple[str | None, str], DetailKind] = {
    ("source-postgres", "host"): "postgres-server-changed",
    ("source-postgres", "port"): "postgres-server-changed",
    ("source-postgres", "tunnel"): "postgres-server-changed",
    ("source-postgres", "database"): "postgres-database-changed",
    ("source-mysql", "host"): "mysql-server-changed",
    ("source-mysql", "port"): "mysql-server-changed",
    ("source-mysql", "tunnel"): "mysql-server-changed",
}
_MOVED = frozenset({"host", "port", "tunnel", "database"})
# Where the server is: with another slot too, neither the one nor the other decides.
_SERVER = frozenset({"host", "port", "tunnel"})
# What is told once, whatever the number of options.
_ONE: frozenset[DetailKind] = frozenset(
    {
        *_MEANING.values(),
        *_OWN.values(),
        "replication-slot-resynced",
        "replication-slot-elsewhere",
        "replication-method-changed",
        "source-moved",
    }
)


@dataclass(frozen=True)
class Positions:
    """What Airbyte keeps of a source, on both sides of a review.

    Attributes:
        source: as it is after the change.
        readers: the source as a reader of its database's log; None where it reads none.
        methods: how it finds what has changed; None where nobody says it.
        incremental: True if a connection reads one of its streams incrementally before the change, or may do so.

    """

    source: Source
    readers: tuple[LogReader | None, LogReader | None]
    methods: tuple[str | None, str | None]
    incremental: bool

    def kind_of(self, path: KeyPath) -> DetailKind | None:
        """What a change of the option at a path means to what is kept; None if nothing is known of it."""
        names = tuple(key for key in path if isinstance(key, str))
        if not self.incremental:
            return None
        if names[:1] and names[0] in _METHODS and self.methods[0] != self.methods[1]:
            return "replication-method-changed"
        before, after = self.readers
        if before and after:
            return self._in_log(names, before, after)
        unread = before is None and after is None
        return "source-moved" if unread and _PLACES.get(names) in _MOVED else None

    def _in_log(self, names: KeyPath, before: LogReader, after: LogReader) -> DetailKind | None:
        if names[-1:] == (_RECOVERY,):
            return "replication-recovery-changed"
        place = _PLACES.get(names)
        changed = changed_places(before, after)
        if place is None or place not in changed:
            return None
        if place in {*_SERVER, "slot"} and "slot" in changed and _SERVER & set(changed):
            return "replication-slot-elsewhere"
        if place == "slot" and self._reads_again():
            return "replication-slot-resynced"
        return _OWN.get((after.connector, place), _MEANING[place])

    def _reads_again(self) -> bool:
        method = (self.source.configuration or {}).get("replication_method")
        return isinstance(method, Mapping) and method.get(_RECOVERY) == _READS_AGAIN


def positions_of(base: Side, head: Side, before: Entry[Actor], after: Entry[Actor]) -> Positions | None:
    """What Airbyte keeps of an entry; None for a destination."""
    one, other = base.model.stacks[before.stack], head.model.stacks[after.stack]
    old, new = one.sources.get(before.id), other.sources.get(after.id)
    if before.kind != "source" or old is None or new is None:
        return None
    readers = (log_reader(old, one), log_reader(new, other))
    methods = (method_of(old.settings), method_of(new.settings))
    return Positions(new.settings, readers, methods, _is_incremental(one, old.id))


def _is_incremental(stack: Stack, source: str) -> bool:
    """Whether a connection of the source reads a stream so, or one of which nobody knows how."""
    connections = (id_ for id_, connection in stack.connections.items() if connection.settings.source == source)
    return any(reads_incrementally(stack, id_, unknown=True) for id_ in connections)


def together(details: Iterable[Detail]) -> Iterator[Detail]:
    """The details, those that mean the same to what is kept as one: a server has a host and a port."""
    groups: dict[tuple[str, str], list[Detail]] = {}
    for detail in details:
        groups.setdefault((detail.kind, "" if detail.kind in _ONE else detail.path), []).append(detail)
    for first, *more in groups.values():
        yield _one(first, *more) if more else first


def _one(*found: Detail) -> Detail:
    details = [detail.masked() for detail in found]
    before = {detail.path: detail.before for detail in details}
    after = {detail.path: detail.after for detail in details}
    return replace(details[0], before=before, after=after, text=", ".join(detail.text for detail in details))
