"""What an Airbyte server is asked, against the stand-in over real HTTP."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.airbyte.server import AirbyteServer, ConnectionCheck, RemoteActor, RemoteConnection, answers
from infra.airbyte.server.gather import gather
from infra.base.errors import UserError
from infra.lake.model.load import load_lake
from tests.standin import StandIn, jobs
from tests.support.remote import (
    CONNECTORS,
    USERS,
    WORKSPACE,
    environ_of,
    lake_on,
    open_at,
    opened,
    plain,
    stack,
    stream,
    without_pauses,
    write_registry,
)

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

CATALOG = [USERS, stream("log", namespace="public")]


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    return without_pauses(monkeypatch)


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn(CONNECTORS, {"source-faker": CATALOG}) as running:
        yield running


@pytest.fixture
def faker(standin: StandIn) -> str:
    return standin.add_source("Faker", "source-faker", {"count": 10})


@pytest.fixture
def connection(standin: StandIn, faker: str) -> str:
    return standin.add_connection(faker, standin.add_destination("Files", "destination-s3", {}), name="Faker to Files")


@pytest.fixture
def server(tmp_path: Path, standin: StandIn) -> AirbyteServer:
    return opened(lake_on(tmp_path, standin), environ_of(standin))


def paths(standin: StandIn) -> list[str]:
    return [f"{request.path.rpartition('/v1/')[2]} {request.status}" for request in standin.requests]


# Lists


@pytest.mark.parametrize(("count", "requests"), [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3)])
def test_a_list_ends_with_a_page_that_is_not_full(
    standin: StandIn, server: AirbyteServer, monkeypatch: pytest.MonkeyPatch, count: int, requests: int
) -> None:
    monkeypatch.setattr("infra.airbyte.server.api.PAGE", 2)
    names = [f"s{number}" for number in range(count)]
    ids = [standin.add_source(name, "source-faker", {}) for name in names]
    expected = [RemoteActor(id_, name, "source") for id_, name in zip(ids, names, strict=True)]
    assert server.sources() == expected
    assert paths(standin) == ["applications/token 200", *["sources 200"] * requests]


@pytest.mark.parametrize("module", ["api", "gather"])
def test_a_list_without_end_is_given_up(server: AirbyteServer, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    """A server that answers every request with a full page."""
    for name in ("api", "gather"):
        monkeypatch.setattr(f"infra.airbyte.server.{name}.PAGE", 2)
        monkeypatch.setattr(f"infra.airbyte.server.{name}.MOST_ITEMS", 6)
    monkeypatch.setattr("infra.airbyte.server.api.Api.slice", lambda *_, **__: [{}, {}])
    api = server._api
    with pytest.raises(UserError, match="cannot look: the server lists more than 6, one full page after the other"):
        api.every("look", "sources") if module == "api" else gather(api, "look", "connections", dict)


def test_a_list_is_of_the_stacks_workspace_only(standin: StandIn, server: AirbyteServer, faker: str) -> None:
    standin.add_source("Theirs", "source-faker", {}, standin.add_workspace("Other"))
    destination = standin.add_destination("Files", "destination-s3", {})
    assert server.sources() == [RemoteActor(faker, "Faker", "source")]
    assert server.destinations() == [RemoteActor(destination, "Files", "destination")]


def test_connections_are_read_with_their_schedules(standin: StandIn, server: AirbyteServer, connection: str) -> None:
    source, destination = (next(iter(standin.state.actors(kind))) for kind in ("source", "destination"))
    schedule = {"scheduleType": "cron", "cronExpression": "0 0 * * * ?"}
    other = standin.add_connection(source, destination, name="Hourly", schedule=schedule, status="inactive")
    assert server.connections() == [
        RemoteConnection(connection, "Faker to Files", source, destination, "active", None),
        RemoteConnection(other, "Hourly", source, destination, "inactive", "0 0 * * * ? UTC"),
    ]


# Which source


def test_a_source_is_found_by_id_and_by_name(server: AirbyteServer, faker: str) -> None:
    expected = RemoteActor(faker, "Faker", "source")
    assert [server.find("source", wanted) for wanted in (faker, faker.upper(), "Faker")] == [expected] * 3


@pytest.mark.parametrize(
    ("wanted", "said"),
    [("Fakr", 'no source "Fakr"; did you mean "Faker"?'), ("x", 'no source "x"; sources there: Faker')],
)
def test_a_source_that_is_not_there_is_answered_with_those_that_are(
    server: AirbyteServer, faker: str, wanted: str, said: str
) -> None:
    with pytest.raises(UserError, match="the workspace has") as caught:
        server.find("source", wanted)
    assert str(caught.value) == f'stack "airbyte": the workspace has {said}'
    assert faker


def test_an_empty_workspace_is_told(server: AirbyteServer) -> None:
    with pytest.raises(UserError, match=r'has no source "Faker"; it has no source yet$'):
        server.find("source", "Faker")


def test_two_of_one_name_are_told_apart_by_id(standin: StandIn, server: AirbyteServer, faker: str) -> None:
    other = standin.add_source("Faker", "source-faker", {})
    with pytest.raises(UserError, match=f'has 2 sources "Faker": {", ".join(sorted((faker, other)))}; name one'):
        server.find("source", "Faker")
    assert server.find("source", other).id == other


@pytest.mark.parametrize(
    "entry",
    ["{existing: ID}", "{adopt: ID, connector: source-faker, configuration: {count: 1}}"],
    ids=["existing", "adopt"],
)
def test_an_entry_with_an_id_is_found_by_it(tmp_path: Path, standin: StandIn, faker: str, entry: str) -> None:
    standin.add_source("Shop", "source-faker", {})
    lake = lake_on(tmp_path, standin, entries=f"sources:\n  shop: {entry.replace('ID', faker)}\n")
    placed = load_lake(lake).model.stacks["airbyte"].sources["shop"]
    assert opened(lake, environ_of(standin)).locate(placed).name == "Faker"


# Discovery


def test_a_discovery_gives_the_streams_as_the_protocol_has_them(server: AirbyteServer, faker: str) -> None:
    found = [stream.model_dump(exclude_none=True) for stream in server.discover(faker)]
    assert [json.loads(json.dumps(stream)) for stream in found] == CATALOG


def test_a_discovery_looks_again_unless_told_not_to(standin: StandIn, server: AirbyteServer, faker: str) -> None:
    for cached in (False, False, True):
        server.discover(faker, cached=cached)
    assert standin.airbyte.discovery.runs == 2
    assert [
        request.body["disable_cache"] for request in standin.requests if request.body and "sourceId" in request.body
    ] == [
        True,
        True,
        False,
    ]


def test_a_failed_discovery_is_a_fault_with_its_reason(standin: StandIn, server: AirbyteServer, faker: str) -> None:
    standin.fail_discovery("Faker", "the password is wrong")
    server.find("source", "Faker")
    with pytest.raises(UserError) as caught:
        server.discover(faker)
    reason = "Something went wrong in the connector. the password is wrong"
    assert str(caught.value) == f'stack "airbyte": cannot discover the source "Faker": {reason}'


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"jobInfo": {"succeeded": True}}, "no reason given"),
        ({"jobInfo": {"succeeded": False}, "catalog": {"streams": []}}, "no reason given"),
        ({}, "the response contains no catalog"),
        (
            {"catalog": {"streams": [{"stream": {"name": 7}, "config": {}}]}},
            "the stream 7 is not an AirbyteStream: name: must be text, not a number",
        ),
    ],
    ids=["no catalog", "failed with a catalog", "nothing", "a stream that is none"],
)
def test_an_answer_without_a_catalog_is_a_failed_discovery(tmp_path: Path, answer: Any, said: str) -> None:
    with plain((200, json.dumps(answer))) as other, pytest.raises(UserError, match=f'the source "1": {said}$'):
        open_at(tmp_path, other.url).discover("1")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://api.airbyte.com/v1", "Airbyte Cloud has no Configuration API for users"),
        (
            "https://airbyte.example.com/proxy/v1",
            "the Configuration API is beside /api/public/v1, which https://airbyte.example.com/proxy/v1 does not end in",
        ),
    ],
)
def test_where_there_is_no_configuration_api_the_connector_is_the_way(tmp_path: Path, url: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        open_at(tmp_path, url).discover("1")
    expected = f'cannot discover the source "1": {said}; run the connector here instead: --from connector'
    assert str(caught.value) == f'stack "airbyte": {expected}'


@pytest.mark.parametrize("end", ["", "/"])
def test_the_configuration_api_is_beside_the_public_one(tmp_path: Path, standin: StandIn, faker: str, end: str) -> None:
    lake = write_registry(tmp_path, stack(standin.url + end, standin.workspace_id))
    opened(lake, environ_of(standin)).discover(faker)
    assert standin.requests[-1].path == "/api/v1/sources/discover_schema"


# Patience


@pytest.mark.parametrize("fault", ["429", "500", "502", "503", "504", "drop"])
def test_what_may_be_repeated_is(standin: StandIn, server: AirbyteServer, faker: str, fault: str) -> None:
    pattern = "applications/token|GET .*/sources$|discover_schema"
    if fault == "drop":
        standin.drop_next(pattern, 3)
    else:
        standin.fail_next(pattern, int(fault), 3)
    assert [actor.id for actor in server.sources()] == [faker]
    assert len(server.discover(faker)) == 2


def test_the_pause_that_a_server_asks_for_is_kept_within_reason(tmp_path: Path, pauses: list[float]) -> None:
    busy = [(429, "", {"Retry-After": text}) for text in ("7", "86400", "Wed, 21 Oct 2026 07:28:00 GMT", "-1")]
    heard: list[str] = []
    with plain(*busy, (200, '{"data": []}')) as other:
        opened(write_registry(tmp_path, stack(other.url, WORKSPACE, "none")), {}, heard).sources()
    assert pauses == [7, 60, 4, 8]
    assert heard[0] == "the server returns 429; trying again in 7 s"


def test_a_discovery_that_takes_too_long_is_given_up_and_not_repeated(
    standin: StandIn, server: AirbyteServer, faker: str
) -> None:
    standin.slow_next("discover_schema", 0.3)
    with pytest.raises(UserError) as caught:
        server.discover(faker, seconds=0.05)
    said = f'cannot discover the source "{faker}": {standin.url}: no answer within 0.05 s'
    assert str(caught.value) == f'stack "airbyte": {said}'


def test_a_check_may_take_too_long_too(standin: StandIn, server: AirbyteServer, faker: str) -> None:
    standin.slow_next("check_connection", 0.3)
    with pytest.raises(UserError, match=r"no answer within 0\.05 s$"):
        server.check(RemoteActor(faker, "Faker", "source"), seconds=0.05)
    assert server.check(RemoteActor(faker, "Faker", "source")) == ConnectionCheck(succeeded=True, message="")


def test_a_proxy_of_the_environment_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with plain((200, '{"data": []}')) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://us%40r:pw@{proxy.host}")
        assert open_at(tmp_path, "http://airbyte.example.com/api/public/v1").sources() == []
        ((_, path, headers, _),) = proxy.seen
    assert path.startswith("http://airbyte.example.com/api/public/v1/sources?")
    assert headers["proxy-authorization"] == "Basic " + base64.b64encode(b"us@r:pw").decode()


def test_this_machine_is_asked_without_a_proxy(
    standin: StandIn, server: AirbyteServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert server.sources() == []
    assert standin.requests


def test_a_proxy_that_is_not_there_is_told_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://us:proxy-password@127.0.0.1:9")
    with pytest.raises(UserError, match="the proxy that the environment sets") as caught:
        open_at(tmp_path, "http://airbyte.example.com/api/public/v1").sources()
    assert "proxy-password" not in str(caught.value)


# Jobs: what starts something is never sent twice


def test_a_sync_is_started_and_looked_at(standin: StandIn, server: AirbyteServer, connection: str) -> None:
    job = server.start_sync(connection)
    assert (job.kind, job.status, job.ended, job.connection_id) == ("sync", "running", False, connection)
    standin.finish_job()
    assert (server.job(job.id).status, server.job(job.id).ended) == ("succeeded", True)
    newest = server.start_sync(connection)
    assert [one.id for one in server.jobs(connection)] == [newest.id, job.id]
    assert [one.id for one in server.jobs(connection, 1)] == [newest.id]


@pytest.mark.parametrize("fault", ["drop", "500", "503"])
def test_a_start_that_may_have_worked_is_not_repeated(
    standin: StandIn, server: AirbyteServer, connection: str, fault: str
) -> None:
    if fault == "drop":
        standin.drop_next("POST .*/jobs", handled=True)
    else:
        standin.fail_next("POST .*/jobs", int(fault))
    with pytest.raises(
        UserError, match="may have happened anyway, so look at the connection's jobs before trying again"
    ):
        server.start_sync(connection)
    assert len(standin.state.jobs) == (1 if fault == "drop" else 0)


def test_a_start_that_was_not_looked_at_is_repeated(standin: StandIn, server: AirbyteServer, connection: str) -> None:
    standin.fail_next("POST .*/jobs", 429)
    assert server.start_sync(connection).id == 1


def test_a_second_sync_is_a_conflict(server: AirbyteServer, connection: str) -> None:
    server.start_sync(connection)
    with pytest.raises(UserError, match=f"it returns 409: A sync is already running for: {connection}$"):
        server.start_sync(connection)


def test_jobs_that_only_newer_servers_list_are_none_of_an_older_one(
    standin: StandIn, server: AirbyteServer, connection: str
) -> None:
    """Without a type Airbyte lists syncs and resets; an older one answers 422 to the types of the others."""
    clear = jobs.start(standin.airbyte, standin.state.connections[connection], "clear")
    assert (server.jobs(connection), [one.id for one in server.jobs(connection, kind="clear")]) == ([], [clear.id])
    standin.fail_next("GET .*/jobs", 422)
    assert server.jobs(connection, kind="clear") == []
    standin.fail_next("GET .*/jobs", 422)
    with pytest.raises(UserError, match="cannot list the jobs"):
        server.jobs(connection)


@pytest.mark.parametrize("body", ['{"data": [7]}', '{"data": [{}]}', '{"data": [{"connectionId": 1, "schedule": 7}]}'])
def test_an_answer_of_another_shape_is_no_traceback(tmp_path: Path, body: str) -> None:
    with (
        plain((200, body)) as other,
        pytest.raises(UserError, match=r"the response does not match Airbyte's API$"),
    ):
        open_at(tmp_path, other.url).connections()


# Is anybody there


@pytest.mark.parametrize(
    ("status", "there"), [(200, True), (401, True), (404, True), (500, True), (502, False), (503, False), (504, False)]
)
def test_somebody_is_there_unless_only_a_gateway_is(tmp_path: Path, status: int, there: bool) -> None:
    with plain((status, "")) as other:
        assert open_at(tmp_path, other.url).answers() is there
        ((method, path, headers, _),) = other.seen
    assert (method, path, "authorization" in headers) == ("GET", "/api/public/v1/health", False)


def test_nobody_is_there(tmp_path: Path) -> None:
    assert open_at(tmp_path, "http://127.0.0.1:9/api/public/v1").answers() is False


def test_whether_somebody_is_there_needs_no_credentials(tmp_path: Path, standin: StandIn) -> None:
    lake = write_registry(tmp_path, stack("{var: url}", WORKSPACE).replace("'", ""))
    model = load_lake(lake).model
    found = [answers(model.stacks["airbyte"], environ) for environ in ({}, {"TF_VAR_url": standin.url})]
    assert found == [False, True]
