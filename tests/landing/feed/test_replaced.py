"""What a newer generation replaced goes out of the table, and nothing else does."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from infra.landing.engine.engine import Engine
from infra.landing.feed.ended import Ended
from infra.landing.feed.fed import Fed
from infra.landing.feed.generations import Retention
from infra.landing.feed.renames import note_renames
from infra.landing.feed.retire import Completion, retire
from infra.landing.feed.state import former_ids, ids_now, look_up
from tests.support.landings import CONNECTION, EXTRACTED, Table, airbyte, opened, settings_in, table_in

NUMBERS = count()


@pytest.fixture
def table(lake: Engine) -> Table:
    return table_in(lake, f"replaced_{next(NUMBERS)}", overwrite=True)


def put(table: Table, name: str, number: int, generation: int, *, later: int | None = None) -> None:
    moment = EXTRACTED + (generation if later is None else later) * 1000
    table.put(name, airbyte(f"{number} AS id", generation=generation, extracted=moment, sync=generation))


def ids(table: Table) -> list[int]:
    return [row[0] for row in table.rows("id")]


def test_a_sync_that_succeeds_replaces_and_one_that_fails_leaves_both(table: Table) -> None:
    put(table, "a", 1, 1)
    table.feed()
    put(table, "b", 2, 2)
    table.feed()
    assert ids(table) == [1, 2]
    table.path("a").unlink()
    fed = table.feed(full=False)
    assert (fed.deleted, ids(table)) == (0, [1, 2])
    fed = table.feed()
    assert (fed.deleted, ids(table), table.events()) == (1, [2], {"a": "dead", "b": "fed"})
    # A file of the generation that is over comes late.
    put(table, "c", 3, 1)
    assert (table.feed().files, ids(table), table.events()["c"]) == (0, [2], "dead")
    assert table.feed().files == 0


def test_a_sync_without_rows_empties_the_table_once_it_has_settled(table: Table) -> None:
    put(table, "a", 1, 1)
    table.feed()
    table.path("a").unlink()
    table.feed(settle=timedelta(hours=1))
    assert ids(table) == [1]
    table.feed()
    assert ids(table) == []
    put(table, "b", 2, 2)
    table.feed()
    assert ids(table) == [2]


def test_a_connection_in_the_place_of_another_begins_at_one_again(table: Table) -> None:
    put(table, "a", 1, 7)
    table.feed()
    put(table, "b", 2, 1, later=100)
    table.feed()
    assert table.rows("id, _lake_epoch") == [(1, 1), (2, 2)]
    table.path("a").unlink()
    table.feed()
    assert table.rows("id, _lake_epoch") == [(2, 2)]


def test_other_connections_keep_their_rows(table: Table) -> None:
    backfill = replace(table, connection="backfill", prefix=table.prefix.replace("lake/", "lake/backfill_"))
    put(backfill, "x", 9, 1)
    backfill.feed()
    put(table, "a", 1, 1)
    put(table, "b", 2, 2)
    table.feed()
    table.path("a").unlink()
    table.feed()
    assert ids(table) == [2, 9]


def test_files_that_a_rule_of_the_bucket_deleted_keep_their_rows(table: Table) -> None:
    appended = table.but(overwrite=False)
    put(appended, "a", 1, 1)
    old = time.time() - 40 * 86400
    appended.write("a", appended.path("a").read_bytes(), modified=old)
    put(appended, "b", 2, 2)
    appended.feed()
    appended.path("a").unlink()
    assert "files alone do not say why" in appended.feed().notes[0]
    assert ids(appended) == [1, 2]
    assert appended.feed(retention=Retention(timedelta(days=30))).deleted == 0
    assert appended.feed(retention=Retention(never=True)).deleted == 1
    assert ids(appended) == [2]


def test_what_a_server_says_is_believed_at_once(table: Table) -> None:
    put(table, "a", 1, 1)
    put(table, "b", 2, 2)
    table.feed(full=False)
    assert ids(table) == [1, 2]
    table.feed(full=False, ended=Ended(synced=2))
    assert ids(table) == [2]
    table.feed(full=False, ended=Ended(synced=2, cleared=3))
    assert ids(table) == []


def test_a_connection_with_another_id_is_the_same_connection(tmp_path: Path) -> None:
    """Also where the line `renamed:` has been deleted since, and the connection has got one more id."""
    settings = settings_in(tmp_path)
    with opened(settings) as engine:
        first = table_in(engine, "users", overwrite=True)
        put(first, "a", 1, 6)
        first.feed()
    for old, new, number in ((CONNECTION, "second", 2), ("second", "third", 3)):
        with opened(replace(settings, renamed={old: new}, connections=frozenset({new}))) as engine:
            note_renames(engine)
            note_renames(engine)
            table = replace(table_in(engine, "users", overwrite=True), connection=new)
            put(table, f"{number}", number, 5 + number)
            table.feed()
            table.path("a" if number == 2 else f"{number - 1}").unlink()
            if number == 2:
                assert table.feed().deleted == 1
                assert table.rows("id, _lake_epoch, _lake_connection") == [(2, 1, "second")]
    with opened(replace(settings, connections=frozenset({"third"}))) as engine:
        table = replace(table_in(engine, "users", overwrite=True), connection="third")
        assert table.feed().deleted == 1
        assert table.rows("id, _lake_epoch, _lake_connection") == [(3, 1, "third")]
        assert engine.rows("SELECT connection, note FROM lake._lake.batches WHERE event = 'renamed' ORDER BY ALL") == [
            ("second", "third"),
            (CONNECTION, "second"),
        ]


@pytest.mark.parametrize(
    ("renamed", "there", "now"),
    [
        ({"a": "b", "b": "c"}, {"c"}, {"a": "c", "b": "c"}),
        ({"a": "b", "b": "a"}, {"a"}, {"b": "a"}),
        ({"a": "b", "b": "a"}, set(), {"a": "b", "b": "a"}),
        ({"a": "b"}, {"a", "b"}, {}),
    ],
)
def test_ids_that_connections_had(renamed: dict[str, str], there: set[str], now: dict[str, str]) -> None:
    assert ids_now(renamed, there) == now


@pytest.mark.parametrize(
    ("renamed", "there", "former"),
    [
        ({"a": "b", "b": "c"}, {"c"}, ["b", "a"]),
        ({"a": "c", "b": "c", "z": "b"}, {"c"}, ["a", "b", "z"]),
        ({"c": "b", "b": "c"}, {"c"}, ["b"]),
        ({"a": "c"}, {"a", "c"}, []),
    ],
)
def test_ids_that_a_connection_had(renamed: dict[str, str], there: set[str], former: list[str]) -> None:
    assert former_ids(renamed, there, "c") == former


def test_what_is_dead_is_buried_once_however_often_a_server_says_so(table: Table) -> None:
    put(table, "a", 1, 1)
    put(table, "b", 2, 2)
    for _ in range(3):
        table.feed(ended=Ended(synced=2))
    lines = f"SELECT path, event FROM lake._lake.files WHERE table_name = '{table.target.name}' ORDER BY batch, path"
    assert [(path[-1], event) for path, event in table.engine.rows(lines)] == [
        ("a", "fed"),
        ("b", "fed"),
        ("a", "dead"),
    ]


def test_what_another_process_noted_meanwhile_is_noted_once(table: Table) -> None:
    put(table, "a", 1, 1)
    table.feed()
    before = look_up(table.engine, [table.target.name])[table.target.name]
    table.path("a").unlink()
    hours = Completion(Retention(), timedelta(hours=1))
    for _ in range(2):
        retire(table.engine, table.target, table.listing(), hours, Fed(table.target.name), before)
    lines = f"SELECT event FROM lake._lake.files WHERE table_name = '{table.target.name}' ORDER BY batch"
    assert table.engine.rows(lines) == [("fed",), ("vanished",)]
