"""`lakeform landing ddl` says what feeding makes of what a source really sends, in each format that can be read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.landing.types.column_type import ColumnType, parse_type
from tests.support.lakes import run
from tests.support.read_lakes import CSV, JSONL, PARQUET, MakeShop, Shop

pytestmark = pytest.mark.usefixtures("fake_connector")

FIELDS: dict[str, Any] = {
    "id": {"type": "integer"},
    "text": {"type": ["null", "string"]},
    "flag": {"type": "boolean"},
    "number": {"type": "number"},
    "whole": {"type": "number", "airbyte_type": "integer"},
    "day": {"type": "string", "format": "date"},
    "clock": {"type": "string", "format": "time", "airbyte_type": "time_without_timezone"},
    "moment": {"type": "string", "format": "date-time", "airbyte_type": "timestamp_with_timezone"},
    "local": {"type": "string", "format": "date-time", "airbyte_type": "timestamp_without_timezone"},
    "anything": {},
    "open": {"type": "object"},
    "list": {"type": "array"},
    "numbers": {"type": "array", "items": {"type": "integer"}},
    "place": {"type": "object", "properties": {"a b": {"type": "integer"}, "in": {"type": "object"}}},
    "either": {"type": ["string", "integer"]},
    "Straße 1": {"type": "string"},
    "Id": {"type": "string"},
    "price": {"type": "number"},
    "sent_on": {"type": "string"},
    "never_sent": {"type": "array", "items": {"type": "object", "properties": {"x": {"type": "number"}}}},
}
ROW = {
    "id": 1,
    "text": "a",
    "flag": True,
    "number": 1.5,
    "whole": 7,
    "day": "2026-01-02",
    "clock": "10:11:12",
    "moment": "2026-01-02T10:11:12Z",
    "local": "2026-01-02T10:11:12",
    "anything": {"x": 1},
    "open": {"y": [1]},
    "list": [1, "b"],
    "numbers": [1, 2],
    "place": {"a b": 1, "in": {"z": 2}},
    "either": 5,
    "Straße 1": "s",
    "Id": "i",
    "price": 9.99,
    "sent_on": "2026-01-02",
}
SEND = f"say(type='RECORD', record={{'stream': 'all', 'emitted_at': 1700000000000, 'data': {ROW!r}}})"

FORMATS = {
    "parquet": PARQUET,
    "jsonl": JSONL,
    "jsonl in one column": JSONL.replace("Root level flattening", "No flattening"),
    "csv": CSV.replace("No flattening", "Root level flattening"),
    "csv in one column": CSV,
}


def described(shop: Shop, name: str) -> list[tuple[str, ColumnType]]:
    result = run(shop.root, "landing", "sql", "--format", "json", f"DESCRIBE {name}")
    assert result.code == 0, result.err
    return [(row[0], parse_type(row[1])) for row in json.loads(result.out)["rows"]]


@pytest.mark.parametrize("landing", [{}, {"nested": "json"}], ids=["structs", "json"])
@pytest.mark.parametrize("file_format", FORMATS.values(), ids=FORMATS)
def test_the_table_of_a_stream_with_many_types(make_shop: MakeShop, file_format: str, landing: dict[str, str]) -> None:
    types = {"price": "DECIMAL(10,2)", "sent_on": "DATE"}
    stream = {
        "sync_mode": "full_refresh",
        "destination_sync_mode": "append",
        "primary_key": [["id"]],
        "fields": FIELDS,
        "landing": {"types": types, **landing},
    }
    shop = make_shop(SEND, file_format, all=stream)
    assert shop.read().code == 0
    fed = run(shop.root, "landing", "feed", "--quiet")
    assert (fed.code, fed.out) == (0, "")
    made = described(shop, "shop__all"), described(shop, "shop__all__current")
    run(shop.root, "landing", "sql", "--write", "DROP VIEW shop__all__current")
    run(shop.root, "landing", "sql", "--write", "DROP TABLE shop__all")
    table, view, _ = run(shop.root, "landing", "ddl").out.split(";\n")
    for statement in (table, view):
        assert run(shop.root, "landing", "sql", "--write", statement).code == 0
    assert (described(shop, "shop__all"), described(shop, "shop__all__current")) == made
