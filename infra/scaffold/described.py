"""Streams that somebody describes, of a source that nothing here can ask what it offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from infra.base.errors import UserError
from infra.lake.catalog.discovered import DESCRIBED, DiscoveredStream
from infra.lake.catalog.discovery import discovery_files
from infra.lake.catalog.streams import read_streams
from infra.lake.documents import did_you_mean
from infra.lake.documents.suggestions import question
from infra.lake.model.lake_model import LakeModel
from infra.scaffold.add_stream import add_streams
from infra.scaffold.addable import addable_of
from infra.scaffold.added import Added

# Source: Airbyte, "Data Types", whose names are those of its destinations' typed tables.
TYPES: Mapping[str, Mapping[str, str]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time", "airbyte_type": "timestamp_with_timezone"},
    "timestamp_without_timezone": {
        "type": "string",
        "format": "date-time",
        "airbyte_type": "timestamp_without_timezone",
    },
    "time": {"type": "string", "format": "time", "airbyte_type": "time_without_timezone"},
    "object": {"type": "object"},
    "array": {"type": "array"},
}

# What databases and languages call them.
_ALIKE = {
    **dict.fromkeys(("text", "varchar", "char", "str", "uuid", "enum"), "string"),
    **dict.fromkeys(("int", "bigint", "smallint", "serial", "long"), "integer"),
    **dict.fromkeys(("float", "double", "decimal", "numeric", "real", "money"), "number"),
    **dict.fromkeys(("datetime", "timestamptz", "date-time"), "timestamp"),
    **dict.fromkeys(("json", "jsonb", "struct", "map"), "object"),
    **dict.fromkeys(("list", "set"), "array"),
    "bool": "boolean",
}


@dataclass(frozen=True)
class Description:
    """A stream in somebody's words.

    Attributes:
        fields: their names and types, `id:integer`.
        cursor: the field that tells newer rows, if one does.
    """

    name: str
    fields: Sequence[str]
    namespace: str | None = None
    primary_key: Sequence[str] = ()
    cursor: str | None = None


def add_described(model: LakeModel, source: str, said: Description) -> Added:
    """The stream file, and below dag/sources/ the stream as it is described, until it is discovered.

    A stream that is there already is described anew, and its stream file stays. Raises UserError for a field or type that is
    none, and where the source was discovered: then it is known what it offers.
    """
    stream = _stream(said)
    folder = read_streams(model.root, source)[0]
    discovery = folder.discovery
    if discovery.streams and not discovery.is_described:
        raise UserError(
            f"{source} was discovered, which says the types of its fields: name the fields alone, without types"
        )
    streams = {**discovery.streams, stream.key: stream}
    entry = model.declared.entries["sources"][source].value
    connector = entry.get("connector") if isinstance(entry, dict) else None
    provenance = {"connector": connector, "from": DESCRIBED}
    described = discovery_files(source, streams.values(), provenance, discovery.stems)
    offer = addable_of(source, folder, streams)
    stem = next(stem for stem, one in offer.streams.items() if one.key == stream.key)
    if offer.is_added(stem):
        return Added(described, notes=(f"{offer.path_of(stem)} stays as it is",), next=("lakeform synth",))
    cursor = ((said.cursor,) if said.cursor else ()) or None
    added = add_streams(model, offer, [stem], cursor=cursor)
    return replace(added, files={**described, **added.files}) if added.files else added


def _stream(said: Description) -> DiscoveredStream:
    properties = dict(map(_field, said.fields))
    for name in (*said.primary_key, *([said.cursor] if said.cursor else ())):
        if name not in properties:
            raise UserError(f'--fields has no "{name}"; {did_you_mean(name, properties, "fields")}')
    return DiscoveredStream(
        name=said.name,
        namespace=said.namespace,
        json_schema={"type": "object", "properties": properties},
        supported_sync_modes=("full_refresh", "incremental"),
        source_defined_primary_key=tuple((name,) for name in said.primary_key) or None,
    )


def _field(text: str) -> tuple[str, Mapping[str, Any]]:
    """The name and the schema of `id:integer`; every value may be null."""
    name, colon, type_ = (part.strip() for part in text.rpartition(":"))
    if not colon:
        raise UserError(f'the field "{type_}" has no type, and others have one: write {type_}:string')
    if not name:
        raise UserError(f'"{text}" names no field: write it as id:integer')
    if type_ not in TYPES:
        close = _ALIKE.get(type_.lower())
        fix = question([close]) if close else did_you_mean(type_, TYPES, "types")
        raise UserError(f'the field "{name}" has no such type: "{type_}"; {fix}')
    schema = TYPES[type_]
    return name, {**schema, "type": ["null", schema["type"]]}
