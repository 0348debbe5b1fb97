"""A connection as its resource's attributes tell it, whichever provider and version made them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.airbyte.server import RemoteConnection
from infra.airbyte.server.remote_settings import RemoteSettings, RemoteStream
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.registry.cron import FIELDS
from infra.move.found import FoundConnection
from infra.move.terraform.api_streams import read_api_streams
from infra.move.terraform.resource_actor import text_at
from infra.move.terraform.resource_mapper import api_mapper
from infra.move.terraform.terraform_resource import TerraformResource
from infra.move.untold import Notes

# Configuration API -> public API.
_NAMESPACES = {"customformat": "custom_format"}
_SCHEMA_CHANGES = {"disable": "disable_connection"}
_ALL = "it names no streams, so it syncs all that its source offers, which only the server knows: import it from there"
_NO_NAMESPACES = "does not tell the namespaces of streams: discover its source, or import it from the server"
_OLD_STATE = f"its state is of a provider before 1.0 and {_NO_NAMESPACES}"
_NO_STATE = f"no state is beside its files, which {_NO_NAMESPACES.replace('does', 'do')}"
# What an entry sets in any case: where files do not tell one of these, a default would change it.
_SETTINGS = frozenset(
    {
        *("name", "status", "prefix", "namespace_definition", "namespace_format", "configurations", "sync_catalog"),
        *("schedule", "schedule_type", "schedule_data"),
        *("non_breaking_schema_updates_behavior", "non_breaking_changes_preference"),
    }
)


def read_connection(
    resource: TerraformResource, notes: Notes, shown: str = ""
) -> tuple[FoundConnection, tuple[DiscoveredStream, ...]] | None:
    """The connection, and what its source offers where a catalog tells it; None, noted, where its ends are not known.

    `shown`: what it is called in notes, if not by its address.
    """
    values, what = resource.values, shown or resource.address
    id_, name = text_at(values, "connection_id"), text_at(values, "name")
    source, destination = text_at(values, "source_id"), text_at(values, "destination_id")
    if source is None or destination is None:
        notes.note(what, "its source or its destination is not there")
        return None
    streams, offered = _streams(resource, what, notes)
    cron, schedule = _schedule(values)
    remote = RemoteConnection(
        id=id_ or "",
        name=name or resource.name,
        source_id=source,
        destination_id=destination,
        status=text_at(values, "status") or "active",
        cron=cron,
        schedule=schedule,
        settings=None if streams is None or resource.open & _SETTINGS else _settings(values, streams),
        tags=tuple(_tags(values)),
    )
    if name is None:
        notes.note(what, "its name is not there, so that of the resource is taken")
    key = id_ or resource.address
    return FoundConnection(key, id_, remote, resource.address, _further(values, remote)), offered


def _settings(values: Mapping[str, Any], streams: tuple[RemoteStream, ...]) -> RemoteSettings:
    """What is not set is the provider's default."""
    namespace = text_at(values, "namespace_definition") or "destination"
    own = text_at(values, "non_breaking_schema_updates_behavior")
    changes = own or text_at(values, "non_breaking_changes_preference") or "ignore"
    return RemoteSettings(
        namespace=_NAMESPACES.get(namespace, namespace),
        namespace_format=text_at(values, "namespace_format") or "",
        prefix=text_at(values, "prefix") or "",
        schema_changes=_SCHEMA_CHANGES.get(changes, changes),
        streams=streams,
    )


def _streams(
    resource: TerraformResource, what: str, notes: Notes
) -> tuple[tuple[RemoteStream, ...] | None, tuple[DiscoveredStream, ...]]:
    """The streams, None where they are not told; and what the source offers."""
    values = resource.values
    if resource.open & {"configurations", "sync_catalog"}:
        return None, ()
    catalog, configurations = values.get("sync_catalog"), values.get("configurations")
    try:
        if catalog is not None:
            return read_api_streams(catalog)
        items = configurations.get("streams") if isinstance(configurations, Mapping) else None
        if not items:
            notes.note(what, _ALL)
            return None, ()
        streams = tuple(_stream(item) for item in items)
    except (KeyError, TypeError, AttributeError, ValueError):
        notes.note(what, "its streams cannot be read")
        return None, ()
    if values.get("connection_id") and not any("namespace" in item for item in items):
        notes.note(what, _OLD_STATE if resource.applied else _NO_STATE)
    return streams, ()


def _stream(body: Mapping[str, Any]) -> RemoteStream:
    """A stream of `configurations`. A mode that is not set is the server's default (AirbyteCatalogHelper)."""
    name = body["name"]
    if not isinstance(name, str):
        raise TypeError
    return RemoteStream(
        name=name,
        namespace=text_at(body, "namespace"),
        mode=text_at(body, "sync_mode") or "full_refresh_overwrite",
        cursor=_path(body.get("cursor_field")),
        key=tuple(_path(path) for path in body.get("primary_key") or ()),
        fields=tuple(sorted(_path(one["field_path"]) for one in body.get("selected_fields") or ())),
        mappers=tuple(api_mapper(mapper) for mapper in body.get("mappers") or ()),
        include_files=body.get("include_files") is True,
        destination_object_name=text_at(body, "destination_object_name"),
    )


def _path(value: Any) -> tuple[str, ...]:
    if not all(isinstance(part, str) for part in value or ()):
        raise TypeError
    return tuple(value or ())


def _schedule(values: Mapping[str, Any]) -> tuple[str | None, str]:
    """(cron, in words), as the server tells them; a connection for which nothing is set is manual."""
    schedule, data = _object(values, "schedule"), _object(values, "schedule_data")
    cron, basic = _object(data, "cron"), _object(data, "basic_schedule") or schedule
    kind = text_at(values, "schedule_type") or text_at(schedule, "schedule_type")
    expression = text_at(schedule, "cron_expression") or text_at(cron, "cron_expression")
    if expression and kind in ("cron", None):
        said = expression if _has_zone(expression) else f"{expression} {text_at(cron, 'cron_time_zone') or 'UTC'}"
        return said, said
    if basic.get("units") and basic.get("time_unit") and kind in ("basic", None):
        return None, f"every {basic['units']} {basic['time_unit']}"
    if kind == "basic":
        return None, (text_at(schedule, "basic_timing") or "basic").lower()
    return None, "manual" if kind in ("manual", None) else "unknown"


def _has_zone(expression: str) -> bool:
    parts = expression.split()
    return len(parts) > len(FIELDS) and parts[-1][:1].isalpha()


def _object(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = values.get(key)
    return found if isinstance(found, Mapping) else {}


def _tags(values: Mapping[str, Any]) -> list[str]:
    tags = values.get("tags")
    named = (tag.get("name") for tag in tags if isinstance(tag, Mapping)) if isinstance(tags, list) else ()
    return [name for name in named if isinstance(name, str)]


def _further(values: Mapping[str, Any], remote: RemoteConnection) -> dict[str, Any]:
    said = {
        "tags": list(remote.tags),
        "notifySchemaChanges": values.get("notify_schema_changes"),
        "notifySchemaChangesByEmail": values.get("notify_schema_changes_by_email"),
        "resourceRequirements": {key: one for key, one in _object(values, "resource_requirements").items() if one},
        "statusReason": values.get("status_reason"),
    }
    return {key: value for key, value in said.items() if value}
