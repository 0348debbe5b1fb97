"""What a JSON schema of Airbyte becomes in a table."""

from __future__ import annotations

from typing import Any

import pytest

from infra.landing.types.schema_types import column_types

ADDRESS = {
    "type": ["null", "object"],
    "properties": {"city": {"type": "string"}, "zip code": {"type": ["null", "integer"]}},
}


UNION = 'STRUCT("type" VARCHAR, "string" VARCHAR, "integer" BIGINT)'


@pytest.mark.parametrize(
    ("schema", "struct", "json"),
    [
        ({"type": "string"}, "VARCHAR", None),
        ({"type": ["null", "string"]}, "VARCHAR", None),
        ({"type": "integer"}, "BIGINT", None),
        ({"type": "number"}, "DOUBLE", None),
        ({"type": "number", "airbyte_type": "integer"}, "BIGINT", None),
        ({"type": "string", "airbyte_type": "big_integer"}, "VARCHAR", None),
        ({"type": "boolean"}, "BOOLEAN", None),
        ({"type": "string", "format": "date"}, "DATE", None),
        ({"type": "string", "format": "time"}, "TIME", None),
        ({"type": "string", "format": "time", "airbyte_type": "time_without_timezone"}, "TIME", None),
        ({"type": "string", "format": "date-time"}, "TIMESTAMP WITH TIME ZONE", None),
        (
            {"type": "string", "format": "date-time", "airbyte_type": "timestamp_without_timezone"},
            "TIMESTAMP WITH TIME ZONE",
            None,
        ),
        (
            {"type": "string", "format": "date-time", "airbyte_type": "timestamp_with_timezone"},
            "TIMESTAMP WITH TIME ZONE",
            None,
        ),
        ({"type": "string", "format": "email"}, "VARCHAR", None),
        (ADDRESS, 'STRUCT("city" VARCHAR, "zip_code" BIGINT)', "JSON"),
        ({"type": "object"}, "JSON", "JSON"),
        ({"type": "object", "properties": {}}, "JSON", "JSON"),
        ({"type": "object", "additionalProperties": True}, "JSON", "JSON"),
        ({"type": "array", "items": {"type": "number"}}, "DOUBLE[]", "JSON"),
        ({"type": "array", "items": ADDRESS}, 'STRUCT("city" VARCHAR, "zip_code" BIGINT)[]', "JSON"),
        ({"type": "array", "items": {"type": "object"}}, "VARCHAR[]", "JSON"),
        ({"type": "array"}, "JSON", "JSON"),
        ({"type": "array", "items": {}}, "VARCHAR[]", "JSON"),
        ({"oneOf": [{"type": "string"}, {"type": "null"}]}, "VARCHAR", None),
        ({"anyOf": [{"type": "null"}, {"type": "string", "format": "date"}]}, "DATE", None),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, UNION, "JSON"),
        ({"type": ["string", "integer"]}, UNION, "JSON"),
        ({"type": ["null"]}, "JSON", None),
        ({}, "JSON", None),
        ({"type": []}, "JSON", None),
        (True, "JSON", None),
        (None, "JSON", None),
    ],
)
def test_a_field(schema: Any, struct: str, json: str | None) -> None:
    for nested, expected in (("struct", struct), ("json", json or struct)):
        found = column_types({"properties": {"field": schema}}, nested)  # type: ignore[arg-type]
        assert found["field"].sql() == expected


def test_fields_keep_their_order_and_take_the_types_that_are_asked_for() -> None:
    schema = {"properties": {"b": {"type": "number"}, "a": {"type": "object"}, "c": {"type": "integer"}}}
    found = column_types(schema, asked={"b": "numeric(18,2)", "other": "DATE"})
    assert {name: type_.sql() for name, type_ in found.items()} == {"b": "DECIMAL(18,2)", "a": "JSON", "c": "BIGINT"}
    assert list(found) == ["b", "a", "c"]


@pytest.mark.parametrize("schema", [{}, {"properties": None}, {"properties": []}, {"type": "object"}])
def test_a_schema_without_fields(schema: Any) -> None:
    assert column_types(schema) == {}
