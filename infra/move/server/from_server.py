"""From a server: everything in a stack's workspace, and only what is stored: nothing is created, changed or started."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from infra.airbyte.server import AirbyteServer, RemoteActor, RemoteConnection
from infra.airbyte.server.remote import Kind
from infra.base.transport import Tell
from infra.move.found import FoundActor, FoundConnection, FoundWorkspace
from infra.move.server.server_catalogs import read_catalogs, read_details
from infra.move.server.server_listing import Listing, list_workspace
from infra.move.server.server_versions import Version, read_versions
from infra.move.untold import Notes

_ORDER: Mapping[Kind, int] = {"destination": 0, "source": 1}


def read_server(
    server: AirbyteServer, tell: Tell, *, discover: bool = False, only: Collection[str] | None = None
) -> FoundWorkspace:
    """The workspace, as far as the server tells it; what it does not tell of one object does not stop the rest. A connection
    whose source or destination could not be read is found, and has no such actor.

    What sources offer is what Airbyte has stored; only with `discover` is each source asked now, which starts its connector.
    `only`: names or ids in Airbyte of connections, which bring their ends along, and of sources and destinations. `tell`
    hears how far it is. Raises UserError where the server cannot be reached or refuses, and for a name in `only` that is
    not there.
    """
    notes = Notes()
    listing = list_workspace(server.inventory, tell, notes, only)
    versions = {
        actor.id: version
        for kind in _ORDER
        for actor, version in read_versions(server.inventory, kind, listing.of(kind), tell, notes)
    }
    sources = listing.of("source")
    catalogs = read_catalogs(server, sources, tell, notes, discover=discover)
    missing = [source for source in sources if source.id not in catalogs]
    details = read_details(server.inventory, listing, missing, tell, notes)
    return FoundWorkspace(
        origin=f"the server of the stack {server.stack}",
        workspace_id=server.workspace_id,
        actors=_actors(listing, versions),
        connections=_connections(listing, details.further),
        catalogs={**catalogs, **details.catalogs},
        untold=notes.untold,
    )


def _actors(listing: Listing, versions: Mapping[str, Version]) -> tuple[FoundActor, ...]:
    found = [_actor(actor, versions.get(actor.id, Version())) for actor in listing.actors]
    return tuple(sorted(found, key=lambda actor: (_ORDER[actor.kind], actor.name, actor.key)))


def _actor(actor: RemoteActor, version: Version) -> FoundActor:
    found = FoundActor(actor.id, actor.id, actor.kind, actor.name, definition_id=actor.definition_id)
    return replace(
        found,
        connector=version.connector or (f"{actor.kind}-{actor.type}" if actor.type else None),
        version=version.version,
        configuration=actor.configuration,
        allocation=actor.allocation,
    )


def _connections(listing: Listing, further: Mapping[str, Mapping[str, object]]) -> tuple[FoundConnection, ...]:
    found = [_connection(one, further.get(one.id, {})) for one in listing.connections]
    return tuple(sorted(found, key=lambda connection: (connection.remote.name, connection.key)))


def _connection(remote: RemoteConnection, further: Mapping[str, object]) -> FoundConnection:
    tags = {"tags": list(remote.tags)} if remote.tags else {}
    return FoundConnection(remote.id, remote.id, remote, further={**tags, **further})
