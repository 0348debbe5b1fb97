"""Everything that is otherwise in the workspaces of a lake than its files say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.lake.documents.operation import ABSENT
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Actor, Source
from infra.lake.registry.entry import Entry
from infra.move.drift.actor_differences import actor_differences
from infra.move.drift.connection_differences import connection_differences
from infra.move.drift.found_difference import Difference
from infra.move.drift.identify import Identified, identify
from infra.move.found import FoundWorkspace
from infra.move.gaps import gaps_of


@dataclass(frozen=True)
class Known:
    """What is known beside the files and the workspaces.

    Attributes:
        ids: stack -> entry -> Airbyte id, as Terraform's state or an import noted it.
        values: of variables, by name.
    """

    ids: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


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
    which = identify(stack, workspace, known.ids.get(stack.id, {}))
    actors = {actor.key: actor for actor in workspace.actors}
    connections = {one.key: one for one in workspace.connections}
    whole = not gaps_of(workspace)
    for actor in stack.actors():
        there = actors.get(which.keys.get(actor.path, ""))
        if there is not None:
            yield from actor_differences(model, stack, actor, there, known.values)
        elif whole and not _is_external(actor.settings):
            yield _gone(stack, actor, which)
    for connection in stack.connections.values():
        one = connections.get(which.keys.get(connection.path, ""))
        source = stack.sources.get(connection.settings.source)
        destination = stack.destinations.get(connection.settings.destination)
        if source is None or destination is None or _is_external(source.settings):
            continue
        if one is not None and one.remote.status != "deprecated":
            ends = (which.keys.get(source.path), which.keys.get(destination.path))
            yield from connection_differences(model, stack, connection, one.remote, ends)
        elif whole:
            yield _gone(stack, connection, which)


def _is_external(settings: Actor) -> bool:
    """True for what something else than Airbyte loads."""
    return isinstance(settings, Source) and settings.external is not None


def _gone(stack: Stack, entry: Entry[Any], which: Identified) -> Difference:
    id_ = which.known.get(entry.path)
    reason = ""
    if id_ is None:
        reason = "no object has its name: it was never applied, was deleted, or has another name"
        note = which.notes.get(entry.path)
        reason = f"{reason}; {note}" if note else reason
    elif isinstance(entry.settings, Actor) and entry.settings.existing:
        reason = "it is used and not managed here: give it the id of another object, or delete its entry"
    return Difference(stack.id, entry.path, (), id_ or entry.id, ABSENT, reason=reason)
