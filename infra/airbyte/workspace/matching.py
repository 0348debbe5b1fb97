"""Which connections of a workspace are the registry's, which are nobody's, and which are not there yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from infra.airbyte.server import AirbyteServer, RemoteActor, RemoteConnection
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Actor, Connection
from infra.lake.registry.entry import Entry, actor_name

Way = Literal["state", "adopt", "name"]


@dataclass(frozen=True)
class Workspace:
    """Everything that is in a workspace, in the server's order.

    Attributes:
        actors: id -> source or destination.
    """

    id: str
    connections: Sequence[RemoteConnection]
    actors: Mapping[str, RemoteActor]


@dataclass(frozen=True)
class Matched:
    """A connection of the registry.

    Attributes:
        name: in Airbyte; empty if its source or destination has problems.
        remote: what it is on the server; None if it is not there.
        way: how it was recognized: by its id in Terraform's state, by `adopt`, by its name and those of its ends.
        several: ids of the connections that it may be, if they are more than one.
    """

    entry: Entry[Connection]
    name: str
    remote: RemoteConnection | None = None
    way: Way | None = None
    several: tuple[str, ...] = ()


def read_workspace(server: AirbyteServer) -> Workspace:
    """What is in the workspace of a stack. Raises UserError."""
    actors = [*server.sources(), *server.destinations()]
    return Workspace(server.workspace_id, server.connections(), {actor.id: actor for actor in actors})


def match_connections(stack: Stack, workspace: Workspace, state: Mapping[str, str]) -> list[Matched]:
    """The connections of a stack, sorted by id, without those that something else loads. `state`: entry id -> Airbyte id,
    from Terraform's state, as far as it is known.
    """
    return [_find(entry, stack, workspace, state) for entry in stack.connections.values() if _is_airbytes(entry, stack)]


def find_orphans(workspace: Workspace, own: Iterable[Matched]) -> list[RemoteConnection]:
    """The connections that are in no registry entry, sorted by name."""
    taken = {one for found in own for one in (*found.several, *([found.remote.id] if found.remote else []))}
    return sorted(
        (remote for remote in workspace.connections if remote.id not in taken and remote.status != "deprecated"),
        key=lambda remote: (remote.name, remote.id),
    )


def actor_of(remote_id: str, stack: Stack, workspace: Workspace) -> Entry[Actor] | None:
    """The entry of a source or destination on the server."""
    return next((actor for actor in stack.actors() if _is(actor, remote_id, workspace)), None)


def _is_airbytes(entry: Entry[Connection], stack: Stack) -> bool:
    source = stack.sources.get(entry.settings.source)
    return source is None or source.settings.external is None


def _find(entry: Entry[Connection], stack: Stack, workspace: Workspace, state: Mapping[str, str]) -> Matched:
    name = stack.known_name(entry) or ""
    by_id = {remote.id: remote for remote in workspace.connections}
    for way, wanted in (("state", state.get(entry.id)), ("adopt", entry.settings.adopt)):
        if wanted in by_id:
            return Matched(entry, name, by_id[wanted], "state" if way == "state" else "adopt")
    named = same_named(entry, stack, workspace)
    if len(named) == 1:
        return Matched(entry, name, named[0], "name")
    return Matched(entry, name, several=tuple(sorted(remote.id for remote in named)))


def same_named(entry: Entry[Connection], stack: Stack, workspace: Workspace) -> list[RemoteConnection]:
    """The connections with an entry's name between sources and destinations with the names of its ends; none if these
    have problems.
    """
    source, destination = stack.sources.get(entry.settings.source), stack.destinations.get(entry.settings.destination)
    if source is None or destination is None:
        return []
    return [
        remote
        for remote in workspace.connections
        if remote.name == stack.connection_name(entry)
        and _is(source, remote.source_id, workspace)
        and _is(destination, remote.destination_id, workspace)
    ]


def _is(actor: Entry[Actor], remote_id: str, workspace: Workspace) -> bool:
    """True if the entry is what has that id on the server."""
    known = actor.settings.existing or actor.settings.adopt
    if known is not None:
        return remote_id == known
    remote = workspace.actors.get(remote_id)
    kind = "source" if actor.section == "sources" else "destination"
    return remote is not None and (remote.kind, remote.name) == (kind, actor_name(actor))
