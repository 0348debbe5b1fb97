"""Streams as the Configuration API has them, a catalog with settings: octavia writes it, and so do other providers' states.

Source: airbyte-platform, AirbyteStreamAndConfiguration of the Configuration API; octavia and aballiet/airbyte-oss write the
same keys in snake case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from infra.airbyte.server.remote_settings import RemoteStream
from infra.base.json_value import json_of
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.catalog.shapes import to_protocol
from infra.lake.registry.sync_mode import COMBINED
from infra.scaffold.names import snake

_KEPT = frozenset(DiscoveredStream.model_fields)


def read_api_streams(catalog: Any) -> tuple[tuple[RemoteStream, ...], tuple[DiscoveredStream, ...]]:
    """The streams that are synced, and what the source offers. Raises ValueError for what is no catalog."""
    try:
        pairs = [(one["stream"], one.get("config") or {}) for one in catalog["streams"]]
        chosen = tuple(_stream(_snake(stream), _snake(config)) for stream, config in pairs if _is_selected(config))
        return chosen, tuple(_offered(stream for stream, _ in pairs))
    except (KeyError, TypeError, AttributeError):
        raise ValueError from None


def _is_selected(config: Mapping[str, Any]) -> bool:
    return config.get("selected") is not False


def _snake(value: Mapping[str, Any]) -> dict[str, Any]:
    return {snake(str(key)): inner for key, inner in value.items()}


def _stream(stream: Mapping[str, Any], config: Mapping[str, Any]) -> RemoteStream:
    modes = str(config.get("sync_mode") or "full_refresh"), str(config.get("destination_sync_mode") or "overwrite")
    selected = config.get("selected_fields") if config.get("field_selection_enabled") else ()
    paths = [_snake(one).get("field_path") or () for one in selected or ()]
    return RemoteStream(
        name=str(stream["name"]),
        namespace=None if stream.get("namespace") in (None, "") else str(stream["namespace"]),
        mode=COMBINED.get(modes, "_".join(modes)),
        cursor=tuple(_texts(config.get("cursor_field"))),
        key=tuple(tuple(_texts(path)) for path in config.get("primary_key") or ()),
        fields=tuple(sorted(tuple(map(str, path)) for path in paths)),
        mappers=tuple(config.get("mappers") or ()),
        include_files=config.get("include_files") is True,
        destination_object_name=str(config["destination_object_name"])
        if config.get("destination_object_name")
        else None,
    )


def _texts(values: Any) -> Iterator[str]:
    """Without the empty texts that the other provider's examples have for none."""
    return (str(value) for value in values or () if value not in (None, ""))


def _offered(streams: Any) -> Iterator[DiscoveredStream]:
    for stream in streams:
        value = {
            key: inner for key, inner in dict(to_protocol(stream)).items() if key in _KEPT and inner not in (None, [])
        }
        schema = value.get("json_schema")
        try:
            value["json_schema"] = json_of(schema) if isinstance(schema, str) else schema or {}
            value["default_cursor_field"] = list(_texts(value.get("default_cursor_field"))) or None
            yield DiscoveredStream.model_validate({key: inner for key, inner in value.items() if inner is not None})
        except (ValidationError, ValueError, TypeError, RecursionError):
            continue
