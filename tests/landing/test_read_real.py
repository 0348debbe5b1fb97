"""Airbyte's own Faker, run here: its records are in the files, every one once."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.support.faker import faker_or_skip, sent_by_faker
from tests.support.lakes import CONNECTION, DESTINATION, LAKE, REPOSITORY, run, write_lake
from tests.support.read_lakes import LANDINGS

duckdb = pytest.importorskip("duckdb", reason="cannot run here: duckdb is not installed")
pytestmark = [pytest.mark.network, pytest.mark.slow]

COUNT = 3000


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    faker_or_skip()
    source = f"""\
sources:
  faker:
    connector: source-faker
    configuration: {{count: {COUNT}, seed: 7, always_updated: false}}
"""
    files: dict[str, str | bytes] = {"dag/registry/lake.yaml": LAKE + LANDINGS + source + DESTINATION + CONNECTION}
    for path in (REPOSITORY / "dag/sources/faker").glob("*.json"):
        files[path.relative_to(REPOSITORY).as_posix()] = path.read_bytes()
    modes = {"sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}
    files |= {"dag/streams/faker/users.json": "{}", "dag/streams/faker/purchases.json": "{}"}
    files |= {"dag/streams/faker/products.json": json.dumps(modes)}
    return write_lake(tmp_path / "lake", files)


def test_rows_and_keys_are_those_that_faker_sends(lake: Path) -> None:
    first = json.loads(run(lake, "read", "faker", "--format", "json").out)
    assert run(lake, "catalog").code == 0
    sent = sent_by_faker(lake, {"count": COUNT, "seed": 7, "always_updated": False})
    assert {stream["stream"]: stream["rows"] for stream in first["streams"]} == {
        name: len(ids) for name, ids in sent.items()
    }
    for stream, ids in sent.items():
        assert Counter(read(lake, "SELECT id FROM FILES", stream)) == Counter(ids)
    assert read(lake, "SELECT count(*) FROM FILES WHERE len(_airbyte_meta.changes) > 0", "users") == [0]
    second = json.loads(run(lake, "read", "faker", "--format", "json").out)
    assert {s["stream"]: (s["rows"], s["generation"], s["removed"]) for s in second["streams"]} == {
        "users": (0, 0, 0),
        "purchases": (0, 0, 0),
        "products": (len(sent["products"]), 2, 1),
    }
    assert Counter(read(lake, "SELECT id FROM FILES", "products")) == Counter(sent["products"])


def read(lake: Path, query: str, stream: str) -> list[int]:
    files = [str(file) for file in (lake / ".lake/raw").rglob("*.parquet") if f"/{stream}/" in file.as_posix()]
    with duckdb.connect() as connection:
        relation = f"read_parquet({files!r}, hive_partitioning = false)"
        return [row[0] for row in connection.execute(query.replace("FILES", relation)).fetchall()]
