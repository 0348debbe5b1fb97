"""Maintenance: fewer files and snapshots, the same rows; nothing of a transaction that is running."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from infra.landing.engine.engine import Engine
from infra.landing.feed.maintain import ORPHAN_AGE, maintain
from tests.support.landings import airbyte, opened, settings_in, table_in


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Engine]:
    with opened(settings_in(tmp_path)) as engine:
        yield engine


def files(engine: Engine) -> set[Path]:
    return set(Path(engine.settings.tables).rglob("*.parquet"))


def test_rows_are_the_same_and_files_fewer(lake: Engine) -> None:
    table = table_in(lake, "users", key=("id",))
    for number in range(8):
        table.put(f"{number}.parquet", airbyte(f"{number}::BIGINT AS id FROM range(20)"))
        table.feed()
    before, ledger, seen = files(lake), table.ledger(), table.rows()
    done = dict(maintain(lake, timedelta()))
    assert list(done) == [
        "rows of the ledger written into files",
        "small files merged",
        "files with many deleted rows written anew",
        "old snapshots expired",
        "files of no snapshot deleted",
        "files of runs that were killed deleted",
    ]
    assert (table.rows(), table.ledger()) == (seen, ledger)
    assert len(files(lake)) < len(before)
    assert lake.rows("SELECT count(*) FROM ducklake_snapshots('lake')") == [(1,)]
    table.put("9.parquet", airbyte("9::BIGINT AS id, 1 AS more"))
    assert table.feed().problems == {}
    assert table.feed().files == 0
    assert len(table.rows()) == len(seen) + 1


def test_what_is_kept_can_still_be_looked_at(lake: Engine) -> None:
    table = table_in(lake, "users")
    table.put("0.parquet", airbyte("1 AS id"))
    table.feed()
    snapshots = lake.rows("SELECT count(*) FROM ducklake_snapshots('lake')")
    list(maintain(lake, timedelta(hours=1)))
    assert lake.rows("SELECT count(*) FROM ducklake_snapshots('lake')")[0][0] >= snapshots[0][0]


def test_files_of_runs_that_were_killed_go_once_nobody_can_still_write_them(lake: Engine) -> None:
    table = table_in(lake, "users")
    table.put("0.parquet", airbyte("1 AS id"))
    table.feed()
    list(maintain(lake, timedelta()))
    folder = next(iter(files(lake))).parent
    young, old = folder / "young.parquet", folder / "old.parquet"
    for path in (young, old):
        path.write_bytes(next(iter(files(lake))).read_bytes())
    ago = time.time() - ORPHAN_AGE.total_seconds() - 60
    os.utime(old, (ago, ago))
    list(maintain(lake, timedelta()))
    assert (young.exists(), old.exists()) == (True, False)
    assert table.rows("id") == [(1,)]
