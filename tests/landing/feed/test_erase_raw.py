"""Raw files without somebody's rows: the other rows as they were, in order, in every format."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.landing.engine.engine import Engine
from infra.landing.feed import erase_raw
from infra.landing.feed.erase_apply import Erased
from infra.landing.feed.erase_key import EraseKey, KeyColumn
from infra.landing.feed.erase_raw import find_rows, write_without
from infra.landing.types.column_type import BIGINT, VARCHAR
from tests.support.erased import PERSON, again, erased, holding, plan_of
from tests.support.landings import airbyte, opened, settings_in, table_in


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Engine]:
    with opened(settings_in(tmp_path, threads=2)) as engine:
        yield engine


JSONL = (
    '{"_airbyte_raw_id": "r1", "_airbyte_extracted_at": 1764000000000, "id": 1, "email": "a\\u00e9,\\"q\\""}\n'
    f'{{"_airbyte_raw_id": "r2", "id":  2, "email": "{PERSON}", "more": {{"x": [1, "{PERSON}"]}}}}\n'
    '{"_airbyte_raw_id": "r3",   "id": 3, "email": null, "big": 12345678901234567890.123}\n'
)
WRAPPED = (
    '{"_airbyte_raw_id": "r1", "_airbyte_data": {"id": 1, "email": "a"}}\n'
    f'{{"_airbyte_raw_id": "r2", "_airbyte_data": {{"id": 2, "email": "{PERSON}"}}}}\n'
)
CSV = f'_airbyte_raw_id,id,email,note\n"r1",1,"a, ""b""\nc",""\n"r2",2,"{PERSON}",x\n"r3",3,,\n'


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(("file_format", "text"), [("jsonl", JSONL), ("jsonl", WRAPPED), ("csv", CSV)])
def test_texts(lake: Engine, tmp_path: Path, file_format: str, text: str, zipped: bool) -> None:
    table = table_in(lake, "users", file_format=file_format, declared={"id": BIGINT, "email": VARCHAR})
    name = f"0.{file_format}" + ".gz" * zipped
    table.write(name, gzip.compress(text.encode()) if zipped else text.encode())
    assert table.feed().problems == {}
    before = table.rows("* EXCLUDE (_lake_row, _lake_batch)")
    assert [file.rows for file in plan_of(table, ("id", "2"), raw=True).files] == [1]
    assert erased(table, ("id", "2"), raw=True).files == {f"{table.prefix}{name}": 1}
    left = table.path(name).read_bytes()
    left = gzip.decompress(left) if zipped else left
    if file_format == "jsonl":
        assert left.decode() == "".join(line for line in text.splitlines(keepends=True) if PERSON not in line)
    assert PERSON.encode() not in left
    assert (holding(tmp_path), table.feed().problems) == ([], {})
    again(table)
    assert table.rows("* EXCLUDE (_lake_row, _lake_batch)") == [row for row in before if PERSON not in row]


@pytest.mark.parametrize("file_format", ["jsonl", "csv", "parquet"])
def test_a_file_with_nobody_else_stays_and_has_no_row(lake: Engine, tmp_path: Path, file_format: str) -> None:
    """One that went would tell that a generation was replaced."""
    table = table_in(lake, "users", file_format=file_format, declared={"id": BIGINT, "email": VARCHAR})
    if file_format == "parquet":
        table.put("0.parquet", airbyte(f"2 AS id, '{PERSON}' AS email"))
    else:
        table.write(
            f"0.{file_format}",
            {"jsonl": f'{{"id": 2, "email": "{PERSON}"}}\n', "csv": f"id,email\n2,{PERSON}\n"}[file_format].encode(),
        )
    table.feed()
    erased(table, ("email", PERSON), raw=True)
    assert (holding(tmp_path), table.rows()) == ([], [])
    assert table.feed().problems == {}
    fed = again(table)
    assert (table.rows(), fed.problems) == ([], {})


@pytest.mark.parametrize("codec", ["snappy", "gzip", "zstd", "uncompressed"])
def test_parquet_keeps_types_order_and_codec(lake: Engine, codec: str) -> None:
    table = table_in(lake, "users")
    select = (
        "range AS id, range::DECIMAL(18,2) AS price, {'a': range, 'b': [range::VARCHAR]} AS nested, 1 AS file_row_number,"
        " TIMESTAMPTZ '2026-01-01 00:00:00+00' + to_days(range::INTEGER) AS at, DATE '2026-01-01' AS day, TIME '10:00' AS clock,"
        " uuid() AS uid, range::UTINYINT AS tiny, MAP {'k': range} AS map, 'x'::BLOB AS raw, NULL::VARCHAR AS nothing FROM range(200)"
    )
    path = table.put("0.parquet", airbyte(select), file_format=f"parquet, COMPRESSION {codec}, ROW_GROUP_SIZE 40")
    table.feed()
    read = f"FROM read_parquet('{path}')"
    before, types = table.made.sql(read).fetchall(), table.made.sql(f"DESCRIBE {read}").fetchall()
    erased(table, ("id", "77"), raw=True)
    assert table.made.sql(read).fetchall() == [row for row in before if row[4] != 77]
    assert table.made.sql(f"DESCRIBE {read}").fetchall() == types
    assert table.made.sql(f"SELECT DISTINCT compression FROM parquet_metadata('{path}')").fetchall() == [
        (codec.upper(),)
    ]
    assert table.feed().problems == {}


def test_what_would_not_be_what_it_was_is_left_alone(lake: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    table = table_in(lake, "users")
    path = table.put("0.parquet", airbyte("range AS id FROM range(3)"))
    table.feed()
    before = path.read_bytes()
    sums = iter([[(1,)], [(2,)]])
    monkeypatch.setattr(erase_raw, "_sum", lambda *_: next(sums))
    done = erased(table, ("id", "1"), raw=True)
    assert done.problems == {f"{table.prefix}0.parquet": "it cannot be written as it was read, so it is left alone"}
    assert (path.read_bytes(), sorted(one.name for one in path.parent.iterdir())) == (before, ["0.parquet"])
    assert table.feed().problems == {}


def test_what_cannot_be_read_is_told(lake: Engine) -> None:
    table = table_in(lake, "users")
    table.put("0.parquet", airbyte("1 AS id"))
    table.feed()
    table.write("1.parquet", b"broken")
    table.write("2.parquet", b"")
    plan = plan_of(table, ("id", "1"), raw=True)
    assert (list(plan.unread), plan.troubled) == ([f"{table.prefix}1.parquet"], True)


def test_files_that_were_never_fed_or_are_called_strangely(lake: Engine, tmp_path: Path) -> None:
    table = table_in(lake, "users")
    table.put("it's [0]*.parquet", airbyte(f"1 AS id, '{PERSON}' AS email UNION ALL SELECT {airbyte('2, NULL')}"))
    table.feed()
    table.put("new.parquet", airbyte(f"1 AS id, '{PERSON}' AS email UNION ALL SELECT {airbyte('3, NULL')}"))
    assert erased(table, ("id", "1"), raw=True).files == {
        f"{table.prefix}it's [0]*.parquet": 1,
        f"{table.prefix}new.parquet": 1,
    }
    assert holding(tmp_path) == []
    assert (table.feed().files, table.rows("id")) == (1, [(2,), (3,)])


def test_a_file_that_changes_meanwhile_is_looked_at_again(lake: Engine) -> None:
    """Numbers of rows are those of the file as it is when it is written."""
    table = table_in(lake, "users")
    table.put("0.parquet", airbyte("range AS id FROM range(4)"))
    table.feed()
    key = EraseKey((KeyColumn("id", BIGINT, "3"),))
    (file,) = table.listing().files
    assert find_rows(lake, table.target, [file], key).rows == {file: (3,)}
    written = write_without(lake, table.target, file, (0,))
    assert find_rows(lake, table.target, [written], key).rows == {written: (2,)}


def test_a_file_that_is_called_otherwise_than_the_streams_are_by_now(lake: Engine, tmp_path: Path) -> None:
    table = table_in(lake, "users")
    table.put("0.parquet", airbyte(f"1 AS id, '{PERSON}' AS email"))
    table.feed()
    moved = replace(table, prefix="lake/elsewhere/")
    assert [file.there for file in plan_of(moved, ("id", "1")).files] == [True]
    assert erased(moved, ("id", "1"), raw=True).files == {"lake/users/0.parquet": 1}
    assert holding(tmp_path) == []


def test_a_file_that_is_gone_is_told(lake: Engine) -> None:
    table = table_in(lake, "users")
    table.put("0.parquet", airbyte("1 AS id"))
    table.feed()
    table.path("0.parquet").unlink()
    for raw in (False, True):
        plan = plan_of(table, ("id", "1"), raw=raw)
        assert [(file.rows, file.there) for file in plan.files] == [(1, False)]
    assert erased(table, ("id", "1"), raw=True) == Erased({"landing.users": 1}, {}, {})


def test_a_file_that_was_re_written_goes_on_to_be_told(lake: Engine, tmp_path: Path) -> None:
    table = table_in(lake, "users")
    table.put("0.parquet", airbyte("1 AS id, 'a' AS email"))
    table.feed()
    table.put("0.parquet", airbyte(f"* FROM (VALUES (1, 'b'), (2, '{PERSON}')) t(id, email)"))
    erased(table, ("email", PERSON), raw=True)
    assert holding(tmp_path) == []
    assert list(table.feed().problems) == [f"{table.prefix}0.parquet"]
    assert table.events() == {"0.parquet": "changed"}
    table.put("0.parquet", airbyte(f"* FROM (VALUES (1, 'c'), (2, '{PERSON}'), (3, 'd')) t(id, email)"))
    table.feed()
    erased(table, ("email", PERSON), raw=True)
    assert list(table.feed().problems) == [f"{table.prefix}0.parquet"]
    assert (again(table).problems, table.rows("id, email")) == ({}, [(1, "c"), (3, "d")])
