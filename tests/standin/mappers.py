"""Mappers of a stream: what the platform checks of them, and the id that it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tests.standin.call import Json
from tests.standin.catalogs import top_level_fields
from tests.standin.connectors import MASK, restore
from tests.standin.errors import RefusedError, bad_request

# OpenAPI: HashingMapperConfiguration and its siblings
REQUIRED = {
    "hashing": ("fieldNameSuffix", "method", "targetField"),
    "field-renaming": ("newFieldName", "originalFieldName"),
    "row-filtering": ("conditions",),
    "encryption": ("algorithm", "fieldNameSuffix", "targetField"),
    "field-filtering": ("targetField",),
}


def check_mappers(mappers: list[Json], stream: Json, new_id: Callable[[str], str]) -> list[Json]:
    """The mappers as stored, each with an id. A mapper works on what the ones before it leave."""
    fields = set(top_level_fields(stream))
    for mapper in mappers:
        kind, configuration = mapper.get("type"), mapper.get("mapperConfiguration")
        if kind not in REQUIRED or not isinstance(configuration, dict):
            raise bad_request(f"Invalid stream mapper type: {kind}")
        missing = [key for key in REQUIRED[kind] if key not in configuration]
        if missing:
            raise _refused(stream, f"{kind} mapper lacks {', '.join(missing)}")
        unknown = [name for name in _fields_of(configuration) if name not in fields]
        if unknown:
            raise _refused(stream, f"Field not found: {', '.join(unknown)}")
        _apply(kind, configuration, fields)
    return [{**mapper, "id": mapper.get("id") or new_id("mapper")} for mapper in mappers]


def masked(mappers: list[Json]) -> list[Json]:
    """The mappers as every answer has them: the key of an AES encryption is a secret of the mapper's spec."""
    # See Airbyte: ConnectionsHandler.buildConnectionRead, MapperSecretHelper.maskMapperSecrets
    return [{**mapper, "mapperConfiguration": _masked(mapper["mapperConfiguration"])} for mapper in mappers]


def _masked(configuration: Json) -> Json:
    return {**configuration, "key": MASK} if "key" in configuration else configuration


def with_secrets(mappers: list[Json], stored: Mapping[str, Json]) -> list[Json]:
    """The mappers to store. A masked secret that is sent back is that of the mapper with the same id."""
    # See Airbyte: MapperSecretHelper.updateAndReplaceMapperSecrets
    return [_with_secrets(mapper, stored.get(mapper["id"])) for mapper in mappers]


def _with_secrets(mapper: Json, stored: Json | None) -> Json:
    configuration = restore(mapper["mapperConfiguration"], stored["mapperConfiguration"] if stored else None)
    if configuration.get("key") == MASK:
        message = "Attempted to use pre-existing secret values, but an existing secret for that mapper was not found."
        raise RefusedError(400, "mapper-validation/secret-not-found", message)
    return {**mapper, "mapperConfiguration": configuration}


def _refused(stream: Json, reason: str) -> RefusedError:
    return RefusedError(400, "mapper-validation", f"Mapper validation failed for stream {stream['name']}: {reason}.")


def _apply(kind: str, configuration: Json, fields: set[str]) -> None:
    if kind == "field-renaming":
        fields.discard(configuration["originalFieldName"])
        fields.add(configuration["newFieldName"])
    elif kind in ("hashing", "encryption"):
        fields.discard(configuration["targetField"])
        fields.add(configuration["targetField"] + configuration["fieldNameSuffix"])
    elif kind == "field-filtering":
        fields.discard(configuration["targetField"])


def _fields_of(configuration: Json) -> Iterator[str]:
    for key in ("targetField", "originalFieldName", "fieldName"):
        if key in configuration:
            yield configuration[key]
    conditions = configuration.get("conditions", [])
    for condition in conditions if isinstance(conditions, list) else [conditions]:
        yield from _fields_of(condition)
