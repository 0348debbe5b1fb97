"""The objects of workspaces that have no entry yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from infra.move.entries.proposed import Left
from infra.move.entries.recognize import Recognized
from infra.move.entries.told import LeftOut
from infra.move.found import FoundActor, FoundConnection, FoundWorkspace
from infra.move.found_terraform import FoundTerraform


@dataclass
class NewObjects:
    """Attributes:
    actors, connections: stack -> those that get an entry if they can.
    left: those that may be an entry's already, or not.
    """

    actors: dict[str, list[FoundActor]] = field(default_factory=dict)
    connections: dict[str, list[FoundConnection]] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)


def new_objects(
    found: Mapping[str, FoundTerraform], known: Mapping[str, Recognized], only: frozenset[str]
) -> NewObjects:
    """What is in no entry, in the lake's order of stacks; an object that two stacks share a workspace for is the first one's.

    `only`: names or ids in Airbyte; a connection takes its ends along. Empty for all.
    """
    new = NewObjects()
    seen: set[str] = {id_ for stack, there in found.items() for id_ in _recognized_ids(there.workspace, known[stack])}
    for stack, there in found.items():
        wanted = _wanted(there.workspace, only)
        left = known[stack]
        new.left += [one for one in _unclear(stack, there.workspace, left) if one.key in wanted]
        skipped = {*left.actors, *left.connections, *left.unclear}
        new.actors[stack] = [
            one for one in there.workspace.actors if one.key in wanted and one.key not in skipped and one.id not in seen
        ]
        new.connections[stack] = [
            one
            for one in there.workspace.connections
            if one.key in wanted and one.key not in skipped and one.id not in seen and one.remote.status != "deprecated"
        ]
        seen |= {actor.id for actor in new.actors[stack] if actor.id}
        seen |= {one.id for one in new.connections[stack] if one.id}
    return new


def _recognized_ids(workspace: FoundWorkspace, known: Recognized) -> Iterator[str]:
    actors, connections = known.actors, known.connections
    yield from (actor.id for actor in workspace.actors if actor.id and actor.key in actors)
    yield from (one.id for one in workspace.connections if one.id and one.key in connections)


def _wanted(workspace: FoundWorkspace, only: frozenset[str]) -> set[str]:
    """The keys of what is to be imported."""
    if not only:
        return {one.key for one in workspace.actors} | {one.key for one in workspace.connections}
    ends = {
        key
        for one in workspace.connections
        if not only.isdisjoint((one.key, one.remote.name))
        for key in (one.key, one.remote.source_id, one.remote.destination_id)
    }
    return ends | {one.key for one in workspace.actors if not only.isdisjoint((one.key, one.name))}


def _unclear(stack: str, workspace: FoundWorkspace, known: Recognized) -> Iterator[Left]:
    names = {one.key: f'the {one.kind} "{one.name}"' for one in workspace.actors}
    names |= {one.key: f'the connection "{one.remote.name}"' for one in workspace.connections}
    for key, why in sorted(known.unclear.items()):
        instead = "write adopt with its id in Airbyte into the entry that it is, then import again"
        yield Left(stack, key, LeftOut(names[key], (why,), instead))
