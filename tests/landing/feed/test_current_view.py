"""The view of living rows: of each key the newest, without what the source has deleted."""

from __future__ import annotations

from itertools import count

import pytest

from infra.landing.engine.attach import CATALOG
from infra.landing.engine.engine import Engine
from infra.landing.types.column_type import parse_type
from tests.support.landings import EXTRACTED, Table, airbyte, table_in

NUMBERS = count()


@pytest.fixture
def table(lake: Engine) -> Table:
    return table_in(lake, f"view_{next(NUMBERS)}", key=("id",), cursor="updated")


def current(table: Table, columns: str = "id, v") -> list[tuple[object, ...]]:
    return table.rows(columns, of=table.target.view)


def cdc(
    number: int, value: str, *, extracted: int = 0, lsn: int | None = None, deleted: bool = False, updated: int = 0
) -> str:
    deleted_at = "'2026-01-01'" if deleted else "NULL"
    position = "NULL" if lsn is None else str(lsn)
    return airbyte(
        f"{number}::BIGINT AS id, '{value}' AS v, {updated}::BIGINT AS updated, {position}::DOUBLE AS _ab_cdc_lsn, "
        f"{deleted_at}::VARCHAR AS _ab_cdc_deleted_at",
        extracted=EXTRACTED + extracted,
    )


ORDERS = [
    ("extracted", {"extracted": 1}, {"extracted": 2, "lsn": 1, "updated": 0}),
    ("extracted before lsn", {"extracted": 1, "lsn": 9, "updated": 9}, {"extracted": 2, "lsn": 1, "updated": 1}),
    ("lsn before cursor", {"lsn": 1, "updated": 9}, {"lsn": 2, "updated": 1}),
    ("cursor", {"lsn": 1, "updated": 1}, {"lsn": 1, "updated": 2}),
    ("a position before none", {"updated": 9}, {"lsn": 1, "updated": 1}),
    ("file", {}, {}),
]


@pytest.mark.parametrize(("_name", "older", "newer"), ORDERS, ids=[name for name, *_ in ORDERS])
def test_the_newest_row_of_a_key(table: Table, _name: str, older: dict[str, int], newer: dict[str, int]) -> None:
    """Whichever is fed first; where all is the same, the later file counts."""
    table.put("1.parquet", cdc(1, "new" if _name == "file" else "old", **older))  # type: ignore[arg-type]
    table.put("0.parquet", cdc(1, "old" if _name == "file" else "new", **newer))  # type: ignore[arg-type]
    table.put("2.parquet", cdc(2, "other"))
    assert table.feed().problems == {}
    assert current(table) == [(1, "new"), (2, "other")]


def test_the_later_row_of_a_file_counts_where_all_else_is_the_same(table: Table) -> None:
    table.put("0.parquet", airbyte("1 AS id, range::VARCHAR AS v FROM range(5)"))
    table.feed()
    assert current(table) == [(1, "4")]


def test_deleted_keys_are_gone_until_they_come_back(table: Table) -> None:
    table.put("0.parquet", cdc(1, "a"))
    table.put("1.parquet", cdc(1, "b", extracted=1, deleted=True))
    table.put("2.parquet", cdc(2, "kept"))
    table.feed()
    assert current(table) == [(2, "kept")]
    # A late file that is older brings nothing back.
    table.put("3.parquet", cdc(1, "late", extracted=-5))
    table.feed()
    assert current(table) == [(2, "kept")]
    table.put("4.parquet", cdc(1, "back", extracted=2))
    table.feed()
    assert current(table) == [(1, "back"), (2, "kept")]
    assert len(table.rows("id")) == 5


def test_without_a_key_every_row_is_there(table: Table) -> None:
    table = table.but(key=())
    table.put("0.parquet", airbyte("1 AS id, 'a' AS v FROM range(3)"))
    table.feed()
    assert current(table) == [(1, "a")] * 3
    assert len(current(table)) == len(table.rows("id"))


def test_a_key_that_no_file_has_yet_and_one_in_other_capitals(table: Table) -> None:
    table = table.but(key=("ID", "part"))
    table.put("0.parquet", airbyte("1 AS id, 'a' AS v FROM range(2)"))
    table.feed()
    assert len(current(table)) == 2
    table.put("1.parquet", airbyte("1 AS id, 'b' AS v, part FROM (VALUES (1), (1), (2)) t(part)"))
    table.feed()
    assert current(table, "id, part, v") == [(1, 1, "b"), (1, 2, "b"), (1, None, "a")]


def test_nulls_in_a_key_are_one_key(table: Table) -> None:
    table.put("0.parquet", airbyte("NULL::BIGINT AS id, range::VARCHAR AS v FROM range(3)"))
    table.feed()
    assert current(table) == [(None, "2")]


def test_names_in_the_view_are_quoted(lake: Engine) -> None:
    key = 'select "it\'s"'
    table = table_in(lake, "view_names", key=(key,), cursor="a b")
    quoted = '"' + key.replace('"', '""') + '"'
    table.put("0.parquet", airbyte(f'1 AS {quoted}, range AS "a b", range AS "*" FROM range(3)'))
    assert table.feed().problems == {}
    assert current(table, '"*"') == [(2,)]


def test_the_view_follows_columns_and_key(table: Table) -> None:
    table = table.but(key=())
    table.put("0.parquet", airbyte("1 AS id, 'a' AS v"))
    table.feed()
    table.put("1.parquet", airbyte("1 AS id, 'b' AS v, DATE '2026-01-01' AS more", extracted=EXTRACTED + 1))
    table.feed()
    assert len(current(table, "more")) == 2
    keyed = table.but(key=("id",))
    keyed.put("2.parquet", airbyte("2 AS id, 'c' AS v, NULL::DATE AS more"))
    keyed.feed()
    assert current(keyed) == [(1, "b"), (2, "c")]


@pytest.mark.parametrize("key", [(), ("id",)], ids=["no key", "key"])
def test_a_view_that_is_right_is_left_alone(table: Table, key: tuple[str, ...]) -> None:
    """Two writers that replace one view collide, and each replacement stays in the catalog."""
    table = table.but(key=key)
    for number in range(3):
        table.put(f"{number}.parquet", cdc(number, "a"))
        assert table.feed().files == 1
    made = f"SELECT count(*) FROM {CATALOG}.ducklake_view WHERE view_name = '{table.target.current}'"
    assert table.engine.rows(made) == [(1,)]


def test_json_lines_have_the_same_view(lake: Engine) -> None:
    types = {name: parse_type(text) for name, text in {"id": "BIGINT", "v": "VARCHAR"}.items()}
    table = table_in(lake, "view_jsonl", file_format="jsonl", declared=types, key=("id",))
    table.write("0.jsonl", b'{"id": 1, "v": "a"}\n{"id": 1, "v": "b"}\n')
    table.feed()
    assert current(table) == [(1, "b")]
