"""The shapes in which Airbyte writes a stream that a source offers, all brought to that of the protocol.

Sources: airbyte_protocol.yaml (AirbyteStream, also in a ConfiguredAirbyteStream), and the schemas AirbyteStreamAndConfiguration
of the Configuration API and StreamProperties of the public API.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# Configuration API -> protocol
_NAMES = {
    "jsonSchema": "json_schema",
    "supportedSyncModes": "supported_sync_modes",
    "sourceDefinedCursor": "source_defined_cursor",
    "defaultCursorField": "default_cursor_field",
    "sourceDefinedPrimaryKey": "source_defined_primary_key",
    "isResumable": "is_resumable",
    "isFileBased": "is_file_based",
}


def to_protocol(stream: Any) -> Any:
    """A stream in the protocol's shape; what has none of the shapes comes back as it is.

    The public API knows no types, and sync modes only where it was asked with a destination.
    """
    if not isinstance(stream, Mapping):
        return stream
    inner = stream.get("stream")
    if isinstance(inner, Mapping) and "name" not in stream:
        return to_protocol(inner)
    if is_public(stream):
        return _from_public(stream)
    if stream.keys() & _NAMES.keys():
        return _said({_NAMES.get(str(key)) or str(key): value for key, value in stream.items()})
    return stream


def is_stream(value: Any) -> bool:
    """True for a stream in any of the shapes that says its name and its fields, as lists of streams without a catalog have it."""
    stream = to_protocol(value)
    return isinstance(stream, Mapping) and {"name", "json_schema"} <= stream.keys()


def is_public(stream: Any) -> bool:
    """True for an item of what the public API answers to `GET /streams`."""
    return isinstance(stream, Mapping) and "streamName" in stream


def _from_public(stream: Mapping[str, Any]) -> Mapping[str, Any]:
    cursor, defined = stream.get("defaultCursorField"), stream.get("sourceDefinedCursorField")
    return _said(
        {
            "name": stream["streamName"],
            # Airbyte spells it in lower case.
            "namespace": stream.get("streamnamespace"),
            "json_schema": _schema(stream.get("propertyFields") or ()),
            "supported_sync_modes": _sync_modes(stream.get("syncModes"), incremental=bool(cursor or defined)),
            "source_defined_cursor": defined,
            "default_cursor_field": cursor,
            "source_defined_primary_key": stream.get("sourceDefinedPrimaryKey"),
        }
    )


def _said(stream: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without what the source did not say: the server writes an empty list, or null, in its place."""
    return {key: value for key, value in stream.items() if value is not None and value != []}


def _sync_modes(combined: Any, *, incremental: bool) -> list[str]:
    """The source's part of combined modes such as `incremental_append`; without any, what the cursor tells."""
    if not isinstance(combined, list) or not combined:
        return ["full_refresh", "incremental"] if incremental else ["full_refresh"]
    return [mode for mode in ("full_refresh", "incremental") if any(str(one).startswith(mode) for one in combined)]


def _schema(paths: Iterable[Any]) -> dict[str, Any]:
    """A schema that has these paths of names, and no types."""
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    for path in paths:
        below = schema
        for name in path if isinstance(path, list) else ():
            below = below.setdefault("properties", {}).setdefault(str(name), {})
    return schema
