"""`lakeform landing erase` as somebody uses it who was asked to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.lake.files.feeds import chosen_feeds, feeds_of
from infra.lake.model.load import load_lake
from infra.landing.feed.erase_plan import EraseWish
from infra.landing.feed.erase_render import erase_text
from infra.landing.feed.landing_erase import Stream, erase_rows
from infra.landing.settings import read_landing
from tests.support.erased import PERSON
from tests.support.fed_lakes import DESTINATION, LOCAL, FedLake, fed_lake
from tests.support.lakes import LAKE, write_files

STACK = LAKE.partition("  stacks:\n")[2]
WORDS = ("erase", "faker", "users", "--quiet", "--key")


@pytest.fixture
def lake(tmp_path: Path) -> FedLake:
    """Users in two files, their model, one behind it, and one that nobody understands."""
    made = fed_lake(tmp_path / "lake", STACK, LOCAL, DESTINATION.format(bucket="lake", prefix=""))
    models = {
        "dag/processed/faker/int_faker__users.sql": "select id, name from {{ source('landing', 'faker__users') }}\n",
        "dag/enriched/sales/fct_users.sql": "select count(id) as users from {{ ref('int_faker__users') }}\n",
        "dag/enriched/sales/fct_odd.sql": "select {{ odd(ref('int_faker__users')) }} as x\n",
    }
    write_files(made.root, models)
    made.write("users", "2026-11-01", {1: "Ada", 2: PERSON}, sync=1)
    made.write("users", "2026-11-02", {2: PERSON}, sync=2)
    made.write("products", "2026-11-02", {2: "tea"}, sync=2)
    assert made.run("feed", "--quiet").code == 0
    for statement in (
        "CREATE SCHEMA lake.processed",
        "CREATE TABLE lake.processed.int_faker__users AS FROM faker__users",
    ):
        assert made.run("sql", "--write", statement).code == 0
    return made


REMAINS = """\
    models behind: dbt build --full-refresh --select fct_users
    models that may be behind, which cannot be known: fct_odd
    the source: Airbyte brings the rows again, with the next full refresh at the latest, until they are gone there
    other tables of the landing, and rows of this one under another key: nobody looked for them
    copies that nobody here knows: backups and logs of the catalog, versions that the bucket keeps, free space of disks, \
dashboards, and the history of this shell
"""
FILES = """\
    lake/raw/shop/users/day=2026-11-01/1_0.parquet  1 row
    lake/raw/shop/users/day=2026-11-02/2_0.parquet  1 row
"""


def holding(lake: FedLake) -> list[str]:
    """Where the person is in what the landing has made, and in its raw files."""
    files = (path for path in (lake.root / ".lake").rglob("*") if path.is_file())
    return sorted(path.relative_to(lake.root).parts[1] for path in files if PERSON.encode() in path.read_bytes())


def test_a_plan_says_what_would_go_and_what_remains(lake: FedLake) -> None:
    before = holding(lake)
    result = lake.run(*WORDS, "id=2")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "landing.faker__users, by id\n"
        "tables\n"
        "    landing.faker__users  2 rows\n"
        "    processed.int_faker__users  2 rows\n"
        f"raw files, which stay as they are without --raw\n{FILES}"
        "older snapshots: 3 of 7 with such rows; all of them go, so no table can be seen as it was before\n"
        "what remains\n"
        "    raw files: a replay of those that hold the rows brings them back; --raw writes them anew\n"
        f"{REMAINS}"
        "nothing was changed; to erase: --apply\n"
    )
    assert holding(lake) == before
    assert len(before) == 4


def test_everything_is_erased(lake: FedLake) -> None:
    result = lake.run(*WORDS, f"name={PERSON}", "--raw", "--apply")
    assert (result.code, result.err) == (0, "")
    assert PERSON not in result.out
    assert result.out == (
        "landing.faker__users, by name: not the whole primary key (id), so rows of several keys may be meant\n"
        "tables\n"
        "    landing.faker__users  2 rows\n"
        "    processed.int_faker__users  2 rows\n"
        f"raw files, each written anew without them\n{FILES}"
        "older snapshots: 3 of 7 with such rows; all of them go, so no table can be seen as it was before\n"
        f"what remains\n{REMAINS}"
        "erased: 2 rows of landing.faker__users, 2 rows of processed.int_faker__users, 2 rows of 2 raw files\n"
    )
    assert holding(lake) == []
    assert lake.run("feed", "--quiet").out == ""
    assert lake.run("status").code == 0
    assert lake.run("replay", "faker", "users", "--all", "--quiet").code == 0
    assert lake.rows("SELECT name FROM faker__users") == "Ada"
    assert lake.rows("SELECT name FROM faker__products") == "tea"
    again = lake.run(*WORDS, "id=2", "--raw")
    assert again.code == 1
    assert "no such row was found: look at the value, its capitals and spaces\n" in again.out


def test_for_programs(lake: FedLake) -> None:
    result = lake.run(*WORDS, "id=2", "--apply", "--format", "json")
    assert (result.code, result.err) == (0, "")
    told = json.loads(result.out)
    assert len(told.pop("remains")) == 6
    files = ["lake/raw/shop/users/day=2026-11-01/1_0.parquet", "lake/raw/shop/users/day=2026-11-02/2_0.parquet"]
    tables = ["landing.faker__users", "processed.int_faker__users"]
    assert told == {
        "problems": [],
        "table": "faker__users",
        "key": ["id"],
        "primary_key": ["id"],
        "tables": [{"table": table, "rows": 2, "rows_without_key": 0} for table in tables],
        "files": [{"file": file, "rows": 1, "there": True} for file in files],
        "unread_files": [],
        "older_snapshots": 7,
        "older_snapshots_with_rows": 3,
        "models_behind": ["fct_users"],
        "models_unknown": ["fct_odd"],
        "erased": {"tables": [{"table": table, "rows": 2} for table in tables], "files": [], "problems": []},
        "found_again": False,
    }
    assert holding(lake) == ["raw", "raw"]
    # Only in raw now, which nobody looks into without being asked to.
    assert lake.run(*WORDS, "id=2").code == 1
    assert lake.run(*WORDS, "id=2", "--raw").code == 0


def test_mistakes_are_told_without_the_value(lake: FedLake) -> None:
    for key, said in [
        (f"nmae={PERSON}", 'lakeform landing: there is no column "nmae"; did you mean "name"?\n'),
        (f"id={PERSON}", "lakeform landing: id is BIGINT, and the value that --key gives it is none\n"),
    ]:
        result = lake.run(*WORDS, key)
        assert (result.code, result.out, result.err) == (2, "", said)


def test_a_key_without_a_value(lake: FedLake) -> None:
    result = lake.run(*WORDS, PERSON)
    assert (result.code, PERSON in result.err) == (2, False)
    assert result.err.endswith("argument --key: write COLUMN=VALUE, for example id=42\n")


def test_rows_that_come_back_meanwhile_are_told(lake: FedLake) -> None:
    model = load_lake(lake.root).model
    settings, feeds = read_landing(model, "here", {}), feeds_of(model, "here")
    stream = Stream(model, settings, feeds, chosen_feeds(feeds, "faker", "users"))

    def tell(step: str) -> None:
        if step == "cleaning the catalog":
            assert lake.run("replay", "faker", "users", "--all", "--quiet").code == 0

    outcome = erase_rows(stream, EraseWish((("id", "2"),)), tell, apply=True)
    assert (outcome.again, outcome.failed) == (True, True)
    assert erase_text(outcome).endswith("\nsuch rows are there again, since somebody fed them meanwhile: erase again")
    assert lake.run(*WORDS, "id=2", "--raw", "--apply").code == 0
    assert holding(lake) == []
