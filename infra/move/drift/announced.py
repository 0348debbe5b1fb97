"""What an import has announced: what is there and no entry can say, so that the first apply sends something else.

What an import would tell of an object as it is now is compared with what it told then. Where both are the same, and the files still
say what it wrote, nobody has changed anything since: such a difference goes with the first apply, and is no drift.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from infra.airbyte.workspace.setup import Setup, StreamSetup, full_name, setup_of_entry
from infra.lake.catalog.discovered import DiscoveredStream, StreamKey
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.documents import KeyPath, render_path
from infra.lake.documents.operation import ABSENT
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry
from infra.move.drift.found_difference import Difference
from infra.move.entries.actor_words import actor_words
from infra.move.entries.connection_words import connection_words
from infra.move.entries.stream_files import ALL_SYNCED, all_named, no_longer_offered, offered_of
from infra.move.entries.told import Told
from infra.move.entries.trial import changes_beyond
from infra.move.found import FoundActor, FoundConnection
from infra.scaffold.names import Names

_STAYS = "the import announced it, and it is gone after the first apply"


@dataclass(frozen=True)
class Announced:
    """What was told of the objects of a stack, and holds still.

    Attributes:
        told: Airbyte's id -> what the import that made an entry of the object told of it.
        applied: entries that an apply has gone over since, as Terraform's state says.
    """

    told: Mapping[str, Sequence[Told]] = field(default_factory=dict)
    applied: frozenset[str] = frozenset()

    def of(self, entry: str, id_: str | None) -> frozenset[Told]:
        """What was told of the object with that id, which is the entry; nothing where an apply has gone over it."""
        return frozenset() if entry in self.applied else frozenset(self.told.get(id_ or "", ()))


def announced_of_connection(
    stack: Stack,
    connection: Entry[Connection],
    found: FoundConnection,
    offered: Mapping[StreamKey, DiscoveredStream],
    told: frozenset[Told],
) -> dict[str, Told]:
    """Field, as the report calls it -> what was told of it, where that holds still. `offered`: by its source."""
    words = connection_words(found.remote, Names(connection.id, frozenset()))
    if not told or words.setup is None:
        return {}
    streams = offered_of(words.setup.streams, offered)
    named = _named(streams, told)
    would = replace(words.setup, streams=all_named(streams, offered, named.keys()))
    here = setup_of_entry(stack, connection)
    if would.schedule == connection.layers.value.get("schedule"):
        would = replace(would, schedule=here.schedule)
    same = [*words.told, *no_longer_offered(words.setup.streams, offered), *named.values()]
    known = {one.field for one in same}
    same = [one for one in same if not _differs(one.field, would, here)]
    return {one.field: one for one in (*same, *changes_beyond(would, here, known)) if one in told}


def _named(streams: Mapping[StreamKey, StreamSetup], told: frozenset[Told]) -> dict[StreamKey, Told]:
    """What was told of streams all fields of which are synced there, still, and whose entry names them."""
    said = {one.field: one for one in told if one.there == ALL_SYNCED}
    fields = {key: f"streams.{full_name(key)}.fields" for key, setup in streams.items() if setup.fields is None}
    return {key: said[place] for key, place in fields.items() if place in said}


def _differs(place: str, would: Setup, here: Setup) -> bool:
    """True if the entry says something else now than an import would write."""
    if place == "schedule":
        return would.schedule != here.schedule
    return any(one.field == place for one in changes_beyond(would, here, set()))


def announced_of_actor(
    actor: FoundActor, entry: str, lock: ConnectorLock | None, told: frozenset[Told]
) -> dict[str, Told]:
    """The same of a source or destination."""
    if not told:
        return {}
    words = actor_words(actor, entry, lock, Names(entry, frozenset()))
    return {one.field: one for one in words.told if one in told}


def marked(
    differences: Iterator[Difference], told: Mapping[str, Told], names: Mapping[str, StreamKey]
) -> Iterator[Difference]:
    """The differences, with what was told of each. `names`: stem of a stream -> the stream."""
    for one in differences:
        said = told.get(_field(one.path, names)) or _of_parts(one, told)
        yield replace(one, announced=said, reason=one.reason or _STAYS) if said else one


def _field(path: KeyPath, names: Mapping[str, StreamKey]) -> str:
    """The path as the report calls it: `streams.public.orders.fields`."""
    if path[:1] == ("streams",) and len(path) > 1 and str(path[1]) in names:
        return ".".join(("streams", full_name(names[str(path[1])]), *map(str, path[2:])))
    return render_path(path)


def _of_parts(one: Difference, told: Mapping[str, Told]) -> Told | None:
    """What was told of the parts of something that is not in the files at all, if of all of them."""
    if one.here is not ABSENT or one.path[:1] != ("configuration",) or not isinstance(one.there, Mapping):
        return None
    parts = [told.get(render_path((*one.path, *path))) for path in _leaves(one.there, ())]
    return parts[0] if parts and all(parts) else None


def _leaves(value: object, path: KeyPath) -> Iterator[KeyPath]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, str(key)))
    else:
        yield path
