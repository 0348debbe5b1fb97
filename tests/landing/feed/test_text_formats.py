"""JSON lines and CSV, flattened and not, zipped and not: the same rows as from Parquet, and nothing rounded or guessed."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from infra.landing.engine.engine import Engine
from infra.landing.types.column_type import parse_type
from tests.support.landings import EXTRACTED, Table, airbyte, table_in

NUMBERS = count()

DECLARED = {
    "id": "BIGINT",
    "fraction": "DOUBLE",
    "flag": "BOOLEAN",
    "text": "VARCHAR",
    "empty": "VARCHAR",
    "nothing": "VARCHAR",
    "day": "DATE",
    "clock": "TIME",
    "moment": "TIMESTAMP WITH TIME ZONE",
    "big": "BIGINT",
    "object": "JSON",
}
ROWS: list[dict[str, Any]] = [
    {
        "id": 1,
        "fraction": 1.5,
        "flag": True,
        "text": "ünï ☃ 'q' \"q\", \\ ;|",
        "empty": "",
        "nothing": None,
        "day": "2026-01-02",
        "clock": "23:59:59.123456",
        "moment": "2026-01-02T03:04:05.123456+02:00",
        "big": 2**63 - 1,
        "object": {"a": [1, {"b": None}], "ü": "x,y"},
    },
    {
        "id": 2,
        "fraction": -0.1,
        "flag": False,
        "text": "two\nlines\r\n",
        "empty": "",
        "nothing": None,
        "day": "1999-12-31",
        "clock": "08:30:00",
        "moment": "2026-01-02T03:04:05Z",
        "big": -(2**63),
        "object": [],
    },
    dict.fromkeys(DECLARED) | {"id": 3},
]
PARQUET = (
    "1::BIGINT AS id, 1.5::DOUBLE AS fraction, true AS flag, 'ünï ☃ ''q'' \"q\", \\ ;|' AS text, '' AS empty, "
    "NULL::VARCHAR AS nothing, DATE '2026-01-02' AS day, TIME '23:59:59.123456' AS clock, "
    "TIMESTAMPTZ '2026-01-02 03:04:05.123456+02' AS moment, 9223372036854775807::BIGINT AS big, "
    '\'{{"a":[1,{{"b":null}}],"ü":"x,y"}}\' AS object UNION ALL SELECT {second}, 2, -0.1, false, \'two\nlines\r\n\', \'\', '
    "NULL, DATE '1999-12-31', TIME '08:30:00', TIMESTAMPTZ '2026-01-02 03:04:05+00', -9223372036854775808, '[]' "
    "UNION ALL SELECT {second}, 3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"
)


@pytest.fixture
def table(lake: Engine) -> Table:
    return text_table(lake, "jsonl", DECLARED)


def text_table(lake: Engine, file_format: str, declared: Mapping[str, str]) -> Table:
    types = {name: parse_type(text) for name, text in declared.items()}
    return table_in(lake, f"text_{next(NUMBERS)}", file_format=file_format, declared=types, key=("id",))


def own(number: int, generation: int = 0) -> dict[str, Any]:
    return {
        "_airbyte_raw_id": f"r{number}",
        "_airbyte_extracted_at": EXTRACTED,
        "_airbyte_meta": {
            "sync_id": 4,
            "changes": [{"field": "x", "change": "NULLED", "reason": "PLATFORM"}] * (number == 1),
        },
        "_airbyte_generation_id": generation,
    }


def jsonl(rows: Sequence[Mapping[str, Any]], *, flat: bool = True) -> bytes:
    lines = [{**own(n), **(row if flat else {"_airbyte_data": row})} for n, row in enumerate(rows, 1)]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def commas(rows: Sequence[Mapping[str, Any]], *, flat: bool = True, quoted: bool = True) -> bytes:
    """As Airbyte writes CSV: texts have quotes, null is nothing."""
    text = io.StringIO()
    write = csv.writer(text, quoting=csv.QUOTE_NONE, escapechar="\x01", quotechar=None)
    fields = list(rows[0]) if flat else ["_airbyte_data"]
    write.writerow([*own(0), *fields])
    for number, row in enumerate(rows, 1):
        values = [*own(number).values(), *(row.values() if flat else [row])]
        text.write(",".join(_cell(value, quoted=quoted) for value in values) + "\r\n")
    return text.getvalue().encode()


def _cell(value: Any, *, quoted: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return '"' + shown.replace('"', '""') + '"' if quoted else shown


def seen(table: Table) -> list[tuple[Any, ...]]:
    names = ", ".join(name for name in DECLARED if name != "object")
    return table.rows(
        f"_airbyte_raw_id, _airbyte_extracted_at, _airbyte_generation_id, {names}, "
        "replace(object::VARCHAR, ' ', '') AS object, _lake_row",
        order="id",
    )


@pytest.fixture(scope="module")
def expected(lake: Engine) -> list[tuple[Any, ...]]:
    table = table_in(lake, "text_expected", declared={"object": parse_type("JSON")})
    second = airbyte("1").rpartition(", 1")[0]
    table.put("0.parquet", airbyte(PARQUET.format(second=second)))
    assert table.feed().problems == {}
    found = seen(table)
    return [(f"r{number}", *row[1:]) for number, row in enumerate(found, 1)]


FORMS = [
    (file_format, flat, zipped)
    for file_format in ("jsonl", "csv")
    for flat in (True, False)
    for zipped in (False, True)
]


@pytest.mark.parametrize(("file_format", "flat", "zipped"), FORMS)
def test_rows_are_those_of_parquet(
    lake: Engine, expected: list[tuple[Any, ...]], file_format: str, *, flat: bool, zipped: bool
) -> None:
    table = text_table(lake, file_format, DECLARED)
    content = (jsonl if file_format == "jsonl" else commas)(ROWS, flat=flat)
    table.write(f"0.{file_format}" + (".gz" if zipped else ""), gzip.compress(content) if zipped else content)
    fed = table.feed()
    assert (fed.problems, fed.files, fed.rows, fed.changes) == ({}, 1, 3, 1)
    assert seen(table) == expected
    assert {name: table.types()[name] for name in DECLARED} == DECLARED
    contents = next(iter(table.ledger().values())).contents
    assert (contents.generations, contents.extracted, contents.sync_id) == ((0, 0), (EXTRACTED * 1000,) * 2, 4)


@pytest.mark.parametrize("file_format", ["jsonl", "csv"])
def test_names_say_less_than_the_bytes(lake: Engine, file_format: str) -> None:
    table = text_table(lake, file_format, {"id": "BIGINT"})
    names = ["0.{}-1", "0.{}-12", "0{}", "x_1{}", "0.{}"]
    for number, (name, zipped) in enumerate((name, zipped) for name in names for zipped in (False, True)):
        content = (jsonl if file_format == "jsonl" else commas)([{"id": number}, {"id": -number}])
        extension = file_format + (".gz" if zipped else "")
        folder = "zipped" if zipped else "plain"
        path = f"{folder}/" + (name.format(extension) if "." in name else name.format(""))
        table.write(path, gzip.compress(content) if zipped else content)
    assert table.feed().problems == {}
    assert table.rows("abs(id), _lake_row") == [(number, row) for number in range(10) for row in range(2)]


@pytest.mark.parametrize("file_format", ["jsonl", "csv"])
def test_rows_are_counted_in_the_order_of_the_file(lake: Engine, file_format: str) -> None:
    """More rows than a thread takes at once, and more threads than one."""
    lake.run("SET threads = 3")
    try:
        table = text_table(lake, file_format, {"id": "BIGINT"})
        for name in ("a", "b"):
            rows = [b'{"id": %d}\n' % n if file_format == "jsonl" else b"%d\r\n" % n for n in range(200_000)]
            table.write(f"{name}.{file_format}", b"".join([b"id\r\n", *rows] if file_format == "csv" else rows))
        assert table.feed().problems == {}
        found = table.rows(
            "_lake_file, count(*), count(*) FILTER (id = _lake_row), count(DISTINCT _lake_row)",
            of=f"{table.target.table} GROUP BY 1",
        )
        assert [row[1:] for row in found] == [(200_000, 200_000, 200_000)] * 2
    finally:
        lake.run("SET threads = 1")


# Type, value, what is in the table; None: its file is told.
VALUES: list[tuple[str, object, object]] = [
    ("BIGINT", 1.0, 1),
    ("BIGINT", "12", 12),
    ("BIGINT", 1.5, None),
    ("BIGINT", "1.5", None),
    ("BIGINT", 2**63, None),
    ("BIGINT", "x", None),
    ("BIGINT", True, None),
    ("DOUBLE", 3, 3.0),
    ("DOUBLE", "x", None),
    ("BOOLEAN", "maybe", None),
    ("DATE", "2026-01-02T03:04:05", None),
    ("DATE", "2026-02-30", None),
    ("TIME", "12:00:00+02:00", time(10)),
    ("TIME", "12:00Z", time(12)),
    ("TIME", "01:00:00+0200", time(23)),
    ("TIME", "noon", None),
    ("TIMESTAMP WITH TIME ZONE", "2026-01-02T03:04:05", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    ("TIMESTAMP WITH TIME ZONE", "2026-01-02 03:04:05-05", datetime(2026, 1, 2, 8, 4, 5, tzinfo=UTC)),
    ("TIMESTAMP WITH TIME ZONE", "soon", None),
    ("VARCHAR", 12, "12"),
    ("VARCHAR", "null", "null"),
]

ASKED: list[tuple[str, object, object]] = [
    ("DECIMAL(10,2)", 9.99, Decimal("9.99")),
    ("DECIMAL(10,2)", "12.50", Decimal("12.50")),
    ("DECIMAL(38,0)", 12345678901234567, Decimal(12345678901234567)),
    ("DECIMAL(5,2)", 1000, None),
    ("INTEGER", 7, 7),
    ("INTEGER", "007", 7),
    ("INTEGER", 1.5, None),
    ("INTEGER", 2**31, None),
    ("TIMESTAMP", "2026-01-02 03:04:05", datetime(2026, 1, 2, 3, 4, 5)),  # noqa: DTZ001
    ("STRUCT(a BIGINT)", {"a": 5}, {"a": 5}),
    ("BIGINT[]", [1, 2], [1, 2]),
    ("BIGINT[]", ["x"], None),
]


@pytest.mark.parametrize("file_format", ["jsonl", "csv"])
@pytest.mark.parametrize("asked", [False, True])
def test_a_value_fits_exactly_or_its_file_is_told(lake: Engine, file_format: str, *, asked: bool) -> None:
    """Each in a file and a column of its own."""
    cases = ASKED if asked else VALUES
    types = {f"v{number}": parse_type(type_) for number, (type_, _, _) in enumerate(cases)}
    table = text_table(lake, file_format, {"id": "BIGINT"})
    table = table.but(declared={**table.target.declared, **types}, asked=types if asked else {})
    make = jsonl if file_format == "jsonl" else commas
    table.write(f"none.{file_format}", make([{"id": -1, **dict.fromkeys(types)}]))
    for number, (_, value, _) in enumerate(cases):
        table.write(f"{number}.{file_format}", make([{"id": number, f"v{number}": value}]))
    fed = table.feed()
    told = {table.path(f"{number}").name for number, (_, _, stored) in enumerate(cases) if stored is None}
    assert {path.removeprefix(table.prefix).partition(".")[0] for path in fed.problems} == told
    # A value, above all a long one, is not shown in a message that nobody can read.
    assert max(map(len, fed.problems.values())) < 300
    assert {name: parse_type(table.types()[name]) for name in types} == types
    for number, (_, _, stored) in enumerate(cases):
        if stored is not None:
            assert table.rows(f"v{number}", of=f"{table.target.table} WHERE id = {number}") == [(stored,)]
    assert table.rows(", ".join(types), of=f"{table.target.table} WHERE id = -1") == [(None,) * len(types)]


@pytest.mark.parametrize("flat", [True, False])
def test_keys_that_could_be_paths(table: Table, *, flat: bool) -> None:
    keys = ["", "a.b", "*", "$", "[0]", 'q"', "b\\", "#", "n\nl", "json", "/", "~", "~1", "it's", "ü", "_lake", "?"]
    table = table.but(declared={key: parse_type("BIGINT") for key in keys if key})
    table.write("0.jsonl", jsonl([{key: number for number, key in enumerate(keys)}], flat=flat))
    assert table.feed().problems == {}
    assert sorted(table.types()) == sorted(["column", *keys[1:]])
    listed = ", ".join('"' + name.replace('"', '""') + '"' for name in ["column", *keys[1:]])
    assert table.rows(listed) == [("0", *range(1, len(keys)))]


def test_keys_that_differ_in_capitals_alone_lose_nothing(table: Table) -> None:
    table = table.but(declared={"a": parse_type("BIGINT"), "A": parse_type("BIGINT")})
    table.write("0.jsonl", jsonl([{"a": 1, "A": 2, "á": 3}]))
    assert table.feed().problems == {}
    assert table.rows("a, a_1") == [(1, 2)]


def test_fields_that_only_some_files_have(table: Table) -> None:
    table.write("0.jsonl", jsonl([{"id": 1}]))
    table.write("1.jsonl", jsonl([{"id": 2, "text": "x"}, {"id": 3, "more": {"y": 1}}]))
    assert table.feed().problems == {}
    assert table.rows("id, text, more->>'$.y'") == [(1, None, None), (2, "x", None), (3, None, "1")]
    assert table.types()["more"] == "JSON"


def test_lines_that_are_no_objects_are_told(table: Table) -> None:
    lines = ["[1]", "3", '"x"', "null", '{"id": 1', '{"id": 1}{"id": 2}', "x", '{"id": "\\ud800"}']
    for number, line in enumerate(lines):
        table.write(f"{number}.jsonl", jsonl([{"id": 1}]) + line.encode() + b"\n")
    table.write("whole.jsonl", jsonl([{"id": 5}]))
    fed = table.feed()
    assert (len(fed.problems), table.rows("id")) == (len(lines), [(5,)])


def test_data_that_is_no_object_is_told(table: Table) -> None:
    lines = ['{"_airbyte_data": 3}', '{"_airbyte_data": null}', "{}"]
    for number, line in enumerate(lines):
        table.write(f"{number}.jsonl", jsonl([{"id": 1}], flat=False) + line.encode() + b"\n")
    table.write("whole.jsonl", jsonl([{"id": 5}], flat=False))
    fed = table.feed()
    assert (len(fed.problems), table.rows("id")) == (len(lines), [(5,)])


def test_what_stands_beside_the_data_is_kept(table: Table) -> None:
    """An older destination had `_airbyte_ab_id` and `_airbyte_emitted_at`."""
    line = {"_airbyte_ab_id": "x", "_airbyte_emitted_at": EXTRACTED, "_airbyte_data": {"id": 1}}
    table.write("0.jsonl", json.dumps(line).encode())
    assert table.feed().problems == {}
    assert table.rows("id, _airbyte_ab_id->>'$', _airbyte_emitted_at::BIGINT") == [(1, "x", EXTRACTED)]


@pytest.mark.parametrize("file_format", ["jsonl", "csv"])
def test_the_extraction_as_a_timestamp(lake: Engine, file_format: str) -> None:
    table = text_table(lake, file_format, {"id": "BIGINT"})
    content = (jsonl if file_format == "jsonl" else commas)([{"id": 1}]).replace(
        str(EXTRACTED).encode(), b'"2025-11-24T16:00:00.000000Z"'
    )
    table.write(f"0.{file_format}", content)
    assert table.feed().problems == {}
    assert table.rows("_airbyte_extracted_at") == [(datetime(2025, 11, 24, 16, tzinfo=UTC),)]


WRITTEN: list[tuple[bytes, list[str | None]]] = [
    (b"text\r\nx;y\r\nz|w\r\n", ["x;y", "z|w"]),
    (b'text\r\n"a\tb"\r\n"#no comment"\r\n', ["a\tb", "#no comment"]),
    (b'text\n"one\r\ntwo"\n"NULL"\n', ["one\r\ntwo", "NULL"]),
    (b'text\r\n"back\\"\r\n"sl""ash"\r\n', ["back\\", 'sl"ash']),
    (b"text\r\n  spaces  \r\n1\r\n", ["  spaces  ", "1"]),
    (b"text\r\n1\r\n2\r\n", ["1", "2"]),
    (b"text\r\ntext\r\n2026-01-01\r\n", ["text", "2026-01-01"]),
    (b'text\r\n"' + b"x" * 3_000_000 + b'"\r\n', ["x" * 3_000_000]),
    (b"text\r\n", []),
    (b'text\r\n""\r\n\r\n"x"\r\n', ["", None, "x"]),
]


def test_csv_is_read_as_it_is_written_not_as_it_looks(lake: Engine) -> None:
    table = text_table(lake, "csv", {"text": "VARCHAR"})
    for number, (content, _) in enumerate(WRITTEN):
        table.write(f"{number}.csv", content)
    assert table.feed().problems == {}
    expected = [(f"{table.prefix}{number}.csv", text) for number, (_, rows) in enumerate(WRITTEN) for text in rows]
    assert table.rows("_lake_file, text", order="_lake_file, _lake_row") == expected


def test_csv_that_is_broken_is_told(lake: Engine) -> None:
    table = text_table(lake, "csv", {"id": "BIGINT", "text": "VARCHAR"})
    broken = [b"1\r\n2,x\r\n", b"1,x,y\r\n", b'1,"x\r\n2,y\r\n', b"1,\xe9\r\n", b"1,x\r\n2"]
    for number, content in enumerate(broken):
        table.write(f"{number}.csv", b"id,text\r\n" + content)
    table.write("whole.csv", b"id,text\r\n5,z\r\n")
    fed = table.feed()
    assert (len(fed.problems), table.rows("id, text")) == (len(broken), [(5, "z")])
    for reason in fed.problems.values():
        assert "\n" not in reason
        assert table.engine.settings.raw not in reason
        assert "ignore_errors" not in reason, "what it would take to lose rows is no advice"


def test_broken_zips_are_told(lake: Engine) -> None:
    table = text_table(lake, "jsonl", {"id": "BIGINT"})
    whole = gzip.compress(jsonl([{"id": number} for number in range(5000)]))
    table.write("0.jsonl.gz", whole[: len(whole) // 2])
    table.write("1.jsonl.gz", jsonl([{"id": 1}]))
    table.write("2.jsonl", whole)
    table.write("3.jsonl.gz", gzip.compress(jsonl([{"id": 3}])))
    table.write("4.jsonl.gz", gzip.compress(b""))
    fed = table.feed()
    assert sorted(fed.problems) == [f"{table.prefix}{name}" for name in ("0.jsonl.gz", "1.jsonl.gz", "2.jsonl")]
    assert table.rows("id") == [(3,)]


def test_the_days_and_times_of_the_machine_are_not_asked(lake: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    table = text_table(lake, "jsonl", {"id": "BIGINT", "moment": "TIMESTAMP WITH TIME ZONE", "day": "DATE"})
    table.write("0.jsonl", jsonl([{"id": 1, "moment": "2026-01-01T23:30:00", "day": "2026-01-01"}]))
    table.feed()
    assert table.rows("moment, day") == [(datetime(2026, 1, 1, 23, 30, tzinfo=UTC), date(2026, 1, 1))]
