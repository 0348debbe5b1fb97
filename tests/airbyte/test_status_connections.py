"""`lakeform status`: how the last run of each connection ended, and when the next one is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.base.errors import UserError
from tests.standin import StandIn, jobs
from tests.support.kube import Cluster, applied, cluster_on_path, repository, secret, state
from tests.support.lakes import run
from tests.support.operate_lakes import CONNECTION, SOURCES, operate_lake, stack
from tests.support.remote import KEY, open_at, plain, shop

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


@pytest.fixture(autouse=True)
def present(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.commands.status.now", lambda: datetime(2026, 1, 5, 7, tzinfo=UTC))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with shop(monkeypatch) as running:
        running.clock.now = datetime(2026, 1, 5, 6, tzinfo=UTC)
        yield running


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    found = cluster_on_path(tmp_path, monkeypatch)
    found.put(repository())
    found.put(applied())
    found.put(secret({"faker_key": KEY}))
    return found


@pytest.fixture
def lake(tmp_path: Path, server: StandIn, cluster: Cluster) -> Path:
    assert cluster.calls() == []
    return operate_lake(tmp_path / "lake", stack(url=server.url, workspace=server.workspace_id))


@pytest.fixture
def connection(server: StandIn) -> str:
    source, destination = (
        next(iter(actors.values())).id for actors in (server.state.sources, server.state.destinations)
    )
    return server.add_connection(source, destination, name="Faker → Files")


def start(server: StandIn, connection: str) -> None:
    """A sync, as the schedule would start it."""
    jobs.start(server.airbyte, server.state.connections[connection], "sync")


def rows(lake: Path, code: int = 0) -> str:
    """What is said of the connections."""
    result = run(lake, "status", "--quiet")
    assert (result.code, result.err) == (code, "")
    return result.out.partition("\nconnections\n")[2]


NEXT = "next 2026-01-06T06:00:00Z"
BY_NAME = (
    'recognized by name alone, as Terraform\'s state cannot be read: secrets "tfstate-default-lake-state" not found'
)


def test_a_connection_that_is_not_there_yet(lake: Path) -> None:
    assert rows(lake) == f"    faker_to_files  not in Airbyte\n    {BY_NAME}\n"


@pytest.mark.usefixtures("connection")
def test_a_connection_that_never_ran(lake: Path) -> None:
    assert rows(lake) == f"    faker_to_files  never ran; {NEXT}\n"


@pytest.mark.parametrize("status", ["succeeded", "cancelled"])
def test_the_last_run(lake: Path, server: StandIn, connection: str, status: str) -> None:
    start(server, connection)
    assert rows(lake) == f"    faker_to_files  running 2026-01-05T06:00:00Z, 0 rows; {NEXT}\n"
    server.finish_job(status=status, rows=1234)
    assert rows(lake) == f"    faker_to_files  {status} 2026-01-05T06:00:00Z, 1,234 rows; {NEXT}\n"


def test_streams_that_failed_are_named_with_the_reason(lake: Path, server: StandIn, connection: str) -> None:
    start(server, connection)
    failures: list[dict[str, Any]] = [
        {"streamDescriptor": {"name": "users"}, "failureOrigin": "source", "externalMessage": f"no column x, {KEY}"},
        {"streamDescriptor": {"name": "log", "namespace": "public"}, "internalMessage": "a\nb"},
        {"failureOrigin": "destination", "externalMessage": "disk full"},
        {"failureOrigin": "replication"},
        {"failureOrigin": "replication"},
    ]
    server.finish_job(status="failed", rows=1, failures=failures)
    assert rows(lake) == (
        f"    faker_to_files  failed 2026-01-05T06:00:00Z, 1 row; {NEXT}\n"
        "        users: no column x, ***\n"
        "        public.log: a b\n"
        "        destination: disk full\n"
        "        replication: failed\n"
    )


def test_messages_of_connectors_are_withheld_where_their_secrets_are_not_known(
    lake: Path, server: StandIn, connection: str, cluster: Cluster
) -> None:
    start(server, connection)
    failures = [{"streamDescriptor": {"name": "users"}, "externalMessage": f"the key {KEY} has ended"}]
    server.finish_job(status="incomplete", failures=failures)
    reason = "messages are withheld: "
    cluster.put(secret({"faker_key": "another"}, changed="2026-01-05T06:00:00Z"))
    changed = "a Secret was changed later, at 2026-01-05T06:00:00Z: its previous value may be in it"
    expected = "    faker_to_files  incomplete 2026-01-05T06:00:00Z, 0 rows; {}; {}\n        users: failed\n"
    assert rows(lake) == expected.format(NEXT, reason + changed)
    cluster.refuse("get secrets", "Error from server (Forbidden): no")
    assert KEY not in rows(lake)
    cluster.refuse("*", "error: no")
    assert "messages are withheld: the values of its Secrets are not known: kubectl: no\n        users: f" in rows(
        lake, 2
    )


def test_a_stack_that_is_applied_by_hand_takes_the_values_of_the_environment(
    tmp_path: Path, server: StandIn, connection: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = SOURCES.replace("{count: 10}", "{count: 10, key: {secret: faker_key}}") + CONNECTION
    lake = operate_lake(tmp_path / "hand", stack(url=server.url, workspace=server.workspace_id, flux=""), entries)
    start(server, connection)
    server.finish_job(status="failed", failures=[{"externalMessage": f"the key {KEY} has ended"}])
    said = rows(lake)
    assert "messages are withheld: not all values are known; set in the environment: TF_VAR_faker_key\n" in said
    assert KEY not in said
    monkeypatch.setenv("TF_VAR_faker_key", KEY)
    assert "        the job: the key *** has ended\n" in rows(lake)


@pytest.mark.parametrize(
    ("schedule", "status", "said"),
    [
        ("schedule: manual", "active", "never ran; by hand"),
        ('schedule: {cron: "0 0 6 * * ?"}', "inactive", "never ran; inactive; active in Airbyte"),
    ],
)
@pytest.mark.usefixtures("connection")
def test_what_starts_nothing_has_no_next_run(lake: Path, schedule: str, status: str, said: str) -> None:
    path = lake / "dag/registry/lake.yaml"
    text = path.read_text().replace('schedule: {cron: "0 0 6 * * ?"}', f"{schedule}\n    status: {status}")
    path.write_text(text)
    assert rows(lake) == f"    faker_to_files  {said}\n"


def test_a_connection_that_airbyte_switched_off_is_noticed(lake: Path, server: StandIn, connection: str) -> None:
    server.state.connections[connection].status = "inactive"
    assert rows(lake) == "    faker_to_files  never ran; inactive in Airbyte\n"


@pytest.mark.usefixtures("cluster")
def test_a_lake_without_connections(tmp_path: Path, server: StandIn) -> None:
    lake = operate_lake(tmp_path / "none", stack(url=server.url, workspace=server.workspace_id), SOURCES)
    assert rows(lake) == "    no connections\n"


def test_a_connection_that_was_renamed_by_hand_is_found_by_its_id(
    lake: Path, server: StandIn, connection: str, cluster: Cluster
) -> None:
    server.state.connections[connection].name = "Somebody's"
    cluster.put(state({"faker_to_files": connection}))
    assert rows(lake) == f'    faker_to_files  never ran; {NEXT}; called "Somebody\'s" in Airbyte\n'
    cluster.put(state({}))
    assert rows(lake) == "    faker_to_files  not in Airbyte\n"


# Many connections

MANY = 200


@pytest.fixture
def many(tmp_path: Path, server: StandIn, cluster: Cluster) -> Path:
    """A lake of 200 connections, which are in Airbyte."""
    assert cluster.calls() == []
    names = [f"c{number:03}" for number in range(MANY)]
    each = "  {0}: {{source: faker, destination: files, schedule: manual, prefix: {0}_, name: {0}}}\n"
    source, destination = (
        next(iter(actors.values())).id for actors in (server.state.sources, server.state.destinations)
    )
    for name in names:
        server.add_connection(source, destination, name=name)
    entries = SOURCES + "connections:\n" + "".join(map(each.format, names))
    return operate_lake(tmp_path / "many", stack(url=server.url, workspace=server.workspace_id), entries)


def run_all(server: StandIn, status: str, connections: Iterable[str], at: datetime) -> None:
    """A sync of each of them, one minute after the other."""
    for minute, id_ in enumerate(connections):
        server.clock.now = at + timedelta(minutes=minute)
        jobs.start(server.airbyte, server.state.connections[id_], "sync")
        server.finish_job(status=status, failures=[{"externalMessage": "disk full"}] if status == "failed" else ())


EARLY = datetime(2026, 1, 1, tzinfo=UTC)


def test_hundreds_of_connections_take_a_few_requests_and_say_how_far_it_is(many: Path, server: StandIn) -> None:
    ids = list(server.state.connections)
    run_all(server, "succeeded", ids[:-2], EARLY)
    run_all(server, "succeeded", ids[:50], EARLY + timedelta(days=1))
    before = len(server.requests)
    result = run(many, "status")
    assert result.err.splitlines()[1:] == [
        "stack airbyte: its connections in Airbyte",
        "last jobs: 100 of 200 connections",
        "last jobs: 198 of 200 connections",
    ]
    shown = result.out.partition("\nconnections\n")[2].splitlines()
    assert (len(shown), sum("  succeeded 2026-01-0" in line for line in shown)) == (MANY, MANY - 2)
    assert shown[0] == "    c000  succeeded 2026-01-02T00:00:00Z, 0 rows; by hand"
    assert shown[-1] == "    c199  never ran; by hand"
    asked = [request.path for request in server.requests[before:]]
    assert sum(path.endswith("/jobs") for path in asked) == 4
    assert len(asked) < 13


def test_a_long_history_of_others_is_not_read_to_its_end(
    many: Path, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.airbyte.workspace.last_jobs._PAGES", 2)
    ids = list(server.state.connections)
    run_all(server, "succeeded", ids[1:], EARLY)
    run_all(server, "succeeded", ids[:1] * 200, EARLY + timedelta(days=1))
    before = len(server.requests)
    shown = run(many, "status", "--quiet").out.partition("\nconnections\n")[2].splitlines()
    assert shown[0].startswith("    c000  succeeded 2026-01-02T03:19:00Z")
    assert shown[1] == "    c001  by hand; no run since 2026-01-02T00:00:00Z"
    assert sum(request.path.endswith("/jobs") for request in server.requests[before:]) == 2


def test_why_is_asked_of_the_newest_failures_only(many: Path, server: StandIn) -> None:
    run_all(server, "failed", server.state.connections, EARLY)
    before = len(server.requests)
    result = run(many, "status")
    assert result.err.splitlines()[-1] == "why 20 jobs failed"
    assert result.out.count("        the job: disk full\n") == 20
    assert "    c179  failed 2026-01-01T02:59:00Z, 0 rows; by hand; its reason was not asked for, as only" in result.out
    assert "    c180  failed 2026-01-01T03:00:00Z, 0 rows; by hand\n        the job: disk full\n" in result.out
    assert len(server.requests) - before < 32


def test_a_server_that_does_not_answer_is_a_fault_beside_what_is_known(lake: Path, server: StandIn) -> None:
    server.fail_next("GET .*/connections", status=403)
    result = run(lake, "status", "--quiet")
    assert result.code == 2
    assert result.out.startswith("stack airbyte: Ready True")
    assert 'connections: not queried: stack "airbyte": cannot list the connections: ' in result.out


def test_a_server_that_does_not_tell_why_a_job_failed(lake: Path, server: StandIn, connection: str) -> None:
    start(server, connection)
    server.finish_job(status="failed")
    server.fail_next("POST .*/jobs/get_without_logs", status=404)
    assert '; stack "airbyte": cannot read the failures of job 1: ' in rows(lake)


def test_json_has_the_connections(lake: Path, server: StandIn, connection: str) -> None:
    start(server, connection)
    failures = [{"streamDescriptor": {"name": "users"}, "failureOrigin": "source", "externalMessage": "no"}]
    server.finish_job(status="failed", rows=3, failures=failures)
    result = run(lake, "status", "--quiet", "--format", "json")
    assert json.loads(result.out)["stacks"][0]["connections"] == [
        {
            "entry": "connections.faker_to_files",
            "id": connection,
            "status": "active",
            "last_job": {"id": 1, "kind": "sync", "status": "failed", "started": "2026-01-05T06:00:00Z", "rows": 3},
            "next_run": "2026-01-06T06:00:00Z",
            "failed_streams": ["users"],
            "failures": [{"stream": "users", "origin": "source", "message": "no"}],
            "note": None,
        }
    ]


@pytest.mark.parametrize("answer", ["{}", '{"attempts": [{}]}', '{"attempts": [{"attempt": {"id": "x"}}]}'])
def test_an_answer_that_is_not_airbytes_is_told(tmp_path: Path, answer: str) -> None:
    with plain((200, answer)) as running, pytest.raises(UserError, match="does not match Airbyte's API"):
        open_at(tmp_path, running.url).failures(1)


CONNECTION_OF_DLT = CONNECTION.replace("faker", "api")


@pytest.mark.usefixtures("cluster")
def test_what_something_else_loads_is_not_airbytes(tmp_path: Path, server: StandIn) -> None:
    entries = SOURCES.replace("destinations:", "  api: {external: dlt}\ndestinations:") + CONNECTION_OF_DLT
    lake = operate_lake(tmp_path / "dlt", stack(url=server.url, workspace=server.workspace_id), entries)
    assert rows(lake) == "    no connections\n"
