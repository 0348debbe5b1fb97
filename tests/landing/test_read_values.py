"""What becomes of a value that a source sends, by the schema of its field."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from infra.lake.files.column_names import safe_names
from infra.landing.read.coerce import Change, coercion, json_text
from infra.landing.read.temporal import date_text, time_text, timestamp_text
from infra.landing.types.airbyte_type import AirbyteType, airbyte_type, root_fields
from infra.landing.types.schema_types import file_type

NULLED = "DESTINATION_SERIALIZATION_ERROR"
MERGED = (
    'STRUCT("type" VARCHAR, "object" STRUCT("a" STRUCT("type" VARCHAR, "integer" BIGINT, "boolean" BOOLEAN), "b" VARCHAR),'
    ' "boolean" BOOLEAN)'
)
TOO_LARGE = "DESTINATION_FIELD_SIZE_LIMITATION"


def coerced(schema: Any, value: Any) -> tuple[Any, list[tuple[str, str]]]:
    """(the value, (path, reason) of what was nulled)."""
    changes: list[Change] = []
    found = coercion(airbyte_type(schema))(value, "x", changes)
    assert {change["change"] for change in changes} <= {"NULLED"}
    return found, [(change["field"], change["reason"]) for change in changes]


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        ({"type": "string"}, "VARCHAR"),
        ({"type": ["null", "integer"]}, "BIGINT"),
        ({"type": "number"}, "DOUBLE"),
        ({"type": "number", "airbyte_type": "integer"}, "BIGINT"),
        ({"type": "boolean"}, "BOOLEAN"),
        ({"type": "string", "format": "date"}, "DATE"),
        ({"type": "string", "format": "time"}, "TIME"),
        ({"type": ["null", "string"], "format": "date-time"}, "TIMESTAMP WITH TIME ZONE"),
        (
            {"type": "string", "format": "date-time", "airbyte_type": "timestamp_without_timezone"},
            "TIMESTAMP WITH TIME ZONE",
        ),
        ({"type": "string", "format": "uuid"}, "VARCHAR"),
        ({"type": "object"}, "VARCHAR"),
        ({"type": "object", "properties": {}}, "VARCHAR"),
        ({}, "VARCHAR"),
        ({"type": "array"}, "VARCHAR"),
        ({"type": "array", "items": {"type": "integer"}}, "BIGINT[]"),
        ({"type": "array", "items": {}}, "VARCHAR[]"),
        ({"type": "object", "properties": {"a b": {"type": "integer"}}}, 'STRUCT("a_b" BIGINT)'),
        ({"oneOf": [{"type": "integer"}, {"type": "null"}]}, "BIGINT"),
        ({"type": ["string", "integer"]}, 'STRUCT("type" VARCHAR, "string" VARCHAR, "integer" BIGINT)'),
        (
            {
                "anyOf": [
                    {"type": "object", "properties": {"a": {"type": "integer"}}},
                    {"type": "object", "properties": {"b": {"type": "string"}}},
                ]
            },
            'STRUCT("a" BIGINT, "b" VARCHAR)',
        ),
        (
            {
                "oneOf": [
                    {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}},
                    {"type": "object", "properties": {"a": {"type": "boolean"}, "b": {"type": "string"}}},
                    {"type": ["boolean", "null"]},
                ]
            },
            MERGED,
        ),
        ({"type": "null"}, "VARCHAR"),
        ({"$ref": "WellKnownTypes.json#/definitions/Date"}, "DATE"),
        ({"$ref": "#/definitions/own"}, "VARCHAR"),
        (True, "VARCHAR"),
    ],
)
def test_a_schema_is_a_type_of_the_file(schema: Any, type_: str) -> None:
    assert file_type(airbyte_type(schema)).sql() == type_


def test_a_stream_without_properties_has_no_fields() -> None:
    assert root_fields({}) == root_fields({"properties": []}) == ()
    assert root_fields({"properties": {"b": {"type": "string"}, "a": "integer"}}) == (
        ("b", AirbyteType("string")),
        ("a", AirbyteType("integer")),
    )


@pytest.mark.parametrize(
    ("schema", "value", "found", "told"),
    [
        ("integer", 7, 7, None),
        ("integer", 7.0, 7, None),
        ("integer", "-7", -7, None),
        ("integer", 7.5, None, NULLED),
        ("integer", True, None, NULLED),
        ("integer", "7x", None, NULLED),
        ("integer", "1_0", None, NULLED),
        ("integer", [7], None, NULLED),
        ("integer", 2**63, None, TOO_LARGE),
        ("integer", -(2**63), -(2**63), None),
        ("integer", "9" * 5000, None, TOO_LARGE),
        ("number", 1, 1.0, None),
        ("number", "1.5e3", 1500.0, None),
        ("number", "nan", None, NULLED),
        ("number", float("nan"), None, NULLED),
        ("number", float("inf"), None, NULLED),
        ("number", 10**400, None, TOO_LARGE),
        ("number", False, None, NULLED),
        ("boolean", False, False, None),
        ("boolean", "true", None, NULLED),
        ("boolean", 0, None, NULLED),
        ("string", "a", "a", None),
        ("string", "", "", None),
        ("string", 1.5, "1.5", None),
        ("string", True, "true", None),
        ("string", {"a": [1]}, '{"a":[1]}', None),
        ("object", {"a": float("nan")}, '{"a":null}', None),
        ("object", "a", None, NULLED),
        ("array", [1, {"a": "é"}], '[1,{"a":"é"}]', None),
        ("array", {}, None, NULLED),
        ("array", [float("inf")], "[null]", None),
    ],
)
def test_a_value_that_does_not_fit_is_null_and_told(schema: str, value: Any, found: Any, told: str | None) -> None:
    result = coerced({"type": schema}, value)
    assert result == (found, [] if told is None else [("x", told)])
    assert type(result[0]) is type(found)


def test_what_does_not_fit_inside_is_null_alone_and_told_with_its_path() -> None:
    schema = {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "lines": {
                "type": "array",
                "items": {"type": "object", "properties": {"day": {"format": "date", "type": "string"}}},
            },
        },
    }
    value = {"id": "no", "other": 1, "lines": [{"day": "2026-02-30"}, None, "x", {"day": "2026-02-28"}]}
    assert coerced(schema, [value]) == (None, [("x", NULLED)])
    assert coerced({"type": "array", "items": schema}, value) == (None, [("x", NULLED)])
    assert coerced(schema, value) == (
        {"id": None, "lines": [{"day": None}, None, None, {"day": "2026-02-28"}]},
        [("x.id", NULLED), ("x.lines[0].day", NULLED), ("x.lines[2]", NULLED)],
    )


@pytest.mark.parametrize(
    ("options", "value", "found"),
    [
        (["string", "integer"], 7, {"type": "integer", "integer": 7}),
        (["string", "integer"], "7", {"type": "string", "string": "7"}),
        (["string", "number"], 7, {"type": "string", "string": "7"}),
        (["number", "string"], 7, {"type": "number", "number": 7.0}),
        (["boolean", "number"], 1.5, {"type": "number", "number": 1.5}),
        (["boolean", "integer"], True, {"type": "boolean", "boolean": True}),
        (["string", "array"], [1], {"type": "string", "string": "[1]"}),
        (["boolean", "object"], {"a": 1}, {"type": "string", "string": '{"a":1}'}),
    ],
)
def test_a_union_says_which_of_its_types_a_value_has(options: list[str], value: Any, found: Any) -> None:
    assert coerced({"type": options}, value) == (found, [])


def test_a_value_of_no_type_of_a_union_is_null() -> None:
    assert coerced({"type": ["boolean", "integer"]}, "x") == (None, [("x", NULLED)])


@pytest.mark.parametrize(
    ("written", "zoned", "local"),
    [
        ("2026-11-25T08:30:00Z", "2026-11-25 08:30:00.000000+00", ...),
        ("2026-11-25T08:30:00", "2026-11-25 08:30:00.000000+00", ...),
        ("2026-11-25 08:30:00.123456789", "2026-11-25 08:30:00.123456+00", ...),
        ("2026-11-25T08:30:00.5+02:00", "2026-11-25 06:30:00.500000+00", "2026-11-25 08:30:00.500000+00"),
        ("2026-11-25T08:30:00-0330", "2026-11-25 12:00:00.000000+00", "2026-11-25 08:30:00.000000+00"),
        ("2026/11/25T08:30", "2026-11-25 08:30:00.000000+00", ...),
        ("20261125T08:30:00", "2026-11-25 08:30:00.000000+00", ...),
        ("0000-01-01T00:00:00Z", "0000-01-01 00:00:00.000000+00", ...),
        ("-0044-03-15T12:00:00Z", "-0044-03-15 12:00:00.000000+00", ...),
        ("12026-11-25T08:30:00Z", "12026-11-25 08:30:00.000000+00", ...),
        ("9999-12-31T23:00:00-02:00", "10000-01-01 01:00:00.000000+00", "9999-12-31 23:00:00.000000+00"),
        ("0001-01-01T00:00:00+02:00", "0000-12-31 22:00:00.000000+00", "0001-01-01 00:00:00.000000+00"),
        ("2026-11-25", None, ...),
        ("2026-02-30T00:00:00Z", None, ...),
        ("2026-11-25T25:00:00Z", None, ...),
        ("9999999-01-01T00:00:00Z", None, ...),
        ("2026-W48-3T08:30:00", None, ...),
        ("yesterday", None, ...),
        ("", None, ...),
    ],
)
def test_date_times_are_by_utc(written: str, zoned: str | None, local: Any) -> None:
    assert timestamp_text(written, zoned=True) == zoned
    assert timestamp_text(written, zoned=False) == (zoned if local is ... else local)


def test_dates_and_times() -> None:
    assert [date_text(text) for text in ("2026-11-25", "2026/11/25", "20261125", "2026-11-25T23:00:00-05:00")] == [
        "2026-11-25"
    ] * 4
    assert [date_text(text) for text in ("2026-13-01", "2026-1-1", "x", "")] == [None] * 4
    assert time_text("08:30") == "08:30:00.000000"
    assert time_text("23:30:00.25+02:00") == "21:30:00.250000"
    assert [time_text(text) for text in ("24:00", "8:30", "")] == [None] * 3


@given(some.datetimes(), some.timedeltas(timedelta(hours=-23), timedelta(hours=23)))
def test_every_date_time_of_python_is_read(moment: datetime, offset: timedelta) -> None:
    zone = timezone(timedelta(minutes=offset // timedelta(minutes=1)))
    try:
        wanted = moment.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return
    written = moment.replace(tzinfo=zone).isoformat()
    assert timestamp_text(written, zoned=True) == f"{wanted.isoformat(' ', 'microseconds')}+00"
    assert timestamp_text(written, zoned=False) == f"{moment.isoformat(' ', 'microseconds')}+00"


def test_names_are_those_of_the_file() -> None:
    assert safe_names(["id", "ID", "é x", "1st", "a-b", "a_b", "id_1"]) == [
        "id", "ID_1", "e_x", "_1st", "a_b", "a_b_1", "id_1_1"
    ]  # fmt: skip


@given(
    some.recursive(
        some.none() | some.booleans() | some.floats() | some.text(),
        lambda s: some.lists(s) | some.dictionaries(some.text(), s),
    )
)
def test_json_text_is_json_without_what_json_lacks(value: Any) -> None:
    json.loads(json_text(value), parse_constant=lambda _: pytest.fail("no JSON"))
