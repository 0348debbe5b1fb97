"""Replays: files fed anew in the place of their old rows, all or nothing."""

from __future__ import annotations

from dataclasses import replace as changed
from itertools import count

import pytest

from infra.base.errors import UserError
from infra.landing.engine.engine import Engine
from infra.landing.feed import transaction
from infra.landing.feed.fed import Fed
from infra.landing.feed.replay import Wanted, drop_vanished, replay
from tests.support.landings import Table, airbyte, table_in

NUMBERS = count()
BEGIN = 1_764_000_000


@pytest.fixture
def table(lake: Engine) -> Table:
    """Four files, of one row each, written a second after each other."""
    made = table_in(lake, f"replay_{next(NUMBERS)}")
    for number in range(4):
        made.put(f"{number % 2}/{number}.parquet", airbyte(f"{number}::BIGINT AS id"), modified=BEGIN + number)
    made.feed()
    return made


def again(table: Table, wanted: Wanted) -> Fed:
    return replay(table.engine, table.target, {file.path: file for file in table.listing().files}, wanted)


def ids(table: Table) -> list[int]:
    return [row[0] for row in table.rows("id")]


def batches(table: Table) -> dict[int, int]:
    return dict(table.rows("id, _lake_batch"))


@pytest.mark.parametrize(
    ("which", "meant"),
    [
        ({}, [0, 1, 2, 3]),
        ({"files": ("{}0/2.parquet",)}, [2]),
        ({"files": ("{}*/3.parquet", "{}0/0*")}, [0, 3]),
        ({"files": ("{}0/2.parquet",), "epoch": 2}, []),
        ({"prefix": "{}1/"}, [1, 3]),
        ({"since": (BEGIN + 1) * 10**6}, [1, 2, 3]),
        ({"until": (BEGIN + 1) * 10**6}, [0]),
        ({"since": (BEGIN + 1) * 10**6, "until": (BEGIN + 3) * 10**6}, [1, 2]),
        ({"epoch": 1}, [0, 1, 2, 3]),
        ({"epoch": 2}, []),
        ({"prefix": "{}1/", "until": (BEGIN + 2) * 10**6}, [1]),
    ],
)
def test_which_files_are_fed_anew(table: Table, which: dict[str, object], meant: list[int]) -> None:
    words = {
        key: tuple(text.format(table.prefix) for text in value)
        if isinstance(value, tuple)
        else value.format(table.prefix)
        if isinstance(value, str)
        else value
        for key, value in which.items()
    }
    fed = again(table, Wanted(**words))  # type: ignore[arg-type]
    assert (fed.files, fed.rows, fed.deleted, fed.problems) == (len(meant), len(meant), len(meant), {})
    assert batches(table) == {number: 2 if number in meant else 1 for number in range(4)}
    assert table.feed().files == 0


def test_a_name_with_a_bracket_is_that_file(lake: Engine) -> None:
    table = table_in(lake, "replay_names")
    for number, name in enumerate(["[a].parquet", "a.parquet", "it's *.parquet", "?.parquet"]):
        table.put(name, airbyte(f"{number}::BIGINT AS id"))
    table.feed()
    fed = again(table, Wanted(files=(f"{table.prefix}[a].parquet",)))
    assert (fed.files, [number for number, batch in batches(table).items() if batch == 2]) == (1, [0])
    again(table, Wanted(files=(f"{table.prefix}it's *.parquet", f"{table.prefix}?.parquet")))
    assert 2 in [number for number, batch in batches(table).items() if batch == 3]


def test_a_file_that_was_re_written_is_fed_as_it_is(table: Table) -> None:
    table.put("0/0.parquet", airbyte("range + 10 AS id, 'x' AS more FROM range(2)"))
    table.feed()
    assert ids(table) == [0, 1, 2, 3]
    fed = again(table, Wanted(files=(f"{table.prefix}0/0.parquet",)))
    assert (fed.files, fed.rows, fed.deleted, fed.problems) == (1, 2, 1, {})
    assert table.rows("id, more") == [(1, None), (2, None), (3, None), (10, "x"), (11, "x")]
    assert table.feed().problems == {}
    assert table.events()["0/0.parquet"] == "fed"


def test_what_is_gone_keeps_its_rows(table: Table) -> None:
    table.path("0/2.parquet").unlink()
    fed = again(table, Wanted())
    assert fed.problems == {f"{table.prefix}0/2.parquet": "it is gone, so its rows stay as they are"}
    assert (fed.files, batches(table)) == (3, {0: 2, 1: 2, 2: 1, 3: 2})


def test_one_that_fails_half_way_loses_nothing(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    before = table.rows()
    monkeypatch.setattr(transaction, "append", _breaks)
    with pytest.raises(RuntimeError):
        again(table, Wanted())
    monkeypatch.undo()
    assert table.rows() == before
    assert again(table, Wanted()).deleted == 4
    assert ids(table) == [0, 1, 2, 3]


def _breaks(*_: object) -> None:
    raise RuntimeError


def test_a_file_that_cannot_be_read_any_more_keeps_its_rows(table: Table) -> None:
    table.write("0/2.parquet", b"broken")
    fed = again(table, Wanted())
    assert (list(fed.problems), fed.files) == ([f"{table.prefix}0/2.parquet"], 3)
    assert ids(table) == [0, 1, 2, 3]


def test_a_file_that_does_not_fit_any_more_keeps_its_rows_and_stops_no_other(table: Table) -> None:
    table.put("0/2.parquet", airbyte("'text' AS id"))
    fed = again(table, Wanted())
    assert (list(fed.problems), fed.files) == ([f"{table.prefix}0/2.parquet"], 3)
    assert "id is BIGINT in the table and VARCHAR in the file" in fed.problems[f"{table.prefix}0/2.parquet"]
    assert ids(table) == [0, 1, 2, 3]


def test_what_is_in_quarantine_can_be_replayed(table: Table) -> None:
    table.write("x.parquet", b"bad", modified=BEGIN)
    for _ in range(4):
        table.feed()
    table.put("x.parquet", airbyte("9::BIGINT AS id"))
    assert again(table, Wanted(files=(f"{table.prefix}x.parquet",))).files == 1
    assert ids(table) == [0, 1, 2, 3, 9]


def test_in_small_batches(table: Table) -> None:
    small = changed(table, engine=changed(table.engine, settings=changed(table.engine.settings, batch_bytes=1)))
    fed = again(small, Wanted())
    assert (fed.files, fed.batches, sorted(batches(table).values())) == (4, 4, [2, 3, 4, 5])


def test_rows_of_what_is_gone_are_taken_out_when_somebody_says_so(table: Table) -> None:
    table.path("0/2.parquet").unlink()
    table.path("1/3.parquet").unlink()
    assert drop_vanished(table.engine, table.target, Wanted()) == 0
    table.feed()
    assert drop_vanished(table.engine, table.target, Wanted(prefix=f"{table.prefix}0/")) == 1
    assert (ids(table), table.events()["0/2.parquet"]) == ([0, 1, 3], "dead")
    assert drop_vanished(table.engine, table.target, Wanted()) == 1
    assert ids(table) == [0, 1]
    assert drop_vanished(table.engine, table.target, Wanted()) == 0
    assert table.feed().problems == {}


def test_a_table_that_reads_its_files_has_nothing_to_feed_anew(table: Table) -> None:
    with pytest.raises(UserError, match="reads its files where they are"):
        again(table.but(register=True), Wanted())
