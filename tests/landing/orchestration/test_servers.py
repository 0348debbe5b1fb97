"""A server that can be asked: its jobs are the news, and its syncs can be started from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from tests.landing.orchestration.conftest import ENTRIES
from tests.standin import StandIn, jobs
from tests.support.code_locations import TODAY, CodeLocation, metadata, table
from tests.support.faker_server import faker_server
from tests.support.fed_lakes import DESTINATION, LOCAL, FedLake, fed_lake
from tests.support.operate_lakes import stack

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

SYNC = dg.AssetKey(["airbyte", "airbyte", "faker_to_files"])
LONG_AGO = datetime.now(UTC) - timedelta(days=60)
FOUR_DAYS_AGO = (datetime.now(UTC) - timedelta(days=4)).strftime("%Y-%m-%d")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with faker_server(monkeypatch) as running:
        yield running


@pytest.fixture
def lake(tmp_path: Path, server: StandIn) -> FedLake:
    here = stack(url=server.url, workspace=server.workspace_id, flux="")
    return fed_lake(tmp_path / "lake", here, LOCAL, DESTINATION.format(bucket="lake", prefix=""), ENTRIES)


def job(server: StandIn, status: str = "succeeded", rows: int = 0) -> int:
    """A sync that somebody else started has ended."""
    (connection,) = server.state.connections.values()
    started = jobs.start(server.airbyte, connection, "sync", None)
    server.finish_job(started.id, status, rows=rows)
    return started.id


def test_a_sync_that_ended_is_the_news(lake: FedLake, server: StandIn, location: CodeLocation) -> None:
    assert location.skips() == "no job has ended yet"
    number = job(server, rows=1)
    lake.write("users", TODAY, {1: "ada"}, sync=number)
    found = location.tick()
    (request,) = found.run_requests or ()
    assert request.asset_selection == [table("products"), table("users")]
    (synced,) = found.asset_events
    assert isinstance(synced, dg.AssetMaterialization)
    assert synced.asset_key == SYNC
    assert {name: value.value for name, value in synced.metadata.items() if name in ("job", "rows")} == {
        "job": number,
        "rows": 1,
    }
    assert set(metadata(location.perform(request))) == {"landing/faker/users"}
    again = location.tick()
    assert (again.skip_message, again.asset_events) == ("nothing new since the last run", [])


def test_files_of_a_sync_that_failed_are_fed_too(lake: FedLake, server: StandIn, location: CodeLocation) -> None:
    lake.write("users", TODAY, {1: "ada"}, sync=job(server, "failed"))
    found = location.tick()
    assert found.asset_events == []
    (request,) = found.run_requests or ()
    assert set(metadata(location.perform(request))) == {"landing/faker/users"}


def test_a_sync_that_took_longer_than_the_recent_folders_go_back(
    lake: FedLake, server: StandIn, location: CodeLocation
) -> None:
    number = job(server)
    server.state.jobs[number].created = LONG_AGO.timestamp()  # type: ignore[attr-defined]
    lake.write("users", LONG_AGO.strftime("%Y-%m-%d"), {1: "ada"}, sync=number)
    assert set(metadata(location.perform(location.request()))) == {"landing/faker/users"}


def test_the_workspace_is_read_once_for_many_ticks(server: StandIn, location: CodeLocation) -> None:
    location.skips()
    before = len(server.requests)
    for _ in range(3):
        location.skips()
    assert [one.path for one in server.requests[before:]] == ["/api/public/v1/jobs"] * 3


def test_folders_are_looked_at_where_the_server_is_away(
    lake: FedLake, location: CodeLocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.landing.orchestration.servers.answers", lambda *_: False)
    lake.write("users", TODAY, {1: "ada"}, sync=1)
    assert location.request().asset_selection == [table("users")]


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """What happens while somebody waits for a job."""
    monkeypatch.setattr("infra.airbyte.workspace.syncing.sleep", lambda _: happens())


def test_a_sync_is_started_awaited_and_fed_in_one_run(
    lake: FedLake, server: StandIn, location: CodeLocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends() -> None:
        lake.write("users", TODAY, {1: "ada"}, sync=1)
        server.finish_job(rows=1)

    meanwhile(monkeypatch, ends)
    result = location.run([SYNC, table("users")])
    assert result.success
    told = metadata(result)
    assert told["airbyte/airbyte/faker_to_files"]["job"] == 1
    assert told["landing/faker/users"]["rows"] == 1


def test_a_job_that_runs_is_joined(server: StandIn, location: CodeLocation, monkeypatch: pytest.MonkeyPatch) -> None:
    (connection,) = server.state.connections.values()
    running = jobs.start(server.airbyte, connection, "sync", None)
    meanwhile(monkeypatch, lambda: server.finish_job(running.id))
    assert metadata(location.run([SYNC]))["airbyte/airbyte/faker_to_files"]["job"] == running.id
    assert list(server.state.jobs) == [running.id]


def test_after_a_clear_that_runs_a_sync_is_started(
    server: StandIn, location: CodeLocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clear removes rows and reads none, so that its end is no sync."""
    (connection,) = server.state.connections.values()
    running = jobs.start(server.airbyte, connection, "clear", None)
    meanwhile(monkeypatch, server.finish_job)
    told = metadata(location.run([SYNC]))["airbyte/airbyte/faker_to_files"]["job"]
    assert [(one.id, one.kind) for one in server.state.jobs.values()] == [(running.id, "clear"), (told, "sync")]


def test_a_sync_that_fails_fails_the_run_before_anything_is_fed(
    lake: FedLake, server: StandIn, location: CodeLocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.write("users", TODAY, {1: "ada"}, sync=1)
    meanwhile(monkeypatch, lambda: server.finish_job(status="failed"))
    result = location.run([SYNC, table("users")])
    assert not result.success
    assert metadata(result) == {}
    (failed,) = [event for event in result.all_events if event.is_step_failure]
    assert failed.step_failure_data.user_failure_data is not None
    said = failed.step_failure_data.user_failure_data.description
    assert said == "connections.faker_to_files: sync 1: failed, 0 rows; why: lakeform status --stack airbyte"


def test_a_cursor_that_nobody_understands_is_told_again_and_nothing_else(
    server: StandIn, location: CodeLocation
) -> None:
    number = job(server)
    for cursor in ("?", "[]", '{"airbyte/faker_to_files": "x"}', f'{{"airbyte/faker_to_files": {number - 1}}}'):
        location.cursors["feed_faker"] = cursor
        assert [event.asset_key for event in location.tick().asset_events if event.asset_key == SYNC] == [SYNC]
    assert location.tick().asset_events == []


def test_a_quiet_source_whose_syncs_succeed_is_not_late(lake: FedLake, server: StandIn, location: CodeLocation) -> None:
    """Nothing new brings no file; the server knows that it was looked at."""
    lake.write("users", FOUR_DAYS_AGO, {1: "ada"}, sync=1)
    assert lake.run("feed").code == 0
    job(server)
    assert location.tick("watchdog").skip_message == "2 of 3 checks fail"
    server.clock.now = datetime.now(UTC)
    job(server)
    assert location.tick("watchdog").skip_message == "0 of 3 checks fail"


def test_a_server_that_fails_during_a_run_leaves_it_to_the_files(
    lake: FedLake, server: StandIn, location: CodeLocation
) -> None:
    lake.write("users", TODAY, {1: "ada"}, sync=job(server))
    request = location.request()

    server.fail_next("GET /api/public/v1/jobs", 400, times=1)
    assert set(metadata(location.perform(request))) == {"landing/faker/users"}
