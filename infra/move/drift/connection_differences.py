"""A connection of the files against the one in Airbyte."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from infra.airbyte.server import RemoteConnection
from infra.airbyte.server.remote_settings import RemoteStream
from infra.airbyte.workspace.setup import (
    StreamSetup,
    full_name,
    plain_mapper,
    read_mapper,
    read_namespace,
    read_schedule,
    read_stream,
    setup_of_entry,
    setup_of_stream,
)
from infra.base.json_value import Json
from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.discovered import StreamKey
from infra.lake.catalog.file_names import file_names
from infra.lake.catalog.streams import SourceStreams
from infra.lake.documents import KeyPath
from infra.lake.documents.operation import ABSENT
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry
from infra.move.drift.found_difference import Difference

# What a stream file that says nothing of them leaves as it is in Airbyte.
_LEFT = ("include_files", "destination_object_name")
# What a mode may leave unused.
_BY_MODE = ("cursor_field", "primary_key")
_PARTS = "parts of fields are selected there, and a stream file selects only whole ones"
# OpenAPI, EncryptionMapperConfiguration: in the API -> in a stream file.
_ENCRYPTION = {
    "algorithm": "algorithm",
    "targetField": "target_field",
    "fieldNameSuffix": "field_name_suffix",
    "key": "key",
    "mode": "mode",
    "padding": "padding",
    "publicKey": "public_key",
}


def connection_differences(
    model: LakeModel,
    stack: Stack,
    connection: Entry[Connection],
    remote: RemoteConnection,
    ends: tuple[str | None, str | None],
) -> Iterator[Difference]:
    """What differs. `ends`: keys of what its source and destination are, as far as that is known."""
    at = (stack.id, connection.path)
    yield from _ends(at, connection, remote, ends)
    here = setup_of_entry(stack, connection)
    if here.name != remote.name:
        yield Difference(*at, ("name",), here.name, remote.name)
    schedule, reasons = read_schedule(remote)
    said = _written(connection, "schedule", here.schedule)
    if reasons:
        yield Difference(*at, ("schedule",), said, remote.cron or remote.schedule, reason=reasons[0])
    elif here.schedule != schedule:
        yield Difference(*at, ("schedule",), said, schedule)
    if here.status != remote.status:
        known = remote.status in ("active", "inactive")
        reason = "" if known else f"an entry is active or inactive, and not {remote.status}"
        yield Difference(*at, ("status",), here.status, remote.status, reason=reason)
    settings = remote.settings
    if settings is None:
        return
    for key, there in (("namespace", read_namespace(settings)), ("prefix", settings.prefix)):
        if getattr(here, key) != there:
            yield Difference(*at, (key,), getattr(here, key), there)
    if here.schema_changes != settings.schema_changes:
        yield Difference(*at, ("schema_changes",), here.schema_changes, settings.schema_changes)
    folder = model.source_of(connection)
    if folder is not None:
        yield from _streams(at, stack.streams.get(connection.id, ()), folder, settings.streams)


def _ends(
    at: tuple[str, str], connection: Entry[Connection], remote: RemoteConnection, ends: tuple[str | None, str | None]
) -> Iterator[Difference]:
    there = (remote.source_id, remote.destination_id)
    for key, known, id_ in zip(("source", "destination"), ends, there, strict=True):
        if known is not None and known != id_:
            reason = "the ends of a connection are fixed in Airbyte: this is another connection"
            yield Difference(*at, (key,), getattr(connection.settings, key), id_, reason=reason)


def _written(connection: Entry[Connection], key: str, meant: Any) -> Any:
    """The value as the author wrote it: `{every: 6h}`."""
    return connection.layers.value.get(key, meant)


def _streams(
    at: tuple[str, str], configured: Sequence[ConfiguredStream], folder: SourceStreams, remote: Sequence[RemoteStream]
) -> Iterator[Difference]:
    ours = {stream.key: stream for stream in configured}
    theirs = {key_of(stream): stream for stream in remote}
    stems = stems_of({*ours, *theirs}, folder)
    for key in sorted({*ours, *theirs}):
        path = ("streams", stems[key])
        if key not in theirs:
            yield Difference(*at, path, full_name(key), ABSENT)
        elif key not in ours:
            yield Difference(*at, path, ABSENT, full_name(key))
        else:
            yield from _stream(at, path, ours[key], theirs[key])


def key_of(stream: RemoteStream) -> StreamKey:
    """(namespace, name), as streams are told apart here."""
    return stream.namespace or "", stream.name


def stems_of(keys: set[StreamKey], folder: SourceStreams) -> dict[StreamKey, str]:
    """Stream -> the stem of its file, of the one that there is or of a new one."""
    there = {stream.key: stem for stem, stream in folder.streams.items()}
    new = keys - there.keys()
    names = file_names({*keys, *folder.discovery.streams}) if new else {}
    return {key: names[key] if key in new else there[key] for key in keys}


def _stream(at: tuple[str, str], path: KeyPath, ours: ConfiguredStream, remote: RemoteStream) -> Iterator[Difference]:
    here = setup_of_stream(ours)
    whole = tuple(dict.fromkeys(part[:1] for part in remote.fields))
    there, reasons = read_stream(replace(remote, mappers=(), fields=whole))
    if there is None:
        yield from (Difference(*at, path, here.sync_mode, remote.mode, reason=f"it {reason}") for reason in reasons)
        return
    mappers, unknown = _mappers(remote.mappers, here.mappers)
    moved = (here.sync_mode, here.destination_sync_mode) != (there.sync_mode, there.destination_sync_mode)
    for one in fields(StreamSetup):
        if one.name == "mappers" or (one.name in _LEFT and getattr(ours, one.name) is None):
            continue
        before, after = getattr(here, one.name), getattr(there, one.name)
        if one.name == "fields" and whole != remote.fields:
            parts = sorted(".".join(part) for part in remote.fields)
            yield Difference(*at, (*path, one.name), _listed(before), parts, reason=_PARTS)
        elif before != after and not (moved and one.name in _BY_MODE and not after):
            yield Difference(*at, (*path, one.name), _listed(before), _listed(after))
    if unknown:
        reason = f"it has a mapper that no file can say: {', '.join(unknown)}"
        yield Difference(*at, (*path, "mappers"), list(here.mappers), ABSENT, reason=reason)
    elif list(here.mappers) != mappers:
        yield Difference(*at, (*path, "mappers"), list(here.mappers), mappers)


def _listed(value: Any) -> Any:
    """Lists as JSON has them; ABSENT for nothing, and for fields where all are synced."""
    if value in (None, ()):
        return ABSENT
    return [_listed(item) for item in value] if isinstance(value, tuple) else value


def _mappers(remote: Sequence[Mapping[str, Any]], here: Sequence[Json]) -> tuple[list[Json], list[str]]:
    """The mappers as a stream file has them, with the references for masked keys that it has; apart, the kinds of others."""
    found: list[Json] = []
    unknown: list[str] = []
    for index, mapper in enumerate(remote):
        hint = here[index] if index < len(here) else None
        read = _encryption(mapper, hint, here) if mapper.get("type") == "encryption" else read_mapper(mapper)
        if read is None:
            unknown.append(str(mapper.get("type")))
        else:
            found.append(read)
    return found, sorted(set(unknown))


def _encryption(mapper: Mapping[str, Any], hint: Json | None, here: Sequence[Json]) -> Json | None:
    settings = mapper.get("mapperConfiguration")
    if not isinstance(settings, Mapping) or not settings.keys() <= _ENCRYPTION.keys():
        return None
    values = {_ENCRYPTION[key]: value for key, value in settings.items()}
    kind = str(values.get("algorithm", "")).lower()
    twins = (hint, *(one for one in here if _encrypts(one).get("target_field") == values.get("target_field")))
    known = next((_encrypts(one) for one in twins if one and _encrypts(one)), {})
    for key in ("key", "public_key"):
        if key in values and (key == "key" or isinstance(known.get(key), dict)):
            values[key] = known.get(key) or {"secret": f"mapper_key_of_{values.get('target_field')}".lower()}
    return plain_mapper({"type": "encryption", "mapper_configuration": {"encryption": {kind: values}}})


def _encrypts(mapper: Json) -> Json:
    """The settings of an encryption; empty for another mapper."""
    encryption: Json = mapper["mapper_configuration"].get("encryption") or {}
    return next(iter(encryption.values()), {})
