"""A connection in the words of the registry: what an entry says as it is, and what it says in place of something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from infra.airbyte.server import RemoteConnection
from infra.airbyte.server.remote_settings import RemoteSettings, RemoteStream
from infra.airbyte.workspace.setup import Setup, full_name, setup_of_remote
from infra.base.json_value import Json
from infra.lake.catalog.discovered import StreamKey
from infra.move.entries.schedule_words import schedule_words
from infra.move.entries.told import Told
from infra.scaffold.names import Names

_AES = ("algorithm", "mode", "padding", "targetField", "fieldNameSuffix")
_RSA = ("algorithm", "publicKey", "targetField", "fieldNameSuffix")
_SETTINGS = {
    "algorithm": "algorithm",
    "mode": "mode",
    "padding": "padding",
    "targetField": "target_field",
    "fieldNameSuffix": "field_name_suffix",
    "publicKey": "public_key",
}
_MAPPERS = ("hashing", "field-renaming", "field-filtering", "row-filtering", "encryption")
_SCHEMA_CHANGES = ("ignore", "disable_connection", "propagate_columns", "propagate_fully")


@dataclass(frozen=True)
class ConnectionWords:
    """What an entry can say of a connection.

    Attributes:
        setup: its schedule and namespace as they are written in an entry; None where there can be no entry.
        told: what is not as it is in Airbyte.
        secrets: name of a variable -> the option that it is for.
        why: why there can be no entry.
    """

    setup: Setup | None
    told: tuple[Told, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    why: tuple[str, ...] = ()


def connection_words(remote: RemoteConnection, names: Names) -> ConnectionWords:
    """The connection as an entry has it. `names`: of the variables that stand for keys of encryption."""
    if remote.settings is None:
        return ConnectionWords(None, why=("its origin does not tell all of its settings",))
    schedule = schedule_words(remote)
    status = _status(remote)
    streams, told, encrypted = _sayable(remote.settings, names)
    plain = replace(remote, status="active", cron=None, schedule="manual", settings=streams)
    setup, reasons = setup_of_remote(plain)
    why = [*filter(None, (schedule.why, status)), *reasons, *_unknown(remote.settings)]
    if setup is None or schedule.value is None or why:
        return ConnectionWords(None, why=tuple(why))
    setup = replace(setup, schedule=schedule.value, status=remote.status, streams=_encrypting(setup, encrypted))
    secrets = {name: option for key in encrypted for name, option in _secrets_of(key, encrypted[key])}
    return ConnectionWords(setup, (*schedule.told, *told), secrets)


def _status(remote: RemoteConnection) -> str:
    if remote.status == "deprecated":
        return "its status is deprecated: Airbyte has deleted it"
    known = remote.status in ("active", "inactive")
    return "" if known else f"its status is {remote.status}, and an entry is active or inactive"


def _unknown(settings: RemoteSettings) -> Iterator[str]:
    if settings.schema_changes not in _SCHEMA_CHANGES:
        yield f"it reacts to schema changes with {settings.schema_changes}, which lakeform does not know"
    if settings.namespace not in ("source", "destination", "custom_format"):
        yield f"its namespace is {settings.namespace}, which lakeform does not know"
    kinds = {str(one.get("type")) for stream in settings.streams for one in stream.mappers}
    for kind in sorted(kinds - set(_MAPPERS)):
        yield f"it has a mapper that lakeform does not know, {kind}: without it the data would arrive unchanged"
    if settings.namespace == "custom_format" and not settings.namespace_format:
        yield "its namespace is a format of its own that is empty"


def _sayable(
    settings: RemoteSettings, names: Names
) -> tuple[RemoteSettings, list[Told], dict[StreamKey, dict[int, Json]]]:
    """The settings without what `setup_of_remote` refuses and an entry can say otherwise; and the mappers that encrypt, by
    their place in the stream.
    """
    told: list[Told] = []
    encrypted: dict[StreamKey, dict[int, Json]] = {}
    streams = []
    for stream in settings.streams:
        key = (stream.namespace or "", stream.name)
        found = {place: made for place, one in enumerate(stream.mappers) if (made := _encryption(one, names, key))}
        told += [*_nested(stream, key), *(_told_key(key) for one in found.values() if _has_key(one))]
        rest = tuple(one for place, one in enumerate(stream.mappers) if place not in found)
        fields = tuple(dict.fromkeys((path[0],) for path in stream.fields if path))
        streams.append(replace(stream, fields=fields, mappers=rest))
        encrypted |= {key: found} if found else {}
    return replace(settings, streams=tuple(streams)), told, encrypted


def _nested(stream: RemoteStream, key: StreamKey) -> Iterator[Told]:
    deep = sorted({".".join(path) for path in stream.fields if len(path) > 1})
    if deep:
        whole = ", ".join(sorted({path.partition(".")[0] for path in deep}))
        said = f"the whole of {whole}: Airbyte's API takes no field inside of another one"
        yield Told(f"streams.{full_name(key)}.fields", f"parts of fields are selected: {', '.join(deep)}", said)


def _encryption(mapper: Mapping[str, Any], names: Names, key: StreamKey) -> Json | None:
    """A mapper that encrypts in the shape of a stream file, its key as a reference; None for any other.

    Source: Airbyte's OpenAPI, EncryptionMapperConfiguration: AES with a key that is masked, RSA with a public one.
    """
    settings = mapper.get("mapperConfiguration")
    if mapper.get("type") != "encryption" or not isinstance(settings, Mapping):
        return None
    aes = settings.get("algorithm") == "AES"
    wanted = _AES if aes else _RSA
    if not all(isinstance(settings.get(one), str) for one in wanted) or not settings.keys() <= {*wanted, "key"}:
        return None
    made: Json = {_SETTINGS[one]: settings[one] for one in wanted}
    if aes:
        made["key"] = {"secret": names.at((*filter(None, key), settings["targetField"], "key"))}
    return {"type": "encryption", "mapper_configuration": {"encryption": {"aes" if aes else "rsa": made}}}


def _has_key(mapper: Json) -> bool:
    return "aes" in mapper["mapper_configuration"]["encryption"]


def _told_key(key: StreamKey) -> Told:
    said = "the key that you give as a secret, at every apply: Airbyte never tells it, so that each plan shows a change"
    return Told(f"streams.{full_name(key)}.mappers", "the key of a mapper that encrypts is masked", said)


def _encrypting(setup: Setup, encrypted: Mapping[StreamKey, Mapping[int, Json]]) -> dict[StreamKey, Any]:
    """The streams with their mappers that encrypt, each at its place."""
    streams = dict(setup.streams)
    for key, found in encrypted.items():
        mappers = list(streams[key].mappers)
        for place, mapper in sorted(found.items()):
            mappers.insert(place, mapper)
        streams[key] = replace(streams[key], mappers=tuple(mappers))
    return streams


def _secrets_of(key: StreamKey, found: Mapping[int, Json]) -> Iterator[tuple[str, str]]:
    for mapper in found.values():
        if _has_key(mapper):
            settings = mapper["mapper_configuration"]["encryption"]["aes"]
            yield settings["key"]["secret"], f"{full_name(key)}: the key that encrypts {settings['target_field']}"
