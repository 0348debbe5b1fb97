"""A stream file and what discovery says about the stream, made one ConfiguredStream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.catalog.fields import properties_of
from infra.lake.documents import KeyPath, Layers, Problem, did_you_mean
from infra.lake.registry.stream_file import StreamFile
from infra.lake.registry.sync_mode import DEFAULT_DESTINATION_MODE

_UNDISCOVERED = DiscoveredStream(name="none")


def configure(stem: str, file: StreamFile, layers: Layers, offered: DiscoveredStream | None) -> ConfiguredStream:
    """The stream with every default decided: incremental where it is offered and a cursor is known, the source's own
    cursor and key. `offered` is None where nothing was discovered; then the file has to say it all.
    """
    stream = offered or _UNDISCOVERED
    cursor = _cursor(file, stream)
    sync_mode = file.sync_mode or _default_mode(offered, cursor)
    key = stream.source_defined_primary_key or ()
    fields = _fields(file, offered)
    return ConfiguredStream(
        stem=stem,
        name=file.stream or stem,
        namespace=stream.namespace if offered else file.namespace,
        sync_mode=sync_mode,
        destination_sync_mode=file.destination_sync_mode or DEFAULT_DESTINATION_MODE[sync_mode],
        cursor_field=cursor,
        primary_key=key or file.primary_key or (),
        fields=fields,
        json_schema=_schema(fields, file, stream.json_schema if offered else None),
        supported_sync_modes=stream.supported_sync_modes if offered else _declared_modes(sync_mode),
        default_cursor_field=stream.default_cursor_field or (),
        source_defined_cursor=bool(stream.source_defined_cursor),
        source_defined_primary_key=key,
        mappers=file.mappers,
        include_files=file.include_files,
        destination_object_name=file.destination_object_name,
        backfill=file.backfill,
        landing=file.landing,
        layers=layers,
    )


def pinned(stream: ConfiguredStream) -> ConfiguredStream:
    """The stream with the columns that are committed as discovered, where it has all: one that appears waits for a commit."""
    known = properties_of(stream.json_schema)
    return replace(stream, fields=tuple(sorted(known))) if stream.fields is None and known else stream


def is_pinned(stream: ConfiguredStream) -> bool:
    """True if that was done to it: its fields are selected, and its file does not say so."""
    return stream.fields is not None and not stream.layers.value.keys() & {"fields", "exclude_fields"}


def find_offered(
    stem: str, file: StreamFile, layers: Layers, offered: Mapping[str, Sequence[DiscoveredStream]]
) -> tuple[DiscoveredStream | None, list[Problem]]:
    """The discovered stream that a file means; none, without a problem, where the source was never discovered.

    Like Airbyte, the namespace is looked at only where it is given or the name alone is not enough. `offered`: by name.
    """
    if not offered:
        return None, []
    name = file.stream or stem
    candidates = offered.get(name, ())
    fitting = [stream for stream in candidates if file.namespace is None or file.namespace == (stream.namespace or "")]
    if len(fitting) == 1:
        return fitting[0], []
    spaces = sorted(stream.namespace or "" for stream in candidates)
    at: KeyPath = ("stream",) if file.stream else ()
    if fitting:
        message, fix = f'the stream "{name}" is in several namespaces', f"add namespace: one of {', '.join(spaces)}"
    elif candidates:
        at, message = ("namespace",), f'the source has no stream "{name}" in the namespace "{file.namespace}"'
        fix = did_you_mean(file.namespace or "", spaces, "namespaces") if any(spaces) else "remove namespace"
    else:
        message, fix = f'the source has no stream "{name}"', _meant(name, offered)
    return None, [layers.problem("stream-unknown", at, message, fix)]


def _meant(name: str, offered: Mapping[str, Sequence[DiscoveredStream]]) -> str:
    """The stream that a name could mean: files of discovered schemas are called `<namespace>.<stream>`."""
    for stream in (stream for streams in offered.values() for stream in streams):
        if stream.namespace and name == f"{stream.namespace}.{stream.name}":
            return f'write {{"stream": "{stream.name}", "namespace": "{stream.namespace}"}}'
    return did_you_mean(name, offered, "streams")


def _cursor(file: StreamFile, stream: DiscoveredStream) -> tuple[str, ...]:
    default = stream.default_cursor_field or ()
    if stream.source_defined_cursor:
        return default
    return file.cursor_field or default


def _default_mode(offered: DiscoveredStream | None, cursor: tuple[str, ...]) -> str:
    """Incremental where it is offered, even if no cursor is known: a full reload is not what silence should mean."""
    offers = bool(cursor) if offered is None else "incremental" in offered.supported_sync_modes
    return "incremental" if offers else "full_refresh"


def _declared_modes(sync_mode: str) -> tuple[str, ...]:
    return ("full_refresh", "incremental") if sync_mode == "incremental" else ("full_refresh",)


def _fields(file: StreamFile, offered: DiscoveredStream | None) -> tuple[str, ...] | None:
    if file.exclude_fields is not None and offered is not None:
        return tuple(sorted(properties_of(offered.json_schema).keys() - set(file.exclude_fields)))
    return None if file.fields is None else tuple(sorted(file.fields))


def _schema(fields: tuple[str, ...] | None, file: StreamFile, discovered: dict[str, Any] | None) -> dict[str, Any]:
    """The discovered schema cut to the selected fields, or the schema that the stream file declares."""
    if discovered is None:
        return {"type": "object", "properties": dict(file.fields or {})}
    if fields is None:
        return discovered
    chosen = frozenset(fields)
    properties = discovered.get("properties", {})
    cut = {**discovered, "properties": {name: schema for name, schema in properties.items() if name in chosen}}
    if "required" in discovered:
        cut["required"] = [name for name in discovered["required"] if name in chosen]
    return cut
