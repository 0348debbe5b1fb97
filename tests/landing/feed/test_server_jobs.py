"""`lakeform landing feed --server`: the finished jobs of Airbyte say which rows are dead, sooner and surer than files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.standin import StandIn, jobs
from tests.support.faker_server import faker_server
from tests.support.fed_lakes import DESTINATION, ENTRIES, LOCAL, FedLake, fed_lake
from tests.support.operate_lakes import stack

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with faker_server(monkeypatch) as running:
        yield running


@pytest.fixture
def lake(tmp_path: Path, server: StandIn) -> FedLake:
    here = stack(url=server.url, workspace=server.workspace_id, flux="")
    return fed_lake(tmp_path / "lake", here, LOCAL, DESTINATION.format(bucket="lake", prefix=""), ENTRIES)


def job(
    server: StandIn, kind: str = "sync", status: str = "succeeded", streams: list[tuple[str, str]] | None = None
) -> int:
    """A job of the connection that has ended."""
    (connection,) = server.state.connections.values()
    started = jobs.start(server.airbyte, connection, kind, streams)
    server.finish_job(started.id, status)
    return started.id


def fed(lake: FedLake, *words: str, stem: str = "products") -> str:
    result = lake.run("feed", "--quiet", *words)
    assert (result.code, result.err) == (0, "")
    return lake.rows(f"SELECT id, name FROM faker__{stem} ORDER BY id, name")


def test_a_sync_that_succeeded_replaces_although_the_old_files_are_still_there(lake: FedLake, server: StandIn) -> None:
    lake.write("products", "2026-11-01", {1: "old"}, sync=job(server), generation=1)
    assert fed(lake, "--server") == "1   old"
    new = job(server)
    lake.write("products", "2026-11-02", {1: "new"}, sync=new, generation=2)
    assert fed(lake) == "1   new\n1   old"
    assert fed(lake, "--server") == "1   new"
    assert fed(lake, "--server") == "1   new"


def test_a_sync_that_failed_replaces_nothing(lake: FedLake, server: StandIn) -> None:
    lake.write("products", "2026-11-01", {1: "old"}, sync=job(server), generation=1)
    lake.write("products", "2026-11-02", {2: "half"}, sync=job(server, status="failed"), generation=2)
    assert fed(lake, "--server") == "1   old\n2   half"


def test_a_sync_without_rows_empties_the_table_at_once(lake: FedLake, server: StandIn) -> None:
    file = lake.write("products", "2026-11-01", {1: "old"}, sync=job(server), generation=1)
    assert fed(lake, "--server") == "1   old"
    file.unlink()
    assert fed(lake) == "1   old"
    job(server)
    assert fed(lake, "--server") == ""


def test_a_clear_of_one_stream_takes_its_rows_alone(lake: FedLake, server: StandIn) -> None:
    first = job(server)
    lake.write("products", "2026-11-01", {1: "kept"}, sync=first, generation=1)
    lake.write("users", "2026-11-01", {1: "Ada"}, sync=first, generation=1)
    assert fed(lake, "--server") == "1   kept"
    job(server, "clear", streams=[("", "users")])
    assert fed(lake, "--server") == "1   kept"
    assert lake.rows("SELECT * FROM faker__users") == ""


def test_a_sync_says_nothing_of_a_stream_that_appends(lake: FedLake, server: StandIn) -> None:
    lake.write("users", "2026-11-01", {1: "Ada"}, sync=job(server), generation=1)
    assert fed(lake, "--server", stem="users") == "1   Ada"
    lake.write("users", "2026-11-02", {2: "Bob"}, sync=job(server), generation=2)
    assert fed(lake, "--server", stem="users") == "1   Ada\n2   Bob"


def test_a_server_that_is_away_is_told(lake: FedLake, server: StandIn) -> None:
    registry = lake.root / "dag/registry/lake.yaml"
    registry.write_text(registry.read_text("utf-8").replace(server.url, "http://127.0.0.1:9/api/public/v1"))
    result = lake.run("feed", "--quiet", "--server")
    assert (result.code, result.out) == (2, "")
    assert "127.0.0.1:9" in result.err
