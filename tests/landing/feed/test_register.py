"""Tables that read their files where they are."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from infra.landing.engine.engine import Engine
from infra.landing.feed.maintain import maintain
from infra.landing.feed.replay import Wanted, drop_vanished
from tests.support.landings import Table, airbyte, table_in

NUMBERS = count()


@pytest.fixture
def table(lake: Engine) -> Table:
    made = table_in(lake, f"register_{next(NUMBERS)}", register=True, key=("id",))
    for number in range(3):
        made.put(f"it's [{number}].parquet", airbyte(f"{number}::BIGINT AS id"))
    return made


def test_files_are_read_where_they_are_and_once(table: Table) -> None:
    fed = table.feed()
    assert (fed.files, fed.rows, fed.problems) == (3, 3, {})
    assert table.feed().files == 0
    assert table.rows("id") == [(0,), (1,), (2,)]
    assert table.rows("id", of=table.target.view) == [(0,), (1,), (2,)]
    assert table.rows("count(DISTINCT filename)") == [(3,)]
    assert table.ledger()["it's [0].parquet"].contents.rows == 1


def test_maintenance_leaves_the_files_alone(table: Table) -> None:
    table.feed()
    before = {path: path.read_bytes() for path in table.path("x").parent.iterdir()}
    for _ in range(2):
        assert len(list(maintain(table.engine, timedelta()))) == 6
    assert {path: path.read_bytes() for path in table.path("x").parent.iterdir()} == before
    assert table.rows("id") == [(0,), (1,), (2,)]


def test_a_file_that_is_gone_is_told_and_its_rows_can_be_taken_out(table: Table) -> None:
    table.feed()
    table.path("it's [1].parquet").unlink()
    fed = table.feed()
    assert list(fed.problems) == [f"{table.prefix}it's [1].parquet"]
    assert "--drop-vanished" in fed.problems[f"{table.prefix}it's [1].parquet"]
    assert drop_vanished(table.engine, table.target, Wanted()) == 1
    assert table.rows("id") == [(0,), (2,)]
    assert table.feed().problems == {}


def test_what_does_not_fit_is_told_since_nothing_is_cast(table: Table) -> None:
    table.feed()
    table.put("more.parquet", airbyte("3::BIGINT AS id, 1 AS more"))
    table.put("text.parquet", airbyte("'4' AS id"))
    table.put("fits.parquet", airbyte("5::BIGINT AS id"))
    fed = table.feed()
    assert sorted(fed.problems) == [f"{table.prefix}more.parquet", f"{table.prefix}text.parquet"]
    assert "more is not there in the table" in fed.problems[f"{table.prefix}more.parquet"]
    assert table.rows("id") == [(0,), (1,), (2,), (5,)]


def test_a_bad_file_stops_no_other(table: Table) -> None:
    table.write("bad.parquet", b"bad")
    fed = table.feed()
    assert (fed.files, list(fed.problems)) == (3, [f"{table.prefix}bad.parquet"])
