"""A landing with its catalog in PostgreSQL, files and tables in S3: fed, looked at, replayed, maintained, asked."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.fed_lakes import FedLake
from tests.support.s3 import ON_S3, Store
from tests.support.store_lakes import put

pytestmark = ON_S3

TODAY = datetime.now(UTC).strftime("%Y-%m-%d")
LONG_AGO = (datetime.now(UTC) - timedelta(days=90)).strftime("%Y-%m-%d")


def test_from_files_to_tables(lake: FedLake, s3: Store) -> None:
    put(lake, s3, "users", TODAY, {1: "Ada", 2: "Bob"}, sync=7)
    late = put(lake, s3, "users", LONG_AGO, {3: "Cy"}, sync=3)
    assert lake.run("feed", "faker", "users", "--recent", "--quiet").code == 0
    assert lake.rows("SELECT id, name FROM faker__users ORDER BY id") == "1   Ada\n2   Bob"
    found = lake.run("feed", "--format", "json", "--quiet")
    assert json.loads(found.out)["tables"][1]["files"] == 1
    assert lake.rows("SELECT _lake_file FROM faker__users WHERE id = 3") == late
    assert lake.run("feed").out == "nothing new for 2 tables\n"


def test_what_is_not_fed_is_told_and_stops_nothing(lake: FedLake, s3: Store) -> None:
    good = put(lake, s3, "users", TODAY, {1: "Ada"}, sync=7, suffix="-1")
    broken = lake.key("users", TODAY, sync=8)
    s3.put(broken.removeprefix(s3.prefix), b"PAR1 and no more")
    s3.put(f"{Path(broken).parent.as_posix().removeprefix(s3.prefix)}/odd.parquet", b"x")
    told = lake.run("feed", "faker", "users", "--quiet")
    assert told.code == 1
    assert told.out.splitlines() == [
        f"{s3.bucket}/{broken}: No magic bytes found at end of it",
        f"1 file that no stream has, for example {s3.bucket}/{Path(broken).parent.as_posix()}/odd.parquet",
    ]
    assert lake.rows("SELECT DISTINCT _lake_file FROM faker__users") == good
    status = lake.run("status", "--format", "json")
    (users,) = [table for table in json.loads(status.out)["tables"] if table["table"] == "faker__users"]
    assert (status.code, users["files"], users["rows"]) == (1, 1, 1)
    assert [(one["event"], one["attempt"]) for one in users["trouble"]] == [("quarantined", 1)]


def test_replay_and_maintenance_change_no_row(lake: FedLake, s3: Store) -> None:
    for sync in range(6):
        put(lake, s3, "users", TODAY, {sync: "Ada", sync + 100: "Bob"}, sync=sync)
        assert lake.run("feed", "faker", "users", "--quiet").code == 0
    rows = lake.rows("SELECT id, name, _lake_file, _lake_row FROM faker__users ORDER BY id")
    replayed = lake.run("replay", "faker", "users", "--since", "2020-01-01")
    assert replayed.out == "faker__users: 6 files fed anew, 12 rows taken out, 12 put in\n"
    kept = len([name for name in s3.objects() if name.startswith("tables/landing/")])
    for _ in range(2):
        assert lake.run("maintain", "--keep", "1s").code == 0
        time.sleep(1.1)  # what is not needed any more is deleted once it is that old
    assert lake.rows("SELECT id, name, _lake_file, _lake_row FROM faker__users ORDER BY id") == rows
    assert len([name for name in s3.objects() if name.startswith("tables/landing/")]) < kept
    assert len([name for name in s3.objects() if name.startswith("raw/")]) == 6
    assert lake.run("feed").out == "nothing new for 2 tables\n"


@pytest.mark.parametrize(
    ("variable", "code", "said"),
    [
        ("TF_VAR_catalog_password", 2, "password authentication failed"),
        ("TF_VAR_s3_secret", 1, "403"),
    ],
)
def test_wrong_credentials_are_told_feed_nothing_and_show_nothing(
    lake: FedLake, s3: Store, monkeypatch: pytest.MonkeyPatch, variable: str, code: int, said: str
) -> None:
    put(lake, s3, "users", TODAY, {1: "Ada"}, sync=7)
    if variable == "TF_VAR_s3_secret" and "S3_ENDPOINT" not in os.environ:
        pytest.skip("cannot run here: moto takes every key; S3_ENDPOINT names a store that does not")
    right = os.environ[variable]
    monkeypatch.setenv(variable, "wrong-s3cret")
    result = lake.run("feed", "--quiet")
    assert result.code == code
    assert said in result.err + result.out
    assert "wrong-s3cret" not in result.err + result.out
    assert len((result.err + result.out).splitlines()) == 1
    monkeypatch.setenv(variable, right)
    assert lake.run("feed", "--quiet").code == 0
    assert lake.rows("SELECT name FROM faker__users") == "Ada"


def test_a_bucket_that_is_not_there_is_not_an_empty_one(lake: FedLake, s3: Store) -> None:
    registry = lake.root / "dag/registry/lake.yaml"
    registry.write_text(registry.read_text("utf-8").replace(f"s3_bucket_name: {s3.bucket}", "s3_bucket_name: nowhere"))
    result = lake.run("feed", "--quiet")
    assert result.code == 1
    assert "NoSuchBucket" in result.out
    assert lake.run("status").code == 0


def test_a_person_is_erased_everywhere(lake: FedLake, s3: Store) -> None:
    person = "zz.nobody.else@example.com"
    mixed = put(lake, s3, "users", TODAY, {1: "Ada", 2: person}, sync=7)
    alone = put(lake, s3, "users", TODAY, {2: person}, sync=8)
    lake.run("feed", "--quiet")
    lake.run("sql", "--write", "CREATE SCHEMA lake.processed")
    lake.run("sql", "--write", "CREATE TABLE lake.processed.int_faker__users AS FROM faker__users")
    assert any(person.encode() in s3.get(key) for key in s3.objects() if "/raw/" not in f"/{key}")
    done = lake.run("erase", "faker", "users", "--key", "id=2", "--raw", "--apply", "--format", "json", "--quiet")
    assert done.code == 0, done.err
    assert json.loads(done.out)["erased"] == {
        "tables": [{"table": "landing.faker__users", "rows": 2}, {"table": "processed.int_faker__users", "rows": 2}],
        "files": [{"file": file, "rows": 1} for file in sorted([mixed, alone])],
        "problems": [],
    }
    assert [key for key in s3.objects() if person.encode() in s3.get(key)] == []
    assert lake.run("feed").out == "nothing new for 2 tables\n"
    replayed = lake.run("replay", "faker", "users", "--all")
    assert (replayed.code, replayed.out) == (0, "faker__users: 2 files fed anew, 1 rows taken out, 1 put in\n")
    assert lake.rows("SELECT id, name FROM faker__users") == "1   Ada"
