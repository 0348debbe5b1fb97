"""`make lake` on the example: what the real connector sends is in the tables, each record once."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.support.faker import faker_or_skip, sent_by_faker
from tests.support.lakes import REPOSITORY, write_lake

pytestmark = [
    pytest.mark.network,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("make") is None, reason="cannot run here: there is no make"),
]

COUNT = 2500
KINDS = (".yaml", ".yml", ".json", ".sql")


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A copy of the example, so that nothing of it stays in the checkout."""
    faker_or_skip()
    files = [path for path in (REPOSITORY / "dag").rglob("*") if path.suffix in KINDS and "target" not in path.parts]
    return write_lake(tmp_path / "lake", {p.relative_to(REPOSITORY).as_posix(): p.read_bytes() for p in files})


def lakeform(lake: Path, *words: str) -> str:
    """What a command prints; it has to succeed."""
    command = [sys.executable, "-m", "infra", *words]
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, cwd=lake, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def dbt(lake: Path, *words: str) -> None:
    """`dbt`, which has to succeed."""
    command = [str(Path(sys.executable).with_name("dbt")), *words]
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, cwd=lake, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def recipe() -> list[list[str]]:
    """The words behind `lakeform` and `dbt` in each line of `make lake`, with less to do."""
    command = ["make", "--dry-run", "--no-print-directory", "lake"]
    said = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    lines = said.replace("count=100000", f"count={COUNT}").splitlines()
    found = (re.split(" -m infra |venv/bin/dbt ", line) for line in lines)
    return [shlex.split(parts[1]) for parts in found if len(parts) == 2]


def ids(lake: Path, table: str) -> list[int]:
    answer = json.loads(
        lakeform(
            lake, "landing", "sql", "--landing", "local", "--format", "json", f"SELECT id FROM {table} ORDER BY id"
        )
    )
    return [int(row[0]) for row in answer["rows"]]


def test_what_the_connector_sends_is_in_the_tables(lake: Path) -> None:
    read, feed, status, build = recipe()
    assert (read[:2], feed[:2], status[:2]) == (["read", "faker"], ["landing", "feed"], ["landing", "status"])
    lakeform(lake, *read)
    first = json.loads(lakeform(lake, *feed, "--format", "json"))
    lakeform(lake, *status)
    sent = sent_by_faker(lake, {"count": COUNT, "seed": 7})
    assert {stream: len(found) for stream, found in sent.items()} == {
        "users": COUNT,
        "purchases": COUNT,
        "products": 100,
    }
    assert {table["table"]: table["rows"] for table in first["tables"] if table["rows"]} == {
        f"faker__{stream}": len(found) for stream, found in sent.items()
    }
    for stream, found in sent.items():
        assert Counter(ids(lake, f"lake.landing.faker__{stream}")) == Counter(found)
    again = json.loads(lakeform(lake, *feed, "--format", "json"))
    assert [table for table in again["tables"] if table["rows"] or table["files"]] == []
    for _ in range(2):
        dbt(lake, *build)
        for stream, found in sent.items():
            assert ids(lake, f"lake.processed.int_faker__{stream}__current") == sorted(found)
        bought = "SELECT id FROM lake.landing.faker__purchases WHERE returned_at IS NULL ORDER BY id"
        assert ids(lake, "(SELECT purchase_id AS id FROM lake.enriched.fct_purchases)") == ids(lake, f"({bought})")
