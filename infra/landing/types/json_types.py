"""What a JSON schema of Airbyte becomes in a table.

Source: the Parquet output of Airbyte's destinations for object storage (documentation of destination-s3, "Output schema";
`AirbyteTypeToAvroSchema` and `JsonSchemaToAirbyteType` of its CDK): an object with properties is a record, one without is
JSON in a text; date-times are UTC-adjusted microseconds with or without a zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

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

_SCALARS = {"integer": BIGINT, "number": DOUBLE, "boolean": BOOLEAN}
_FORMATS = {"date": DATE, "time": TIME, "date-time": TIMESTAMPTZ}

# Airbyte's own word for a type, which wins over `type` and `format`.
_AIRBYTE_TYPES = {
    "integer": BIGINT,
    "big_integer": BIGINT,
    "timestamp_with_timezone": TIMESTAMPTZ,
    "timestamp_without_timezone": TIMESTAMPTZ,
    "time_with_timezone": TIME,
    "time_without_timezone": TIME,
}

Nested = Literal["struct", "json"]


def column_types(
    json_schema: Mapping[str, Any], nested: Nested = "struct", asked: Mapping[str, str] | None = None
) -> dict[str, ColumnType]:
    """Column -> type for every top-level field, in the schema's order; `asked`: types in SQL that somebody chose."""
    properties = json_schema.get("properties")
    fields = properties if isinstance(properties, Mapping) else {}
    chosen = {name: parse_type(text) for name, text in (asked or {}).items()}
    return {name: chosen.get(name) or type_of(schema, nested) for name, schema in fields.items()}


def type_of(schema: Any, nested: Nested = "struct") -> ColumnType:
    """The type of one field; JSON where the schema does not say one thing."""
    if not isinstance(schema, Mapping):
        return JSON
    if (known := _AIRBYTE_TYPES.get(str(schema.get("airbyte_type")))) is not None:
        return known
    kinds = _kinds(schema)
    if len(kinds) != 1:
        return _of_union(schema, nested) if not kinds else JSON
    kind = kinds[0]
    if kind == "string":
        return _FORMATS.get(str(schema.get("format")), VARCHAR)
    if kind in _SCALARS:
        return _SCALARS[kind]
    return JSON if nested == "json" else _nested(kind, schema)


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    written = schema.get("type")
    kinds = written if isinstance(written, list) else [written] if written else []
    return sorted({str(kind) for kind in kinds if kind != "null"})


def _of_union(schema: Mapping[str, Any], nested: Nested) -> ColumnType:
    """The one type of `anyOf`/`oneOf`, beside null; JSON for several."""
    for word in ("anyOf", "oneOf"):
        options = [o for o in schema.get(word) or () if not (isinstance(o, Mapping) and o.get("type") == "null")]
        if len(options) == 1:
            return type_of(options[0], nested)
    return JSON


def _nested(kind: str, schema: Mapping[str, Any]) -> ColumnType:
    properties, items = schema.get("properties"), schema.get("items")
    if kind == "object" and isinstance(properties, Mapping) and properties:
        return ColumnType("STRUCT", tuple((name, type_of(inner)) for name, inner in properties.items()))
    if kind == "array" and isinstance(items, Mapping) and items:
        return ColumnType("LIST", of=(type_of(items),))
    return JSON
