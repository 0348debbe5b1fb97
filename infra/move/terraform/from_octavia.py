"""From octavia's folders: sources, destinations and connections, one folder each."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.airbyte.server.remote import Kind
from infra.base.errors import UserError
from infra.base.json_value import Json
from infra.base.places import real
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.registry.kinds import RESOURCE_TYPES
from infra.move.found import FoundActor, FoundConnection, FoundWorkspace
from infra.move.terraform.octavia_files import OctaviaObject, read_objects, references
from infra.move.terraform.resource_actor import text_at
from infra.move.terraform.resource_connection import read_connection
from infra.move.terraform.terraform_resource import TerraformResource
from infra.move.untold import Notes

_ENDS = {"source_id": "source_configuration_path", "destination_id": "destination_configuration_path"}


def read_octavia(folder: Path) -> FoundWorkspace:
    """What the folders say. Ids are those of the one workspace that all was applied to. Raises UserError for a folder that is
    none of octavia's.
    """
    notes = Notes()
    found = {kind: read_objects(folder, kind, notes) for kind in ("destination", "source", "connection")}
    if not any(found.values()):
        raise UserError(f"{folder} is no folder of octavia: it has no sources, destinations or connections in it")
    origin = real(folder).name
    workspace = _workspace(found, origin, notes)
    actors = [_actor(kind, one, workspace, notes) for kind in ("destination", "source") for one in found[kind]]
    keys = {path: actor.key for path, actor in actors}
    read = [_connection(one, keys, workspace, notes) for one in found["connection"]]
    connections = [one for one in read if one is not None]
    return FoundWorkspace(
        origin=origin,
        workspace_id=workspace,
        actors=tuple(sorted((one for _, one in actors), key=lambda one: (one.kind, one.name, one.key))),
        connections=tuple(sorted((one for one, _ in connections), key=lambda one: (one.remote.name, one.key))),
        catalogs=_catalogs(connections),
        untold=notes.untold,
    )


def _workspace(found: Mapping[str, list[OctaviaObject]], origin: str, notes: Notes) -> str | None:
    ids = sorted({id_ for objects in found.values() for one in objects for id_ in one.ids if id_})
    if len(ids) > 1:
        notes.note(origin, f"it was applied to {len(ids)} workspaces ({', '.join(ids)}), so no ids are taken from it")
    return ids[0] if len(ids) == 1 else None


def _actor(kind: Any, one: OctaviaObject, workspace: str | None, notes: Notes) -> tuple[str, FoundActor]:
    kind_: Kind = kind
    values = one.values
    id_ = one.id_in(workspace)
    image = text_at(values, "definition_image")
    configuration = values.get("configuration")
    if not isinstance(configuration, dict):
        notes.note(one.path, "it has no configuration")
    return one.path, FoundActor(
        key=id_ or one.path,
        id=id_,
        kind=kind_,
        name=text_at(values, "resource_name") or one.path.split("/")[-2],
        connector=image.rpartition("/")[2] if image else None,
        version=text_at(values, "definition_version"),
        definition_id=text_at(values, "definition_id"),
        configuration=references(configuration, notes, one.path, ("configuration",))
        if isinstance(configuration, dict)
        else None,
    )


def _connection(
    one: OctaviaObject, keys: Mapping[str, str], workspace: str | None, notes: Notes
) -> tuple[FoundConnection, tuple[DiscoveredStream, ...]] | None:
    """A connection as the Configuration API has it, which octavia writes as it is."""
    said = one.values.get("configuration")
    if not isinstance(said, dict):
        notes.note(one.path, "it has no configuration")
        return None
    ends = {end: _end(one, end, path, keys) for end, path in _ENDS.items()}
    missing = [f"{path} ({text_at(one.values, path) or 'not set'})" for end, path in _ENDS.items() if not ends[end]]
    if missing:
        notes.note(one.path, f"nothing that was read is its {' and its '.join(missing)}")
        return None
    id_ = one.id_in(workspace)
    name = text_at(one.values, "resource_name") or one.path.split("/")[-2]
    values: Json = {**said, **ends, "name": name, "connection_id": id_}
    if said.get("operations"):
        notes.note(one.path, "it has operations (normalization, dbt), which Airbyte has no more")
    resource = TerraformResource(RESOURCE_TYPES["connections"], one.path, "", values=values)
    read = read_connection(resource, notes, shown=one.path)
    if read is None:
        return None
    found, offered = read
    return FoundConnection(id_ or one.path, id_, found.remote, None, found.further), offered


def _end(one: OctaviaObject, id_: str, path: str, keys: Mapping[str, str]) -> str | None:
    """The key of its source or destination, which it names by path, or by id before octavia 0.40."""
    named = text_at(one.values, path)
    return (keys.get(posixpath.normpath(named)) if named else None) or text_at(one.values, id_)


def _catalogs(
    connections: list[tuple[FoundConnection, tuple[DiscoveredStream, ...]]],
) -> dict[str, tuple[DiscoveredStream, ...]]:
    known: dict[str, dict[tuple[str, str], DiscoveredStream]] = {}
    for one, offered in connections:
        known.setdefault(one.remote.source_id, {}).update({stream.key: stream for stream in offered})
    return {
        source: tuple(streams[key] for key in sorted(streams)) for source, streams in sorted(known.items()) if streams
    }
