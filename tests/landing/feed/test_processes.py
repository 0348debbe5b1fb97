"""Processes that feed one table at once, or are killed at any moment: each row of each file is in it once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from infra.base.errors import UserError
from infra.landing.settings import LandingSettings
from tests.support.feed_worker import RACERS
from tests.support.lakes import REPOSITORY
from tests.support.landings import airbyte, opened, settings_in, table_in
from tests.support.postgres import Database

ON_POSTGRES = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
KINDS = ["sqlite", pytest.param("postgres", marks=ON_POSTGRES)]
KILLS = 200

# The longest that one of them may live, in seconds, on a machine that is slow when the first one is.
LIFE = 0.6


@dataclass(frozen=True)
class Workers:
    """A lake, and processes that feed it."""

    folder: Path
    settings: LandingSettings

    def start(self, *flags: str) -> subprocess.Popen[str]:
        """One that has attached the lake and waits for a word."""
        words = [sys.executable, "-m", "tests.support.feed_worker", str(self.folder), *flags]
        pipe = subprocess.PIPE
        process = subprocess.Popen(words, cwd=REPOSITORY, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        assert process.stdout is not None
        if process.stdout.readline() != "feeding\n":
            process.kill()
            raise AssertionError(process.communicate()[1])
        return process

    def write(self, numbers: range, rows: int = 10) -> None:
        """Small files, copies but for their ids."""
        with opened(self.settings) as engine:
            table = table_in(engine, "users")
            for number in numbers:
                table.put(f"{number:04}.parquet", airbyte(f"range + {number * rows}::BIGINT AS id FROM range({rows})"))

    def take_all_at_once(self) -> None:
        """From now on each one puts all files into one batch."""
        place = self.folder / "worker.json"
        place.write_text(json.dumps({**json.loads(place.read_text("utf-8")), "batch_bytes": 10**9}), "utf-8")

    def wait_for_second_batch(self) -> float:
        """How long it took, in seconds: a batch writes one data file before it commits."""
        began, tables = time.monotonic(), Path(self.settings.tables)
        while sum(1 for _ in tables.rglob("*.parquet")) < 2:
            assert time.monotonic() - began < 120, "no two batches in two minutes"
            time.sleep(0.01)
        return time.monotonic() - began

    def check(self, files: int, rows: int = 10) -> None:
        """Rows equal the files, the ledger equals them too, and nothing is there twice."""
        with opened(self.settings) as engine:
            table = table_in(engine, "users")
            found = engine.rows(
                "SELECT count(*), count(DISTINCT (_lake_file, _lake_row)), count(DISTINCT id), min(id), max(id), "
                f"count(DISTINCT _lake_file), count(*) FILTER (id % {rows} <> _lake_row) FROM lake.landing.users"
            )
            total = files * rows
            assert found == [(total, total, total, 0, total - 1, files, 0)]
            told = engine.rows(
                "SELECT count(*), count(DISTINCT path), sum(rows), count(DISTINCT batch) FROM lake._lake.files"
            )
            batches = engine.rows(
                "SELECT count(*), count(DISTINCT batch), max(batch), sum(files), sum(rows) FROM lake._lake.batches"
            )
            assert told == [(files, files, total, batches[0][0])]
            assert batches == [(batches[0][0], batches[0][0], batches[0][0], files, total)]
            assert table.feed().files == 0


@pytest.fixture
def workers(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> Workers:
    settings, access = replace(settings_in(tmp_path), threads=1), None
    if kind == "postgres":
        database: Database = request.getfixturevalue("database")
        settings = settings_in(tmp_path, database)
        assert settings.postgres is not None
        access = {**vars(settings.postgres)}
    (tmp_path / "worker.json").write_text(json.dumps({"postgres": access, "batch_bytes": 6000}), "utf-8")
    return Workers(tmp_path, settings)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_processes_that_are_killed(workers: Workers) -> None:
    """A process gets as far as a few batches, and another one goes on where it was.

    The first one is killed once it has begun a second batch; this is how long the others live at most.
    """
    rng, files, codes, life = random.Random(17), 2400, list[int](), 0.0
    workers.write(range(files))
    words = [sys.executable, "-m", "tests.support.feed_worker", str(workers.folder), "--children"]
    nursery = subprocess.Popen(words, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    for _ in range(KILLS):
        nursery.stdin.write("\n")
        nursery.stdin.flush()
        said = {nursery.stdout.readline().strip() for _ in range(2)}
        assert "feeding" in said
        if codes:
            time.sleep(rng.uniform(0.0, life))
        else:
            life = min(workers.wait_for_second_batch(), LIFE)
        os.kill(int((said - {"feeding"}).pop()), signal.SIGKILL)
        codes.append(int(nursery.stdout.readline()))
    nursery.communicate()
    assert codes == [-signal.SIGKILL] * KILLS, "one was done before it was killed: write more files"
    with opened(workers.settings) as engine:
        assert 0 < engine.rows("SELECT count(*) FROM lake.landing.users")[0][0] < files * 10
    workers.take_all_at_once()
    last = workers.start()
    _, err = last.communicate("\n", timeout=300)
    assert last.returncode == 0, err
    workers.check(files)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_three_writers_at_once(workers: Workers) -> None:
    files = 120
    workers.write(range(files))
    done = _at_once(workers, 3)
    assert [code for code, _, _ in done] == [0, 0, 0], done
    workers.check(files)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_fence_alone_lets_nothing_in_twice(workers: Workers) -> None:
    files = 60
    workers.write(range(files))
    _at_once(workers, 3, "--unlocked")
    workers.check(files)


@pytest.mark.slow
@pytest.mark.parametrize("without", [(), ("--unfenced",), ("--unlocked",), ("--unlocked", "--unfenced")], ids="".join)
@pytest.mark.parametrize("kind", KINDS)
def test_three_that_have_seen_the_same_files(workers: Workers, kind: str, without: tuple[str, ...]) -> None:
    """What lock and fence are worth: either alone lets each row in once; without both, PostgreSQL has all rows three times.

    Without the lock all three are in their transactions at once. SQLite then refuses the later ones by itself: whoever has
    read cannot write any more once another one has. The table, its view and its head are there before, so that none of them
    is what two writers could collide in.
    """
    files = 20
    _make_table(workers)
    workers.write(range(1, files))
    workers.take_all_at_once()
    racers = _race(workers, *without)
    assert [racer["together"] for racer in racers] == ["--unlocked" in without] * RACERS
    if kind == "sqlite" or len(without) < 2:
        assert sorted(racer["files"] for racer in racers) == [0] * (RACERS - 1) + [files - 1]
        workers.check(files)
        return
    assert [racer["files"] for racer in racers] == [files - 1] * RACERS
    with opened(workers.settings) as engine:
        assert engine.rows("SELECT count(*), count(DISTINCT id) FROM lake.landing.users") == [
            (10 + RACERS * (files - 1) * 10, files * 10)
        ]
    with pytest.raises(AssertionError):
        workers.check(files)


def _make_table(workers: Workers) -> None:
    """By a file before the others, in a batch of its own."""
    workers.write(range(1))
    with opened(workers.settings) as engine:
        assert table_in(engine, "users", key=("id",)).feed().files == 1


def _race(workers: Workers, *flags: str) -> list[dict[str, Any]]:
    words = [sys.executable, "-m", "tests.support.feed_worker", str(workers.folder), "--race", *flags]
    done = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def _at_once(workers: Workers, number: int, *flags: str) -> list[tuple[int, str, str]]:
    processes = [workers.start(*flags) for _ in range(number)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=300) for process in processes]
    return [(process.returncode, out, err) for process, (out, err) in zip(processes, said, strict=True)]


@pytest.mark.slow
@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_lock_whose_session_was_ended_commits_nothing(tmp_path: Path, database: Database) -> None:
    with opened(settings_in(tmp_path, database)) as engine:
        table = table_in(engine, "users")
        table.put("0.parquet", airbyte("1 AS id"))
        table.feed()
        with pytest.raises(UserError), engine.writing("users"):  # noqa: PT012  # what ends it is in the middle
            engine.run("INSERT INTO lake.landing.users (id) VALUES (2)")
            database.sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    _check_only_one(tmp_path, database)


def _check_only_one(tmp_path: Path, database: Database) -> None:
    with opened(settings_in(tmp_path, database)) as engine:
        assert engine.rows("SELECT id FROM lake.landing.users") == [(1,)]
        table = table_in(engine, "users")
        table.put("1.parquet", airbyte("3 AS id"))
        assert table.feed().files == 1
