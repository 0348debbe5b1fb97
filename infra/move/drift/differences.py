"""Everything in the workspaces of a lake that differs from its files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.lake.documents.operation import ABSENT
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Actor, Connection, Source
from infra.lake.registry.entry import Entry
from infra.move.drift.actor_differences import actor_differences
from infra.move.drift.announced import Announced, announced_of_actor, announced_of_connection, marked
from infra.move.drift.connection_differences import connection_differences, key_of, stems_of
from infra.move.drift.found_difference import Difference
from infra.move.drift.known import Known
from infra.move.entries.recognize import Recognized
from infra.move.found import FoundActor, FoundConnection, FoundWorkspace
from infra.move.gaps import gaps_of


def differences_of(
    model: LakeModel, found: Mapping[str, FoundWorkspace], known: Known | None = None
) -> tuple[Difference, ...]:
    """The differences of each stack that was looked at, sorted by stack and entry. Where some objects could not be read, none
    is said to be gone. `found`: stack -> its workspace.
    """
    known = known or Known()
    return tuple(
        difference
        for id_ in sorted(found)
        if id_ in model.stacks
        for difference in _of_stack(model, model.stacks[id_], found[id_], known)
    )


def _of_stack(model: LakeModel, stack: Stack, workspace: FoundWorkspace, known: Known) -> Iterator[Difference]:
    which = known.recognize(model, stack.id, workspace)
    one = _Compared(model, stack, workspace, which, known.announced.get(stack.id, Announced()))
    actors = {actor.key: actor for actor in workspace.actors}
    whole = not gaps_of(workspace)
    for actor in stack.actors():
        there = actors.get(which.keys.get(actor.path, ""))
        if there is not None:
            yield from one.actor(actor, there, known.values)
        elif whole and not _is_external(actor.settings):
            yield _gone(stack, actor, which)
    for connection in stack.connections.values():
        found = workspace.connection(which.keys.get(connection.path, ""))
        source = stack.sources.get(connection.settings.source)
        destination = stack.destinations.get(connection.settings.destination)
        if source is None or destination is None or _is_external(source.settings):
            continue
        if found is not None and found.remote.status != "deprecated":
            yield from one.connection(connection, found, (source.path, destination.path))
        elif whole:
            yield _gone(stack, connection, which)


@dataclass(frozen=True)
class _Compared:
    """A stack and its workspace."""

    model: LakeModel
    stack: Stack
    workspace: FoundWorkspace
    which: Recognized
    announced: Announced

    def actor(self, actor: Entry[Actor], there: FoundActor, values: Mapping[str, Any]) -> Iterator[Difference]:
        lock = self.model.locks.get(actor.settings.connector or "")
        told = announced_of_actor(there, actor.id, lock, self.announced.of(actor.path, there.id))
        return marked(actor_differences(self.model, self.stack, actor, there, values), told, {})

    def connection(
        self, connection: Entry[Connection], found: FoundConnection, ends: tuple[str, str]
    ) -> Iterator[Difference]:
        source, destination = map(self.which.keys.get, ends)
        remote = found.remote
        differences = connection_differences(self.model, self.stack, connection, remote, (source, destination))
        told, folder = self.announced.of(connection.path, found.id), self.model.source_of(connection)
        if not told or folder is None:
            return differences
        offered = {stream.key: stream for stream in self.workspace.catalogs.get(remote.source_id, ())}
        offered |= folder.discovery.streams
        keys = {stream.key for stream in self.stack.streams.get(connection.id, ())}
        keys |= {key_of(one) for one in (remote.settings.streams if remote.settings else ())}
        held = announced_of_connection(self.stack, connection, found, offered, told)
        return marked(differences, held, {stem: key for key, stem in stems_of(keys, folder).items()})


def _is_external(settings: Actor) -> bool:
    """True for what something else than Airbyte loads."""
    return isinstance(settings, Source) and settings.external is not None


def _gone(stack: Stack, entry: Entry[Any], which: Recognized) -> Difference:
    id_ = which.known.get(entry.path)
    reason = ""
    if id_ is None:
        reason = "no object has its name: it was never applied, was deleted, or has another name"
        note = which.notes.get(entry.path)
        reason = f"{reason}; {note}" if note else reason
    elif isinstance(entry.settings, Actor) and entry.settings.existing:
        reason = "it is used and not managed here: give it the id of another object, or delete its entry"
    return Difference(stack.id, entry.path, (), id_ or entry.id, ABSENT, reason=reason)
