"""`lakeform sync`: start a connection's sync, wait for it, and tell how it ended."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.airbyte.server import AirbyteServer, Job
from tests.standin import StandIn, jobs
from tests.support.kube import Cluster, applied, cluster_on_path, secret, state
from tests.support.lakes import run
from tests.support.operate_lakes import CONNECTION, SOURCES, operate_lake, stack
from tests.support.remote import KEY, shop

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

Meanwhile = Callable[[Callable[[], None]], None]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with shop(monkeypatch) as running:
        running.clock.advance(3600)
        yield running


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    found = cluster_on_path(tmp_path, monkeypatch)
    found.put(applied())
    found.put(secret({"faker_key": KEY}))
    return found


@pytest.fixture
def lake(tmp_path: Path, server: StandIn, cluster: Cluster) -> Path:
    assert cluster.calls() == []
    return operate_lake(tmp_path / "lake", stack(url=server.url, workspace=server.workspace_id))


def ends(server: StandIn) -> list[str]:
    """Ids of the only source and destination."""
    return [next(iter(actors.values())).id for actors in (server.state.sources, server.state.destinations)]


@pytest.fixture
def connection(server: StandIn) -> str:
    return server.add_connection(*ends(server), name="Faker → Files")


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """What happens while the command waits."""

    def set_(happens: Callable[[], None]) -> None:
        monkeypatch.setattr("infra.airbyte.workspace.syncing.sleep", lambda _: happens())

    return set_


def test_a_sync_is_started_and_awaited(lake: Path, server: StandIn, connection: str, meanwhile: Meanwhile) -> None:
    meanwhile(lambda: server.finish_job(rows=1200))
    result = run(lake, "sync", "faker_to_files")
    assert (result.code, result.out) == (0, "connections.faker_to_files: sync 1: succeeded, 1,200 rows\n")
    assert result.err == "starting connections.faker_to_files in stack airbyte\nsync 1: running, 0 rows\n"
    assert [job.connection_id for job in server.state.jobs.values()] == [connection]


def test_it_does_not_wait_where_nobody_wants_it(lake: Path, server: StandIn, connection: str) -> None:
    result = run(lake, "sync", "connections.faker_to_files", "--no-wait", "--quiet")
    assert (result.code, result.out, result.err) == (0, "connections.faker_to_files: sync 1: running, 0 rows\n", "")
    assert server.state.jobs[1].connection_id == connection


def test_a_sync_that_fails_says_which_streams(
    lake: Path, server: StandIn, connection: str, meanwhile: Meanwhile, cluster: Cluster
) -> None:
    failures = [{"streamDescriptor": {"name": "users"}, "externalMessage": f"the key {KEY} has ended"}]
    meanwhile(lambda: server.finish_job(status="failed", rows=1, failures=failures))
    result = run(lake, "sync", "faker_to_files", "--quiet")
    expected = "connections.faker_to_files: sync 1: failed, 1 row\n    users: the key *** has ended\n"
    assert (result.code, result.out, result.err) == (1, expected, "")
    cluster.refuse("get secrets", "Error from server (Forbidden): no")
    result = run(lake, "sync", "faker_to_files", "--quiet")
    assert (result.code, result.out) == (1, "connections.faker_to_files: sync 2: failed, 1 row\n    users: failed\n")
    assert result.err.startswith("messages are withheld: the Secret lake-values cannot be read")
    assert server.state.jobs[2].connection_id == connection


def test_a_sync_that_was_cancelled_has_not_succeeded(
    lake: Path, server: StandIn, connection: str, meanwhile: Meanwhile
) -> None:
    meanwhile(lambda: server.finish_job(status="cancelled"))
    assert run(lake, "sync", "faker_to_files", "--quiet").code == 1
    assert server.state.jobs[1].connection_id == connection


def test_a_connection_that_was_renamed_by_hand_is_found_by_its_id(
    lake: Path, server: StandIn, connection: str, cluster: Cluster
) -> None:
    server.state.connections[connection].name = "Somebody's"
    refused = run(lake, "sync", "faker_to_files", "--no-wait", "--quiet")
    assert (refused.code, 'the workspace has no connection "Faker → Files"' in refused.err) == (2, True)
    cluster.put(state({"faker_to_files": connection}))
    assert run(lake, "sync", "faker_to_files", "--no-wait", "--quiet").code == 0
    assert server.state.jobs[1].connection_id == connection


SINCE = "runs since 2026-01-01T01:00:00Z (running, 0 rows)"
AGAIN = "lakeform sync faker_to_files"


def begin(server: StandIn, connection: str, kind: str) -> int:
    """A job of somebody else's; its id."""
    return jobs.start(server.airbyte, server.state.connections[connection], kind).id


@pytest.mark.parametrize("options", [(), ("--no-wait",)])
def test_a_job_that_runs_already_is_told_and_nothing_is_started(
    lake: Path, server: StandIn, connection: str, options: tuple[str, ...]
) -> None:
    begin(server, connection, "sync")
    result = run(lake, "sync", "faker_to_files", "--quiet", *options)
    said = f"connections.faker_to_files: nothing started, as sync 1 {SINCE}\n    {AGAIN} --wait  waits for its end\n"
    assert (result.code, result.out, result.err) == (1, "", said)
    assert len(server.state.jobs) == 1


@pytest.mark.parametrize("kind", ["clear", "reset", "refresh"])
def test_a_job_of_another_kind_is_told_as_that(lake: Path, server: StandIn, connection: str, kind: str) -> None:
    begin(server, connection, kind)
    result = run(lake, "sync", "faker_to_files", "--quiet", "--stack", "airbyte")
    note = "" if kind == "refresh" else f"; a {kind} removes rows and reads none, so sync after it"
    said = f"nothing started, as {kind} 1 {SINCE}\n    {AGAIN} --stack airbyte --wait  waits for its end{note}\n"
    assert (result.code, result.out, result.err) == (1, "", f"connections.faker_to_files: {said}")
    found = json.loads(run(lake, "sync", "faker_to_files", "--quiet", "--format", "json").out)
    assert (found["started"], found["synced"], found["job"]["kind"]) == (False, False, kind)
    assert len(server.state.jobs) == 1


@pytest.mark.parametrize(
    ("kind", "status", "code"), [("sync", "succeeded", 0), ("refresh", "succeeded", 0), ("sync", "cancelled", 1)]
)
def test_it_waits_for_the_job_that_runs(  # noqa: PLR0917  # fixtures
    lake: Path, server: StandIn, connection: str, meanwhile: Meanwhile, kind: str, status: str, code: int
) -> None:
    begin(server, connection, kind)
    meanwhile(lambda: server.finish_job(status=status, rows=1200))
    result = run(lake, "sync", "faker_to_files", "--wait")
    assert (result.code, result.out) == (code, f"connections.faker_to_files: {kind} 1: {status}, 1,200 rows\n")
    first, *rest = result.err.splitlines()
    assert first == "starting connections.faker_to_files in stack airbyte"
    assert rest == [f"{kind} 1 {SINCE}: waiting for its end", f"{kind} 1: running, 0 rows"]
    assert len(server.state.jobs) == 1


def test_a_job_that_fails_says_why_whoever_started_it(
    lake: Path, server: StandIn, connection: str, meanwhile: Meanwhile
) -> None:
    begin(server, connection, "sync")
    failures = [{"streamDescriptor": {"name": "users"}, "externalMessage": "no such table"}]
    meanwhile(lambda: server.finish_job(status="failed", failures=failures))
    result = run(lake, "sync", "faker_to_files", "--wait", "--quiet")
    said = "connections.faker_to_files: sync 1: failed, 0 rows\n    users: no such table\n"
    assert (result.code, result.out, result.err) == (1, said, "")


@pytest.mark.parametrize("kind", ["clear", "reset"])
def test_a_job_that_only_removes_rows_is_no_sync(
    lake: Path, server: StandIn, connection: str, meanwhile: Meanwhile, kind: str
) -> None:
    begin(server, connection, kind)
    meanwhile(server.finish_job)
    result = run(lake, "sync", "faker_to_files", "--wait", "--quiet")
    assert (result.code, result.out) == (1, f"connections.faker_to_files: {kind} 1: succeeded, 0 rows\n")
    assert result.err == f"nothing was synced: a {kind} removes rows and reads none; {AGAIN} syncs now\n"
    assert len(server.state.jobs) == 1


def test_to_wait_starts_a_sync_where_nothing_runs(
    lake: Path, server: StandIn, connection: str, meanwhile: Meanwhile
) -> None:
    meanwhile(lambda: server.finish_job(rows=1))
    result = run(lake, "sync", "faker_to_files", "--wait", "--quiet")
    assert (result.code, result.out, result.err) == (0, "connections.faker_to_files: sync 1: succeeded, 1 row\n", "")
    assert server.state.jobs[1].connection_id == connection


@pytest.mark.parametrize("kind", ["sync", "refresh"])
def test_a_job_that_somebody_starts_at_the_same_moment_is_joined(
    lake: Path, server: StandIn, connection: str, meanwhile: Meanwhile, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """It begins between the look at the jobs and the start."""
    start = AirbyteServer.start_sync

    def late(own: AirbyteServer, id_: str) -> Job:
        if not server.state.jobs:
            begin(server, connection, kind)
        return start(own, id_)

    monkeypatch.setattr(AirbyteServer, "start_sync", late)
    meanwhile(lambda: server.finish_job(rows=3))
    result = run(lake, "sync", "faker_to_files", "--wait", "--quiet")
    assert (result.code, result.out) == (0, f"connections.faker_to_files: {kind} 1: succeeded, 3 rows\n")
    assert list(server.state.jobs) == [1]


def test_a_conflict_without_a_job_is_told(lake: Path, server: StandIn, connection: str) -> None:
    assert server.state.connections[connection].name == "Faker → Files"
    server.fail_next("POST .*/jobs", 409)
    result = run(lake, "sync", "faker_to_files", "--wait", "--quiet")
    assert (result.code, result.out) == (2, "")
    assert "cannot start a sync" in result.err
    assert "it returns 409" in result.err


def test_to_wait_and_not_to_wait_exclude_each_other(lake: Path) -> None:
    result = run(lake, "sync", "faker_to_files", "--wait", "--no-wait")
    assert result.code == 2
    assert "not allowed with" in result.err


def test_json_has_the_job(lake: Path, server: StandIn, connection: str, meanwhile: Meanwhile) -> None:
    meanwhile(lambda: server.finish_job(status="failed", failures=[{"failureOrigin": "source"}]))
    result = run(lake, "sync", "faker_to_files", "--quiet", "--format", "json")
    assert json.loads(result.out) == {
        "problems": [],
        "entry": "connections.faker_to_files",
        "stack": "airbyte",
        "started": True,
        "synced": False,
        "job": {"id": 1, "kind": "sync", "status": "failed", "started": "2026-01-01T01:00:00Z", "rows": 0},
        "failures": [{"stream": None, "origin": "source", "message": None}],
        "note": None,
    }
    assert (result.code, server.state.jobs[1].connection_id) == (1, connection)


def test_a_connection_that_is_not_there_is_answered_with_what_is(lake: Path, server: StandIn) -> None:
    said = 'lakeform sync: there is no connection "faker_to_fils"; did you mean "faker_to_files"?\n'
    result = run(lake, "sync", "faker_to_fils")
    assert (result.code, result.out, result.err) == (2, "", said)
    note = "(a new entry appears there after its first apply)"
    result = run(lake, "sync", "faker_to_files", "--quiet")
    assert result.err == f'lakeform sync: the workspace has no connection "Faker → Files"; it has none yet {note}\n'
    server.add_connection(*ends(server), name="Faker - Files")
    result = run(lake, "sync", "faker_to_files", "--quiet")
    near = 'did you mean "Faker - Files"?'
    assert result.err == f'lakeform sync: the workspace has no connection "Faker → Files"; {near} {note}\n'


def test_two_connections_of_one_name_are_told(lake: Path, server: StandIn, connection: str) -> None:
    other = server.add_connection(*ends(server), name="Faker → Files")
    ids = ", ".join(sorted((connection, other)))
    result = run(lake, "sync", "faker_to_files", "--quiet")
    said = f'the workspace has 2 connections "Faker → Files": {ids}; choose one with adopt'
    assert (result.code, result.err) == (2, f"lakeform sync: {said}\n")
    assert server.state.jobs == {}


def test_what_something_else_loads_is_not_airbytes(tmp_path: Path, server: StandIn) -> None:
    entries = SOURCES.replace("destinations:", "  api: {external: dlt}\ndestinations:") + CONNECTION.replace(
        "faker", "api"
    )
    lake = operate_lake(tmp_path / "dlt", stack(url=server.url, workspace=server.workspace_id), entries)
    result = run(lake, "sync", "api_to_files", "--quiet")
    said = "connections.api_to_files is not Airbyte's: something else loads its source"
    assert (result.code, result.err) == (2, f"lakeform sync: {said}\n")


def test_an_entry_with_problems_is_not_synced(lake: Path) -> None:
    path = lake / "dag/registry/lake.yaml"
    path.write_text(path.read_text().replace("    destination: files\n", ""))
    result = run(lake, "sync", "faker_to_files")
    said = "lakeform sync: connections.faker_to_files has problems; run: lakeform check\n"
    assert (result.code, result.err) == (2, said)
