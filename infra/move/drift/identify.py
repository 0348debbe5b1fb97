"""Which entry of a stack is which object that was found: by an id that somebody noted, else by a name that is unique."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Actor, Connection, EntrySettings, Source
from infra.lake.registry.entry import Entry, actor_name
from infra.move.found import FoundActor, FoundConnection, FoundWorkspace


@dataclass
class Identified:
    """What was recognized.

    Attributes:
        keys: entry -> key of its object; entries that have none are absent.
        known: entry -> the id that its object has, or had.
        notes: entry -> what it may be, where that is not certain.
    """

    keys: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


def identify(stack: Stack, workspace: FoundWorkspace, ids: Mapping[str, str]) -> Identified:
    """The entries of a stack among what was found. `ids`: entry -> Airbyte id, from elsewhere, such as Terraform's state."""
    found = Identified()
    for entry in stack.entries():
        known = _noted(entry) or ids.get(entry.path)
        if known:
            found.known[entry.path] = known
    objects = {one.id: one.key for one in workspace.actors if one.id}
    objects |= {one.id: one.key for one in workspace.connections if one.id}
    found.keys.update({path: objects[id_] for path, id_ in found.known.items() if id_ in objects})
    actors = [actor for actor in stack.actors() if actor.path not in found.known and not _is_elsewhere(actor)]
    _by_names([_actor_likeness(one) for one in actors], [_found_likeness(one) for one in workspace.actors], found)
    connections = [one for one in stack.connections.values() if one.path not in found.known]
    _by_names(
        [one for connection in connections if (one := _connection_likeness(connection, stack, found))],
        [_remote_likeness(one) for one in workspace.connections if one.remote.status != "deprecated"],
        found,
    )
    return found


@dataclass(frozen=True)
class _Likeness:
    """What an entry or an object is like.

    Attributes:
        is_: path of the entry, or key of the object.
        kind: what it has to share to be alike at all.
    """

    is_: str
    kind: tuple[str, ...]
    name: str


def _by_names(entries: Sequence[_Likeness], objects: Sequence[_Likeness], found: Identified) -> None:
    """Recognize by a name that one entry and one object have; note what the others may be."""
    taken = set(found.keys.values())
    free = [one for one in objects if one.is_ not in taken]
    there, here = _grouped(free), _grouped(entries)
    for entry in entries:
        named = there.get((entry.kind, entry.name), [])
        if len(named) == len(here[entry.kind, entry.name]) == 1:
            found.keys[entry.is_] = named[0].is_
            taken.add(named[0].is_)
        elif named:
            keys = ", ".join(sorted(one.is_ for one in named))
            found.notes[entry.is_] = f"may be any of {keys}: choose one with adopt"
    left: dict[tuple[str, ...], list[_Likeness]] = {}
    for one in free:
        if one.is_ not in taken:
            left.setdefault(one.kind, []).append(one)
    for entry in entries:
        alike = left.get(entry.kind, [])
        if entry.is_ not in found.keys and entry.is_ not in found.notes and len(alike) == 1:
            found.notes[entry.is_] = f'if it is now called "{alike[0].name}", write adopt: {alike[0].is_}'


def _grouped(all_: Sequence[_Likeness]) -> dict[tuple[tuple[str, ...], str], list[_Likeness]]:
    groups: dict[tuple[tuple[str, ...], str], list[_Likeness]] = {}
    for one in all_:
        groups.setdefault((one.kind, one.name), []).append(one)
    return groups


def _noted(entry: Entry[EntrySettings]) -> str | None:
    existing = entry.settings.existing if isinstance(entry.settings, Actor) else None
    return existing or entry.settings.adopt


def _is_elsewhere(actor: Entry[Actor]) -> bool:
    return isinstance(actor.settings, Source) and actor.settings.external is not None


def _actor_likeness(actor: Entry[Actor]) -> _Likeness:
    return _Likeness(actor.path, (actor.kind, actor.settings.connector or ""), actor_name(actor))


def _found_likeness(actor: FoundActor) -> _Likeness:
    return _Likeness(actor.key, (actor.kind, actor.connector or ""), actor.name)


def _connection_likeness(connection: Entry[Connection], stack: Stack, found: Identified) -> _Likeness | None:
    """None where its ends are not known."""
    source = stack.sources.get(connection.settings.source)
    destination = stack.destinations.get(connection.settings.destination)
    if source is None or destination is None or not {source.path, destination.path} <= found.keys.keys():
        return None
    ends = (found.keys[source.path], found.keys[destination.path])
    return _Likeness(connection.path, ends, stack.connection_name(connection))


def _remote_likeness(connection: FoundConnection) -> _Likeness:
    remote = connection.remote
    return _Likeness(connection.key, (remote.source_id, remote.destination_id), remote.name)
