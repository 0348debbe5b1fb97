"""Parquet files: every value as its column has it, what does not fit null and told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infra.landing.read.coerce import Change
from infra.landing.read.record import Stamp

duckdb = pytest.importorskip("duckdb", reason="cannot run here: duckdb is not installed")

STAMP = Stamp("u", 1_700_000_000_123, 4, 2)


def written(tmp_path: Path, properties: dict[str, Any], *records: dict[str, Any]) -> Any:
    """A connection that has the rows as `t`."""
    from infra.landing.read.parquet import ParquetRows  # noqa: PLC0415

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    rows = ParquetRows({"properties": properties}, "zstd", connection.execute)
    lines = [rows.line(record, STAMP, SOURCE_CHANGES) for record in records]
    (tmp_path / "it's [1]*").write_bytes(b"".join(lines))
    file = tmp_path / "a'b.parquet-1"
    rows.write(tmp_path / "it's [1]*", file, max(map(len, lines)))
    connection.read_parquet(str(file)).create_view("t")
    return connection


SOURCE_CHANGES: list[Change] = []


def one(tmp_path: Path, schema: Any, value: Any) -> tuple[str, Any, Any]:
    """(type of the column, its value as text, what was nulled)."""
    connection = written(tmp_path, {"x": schema}, {"x": value})
    try:
        (type_,) = [row[1] for row in connection.execute("DESCRIBE t").fetchall() if row[0] == "x"]
        ((text, changes),) = connection.execute("SELECT x::VARCHAR, _airbyte_meta.changes FROM t").fetchall()
    finally:
        connection.close()
    return type_, text, [change["field"] for change in changes]


@pytest.mark.parametrize(
    ("schema", "value", "found"),
    [
        ({"type": "integer"}, 2**63 - 1, ("BIGINT", "9223372036854775807", [])),
        ({"type": "integer"}, 2**63, ("BIGINT", None, ["x"])),
        ({"type": "number"}, 0.1, ("DOUBLE", "0.1", [])),
        ({"type": "number"}, 5e-324, ("DOUBLE", "5e-324", [])),
        ({"type": "number"}, 10**300, ("DOUBLE", "1e+300", [])),
        ({"type": "string"}, "a\x00b'\"\\ \u2028 \U0001f600", ("VARCHAR", "a\x00b'\"\\ \u2028 \U0001f600", [])),
        ({"type": "string"}, "\ud83d", ("VARCHAR", "?", [])),
        ({"type": "string"}, "", ("VARCHAR", "", [])),
        ({"type": "string"}, "null", ("VARCHAR", "null", [])),
        ({"type": "string"}, "x" * 20_000_000, ("VARCHAR", "x" * 20_000_000, [])),
        ({"type": "string", "format": "date"}, "2026-11-25", ("DATE", "2026-11-25", [])),
        ({"type": "string", "format": "date"}, "-0044-03-15", ("DATE", "0045-03-15 (BC)", [])),
        ({"type": "string", "format": "time"}, "23:59:59.999999", ("TIME", "23:59:59.999999", [])),
        (
            {"type": "string", "format": "date-time"},
            "2026-11-25T08:30:00.5+02:00",
            ("TIMESTAMP WITH TIME ZONE", "2026-11-25 06:30:00.5+00", []),
        ),
        (
            {"type": "string", "format": "date-time"},
            "290000-01-01T00:00:00Z",
            ("TIMESTAMP WITH TIME ZONE", "290000-01-01 00:00:00+00", []),
        ),
        ({"type": "object"}, {"a": [1, None]}, ("VARCHAR", '{"a":[1,null]}', [])),
        ({"type": "array"}, [], ("VARCHAR", "[]", [])),
        ({"type": "array", "items": {"type": "integer"}}, [1, "x", None], ("BIGINT[]", "[1, NULL, NULL]", ["x[1]"])),
        ({"type": "array", "items": {"type": "integer"}}, [], ("BIGINT[]", "[]", [])),
        (
            {"type": "object", "properties": {"Id": {"type": "integer"}, "id": {"type": "integer"}}},
            {"id": 1, "Id": 2},
            ("STRUCT(Id BIGINT, id_1 BIGINT)", "{'Id': 2, 'id_1': 1}", []),
        ),
        (
            {"type": ["integer", "string"]},
            "a",
            ('STRUCT("type" VARCHAR, "integer" BIGINT, string VARCHAR)', "{'type': string, 'integer': NULL, 'string': a}", []),
        ),
        ({"type": "boolean"}, "yes", ("BOOLEAN", None, ["x"])),
    ],
    ids=map(str, range(22)),
)  # fmt: skip
def test_odd_values(tmp_path: Path, schema: Any, value: Any, found: Any) -> None:
    assert one(tmp_path, schema, value) == found


def test_the_columns_are_airbytes_and_then_the_fields_in_their_order(tmp_path: Path) -> None:
    properties = {name: {"type": "integer"} for name in ("year", "id", "ID", "_airbyte_meta", "ä b", "order")}
    connection = written(tmp_path, properties, dict.fromkeys(properties, 1), {})
    described = {row[0]: row[1] for row in connection.execute("DESCRIBE t").fetchall()}
    assert described == {
        "_airbyte_raw_id": "VARCHAR",
        "_airbyte_extracted_at": "TIMESTAMP WITH TIME ZONE",
        "_airbyte_meta": "STRUCT(sync_id BIGINT, changes STRUCT(field VARCHAR, change VARCHAR, reason VARCHAR)[])",
        "_airbyte_generation_id": "BIGINT",
        **dict.fromkeys(["year", "id", "ID_1", "_airbyte_meta_1", "a_b", "order"], "BIGINT"),
    }
    rows = connection.execute(
        "SELECT * EXCLUDE (_airbyte_extracted_at), epoch_ms(_airbyte_extracted_at) FROM t"
    ).fetchall()
    meta = {"sync_id": 4, "changes": []}
    assert rows == [("u", meta, 2, *[1] * 6, STAMP.emitted_at), ("u", meta, 2, *[None] * 6, STAMP.emitted_at)]
    connection.close()


def test_a_stream_without_fields_has_rows(tmp_path: Path) -> None:
    connection = written(tmp_path, {}, {"a": 1}, {"b": 2})
    assert connection.execute("SELECT count(*) FROM t").fetchall() == [(2,)]
    connection.close()
