"""Erasing a person: afterwards no byte of what the lake and its raw files hold is theirs, and every other row is as it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from infra.base.errors import UserError
from infra.landing.engine.engine import Engine
from infra.landing.feed.erase_apply import Erased, erase
from infra.landing.feed.erase_plan import Held
from infra.landing.feed.maintain import maintain
from infra.landing.types.column_type import parse_type
from tests.support.erased import INT, PERSON, again, erased, fill, holding, look, model, plan_of, rows, seen
from tests.support.landings import Table, airbyte, opened, settings_in, table_in
from tests.support.postgres import Database


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Engine]:
    with opened(settings_in(tmp_path)) as engine:
        yield engine


@pytest.fixture
def table(lake: Engine) -> Table:
    return table_in(lake, "users", key=("id",))


@pytest.mark.parametrize("maintained", [False, True])
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_no_byte_is_left(kind: str, maintained: bool, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    database: Database | None = request.getfixturevalue("database") if kind == "postgres" else None
    with opened(settings_in(tmp_path, database)) as engine:
        table = fill(table_in(engine, "users", key=("id",)), rows(0, "a", "b", "c"), rows(3, "d", PERSON, "e"))
        fill(other := table_in(engine, "others"), rows(4, "f"))
        model(table)
        table.put("2.parquet", rows(4, PERSON))
        table.feed()
        model(table, "old.int_users", "id = 4")
        for name in ("dbt.int_users", "dbt.int_users__dbt_tmp", "dbt.other"):
            model(table, name, "id IN (3, 4)")
        for name in ("dbt.int_users", "dbt.other"):
            with engine.writing():
                engine.run(f"DROP TABLE lake.{name}")
        if maintained:
            list(maintain(engine, timedelta(hours=1)))
        assert len(holding(tmp_path)) >= 4 - bool(database)
        assert database is None or PERSON in dump(database)
        names = ("landing.users", INT, "old.int_users", "landing.others")
        before = {name: seen(engine, name) for name in names}
        done = erased(table, ("id", "4"), raw=True)
        files = {f"{table.prefix}1.parquet": 1, f"{table.prefix}2.parquet": 1}
        assert done == Erased({"landing.users": 2, "dbt.int_users__dbt_tmp": 2, "old.int_users": 2, INT: 1}, files, {})
        assert holding(tmp_path) == []
        for name in names:
            mine = name != "landing.others"
            assert seen(engine, name) == [row for row in before[name] if row[0] != 4 or not mine]
        assert not plan_of(table, ("id", "4"), raw=True).found
        assert (table.feed().problems, other.feed().problems) == ({}, {})
        table.put("3.parquet", rows(9, "A"))
        assert table.feed().rows == 1
        assert [row[0] for row in seen(engine, "landing.users")] == [0, 1, 2, 3, 5, 9]
    if database is not None:
        assert PERSON not in dump(database)


def dump(database: Database) -> str:
    """What the tables of a database hold, also where no statement shows it any more: its pages."""
    database.sql("CREATE EXTENSION IF NOT EXISTS pageinspect")
    tables = database.sql(
        "SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    pages = (
        f"SELECT encode(get_raw_page('{name}', page::int), 'escape') FROM"
        f" generate_series(0, pg_relation_size('{name}') / 8192 - 1) page"
        for name in tables.split()
    )
    return "".join(database.sql(page) for page in pages)


@pytest.mark.parametrize("others", [(), ("a",), ("a", "b")])
def test_what_the_catalog_remembers_of_columns(table: Table, tmp_path: Path, others: tuple[str, ...]) -> None:
    """A file that goes as a whole leaves the smallest and the largest value; connections that are open know them, too."""
    fill(table, *([rows(10, *others)] if others else []))
    table.put("person.parquet", rows(90, PERSON))
    table.feed()
    with opened(table.engine.settings) as second:
        also, steps = Table(second, table.target, table.prefix), list[str]()

        def tell(step: str) -> None:
            steps.append(step)
            seen(second, "landing.users")

        erase(table.engine, table.target, look(table, ("email", PERSON), raw=True), tell)
        assert steps == [
            f"writing {table.prefix}person.parquet anew",
            "deleting rows of users",
            "writing files of landing.users anew",
            "expiring older snapshots",
            "deleting files of no snapshot",
            "cleaning the catalog",
        ]
        assert holding(tmp_path) == []
        also.put("more.parquet", rows(5, "B"))
        assert also.feed().rows == 1
        for engine in (table.engine, second):
            assert [row[0] for row in seen(engine, "landing.users")] == [5, *range(10, 10 + len(others))]
    assert holding(tmp_path) == []


def test_columns_of_every_kind_in_a_file_that_goes_as_a_whole(table: Table, tmp_path: Path) -> None:
    table = table.but(asked={"doc": parse_type("JSON")})
    kinds = (
        "{0} AS id, {1} AS email, {{'mail': {1}, 'deep': {{'mail': [{1}]}}}} AS nested, [{1}, 'b'] AS list, MAP {{'k': {1}}} AS map,"
        " {2}::DOUBLE AS score, to_json({1}) AS doc, {1}::BLOB AS raw"
    )
    fill(
        table,
        airbyte(kinds.format("1", "NULL::VARCHAR", "'nan'")),
        airbyte(kinds.format("2", "'a'", "1.5")),
        airbyte(kinds.format("3", f"'{PERSON}'", "99")),
    )
    table.put("later.parquet", airbyte(kinds.format("4", "'c'", "NULL") + ", 'x' AS more"))
    table.feed()
    erased(table, ("id", "3"), raw=True)
    assert holding(tmp_path) + holding(tmp_path, PERSON.encode().hex().upper()) == []
    table.put("last.parquet", airbyte(kinds.format("5", "'B'", "'inf'")))
    table.feed()
    for column, value, ids in [
        *(("email", "'a'", [2]), ("email", "'B'", [5]), ("nested.mail", "'c'", [4]), ("score", "1.5", [2])),
        *(("nested.deep.mail[1]", "'a'", [2]), ("doc::VARCHAR", "'\"c\"'", [4]), ("more", "'x'", [4])),
    ]:
        assert table.engine.rows(f"SELECT id FROM lake.landing.users WHERE {column} = {value}") == [
            (one,) for one in ids
        ]
    assert table.rows("id") == [(1,), (2,), (4,), (5,)]


def test_a_plan_changes_nothing(table: Table, tmp_path: Path) -> None:
    fill(table, rows(0, "a"), rows(1, PERSON))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()}
    for raw in (False, True):
        plan = plan_of(table, ("email", PERSON), raw=raw)
        assert (plan.found, plan.landing and plan.landing.rows, [(f.path, f.rows) for f in plan.files]) == (
            *(True, 1),
            [(f"{table.prefix}1.parquet", 1)],
        )
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()} == before


def test_raw_files_stay_and_a_replay_brings_the_rows_back(table: Table, tmp_path: Path) -> None:
    fill(table, rows(0, "a", PERSON))
    assert erased(table, ("email", PERSON)).tables == {"landing.users": 1}
    assert holding(tmp_path) == [f"raw/{table.prefix}0.parquet"]
    assert (table.feed().files, len(table.rows()), table.ledger()["0.parquet"].contents.rows) == (0, 1, 1)
    again(table)
    assert len(table.rows()) == 2
    erased(table, ("email", PERSON))
    # The rows are in raw alone.
    assert erased(table, ("email", PERSON), raw=True).files == {f"{table.prefix}0.parquet": 1}
    assert holding(tmp_path) == []


def test_a_replay_of_what_was_written_anew(table: Table) -> None:
    fill(table, rows(0, "a", PERSON, "c"))
    time = table.path("0.parquet").stat().st_mtime_ns
    erased(table, ("id", "1"), raw=True)
    assert (table.events(), table.path("0.parquet").stat().st_mtime_ns) == ({"0.parquet": "fed"}, time)
    assert table.rows("id, _lake_row") == [(0, 0), (2, 2)]
    fed = again(table)
    assert (fed.files, fed.deleted, fed.rows, fed.problems) == (1, 2, 2, {})
    assert table.rows("id, _lake_row") == [(0, 0), (2, 1)]
    assert table.feed().problems == {}


def test_snapshots_that_show_the_rows(table: Table) -> None:
    """Those that one sees by looking into each."""
    fill(table, rows(0, "a", "b"), rows(2, PERSON), rows(3, "d"))
    again(table)
    list(maintain(table.engine, timedelta(hours=1)))
    model(table, where="id = 2")
    with table.engine.writing():
        table.engine.run("DELETE FROM lake.landing.users WHERE id = 2")
    for number in (7, 8):
        table.put(f"{number}.parquet", rows(number, "e"))
        table.feed()
    shown, numbers = (
        0,
        [row[0] for row in table.engine.rows("SELECT snapshot_id FROM ducklake_snapshots('lake') ORDER BY 1")],
    )
    for number in numbers[:-1]:
        for name in ("landing.users", INT):
            there = f"SELECT 1 FROM lake.{name} AT (VERSION => {number}) WHERE id = 2"
            try:
                shown += (found := bool(table.engine.rows(there)))
            except Exception:  # noqa: BLE001  # there was no such table
                continue
            if found:
                break
    plan = plan_of(table, ("id", "2"))
    assert (plan.older, plan.showing) == (len(numbers) - 1, shown)
    assert shown > 5
    erased(table, ("id", "2"))
    assert (plan_of(table, ("id", "2")).older, plan_of(table, ("id", "2")).showing) == (1, 0)


@pytest.mark.parametrize(
    ("type_", "stored", "value", "misfits"),
    [
        ("BIGINT", "42", "42", ["42.4", "x", "", "4 2"]),
        ("INTEGER", "-7", "-7", ["99999999999"]),
        ("DECIMAL(10,2)", "9.90", "9.9", ["9.904", "1e1"]),
        ("DOUBLE", "0.5", "0.5", ["half"]),
        ("VARCHAR", "'it''s \"ünï\" % _'", 'it\'s "ünï" % _', []),
        ("VARCHAR", "''", "", []),
        ("UUID", "'5c0f2c7e-5d8a-4a9d-9c3e-0d6b7a1f2e3d'", "5C0F2C7E-5D8A-4A9D-9C3E-0D6B7A1F2E3D", ["5c0f"]),
        ("DATE", "'2026-02-03'", "2026-02-03", ["2026-02-03 10:00", "2026-02-30"]),
        ("TIMESTAMP WITH TIME ZONE", "'2026-02-03 04:05:06.5+00'", "2026-02-03T05:05:06.5+01:00", ["noon"]),
        ("BOOLEAN", "true", "true", ["maybe"]),
        ("JSON", "'\"a@b\"'", "a@b", []),
        ("JSON", "'42'", "42", []),
    ],
)
def test_values_of_every_type(table: Table, type_: str, stored: str, value: str, misfits: list[str]) -> None:
    table = table.but(asked={"person": parse_type(type_)})
    other = "NULL::" + type_
    table.put("0.parquet", airbyte(f"* FROM (VALUES (1, CAST({stored} AS {type_})), (2, {other})) t(id, person)"))
    table.feed()
    plan = plan_of(table, ("PERSON", value), raw=True)
    assert plan.landing == Held("landing.users", 1, 1)
    assert [(file.path, file.rows) for file in plan.files] == [(f"{table.prefix}0.parquet", 1)]
    for misfit in misfits:
        with pytest.raises(UserError) as refused:
            plan_of(table, ("person", misfit))
        assert str(refused.value) == f"person is {parse_type(type_).sql()}, and the value that --key gives it is none"
    erased(table, ("person", value), raw=True)
    assert table.rows("id") == [(2,)]
    again(table)
    assert table.rows("id") == [(2,)]


def test_composite_keys(table: Table) -> None:
    values = "(1, 'a'), (1, 'b'), (2, 'a'), (NULL, 'a')"
    fill(table, airbyte(f"* FROM (VALUES {values}) t(id, shop)"))
    assert plan_of(table, ("id", "1"), ("shop", "a")).landing == Held("landing.users", 1, 1)
    assert plan_of(table, ("shop", "a")).landing == Held("landing.users", 3, 0)
    erased(table, ("shop", "a"), ("id", "1"), raw=True)
    assert table.rows("id, shop") == [(1, "b"), (2, "a"), (None, "a")]


def test_what_cannot_be_a_key(table: Table) -> None:
    fill(table, airbyte("1 AS id, 'a' AS email, {'city': 'x'} AS address"))
    for given, said in [
        ([("emial", PERSON)], 'there is no column "emial"; did you mean "email"?'),
        ([("_lake_file", "x")], 'there is no column "_lake_file"'),
        ([("id", "1"), ("ID", "2")], "--key names id twice: a row has one value in a column"),
        ([("address", "x")], 'address is STRUCT("city" VARCHAR): a key is a column with a plain value'),
    ]:
        with pytest.raises(UserError) as refused:
            plan_of(table, *given)
        assert str(refused.value).startswith(said)
        assert PERSON not in str(refused.value)


def test_a_table_that_reads_its_files_is_refused(table: Table) -> None:
    registered = table.but(register=True)
    registered.put("0.parquet", rows(0, PERSON))
    registered.feed()
    with pytest.raises(UserError, match="reads its files where they are"):
        plan_of(registered, ("id", "0"))
    assert registered.path("0.parquet").exists()


def test_a_key_that_is_nowhere(table: Table) -> None:
    assert not plan_of(table.but(declared={"id": parse_type("BIGINT")}), ("id", "1")).found
    fill(table, rows(0, "a"))
    raw = table.path("0.parquet").read_bytes()
    plan = plan_of(table, ("email", "A"), raw=True)
    assert (plan.found, plan.files, plan.showing) == (False, (), 0)
    assert erased(table, ("email", "A"), raw=True) == Erased({}, {}, {})
    assert plan_of(table, ("email", "A")).older >= plan.older > 1
    assert (table.path("0.parquet").read_bytes(), len(table.rows())) == (raw, 1)


def test_a_model_without_the_key_is_told_and_left_alone(table: Table) -> None:
    fill(table, rows(0, PERSON))
    with table.engine.writing():
        table.engine.run("CREATE SCHEMA lake.processed")
        table.engine.run("CREATE TABLE lake.processed.int_users AS SELECT email FROM lake.landing.users")
    plan = plan_of(table, ("id", "0"))
    assert (plan.models, plan.troubled) == ((Held("processed.int_users", None),), True)


@pytest.mark.parametrize("step", ["_out_of_tables", "forget", "_rewrite", "_delete_files", "_narrow", "_vacuum"])
def test_one_that_fails_half_way_is_done_again(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    fill(table, rows(0, "a", PERSON), rows(2, PERSON))
    module = "apply" if step in ("_out_of_tables", "forget") else "catalog"
    with monkeypatch.context() as broken:
        broken.setattr(f"infra.landing.feed.erase_{module}.{step}", _breaks)
        with pytest.raises(RuntimeError):
            erased(table, ("email", PERSON), raw=True)
    # The place of what was deleted in a catalog may have been needed already.
    assert holding(tmp_path) or step == "_vacuum"
    assert table.feed().problems == {}
    erased(table, ("email", PERSON), raw=True)
    assert holding(tmp_path) == []
    assert table.rows("id") == [(0,)]


def _breaks(*_: object, **__: object) -> None:
    raise RuntimeError
