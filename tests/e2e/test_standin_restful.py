"""What magodo/restful does with the requests of a backfill: the same with the stand-in and with the real provider.

The stacks are written by hand: what lakeform writes must not hide what the provider does.
"""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.engine import Engine, TofuError
from tests.e2e.tools import RESTFUL, Tools, tools_or_skip
from tests.standin import Request, StandIn

pytestmark = [pytest.mark.network, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

Json = dict[str, Any]

JOBS = "/api/public/v1/jobs"
CALL = "/api/v1/sources/list"
RUNNING = 'body.data.#(status%"*in*")#|#'


@pytest.fixture(scope="module")
def restful() -> Tools:
    return tools_or_skip(RESTFUL)


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn(openapi=None) as server:  # what is asked here is not what Airbyte knows
        yield server


@pytest.fixture
def engine(restful: Tools, tmp_path: Path) -> Engine:
    return Engine(restful, tmp_path / "tofu")


def settings(server: StandIn, secret: str | None = None) -> Json:
    credentials = {
        "client_id": server.client_id,
        "client_secret": secret or server.client_secret,
        "token_url": server.token_url,
        "in": "params",
    }
    return {"base_url": f"{server.host}/api", "security": {"oauth2": {"client_credentials": credentials}}}


def operation(server: StandIn, *prechecks: Json, **more: Any) -> Json:
    """A request that changes nothing."""
    body = {"workspaceId": server.workspace_id}
    return {"method": "POST", "path": "/v1/sources/list", "body": body, "precheck": list(prechecks) or None, **more}


def look(path: str = "/public/v1/jobs", query: Json | None = None) -> Json:
    status = {"success": "0", "pending": ["1"]}
    return {"api": {"path": path, "query": query, "status_locator": RUNNING, "status": status}}


def write(engine: Engine, provider: Json | None, **operations: Json) -> None:
    required = {"restful": {"source": RESTFUL.source, "version": RESTFUL.version}}
    stack: Json = {"terraform": {"required_providers": required}}
    if provider is not None:
        stack["provider"] = {"restful": provider}
    if operations:
        stack["resource"] = {"restful_operation": operations}
    (engine.folder / "main.tf.json").write_text(json.dumps(stack))
    engine.init()


def apply(engine: Engine) -> str:
    engine.plan()
    return engine.apply()


def asked(server: StandIn, path: str) -> list[Request]:
    return [request for request in server.requests if request.path == path]


def test_an_operation_is_one_request(engine: Engine, server: StandIn) -> None:
    write(engine, settings(server), once=operation(server, look()))
    engine.plan()
    assert asked(server, CALL) == []
    engine.apply()
    assert [request.body for request in asked(server, CALL)] == [{"workspaceId": server.workspace_id}]
    assert engine.left() == ""
    assert len(asked(server, CALL)) == 1
    (held,) = json.loads((engine.folder / "terraform.tfstate").read_text("utf-8"))["resources"]
    (instance,) = held["instances"]
    assert instance["schema_version"] == 2
    assert instance["attributes"]["output"]["value"] == {"sources": []}
    assert instance["attributes"]["precheck"][0]["api"]["default_delay_sec"] == 10


def test_a_query_in_the_path_of_a_precheck_is_no_query(engine: Engine, server: StandIn) -> None:
    write(engine, settings(server), once=operation(server, look("/public/v1/jobs?limit=1")))
    with pytest.raises(TofuError, match=r"Pre-checking 0-th check \(api\) failure\s[\s\S]*polling returns 404"):
        apply(engine)
    assert len(asked(server, f"{JOBS}%253Flimit=1")) == 1
    assert asked(server, JOBS) == asked(server, CALL) == []


def test_the_query_of_a_precheck_is_sent(engine: Engine, server: StandIn) -> None:
    query = {"jobType": ["sync"], "orderBy": ["createdAt|DESC"], "limit": ["1", "2"]}
    write(engine, settings(server), once=operation(server, look(query=query)))
    apply(engine)
    assert [request.query for request in asked(server, JOBS)] == [query]
    assert len(asked(server, CALL)) == 1


WORKSPACES = "/api/public/v1/workspaces"


def counted(success: str, *pending: str) -> Json:
    """A look at how many workspaces there are."""
    status = {"success": success, "pending": list(pending)}
    path = "/public/v1/workspaces"
    return {"api": {"path": path, "status_locator": "body.data.#", "status": status, "default_delay_sec": 1}}


def test_a_precheck_looks_until_the_status_is_the_wanted_one(engine: Engine, server: StandIn) -> None:
    write(engine, settings(server), once=operation(server, counted("2", "1")))
    engine.plan()
    with engine.begin_apply() as process:
        wait_until(lambda: len(asked(server, WORKSPACES)) > 1)
        assert asked(server, CALL) == []
        server.add_workspace("Another")
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert len(asked(server, CALL)) == 1


def test_another_status_than_a_named_one_ends_the_precheck(engine: Engine, server: StandIn) -> None:
    write(engine, settings(server), once=operation(server, counted("2", "3")))
    with pytest.raises(TofuError, match=r'Unexpected status "1"\. Full response'):
        apply(engine)
    assert asked(server, CALL) == []


def test_the_query_in_the_path_of_an_operation_is_one(engine: Engine, server: StandIn) -> None:
    write(engine, settings(server), once=operation(server, path="/v1/sources/list?x=1"))
    apply(engine)
    assert [request.query for request in asked(server, CALL)] == [{"x": ["1"]}]


def test_objects_that_are_only_in_the_state_need_the_base_address(engine: Engine, server: StandIn) -> None:
    write(engine, settings(server), once=operation(server))
    apply(engine)
    write(engine, None)
    with pytest.raises(TofuError, match=r'Missing required attribute[\s\S]*The attribute\s+"base_url"\s+is\s+required'):
        engine.plan()
    server.requests.clear()
    write(engine, settings(server))
    assert engine.plan().actions == {"restful_operation.once": "delete"}
    engine.apply()
    assert asked(server, CALL) == []
    write(engine, None)
    assert engine.left() == ""


def test_a_poll_begins_with_a_pause(engine: Engine, server: StandIn) -> None:
    poll = {"status_locator": "code", "status": {"success": "200"}, "default_delay_sec": 3}
    paused = {"method": "GET", "path": "/public/v1/jobs", "query": {"limit": ["1"]}, "poll": poll}
    write(engine, settings(server), once=paused)
    engine.plan()
    with engine.begin_apply() as process:
        wait_until(lambda: asked(server, JOBS))
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=2)
        assert len(asked(server, JOBS)) == 1
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert [request.query for request in asked(server, JOBS)] == [{"limit": ["1"]}] * 2
    assert engine.left() == ""


def test_a_poll_that_finds_another_status_fails_after_the_call(engine: Engine, server: StandIn) -> None:
    poll = {"status_locator": "code", "status": {"success": "204", "pending": ["202"]}, "default_delay_sec": 0}
    write(engine, settings(server), once={"method": "GET", "path": "/public/v1/jobs", "poll": poll})
    with pytest.raises(TofuError, match=r'Operation: Polling failure[\s\S]*Unexpected status "200"'):
        apply(engine)
    assert len(asked(server, JOBS)) == 2
    assert engine.plan().actions == {"restful_operation.once": "create"}


def test_a_mutex_is_released_at_the_end(engine: Engine, server: StandIn) -> None:
    alone = {"mutex": "one"}
    write(engine, settings(server), a=operation(server, alone, look()), b=operation(server, alone, look()))
    apply(engine)
    assert len(asked(server, CALL)) == 2


def test_a_mutex_stays_taken_after_a_look_that_failed(engine: Engine, server: StandIn) -> None:
    alone = {"mutex": "one"}
    write(engine, settings(server), a=operation(server, alone, look()), b=operation(server, alone, look()))
    engine.plan()
    server.fail_next(f"GET {JOBS}", 502)
    with engine.begin_apply() as process:
        wait_until(lambda: asked(server, JOBS))
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=4)
        assert len(asked(server, JOBS)) == 1
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "polling returns 502" in said
    assert "Pre-checking 0-th check (mutex) failure" in said
    assert asked(server, CALL) == []


def wait_until(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_body_of_a_refusal_is_told(engine: Engine, server: StandIn) -> None:
    write(engine, settings(server), once=operation(server))
    server.fail_next(f"POST {CALL}", 409)
    with pytest.raises(TofuError, match=r"Operation API returns 409[\s\S]*injected by the test"):
        apply(engine)
    assert engine.plan().actions == {"restful_operation.once": "create"}


def test_a_token_that_is_not_given_is_told(engine: Engine, server: StandIn) -> None:
    write(engine, settings(server, secret="wrong"), once=operation(server))
    with pytest.raises(TofuError, match=r"Error to call operation[\s\S]*cannot\s+fetch\s+token:\s+401"):
        apply(engine)


@pytest.mark.parametrize(("lifetime", "tokens"), [(900, 1), (5, 2)], ids=["kept", "asked for again"])
def test_a_token_is_kept_until_shortly_before_it_expires(
    engine: Engine, server: StandIn, lifetime: int, tokens: int
) -> None:
    server.airbyte.authentication.lifetime = lifetime
    write(engine, settings(server), once=operation(server, look()))
    apply(engine)
    assert len(asked(server, "/api/public/v1/applications/token")) == tokens


UNUSED = {
    "header": {"Accept": "text/plain"},
    "output_attrs": ["sources"],
    "poll": {"status_locator": "header.x", "status": {"success": "1"}},
    "url_locator": {"status_locator": "code", "status": {"success": "200"}, "url_locator": "body.url"},
    "delete_method": "DELETE",
}


@pytest.mark.parametrize("name", UNUSED)
def test_the_stand_in_says_what_it_does_not_do(engine: Engine, server: StandIn, restful: Tools, name: str) -> None:
    if restful.is_real:
        pytest.skip("cannot run here: the real provider does all of it")
    attribute = "poll" if name == "url_locator" else name
    write(engine, settings(server), once=operation(server, **{attribute: UNUSED[name]}))
    with pytest.raises(TofuError, match=rf"not in the stand-in\s[\s\S]*{'status_locator' if name == 'poll' else name}"):
        engine.plan()


def test_the_stand_in_says_which_settings_it_does_not_know(engine: Engine, server: StandIn, restful: Tools) -> None:
    if restful.is_real:
        pytest.skip("cannot run here: the real provider does all of it")
    write(engine, {**settings(server), "client": {"retry": {"status_codes": [429]}}}, once=operation(server))
    with pytest.raises(TofuError, match=r"not in the stand-in[\s\S]*client.retry.status_codes"):
        engine.plan()
