"""Resources of Terraform put together to a workspace, and what becomes of the state that they are in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.documents import plural
from infra.move.found import FoundActor, FoundConnection, FoundWorkspace
from infra.move.found_terraform import FoundTerraform
from infra.move.terraform.resource_actor import read_actor, text_at
from infra.move.terraform.resource_connection import read_connection
from infra.move.terraform.terraform_resource import TerraformResource
from infra.move.untold import Notes

# What their resources are, they are in the state alone: taking one out of it changes nothing anywhere.
_NOTHING_OUTSIDE = frozenset({"hashicorp/null", "hashicorp/random", "hashicorp/time", "builtin/terraform"})
_DEFINITION = "it is a connector of your own: write it below connectors with its id, and its sources name it"
_NOT_MANAGED = "lakeform does not manage this: it stays in Airbyte as it is"


@dataclass
class _Found:
    actors: list[FoundActor] = field(default_factory=list)
    connections: list[FoundConnection] = field(default_factory=list)
    catalogs: dict[str, tuple[DiscoveredStream, ...]] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)


def put_together(resources: Sequence[TerraformResource], origin: str, notes: Notes) -> FoundTerraform:
    """What the resources are. Where others than Airbyte's are among them, no state carries over: with the lake's files
    alone, Terraform would destroy them.
    """
    found = _Found()
    airbyte = [one for one in resources if _is_airbyte(one)]
    foreign = [one for one in resources if _is_foreign(one)]
    for resource in airbyte:
        _read(resource, found, notes)
    if foreign:
        notes.note(origin, _told_foreign(foreign))
    generic = {one.address: one.carries_over and not foreign for one in airbyte if one.kind or one.is_connection}
    leaving = [one for one in resources if not _is_foreign(one) and not generic.get(one.address, False)]
    ids = _workspaces(one for one in airbyte if one.kind or one.is_connection)
    workspace = FoundWorkspace(
        origin=origin,
        workspace_id=ids[0] if len(ids) == 1 else None,
        actors=tuple(sorted(found.actors, key=lambda one: (one.kind, one.name, one.key))),
        connections=tuple(sorted(found.connections, key=lambda one: (one.remote.name, one.key))),
        catalogs=found.catalogs,
        untold=notes.untold,
    )
    removals = tuple(sorted(one.removal for one in leaving))
    several = ids if len(ids) > 1 else ()
    return FoundTerraform(workspace, generic, removals, frozenset(found.typed), several, clear=True)


def _is_airbyte(resource: TerraformResource) -> bool:
    return resource.type.startswith("airbyte_")


def _is_foreign(resource: TerraformResource) -> bool:
    return not _is_airbyte(resource) and resource.provider not in _NOTHING_OUTSIDE


def _read(resource: TerraformResource, found: _Found, notes: Notes) -> None:
    if resource.broken:
        notes.note(
            resource.address, "it is tainted: Terraform would destroy it and make it anew, so it leaves the state"
        )
    if resource.kind:
        actor = read_actor(resource, notes)
        found.actors.append(actor)
        found.typed.update([actor.key] if resource.typed_connector else [])
    elif resource.is_connection:
        read = read_connection(resource, notes)
        if read is None:
            return
        connection, offered = read
        found.connections.append(connection)
        _add_catalog(found.catalogs, connection.remote.source_id, offered)
    else:
        notes.note(resource.address, _DEFINITION if resource.is_definition else _NOT_MANAGED)


def _add_catalog(
    catalogs: dict[str, tuple[DiscoveredStream, ...]], source: str, offered: Iterable[DiscoveredStream]
) -> None:
    """What several connections of a source know of it, together."""
    known = {stream.key: stream for stream in (*offered, *catalogs.get(source, ()))}
    if known:
        catalogs[source] = tuple(known[key] for key in sorted(known))


def _told_foreign(foreign: Sequence[TerraformResource]) -> str:
    types = sorted({one.type for one in foreign})
    shown = ", ".join(types[:5]) + (", ..." if len(types) > 5 else "")
    return (
        f"it also holds {plural(len(foreign), 'resource')} of other providers ({shown}), which the lake's first apply would "
        "destroy with this state: give the lake a state of its own, and run the state rm commands with the old one"
    )


def _workspaces(resources: Iterable[TerraformResource]) -> tuple[str, ...]:
    """Those that the resources are in, in their order."""
    return tuple(dict.fromkeys(filter(None, (text_at(one.values, "workspace_id") for one in resources))))
