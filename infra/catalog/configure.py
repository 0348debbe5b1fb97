"""A stream file and what discovery says about the stream, made one ConfiguredStream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.catalog.configured import ConfiguredStream
from infra.catalog.discovered import DiscoveredStream, StreamKey
from infra.catalog.sync_mode import DEFAULT_DESTINATION_MODE
from infra.documents import Layers, Problem, did_you_mean
from infra.registry.stream_file import StreamFile

_UNDISCOVERED = DiscoveredStream(name="")


def configure(stem: str, file: StreamFile, layers: Layers, offered: DiscoveredStream | None) -> ConfiguredStream:
    """The stream with every default decided: incremental where it is offered and a cursor is known, the source's own
    cursor and key. `offered` is None where nothing was discovered; then the file has to say it all.
    """
    stream = offered or _UNDISCOVERED
    cursor = _cursor(file, stream)
    sync_mode = file.sync_mode or _default_mode(offered, cursor, stream)
    key = stream.source_defined_primary_key or ()
    fields = None if file.fields is None else tuple(sorted(file.fields))
    return ConfiguredStream(
        stem=stem,
        name=file.stream or stem,
        namespace=stream.namespace if offered else file.namespace,
        sync_mode=sync_mode,
        destination_sync_mode=file.destination_sync_mode or DEFAULT_DESTINATION_MODE[sync_mode],
        cursor_field=cursor,
        primary_key=key or file.primary_key or (),
        fields=fields,
        json_schema=_schema(file, stream.json_schema if offered else None),
        supported_sync_modes=stream.supported_sync_modes if offered else _declared_modes(sync_mode),
        default_cursor_field=stream.default_cursor_field or (),
        source_defined_cursor=bool(stream.source_defined_cursor),
        source_defined_primary_key=key,
        mappers=file.mappers,
        backfill=file.backfill,
        layers=layers,
    )


def find_offered(
    stem: str,
    file: StreamFile,
    layers: Layers,
    offered: Mapping[StreamKey, DiscoveredStream],
) -> tuple[DiscoveredStream | None, list[Problem]]:
    """The discovered stream that a file means; none, without a problem, where the source was never discovered.

    Like Airbyte, the namespace is looked at only where the name alone is not enough.
    """
    if not offered:
        return None, []
    name = file.stream or stem
    named = {key: stream for key, stream in offered.items() if key[1] == name}
    if file.namespace is not None:
        named = {key: stream for key, stream in named.items() if key[0] == file.namespace} if named else {}
    if len(named) == 1:
        return next(iter(named.values())), []
    at = ("stream",) if file.stream else ()
    if named:
        spaces = ", ".join(sorted(key[0] for key in named))
        message = f'the stream "{name}" is in several namespaces'
        return None, [layers.problem("stream-unknown", at, message, f"add namespace: one of {spaces}")]
    if any(key[1] == name for key in offered):
        spaces_known = [key[0] for key in offered if key[1] == name]
        message = f'the source has no stream "{name}" in the namespace "{file.namespace}"'
        fix = did_you_mean(file.namespace or "", spaces_known, "namespaces")
        return None, [layers.problem("stream-unknown", ("namespace",), message, fix)]
    fix = did_you_mean(name, {key[1] for key in offered}, "streams")
    return None, [layers.problem("stream-unknown", at, f'the source has no stream "{name}"', fix)]


def _cursor(file: StreamFile, stream: DiscoveredStream) -> tuple[str, ...]:
    default = stream.default_cursor_field or ()
    if stream.source_defined_cursor:
        return default
    return file.cursor_field or default


def _default_mode(offered: DiscoveredStream | None, cursor: tuple[str, ...], stream: DiscoveredStream) -> str:
    offers = offered is None or "incremental" in offered.supported_sync_modes
    return "incremental" if offers and (cursor or stream.source_defined_cursor) else "full_refresh"


def _declared_modes(sync_mode: str) -> tuple[str, ...]:
    return ("full_refresh", "incremental") if sync_mode == "incremental" else ("full_refresh",)


def _schema(file: StreamFile, discovered: dict[str, Any] | None) -> dict[str, Any]:
    """The discovered schema cut to the selected fields, or the schema that the stream file declares."""
    if discovered is None:
        return {"type": "object", "properties": dict(file.fields or {})}
    if file.fields is None:
        return discovered
    chosen = file.fields.keys()
    properties = discovered.get("properties", {})
    cut = {**discovered, "properties": {name: schema for name, schema in properties.items() if name in chosen}}
    if "required" in discovered:
        cut["required"] = [name for name in discovered["required"] if name in chosen]
    return cut
