"""Models over a landing in PostgreSQL and S3, built by dbt in processes of its own as people start it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.support.fed_lakes import FedLake
from tests.support.lakes import REPOSITORY, run
from tests.support.s3 import ON_S3, Store
from tests.support.store_lakes import put

pytestmark = ON_S3


def build(lake: FedLake) -> str:
    """Feed, and `dbt build`; what it printed."""
    fed = lake.run("feed", "--quiet")
    assert fed.code == 0, fed
    words = [str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "build"]
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(words, cwd=lake.root / "dag", env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def living(lake: FedLake) -> dict[int, str]:
    """id -> name of the living products."""
    answer = lake.run(
        "sql", "--format", "json", "SELECT id, name FROM processed.int_faker__products__current ORDER BY ALL"
    )
    rows = json.loads(answer.out)["rows"]
    assert len({row[0] for row in rows}) == len(rows)
    return {int(row[0]): row[1] for row in rows}


def test_three_generations_with_late_and_replayed_files(lake: FedLake, s3: Store) -> None:
    registry = lake.root / "dag/registry/lake.yaml"
    registry.write_text(
        registry.read_text("utf-8").replace("      tables:", "      raw_retention: none\n      tables:"), "utf-8"
    )
    assert run(lake.root, "add", "flow", "faker", "products", "--enriched", "shop").code == 0
    first = put(lake, s3, "products", "2026-11-01", {1: "hat", 2: "cup", 3: "pen"}, sync=1)
    build(lake)
    assert living(lake) == {1: "hat", 2: "cup", 3: "pen"}
    second = put(lake, s3, "products", "2026-11-03", {1: "cap", 2: "cup"}, sync=3, generation=2)
    s3.delete(first.removeprefix(f"{s3.bucket}/{s3.prefix}"))
    build(lake)
    assert living(lake) == {1: "cap", 2: "cup"}
    late = put(lake, s3, "products", "2026-11-02", {2: "older cup", 4: "ink"}, sync=2, generation=2)
    build(lake)
    assert living(lake) == {1: "cap", 2: "cup", 4: "ink"}
    assert lake.run("replay", "faker", "products", "--file", second).code == 0
    assert lake.run("replay", "faker", "products", "--file", late).code == 0
    build(lake)
    assert living(lake) == {1: "cap", 2: "cup", 4: "ink"}
    put(lake, s3, "products", "2026-11-04", {1: "cap"}, sync=4, generation=3)
    for path in (second, late):
        s3.delete(path.removeprefix(f"{s3.bucket}/{s3.prefix}"))
    for _ in range(2):
        build(lake)
        assert living(lake) == {1: "cap"}
        assert lake.rows("SELECT id, name FROM enriched.fct_products") == "1   cap"
        assert lake.run("maintain", "--keep", "1s").code == 0
        time.sleep(1.1)  # what is not needed any more is deleted once it is that old
    gone = "SELECT id FROM processed.int_faker__products WHERE _lake_deleted ORDER BY id"
    assert lake.rows(gone) == "2\n3\n4"
