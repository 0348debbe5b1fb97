"""Catalogs: the protocol's snake_case in, the Configuration API's camelCase inside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.standin.call import Json
from tests.standin.connectors import Connector

# Airbyte: ConnectionReadMapper.syncModesToConnectionSyncModeEnum; pairs that are absent are invalid.
MODES = {
    ("full_refresh", "overwrite"): "full_refresh_overwrite",
    ("full_refresh", "overwrite_dedup"): "full_refresh_overwrite_deduped",
    ("full_refresh", "append"): "full_refresh_append",
    ("full_refresh", "update"): "full_refresh_update",
    ("full_refresh", "soft_delete"): "full_refresh_soft_delete",
    ("incremental", "append"): "incremental_append",
    ("incremental", "append_dedup"): "incremental_deduped_history",
    ("incremental", "update"): "incremental_update",
    ("incremental", "soft_delete"): "incremental_soft_delete",
}

PAIRS = {mode: pair for pair, mode in MODES.items()}

# Airbyte protocol AirbyteStream -> Configuration API AirbyteStream
NAMES = {
    "name": "name",
    "json_schema": "jsonSchema",
    "supported_sync_modes": "supportedSyncModes",
    "source_defined_cursor": "sourceDefinedCursor",
    "default_cursor_field": "defaultCursorField",
    "source_defined_primary_key": "sourceDefinedPrimaryKey",
    "namespace": "namespace",
    "is_resumable": "isResumable",
    "is_file_based": "isFileBased",
}

Catalog = Mapping[str, Any] | Iterable[Mapping[str, Any]]
"""What a source offers: the protocol's AirbyteCatalog, or only its streams."""


def read_catalog(catalog: Catalog) -> list[Json]:
    """The streams in the Configuration API's form."""
    streams = catalog["streams"] if isinstance(catalog, Mapping) else catalog
    return [_read_stream(stream) for stream in streams]


def _read_stream(stream: Mapping[str, Any]) -> Json:
    empty: Json = {"jsonSchema": {}, "defaultCursorField": [], "sourceDefinedPrimaryKey": []}
    given = {NAMES[key]: value for key, value in stream.items() if key in NAMES and value is not None}
    return {**empty, "supportedSyncModes": ["full_refresh"], **given}


def write_catalog(streams: Iterable[Json]) -> Json:
    """The protocol's AirbyteCatalog of streams in the Configuration API's form."""
    return {"streams": [{key: one[name] for key, name in NAMES.items() if name in one} for one in streams]}


def default_config(stream: Json) -> Json:
    """How a discovered stream is configured before anybody says anything."""
    # See Airbyte: CatalogConverter.generateDefaultConfiguration
    return {
        "syncMode": stream["supportedSyncModes"][0],
        "destinationSyncMode": "append",
        "cursorField": stream["defaultCursorField"],
        "primaryKey": stream["sourceDefinedPrimaryKey"],
        "aliasName": stream["name"],
        "selected": True,
        "suggested": False,
        "fieldSelectionEnabled": False,
        "selectedFields": [],
        "mappers": [],
    }


def overwrite_config(stream: Json) -> Json:
    """Every stream of a connection that was created without any."""
    # Airbyte: AirbyteCatalogHelper.updateAllStreamsFullRefreshOverwrite; it does not carry the primary key over.
    return {**default_config(stream), "syncMode": "full_refresh", "destinationSyncMode": "overwrite", "primaryKey": []}


def top_level_fields(stream: Json) -> list[str]:
    return list(stream["jsonSchema"].get("properties", {}))


def field_paths(schema: Any) -> Iterator[list[str]]:
    """Every path below `properties`; what an array holds is not descended into."""
    # See Airbyte: AirbyteCatalogHelper.getStreamFields
    if not isinstance(schema, dict):
        return
    for name, below in schema.get("properties", {}).items():
        yield [name]
        for path in field_paths(below):
            yield [name, *path]


def valid_modes(stream: Json, destination: Connector) -> list[str]:
    """Combined modes that both sides support, sorted."""
    pairs = [(ours, theirs) for ours in stream["supportedSyncModes"] for theirs in destination.sync_modes]
    return sorted(MODES[pair] for pair in pairs if pair in MODES)
