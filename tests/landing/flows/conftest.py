"""A lake whose streams have each shape of a flow, on SQLite and on PostgreSQL, with dbt."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.code_locations import STACK
from tests.support.fed_lakes import DESTINATION, ENTRIES, FedLake
from tests.support.flow_lakes import FlowLake, flows_in
from tests.support.lakes import write_lake
from tests.support.postgres import Database

_KEYED = '"fields": {"id": {"type": "integer"}, "name": {"type": "string"}}, "primary_key": [["id"]]'
_CDC = (
    '"fields": {"id": {"type": "integer"}, "name": {"type": "string"}, "_ab_cdc_lsn": {"type": "number"},'
    ' "_ab_cdc_deleted_at": {"type": "string"}}, "primary_key": [["id"]]'
)
_LOOSE = '"fields": {"id": {"type": "integer"}, "name": {"type": "string"}}'
INCREMENTAL = '"sync_mode": "incremental", "destination_sync_mode": "append", "cursor_field": ["id"]'
OVERWRITE = '"sync_mode": "full_refresh"'
APPEND = '"sync_mode": "full_refresh", "destination_sync_mode": "append"'
STREAMS = {
    "users": f"{{{_KEYED}, {INCREMENTAL}}}",
    "products": f"{{{_KEYED}, {OVERWRITE}}}",
    "orders": f"{{{_CDC}, {INCREMENTAL}}}",
    "events": f"{{{_LOOSE}, {INCREMENTAL}}}",
    "prices": f"{{{_LOOSE}, {APPEND}}}",
}
_HEAD = "version: 1\nlake:\n  name: shop\n  stacks:\n"
_SQLITE = "{sqlite: .lake/catalog.sqlite}"
_LANDING = """\
      landing: here
  landings:
    here:
      catalog: CATALOG
      tables: .lake/tables/
      raw: .lake/raw/
      raw_retention: none
      settle: 1s
"""


def lake_in(root: Path, catalog: str) -> FedLake:
    """A lake with these streams, and no flow yet."""
    registry = (
        _HEAD + STACK + _LANDING.replace("CATALOG", catalog) + DESTINATION.format(bucket="lake", prefix="") + ENTRIES
    )
    files = {f"dag/streams/faker/{stem}.json": text + "\n" for stem, text in STREAMS.items()}
    return FedLake(write_lake(root, {"dag/registry/lake.yaml": registry, **files}))


@pytest.fixture
def lake(tmp_path: Path) -> FedLake:
    return lake_in(tmp_path / "lake", _SQLITE)


@pytest.fixture
def on_postgres(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> FedLake:
    server = database.server
    where = f"host: 127.0.0.1, port: {server.port}, dbname: {database.name}, user: {server.user}"
    monkeypatch.setenv("TF_VAR_lake_password", server.password)
    return lake_in(tmp_path / "lake", f"{{postgres: {{{where}, password: {{secret: lake_password}}}}}}")


@pytest.fixture
def flows(request: pytest.FixtureRequest, kind: str) -> Iterator[FlowLake]:
    """A lake with dbt at hand, its catalog of a `kind`."""
    lake = request.getfixturevalue("lake" if kind == "sqlite" else "on_postgres")
    (lake.root / "dag").mkdir(exist_ok=True)
    with flows_in(lake, os.environ) as found:
        yield found
