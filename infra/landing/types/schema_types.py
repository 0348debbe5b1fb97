"""What a JSON schema of Airbyte becomes in a file, and in a table that the file is fed into.

Source: `AirbyteTypeToAvroSchema` of Airbyte's CDK (airbytehq/airbyte, airbyte-cdk/bulk): an object with properties is a record,
a union a record with one field for each option, and what the schema does not say is JSON in a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from infra.lake.files.column_names import safe_names
from infra.lake.files.layout import FileFormat
from infra.landing.types.airbyte_type import AirbyteType, Kind, root_fields
from infra.landing.types.column_type import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    JSON,
    TIME,
    TIMESTAMPTZ,
    VARCHAR,
    ColumnType,
    parse_type,
)

Nested = Literal["struct", "json"]

# Columns that Airbyte puts before the fields, as they are in Parquet (documentation of destination-s3, "Output schema").
AIRBYTE_COLUMNS: Mapping[str, ColumnType] = {
    "_airbyte_raw_id": VARCHAR,
    "_airbyte_extracted_at": TIMESTAMPTZ,
    "_airbyte_meta": parse_type(
        'STRUCT(sync_id BIGINT, changes STRUCT(field VARCHAR, "change" VARCHAR, reason VARCHAR)[])'
    ),
    "_airbyte_generation_id": BIGINT,
}


def airbyte_columns(file_format: FileFormat) -> Mapping[str, ColumnType]:
    """The same in the tables of a format: texts have no structs."""
    return AIRBYTE_COLUMNS if file_format in ("parquet", "avro") else {**AIRBYTE_COLUMNS, "_airbyte_meta": JSON}


_SCALARS: Mapping[Kind, ColumnType] = {
    "boolean": BOOLEAN,
    "integer": BIGINT,
    "number": DOUBLE,
    "date": DATE,
    "time_with_timezone": TIME,
    "time_without_timezone": TIME,
    "timestamp_with_timezone": TIMESTAMPTZ,
    "timestamp_without_timezone": TIMESTAMPTZ,
}
_JSON: tuple[Kind, ...] = ("any_array", "any_object", "unknown")


def file_type(type_: AirbyteType) -> ColumnType:
    """The type of a column in a Parquet file; JSON is a text in it."""
    match type_.kind:
        case "array":
            return ColumnType("LIST", of=(file_type(type_.of[0]),))
        case "object":
            names = safe_names([name for name, _ in type_.fields])
            inner = [file_type(field) for _, field in type_.fields]
            return ColumnType("STRUCT", tuple(zip(names, inner, strict=True)))
        case "union":
            return ColumnType("STRUCT", (("type", VARCHAR), *{o.word: file_type(o) for o in type_.of}.items()))
    return _SCALARS.get(type_.kind, VARCHAR)


def column_names(json_schema: Mapping[str, Any], file_format: FileFormat) -> dict[str, str]:
    """Field -> its column in files of a format: Parquet takes few characters, and no two names that differ by case."""
    fields = [name for name, _ in root_fields(json_schema)]
    if file_format not in ("parquet", "avro"):
        return {name: name for name in fields}
    return dict(zip(fields, safe_names([*AIRBYTE_COLUMNS, *fields])[len(AIRBYTE_COLUMNS) :], strict=True))


def column_types(
    json_schema: Mapping[str, Any],
    nested: Nested = "struct",
    asked: Mapping[str, str] | None = None,
    file_format: FileFormat = "parquet",
) -> dict[str, ColumnType]:
    """Column -> type for every top-level field, in the schema's order. `asked`: field -> the type in SQL that somebody chose."""
    names, chosen = column_names(json_schema, file_format), asked or {}
    as_json = nested == "json" or file_format != "parquet"
    return {
        names[name]: parse_type(chosen[name]) if name in chosen else _table_type(type_, as_json=as_json)
        for name, type_ in root_fields(json_schema)
    }


def _table_type(type_: AirbyteType, *, as_json: bool) -> ColumnType:
    found = file_type(type_)
    return JSON if type_.kind in _JSON or (as_json and found.nested) else found
