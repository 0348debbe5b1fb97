"""Two hundred connections: applied, and then there is nothing left to do. docs/performance.md has the times."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.engine import Engine, synthesize
from tests.e2e.servers import serve
from tests.e2e.shop import as_text, source_defined
from tests.e2e.tools import Tools
from tests.support.lakes import LAKE, write_lake

pytestmark = [pytest.mark.network, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

SOURCES, DESTINATIONS = 20, 10
SERVER = LAKE.replace("https://airbyte.example.com/api/public/v1", "{var: server_url}").replace(
    "11111111-2222-3333-4444-555555555555", "{var: workspace_id}"
)


def test_two_hundred_connections_apply_and_settle(tools: Tools, folder: Path) -> None:
    lake = write_lake(folder / "lake", files())
    synthesize(lake)
    engine = Engine(tools, folder / "tofu")
    with serve(lake, require_auth=False, openapi=None) as server:
        engine.take(lake, "airbyte", {"server_url": server.url, "workspace_id": server.workspace_id})
        engine.init()
        assert list(engine.plan().actions.values()) == ["create"] * (SOURCES * DESTINATIONS + SOURCES + DESTINATIONS)
        engine.apply()
        assert engine.left() == ""
        assert len(server.state.living("connections")) == SOURCES * DESTINATIONS


def files() -> dict[str, str | bytes]:
    sources = [f"faker_{number}" for number in range(SOURCES)]
    destinations = [f"lake_{number}" for number in range(DESTINATIONS)]
    bucket = {"s3_bucket_path": "raw", "s3_bucket_region": "eu-central-1", "format": {"format_type": "Parquet"}}
    registry = {
        "sources": {name: {"connector": "source-faker", "configuration": {"count": 10}} for name in sources},
        "destinations": {
            name: {"connector": "destination-s3", "configuration": {**bucket, "s3_bucket_name": name}}
            for name in destinations
        },
        "connections": {
            f"{source}_to_{destination}": {"source": source, "destination": destination, "prefix": f"{source}_"}
            for source in sources
            for destination in destinations
        },
    }
    users = as_text(source_defined("users", "id name updated_at", "updated_at", "id"))
    texts: dict[str, str | bytes] = {f"dag/sources/{name}/users.json": users for name in sources}
    texts |= {f"dag/streams/{name}/users.json": "{}\n" for name in sources}
    return {**texts, "dag/registry/lake.yaml": SERVER, "dag/registry/entries.yaml": json.dumps(registry)}
