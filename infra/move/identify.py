"""Which entry of a stack is which object that was found: by an id that somebody noted, else by a name that is unique."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from infra.lake.model.stack import Stack
from infra.lake.registry.draft import Draft
from infra.lake.registry.entries import Actor, Connection, EntrySettings
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
    for actor in stack.actors():
        if actor.path not in found.known and not _is_elsewhere(actor):
            _by_name(actor, actor_name(actor), list(_alike(actor, workspace, found)), found)
    for connection in stack.connections.values():
        if connection.path not in found.known:
            _connection(connection, stack, workspace, found)
    return found


def _noted(entry: Entry[EntrySettings]) -> str | None:
    existing = entry.settings.existing if isinstance(entry.settings, Actor) else None
    return existing or entry.settings.adopt


def _is_elsewhere(actor: Entry[Actor]) -> bool:
    return getattr(actor.settings, "external", None) is not None


def _alike(actor: Entry[Actor], workspace: FoundWorkspace, found: Identified) -> Iterator[FoundActor]:
    """The objects that nobody else has, of the entry's kind and connector."""
    kind = "source" if actor.section == "sources" else "destination"
    for one in workspace.actors:
        said = {one.connector, actor.settings.connector} - {None}
        if one.kind == kind and len(said) < 2 and one.key not in found.keys.values():
            yield one


def _by_name(
    entry: Draft, name: str, alike: Sequence[FoundActor] | Sequence[FoundConnection], found: Identified
) -> None:
    named = [one for one in alike if _name(one) == name]
    if len(named) == 1:
        found.keys[entry.path] = named[0].key
    elif named:
        found.notes[entry.path] = f"may be any of {', '.join(sorted(one.key for one in named))}: choose one with adopt"
    elif len(alike) == 1:
        found.notes[entry.path] = f'if it is now called "{_name(alike[0])}", write adopt: {alike[0].key}'


def _name(one: FoundActor | FoundConnection) -> str:
    return one.name if isinstance(one, FoundActor) else one.remote.name


def _connection(entry: Entry[Connection], stack: Stack, workspace: FoundWorkspace, found: Identified) -> None:
    settings = entry.settings
    ends = (found.keys.get(f"sources.{settings.source}"), found.keys.get(f"destinations.{settings.destination}"))
    if None in ends or settings.source not in stack.sources or settings.destination not in stack.destinations:
        return
    taken = set(found.keys.values())
    alike = [
        one
        for one in workspace.connections
        if (one.remote.source_id, one.remote.destination_id) == ends
        and one.key not in taken
        and one.remote.status != "deprecated"
    ]
    _by_name(entry, stack.connection_name(entry), alike, found)
