"""Setup: how a connection is set, in one form for what an entry says and for what the server has."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from infra.airbyte.server import RemoteConnection
from infra.airbyte.server.remote_settings import RemoteSettings, RemoteStream
from infra.base.json_value import Json
from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.discovered import StreamKey
from infra.lake.documents import why_refused
from infra.lake.model.stack import Stack
from infra.lake.registry.connection_words import NamespaceFormat
from infra.lake.registry.cron import parse_cron
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry, cron_of
from infra.lake.registry.sync_mode import COMBINED, uses_primary_key

_MODES = {combined: pair for pair, combined in COMBINED.items()}
# OpenAPI, ConfiguredStreamMapper: the settings of a mapper in the API -> in a stream file.
_MAPPER_KEYS = {
    "targetField": "target_field",
    "method": "method",
    "fieldNameSuffix": "field_name_suffix",
    "originalFieldName": "original_field_name",
    "newFieldName": "new_field_name",
    "conditions": "conditions",
}


@dataclass(frozen=True)
class StreamSetup:
    """A stream, in the words of a stream file.

    Attributes:
        cursor_field, primary_key: empty where the modes use none.
        fields: sorted; None for all.
        mappers: as a stream file has them.
    """

    sync_mode: str
    destination_sync_mode: str
    cursor_field: tuple[str, ...]
    primary_key: tuple[tuple[str, ...], ...]
    fields: tuple[str, ...] | None
    mappers: tuple[Json, ...]
    include_files: bool
    destination_object_name: str | None


@dataclass(frozen=True)
class Setup:
    """A connection, in the words of the registry.

    Attributes:
        schedule, namespace: as they are written in an entry.
        streams: (namespace or "", name) -> its setup.
    """

    name: str
    schedule: str | Json
    namespace: str | Json
    prefix: str
    status: str
    schema_changes: str
    streams: Mapping[StreamKey, StreamSetup]

    def becoming(self, other: Setup) -> Iterator[str]:
        """What changes if this becomes the other: `schedule: manual → {"cron": ...}`."""
        for one in fields(self):
            if one.name != "streams":
                yield from _change(one.name, getattr(self, one.name), getattr(other, one.name))
        for key in sorted({*self.streams, *other.streams}):
            yield from _stream_change(full_name(key), self.streams.get(key), other.streams.get(key))


def full_name(key: StreamKey) -> str:
    """`public.orders`, `orders`."""
    return ".".join(part for part in key if part)


def setup_of_entry(stack: Stack, connection: Entry[Connection]) -> Setup:
    """How Airbyte would have it after an apply."""
    entry = connection.settings
    return Setup(
        name=stack.connection_name(connection),
        schedule={"cron": str(cron)} if (cron := cron_of(connection)) else "manual",
        namespace={"format": entry.namespace.format}
        if isinstance(entry.namespace, NamespaceFormat)
        else entry.namespace,
        prefix=entry.prefix,
        status=entry.status,
        schema_changes=entry.schema_changes,
        streams={stream.key: setup_of_stream(stream) for stream in stack.streams.get(connection.id, ())},
    )


def setup_of_stream(stream: ConfiguredStream) -> StreamSetup:
    """A stream as it is configured here."""
    return StreamSetup(
        stream.sync_mode,
        stream.destination_sync_mode,
        stream.used_cursor,
        stream.used_primary_key,
        stream.fields,
        tuple(_plain_mapper(mapper.model_dump(exclude_none=True)) for mapper in stream.mappers),
        stream.include_files is True,
        stream.destination_object_name,
    )


def setup_of_remote(remote: RemoteConnection) -> tuple[Setup | None, list[str]]:
    """How the server has it, else everything that no entry can say, with the reason."""
    settings = remote.settings
    if settings is None:
        return None, ["the server does not report all of its settings"]
    schedule, reasons = _schedule(remote)
    if remote.status not in ("active", "inactive"):
        reasons.append(f"its status is {remote.status}, and an entry is active or inactive")
    streams: dict[StreamKey, StreamSetup] = {}
    for stream in settings.streams:
        key = (stream.namespace or "", stream.name)
        found, wrong = _stream(stream)
        reasons += [f"the stream {full_name(key)} {reason}" for reason in wrong]
        if found is not None:
            streams[key] = found
    if not settings.streams:
        reasons.append("it syncs no streams, and an entry needs at least one")
    if reasons:
        return None, reasons
    namespace = _namespace(settings)
    setup = Setup(remote.name, schedule, namespace, settings.prefix, remote.status, settings.schema_changes, streams)
    return setup, []


def _schedule(remote: RemoteConnection) -> tuple[str | Json, list[str]]:
    if remote.cron is None:
        if remote.schedule == "manual":
            return "manual", []
        said = (
            f'its schedule is "{remote.schedule}", which an entry cannot have: there it is a cron expression or manual'
        )
        return "", [f"{said}; choose one of these in Airbyte first"]
    if why := why_refused(parse_cron, remote.cron):
        return "", [f'its schedule "{remote.cron}" cannot be written: {why[0]}']
    cron = parse_cron(remote.cron)
    if cron.for_airbyte != remote.cron:
        return "", [f'its schedule "{remote.cron}" would be written as "{cron.for_airbyte}"']
    return {"cron": str(cron)}, []


def _namespace(settings: RemoteSettings) -> str | Json:
    custom = settings.namespace == "custom_format"
    return {"format": settings.namespace_format} if custom else settings.namespace


def _stream(stream: RemoteStream) -> tuple[StreamSetup | None, list[str]]:
    sync, destination = _MODES.get(stream.mode, ("", ""))
    reasons: list[str] = []
    if not sync:
        reasons.append(f'has the sync mode "{stream.mode}", which lakeform does not know')
    if any(len(path) != 1 for path in stream.fields):
        reasons.append("selects nested fields, and a stream file selects only whole top-level fields")
    mappers = [_mapper(mapper) for mapper in stream.mappers]
    if None in mappers:
        kinds = sorted(
            {str(mapper.get("type")) for mapper, read in zip(stream.mappers, mappers, strict=True) if not read}
        )
        reasons.append(f"has a mapper that cannot be read back: {', '.join(kinds)}")
    if reasons:
        return None, reasons
    return StreamSetup(
        sync,
        destination,
        stream.cursor if sync == "incremental" else (),
        stream.key if uses_primary_key(destination) else (),
        tuple(sorted(path[0] for path in stream.fields)) or None,
        tuple(mapper for mapper in mappers if mapper is not None),
        stream.include_files,
        stream.destination_object_name,
    ), []


def _mapper(mapper: Mapping[str, Any]) -> Json | None:
    """The mapper in the shape of a stream file; None for one whose key is masked, and for one that nobody here knows."""
    kind, settings = str(mapper.get("type")), mapper.get("mapperConfiguration")
    if kind == "encryption" or not isinstance(settings, Mapping) or not settings.keys() <= _MAPPER_KEYS.keys():
        return None
    values = {_MAPPER_KEYS[key]: value for key, value in settings.items()}
    return _plain_mapper({"type": kind, "mapper_configuration": {kind.replace("-", "_"): values}})


def _plain_mapper(mapper: Json) -> Json:
    """The mapper with the conditions of a row filter in one form, as the provider writes them into its state."""
    filtering = mapper["mapper_configuration"].get("row_filtering")
    if not filtering:
        return mapper
    conditions = filtering["conditions"]
    value = json.loads(conditions) if isinstance(conditions, str) else conditions
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for character in "<>&":  # as Go's encoding/json has them
        text = text.replace(character, f"\\u{ord(character):04x}")
    return {**mapper, "mapper_configuration": {"row_filtering": {"conditions": text}}}


def _change(what: str, old: Any, new: Any) -> Iterator[str]:
    if old != new:
        yield f"{what}: {_shown(old)} → {_shown(new)}"


def _stream_change(name: str, old: StreamSetup | None, new: StreamSetup | None) -> Iterator[str]:
    if old is None or new is None:
        yield f"stream {name}: {'added' if old is None else 'removed'}"
        return
    for one in fields(old):
        yield from _change(f"stream {name}, {one.name}", getattr(old, one.name), getattr(new, one.name))


def _shown(value: Any) -> str:
    if value is None:
        return "all"
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
