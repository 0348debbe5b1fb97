"""A backfill in the registry is one call to the server: when, of what, and never a second time."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from tests.e2e.applied import STACK, values
from tests.e2e.engine import Engine, TofuError, synthesize
from tests.e2e.servers import serve
from tests.e2e.shop import CUSTOMERS, LAKE, ORDERS, PUBLIC, SHOPIFY, WAREHOUSE, as_text, base, discovered_file, stream
from tests.e2e.tools import AIRBYTE, RESTFUL, Tools, tools_or_skip
from tests.standin import StandIn, jobs
from tests.standin.state import Connection
from tests.support.lakes import run, write_files, write_lake

pytestmark = [pytest.mark.network, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

LOCK = "dag/connectors/destination-warehouse.json"
REFRESH = "/api/v1/connections/refresh"
ASKED = (REFRESH, "/api/v1/connections/clear/stream", "/api/v1/connections/sync")


@pytest.fixture(scope="module")
def tools() -> Tools:
    return tools_or_skip(AIRBYTE, RESTFUL)


class Site:
    """A lake, the folder in which tofu applies it, and its server."""

    def __init__(self, lake: Path, engine: Engine, server: StandIn) -> None:
        self.lake, self.engine, self.server = lake, engine, server
        self.variables = dict(values(server))

    def commit(self, files: dict[str, str]) -> None:
        write_files(self.lake, files)
        synthesize(self.lake)
        self.engine.take(self.lake, STACK, self.variables)
        if files or not (self.engine.folder / ".terraform").exists():
            self.engine.init()

    def flag(self, file: str, backfill: Any) -> None:
        """Commit another `backfill` in a stream file; None: none."""
        stream = json.loads((self.lake / file).read_text("utf-8"))
        stream.pop("backfill", None)
        self.commit({file: as_text(stream if backfill is None else {**stream, "backfill": backfill})})

    def apply(self) -> str:
        return self.engine.plan().text + self.engine.apply()

    def asked(self) -> list[tuple[str, Any]]:
        """What was asked of connections since the last time: (path, streams or None)."""
        found = [(one.path, (one.body or {}).get("streams")) for one in self.server.requests if one.path in ASKED]
        self.server.requests.clear()
        return found

    def connection(self, name: str) -> Connection:
        (found,) = (one for one in self.server.state.living("connections") if one.name == name)
        assert isinstance(found, Connection)
        return found

    def run_job(self, name: str) -> None:
        """A sync that has succeeded."""
        job = jobs.start(self.server.airbyte, self.connection(name), "sync")
        self.server.finish_job(job.id)


WAREHOUSE_CONNECTION = "Shopify to warehouse"


def orders(namespace: str | None = None, name: str = "orders") -> list[dict[str, str]]:
    return [{"streamName": name} | ({"streamNamespace": namespace} if namespace else {})]


PROVIDER = "      backfills: true\n"


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """The shop with one connection of the flagged streams, in a stack that has the provider of backfills."""
    without, _, _ = base()[SHOPIFY].partition("  shopify_to_lake:")
    _, _, after = base()[SHOPIFY].partition("  shopify_to_warehouse:")
    lake = base()[LAKE].replace("    airbyte:\n", f"    airbyte:\n{PROVIDER}")
    return {**base(), LAKE: lake, SHOPIFY: f"{without}  shopify_to_warehouse:{after}"}


@dataclass(frozen=True)
class Start:
    """The shop as it was applied once, without a backfill, after each connection has synced."""

    site: Site

    def again(self, folder: Path) -> Site:
        """The same once more, on a server of its own that is not started yet."""
        lake = folder / "lake"
        shutil.copytree(self.site.lake, lake)
        server = serve(lake)
        server.airbyte = copy.deepcopy(self.site.server.airbyte)
        return Site(lake, self.site.engine.copy(folder / "tofu"), server)


@pytest.fixture(scope="module")
def start(tools: Tools, tmp_path_factory: pytest.TempPathFactory, files: dict[str, str]) -> Start:
    folder = tmp_path_factory.mktemp("start")
    with serve(write_lake(folder / "lake", files)) as server:
        site = Site(folder / "lake", Engine(tools, folder / "tofu"), server)
        site.commit({})
        site.apply()
        site.run_job(WAREHOUSE_CONNECTION)
        site.run_job("Postgres to lake")
        return Start(site)


@pytest.fixture
def site(start: Start, tmp_path: Path) -> Iterator[Site]:
    site = start.again(tmp_path)
    with site.server:
        yield site


def test_each_backfill_is_one_call_with_one_stream(site: Site) -> None:
    site.flag(ORDERS, "2026-11-fix-time-zone")
    said = site.apply()
    assert "restful_operation.backfill_shopify_to_warehouse--orders--2026-11-fix-time-zone" in said
    assert site.asked() == [(REFRESH, orders())]
    assert site.engine.left() == ""
    site.server.finish_job()

    site.flag(CUSTOMERS, True)
    site.apply()
    assert site.asked() == [(REFRESH, orders(name="customers"))]
    site.server.finish_job()

    site.apply()  # the same tokens again
    assert site.asked() == []

    site.flag(ORDERS, "2026-12")
    site.apply()
    assert site.asked() == [(REFRESH, orders())]
    site.server.finish_job()

    site.flag(ORDERS, None)
    site.flag(CUSTOMERS, False)
    plan = site.engine.plan()
    assert set(plan.actions.values()) == {"delete"}
    site.engine.apply()
    assert site.asked() == []
    assert site.engine.left() == ""
    generations = {key: one.generation for key, one in site.connection(WAREHOUSE_CONNECTION).progress.items()}
    assert generations == {(None, "orders"): 2, (None, "customers"): 1}


def test_the_request_says_how_and_in_which_namespace(site: Site) -> None:
    site.flag(PUBLIC, {"token": "again", "mode": "truncate"})
    site.apply()
    (request,) = (one for one in site.server.requests if one.path == REFRESH)
    connection = site.connection("Postgres to lake").id
    assert request.body == {"connectionId": connection, "refreshMode": "Truncate", "streams": orders("public")}


def test_clear_is_a_clear_and_then_a_sync(site: Site) -> None:
    site.flag(ORDERS, {"token": "again", "mode": "clear"})
    with finishing_what_is_waited_for(site.server):
        site.apply()
    assert site.asked() == [("/api/v1/connections/clear/stream", orders()), ("/api/v1/connections/sync", None)]
    assert site.engine.left() == ""
    site.flag(ORDERS, None)
    site.apply()
    assert site.asked() == []


@contextmanager
def finishing_what_is_waited_for(server: StandIn) -> Iterator[None]:
    """End the running job as soon as somebody was told that it runs."""
    done = Event()

    def watch() -> None:
        while not done.wait(0.02):
            running = [job for job in server.state.jobs.values() if job.status == "running"]
            told = [one for one in list(server.requests) if one.path == "/api/public/v1/jobs"]
            if running and len(told) > 4:
                server.finish_job(running[0].id)

    thread = Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_a_running_sync_is_waited_for(site: Site) -> None:
    jobs.start(site.server.airbyte, site.connection(WAREHOUSE_CONNECTION), "sync")
    site.flag(ORDERS, True)
    site.engine.plan()
    with finishing_what_is_waited_for(site.server):
        site.engine.apply()
    assert site.asked() == [(REFRESH, orders())]
    assert site.connection(WAREHOUSE_CONNECTION).pending == []


def test_two_streams_in_one_commit_wait_for_each_other(site: Site) -> None:
    site.flag(ORDERS, True)
    site.flag(CUSTOMERS, True)
    site.engine.plan()
    with finishing_what_is_waited_for(site.server):
        site.engine.apply()
    assert site.asked() == [(REFRESH, orders(name="customers")), (REFRESH, orders())]
    assert {job.status for job in site.server.state.jobs.values()} <= {"succeeded", "running"}


def test_eight_flags_of_a_connection_are_eight_calls_one_after_the_other(
    tools: Tools, tmp_path: Path, files: dict[str, str]
) -> None:
    names = [f"stream_{letter}" for letter in "abcdefgh"]
    fields = "id updated_at"
    settings = {"sync_mode": "incremental", "cursor_field": ["updated_at"], "primary_key": [["id"]], "backfill": "x"}
    more = {discovered_file("shopify", {"name": name}): as_text(stream(name, fields)) for name in names}
    more |= {f"dag/streams/shopify/{name}.json": as_text(settings) for name in names}
    listed = "".join(f"      {name}: {{destination_sync_mode: append_dedup}}\n" for name in names)
    registry = files[SHOPIFY] + listed
    lake = write_lake(tmp_path / "lake", {**files, **more, SHOPIFY: registry})
    with serve(lake) as server:
        site = Site(lake, Engine(tools, tmp_path / "tofu"), server)
        site.commit({})
        site.apply()
        assert site.asked() == []  # the connection is new: its first sync reads everything
        site.run_job(WAREHOUSE_CONNECTION)
        for name in names:
            site.flag(f"dag/streams/shopify/{name}.json", "y")
        site.engine.plan()
        with finishing_what_is_waited_for(server):
            site.engine.apply()
        assert site.asked() == [(REFRESH, orders(name=name)) for name in names]
        assert site.engine.left() == ""


def test_a_look_that_fails_while_waiting_ends_the_apply_and_the_next_one_does_the_rest(site: Site) -> None:
    site.flag(ORDERS, True)
    site.flag(CUSTOMERS, True)
    site.engine.plan()
    with waiting(site) as apply:
        site.server.fail_next("GET /api/public/v1/jobs", 502)
        said = apply.communicate(timeout=60)[0]
    assert apply.returncode == 1
    assert "502" in said
    assert site.asked() == [(REFRESH, orders(name="customers"))]
    site.server.finish_job()
    site.apply()
    assert site.asked() == [(REFRESH, orders())]
    assert site.engine.left() == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_an_apply_that_is_ended_while_it_waits_leaves_the_rest_to_the_next_one(
    site: Site, number: signal.Signals
) -> None:
    site.flag(ORDERS, True)
    site.flag(CUSTOMERS, True)
    site.engine.plan()
    with waiting(site) as apply:
        if number is signal.SIGKILL:
            os.killpg(apply.pid, number)
        else:
            apply.send_signal(number)
        apply.wait(timeout=60)
    assert site.asked() == [(REFRESH, orders(name="customers"))]
    site.server.finish_job()
    with finishing_what_is_waited_for(site.server):  # one that asked again would wait for ever
        site.apply()
    assert site.asked() == [(REFRESH, orders())]
    assert site.engine.left() == ""


@contextmanager
def waiting(site: Site) -> Iterator[subprocess.Popen[str]]:
    """The last plan being applied, from the moment when the second operation waits for the job of the first."""
    seen = Event()
    answer = site.server.answer

    def watched(method: str, path: str, *rest: Any) -> Any:
        got = answer(method, path, *rest)
        asked = [one for one in list(site.server.requests) if one.path == REFRESH]
        if asked and path == "/api/public/v1/jobs":
            seen.set()
        return got

    site.server.answer = watched  # type: ignore[method-assign, assignment]
    apply = site.engine.begin_apply()
    try:
        assert seen.wait(60), "no operation waits"
        yield apply
    finally:
        with suppress(ProcessLookupError):
            os.killpg(apply.pid, signal.SIGKILL)
        apply.communicate()


@pytest.mark.parametrize("has_ended", [False, True], ids=["it still runs", "it has ended"])
def test_an_apply_that_is_cut_off_after_the_call_is_not_repeated(site: Site, *, has_ended: bool) -> None:
    site.flag(ORDERS, "cut-off")
    site.server.drop_next(REFRESH, handled=True)
    with pytest.raises(TofuError):
        site.apply()
    assert site.asked() == [(REFRESH, orders())]
    (job,) = (job for job in site.server.state.jobs.values() if job.kind == "refresh")
    if has_ended:
        site.server.finish_job()
        site.run_job(WAREHOUSE_CONNECTION)  # and meanwhile there was a usual sync
    with finishing_what_is_waited_for(site.server):
        site.apply()
    assert site.asked() == []
    assert site.engine.left() == ""
    state = json.loads((site.engine.folder / "terraform.tfstate").read_text("utf-8"))
    calls = [one for one in state["resources"] if one["type"] == "restful_operation"]
    (held,) = (one for one in calls if one["name"].startswith("backfill_"))
    assert held["instances"][0]["attributes"]["output"]["value"]["job"]["id"] == job.id
    site.server.finish_job(job.id)
    site.flag(ORDERS, "another")
    site.apply()
    assert site.asked() == [(REFRESH, orders())]


def test_a_conflict_fails_and_is_not_doubled_by_the_next_apply(site: Site) -> None:
    """A sync that starts between the look and the call: Airbyte records the refresh, and the next sync does it."""
    site.flag(ORDERS, True)
    site.engine.plan()
    site.server.requests.clear()

    def start_sync(*_: object) -> None:
        jobs.start(site.server.airbyte, site.connection(WAREHOUSE_CONNECTION), "sync")

    on_last_look(site.server, start_sync)
    with pytest.raises(TofuError, match="409"):
        site.engine.apply()
    assert site.asked() == [(REFRESH, orders())]
    site.server.finish_job()
    site.run_job(WAREHOUSE_CONNECTION)  # the scheduled sync takes the recorded refresh up
    site.apply()
    assert site.asked() == []
    assert site.connection(WAREHOUSE_CONNECTION).progress[None, "orders"].generation == 1


def on_last_look(server: StandIn, act: Any) -> None:
    """Do something after the last of the looks for running jobs, before the request that follows it."""
    answer, looks = server.answer, []

    def watched(method: str, path: str, *rest: Any) -> Any:
        got = answer(method, path, *rest)
        if path == "/api/public/v1/jobs":
            looks.append(path)
            if len(looks) == 4:
                act()
        return got

    server.answer = watched  # type: ignore[method-assign, assignment]


@pytest.mark.parametrize("backfill", [True, {"token": "x", "mode": "clear"}], ids=["refresh", "clear"])
def test_a_connection_that_never_synced_needs_none(
    tools: Tools, tmp_path: Path, files: dict[str, str], backfill: Any
) -> None:
    stream = {**json.loads(files[ORDERS]), "backfill": backfill}
    lake = write_lake(tmp_path / "lake", {**files, ORDERS: as_text(stream)})
    with serve(lake) as server:
        site = Site(lake, Engine(tools, tmp_path / "tofu"), server)
        site.commit({})
        site.apply()
        assert site.asked() == []
        assert site.engine.left() == ""
        site.run_job(WAREHOUSE_CONNECTION)
        site.apply()
        assert site.asked() == []


def test_a_change_of_anything_else_asks_for_nothing(site: Site) -> None:
    site.flag(ORDERS, "once")
    site.apply()
    site.asked()
    site.server.finish_job()
    stream = json.loads((site.lake / ORDERS).read_text("utf-8"))
    stream["backfill"] = {"token": "once", "mode": "truncate", "reason": "changed its mind"}
    registry = (site.lake / SHOPIFY).read_text("utf-8")
    renamed = registry.replace("shopify_to_warehouse:", "renamed:") + (
        "renamed: [{from: connections.shopify_to_warehouse, to: connections.renamed}]\n"
    )
    site.variables["server_url"] = site.server.url + "/"
    site.commit({ORDERS: as_text(stream), SHOPIFY: renamed})
    plan = site.engine.plan()
    assert {address: action for address, action in plan.actions.items() if "restful" in address} == {
        f"restful_operation.{name}_renamed--orders--once": "move" for name in ("backfill", "pause")
    }
    site.engine.apply()
    assert site.asked() == []
    assert site.engine.left() == ""


def test_a_stream_file_of_another_name_asks_for_nothing(site: Site) -> None:
    site.flag(ORDERS, "once")
    site.apply()
    site.asked()
    site.server.finish_job()
    stream = {"stream": "orders", **json.loads((site.lake / ORDERS).read_text("utf-8"))}
    (site.lake / ORDERS).unlink()
    registry = (site.lake / SHOPIFY).read_text("utf-8").replace("      orders:", "      all_orders:")
    line = "renamed: [{from: streams.shopify.orders, to: streams.shopify.all_orders}]\n"
    site.commit({"dag/streams/shopify/all_orders.json": as_text(stream), SHOPIFY: registry + line})
    site.apply()
    assert site.asked() == []


def test_a_replaced_connection_asks_for_nothing(site: Site) -> None:
    site.flag(ORDERS, "once")
    site.apply()
    site.asked()
    site.server.finish_job()
    registry = (site.lake / SHOPIFY).read_text("utf-8")
    site.commit(
        {SHOPIFY: registry.replace("destination: warehouse", "destination: lake").replace("append_dedup", "append")}
    )
    assert site.engine.plan().actions["airbyte_connection.shopify_to_warehouse"] == "replace"
    site.engine.apply()
    assert site.asked() == []


def test_the_provider_may_go_after_its_objects_have_gone(site: Site) -> None:
    site.flag(ORDERS, "once")
    site.apply()
    site.server.finish_job()
    site.flag(ORDERS, None)
    site.apply()
    assert site.engine.left() == ""
    site.commit({LAKE: (site.lake / LAKE).read_text("utf-8").replace(PROVIDER, "")})
    assert site.engine.left() == ""


def test_a_state_whose_provider_went_too_early_works_again_with_the_key(site: Site) -> None:
    """As the first release left it: the provider went with the last flag, and its objects stayed in the state."""
    site.flag(ORDERS, "once")
    site.apply()
    site.server.finish_job()
    site.asked()
    with_key = (site.lake / LAKE).read_text("utf-8")
    stream = json.loads((site.lake / ORDERS).read_text("utf-8"))
    del stream["backfill"]
    site.commit({ORDERS: as_text(stream), LAKE: with_key.replace(PROVIDER, "")})
    with pytest.raises(TofuError, match=r'"base_url"\s+is\s+required'):
        site.engine.plan()
    site.commit({LAKE: with_key})
    assert set(site.engine.plan().actions.values()) == {"delete"}
    site.engine.apply()
    assert site.asked() == []
    assert site.engine.left() == ""


def test_objects_of_the_first_release_are_left_alone(site: Site) -> None:
    """It wrote a mutex, and looked at the jobs with the query in the path, which the provider escapes."""
    site.flag(CUSTOMERS, "done")
    rewrite_locals(site, lambda check: [{"mutex": "airbyte_connection.x"}, *check])
    site.apply()
    assert site.asked() == [(REFRESH, orders(name="customers"))]
    site.server.finish_job()
    site.flag(ORDERS, "failed")
    rewrite_locals(site, lambda check: [with_query_in_path(one) for one in check])
    with pytest.raises(TofuError, match="404"):
        site.apply()
    assert site.asked() == []
    site.commit({})
    plan = site.engine.plan()
    calls = {address: action for address, action in plan.actions.items() if address.startswith("restful_")}
    assert calls == {"restful_operation.backfill_shopify_to_warehouse--orders--failed": "create"}
    site.engine.apply()
    assert site.asked() == [(REFRESH, orders())]
    assert site.engine.left() == ""


def rewrite_locals(site: Site, change: Callable[[list[Any]], list[Any]]) -> None:
    """Let what operations wait for be written in another way."""
    path = site.engine.folder / "cdk.tf.json"
    document = json.loads(path.read_text("utf-8"))
    for name, value in document["locals"].items():
        if name.startswith("idle_"):
            document["locals"][name] = change(value)
    path.write_text(json.dumps(document))


def with_query_in_path(check: Any) -> Any:
    query = "&".join(f"{name}={value}" for name, (value,) in check["api"].pop("query").items())
    check["api"]["path"] += f"?{query}"
    return check


def test_a_destination_without_refreshes_is_refused_offline_and_fails_where_it_is_forced(site: Site) -> None:
    lock = {**WAREHOUSE, "supports_refreshes": False}
    write_files(site.lake, {LOCK: as_text(lock)})
    stream = json.loads((site.lake / ORDERS).read_text("utf-8"))
    write_files(site.lake, {ORDERS: as_text({**stream, "backfill": True})})
    refused = run(site.lake, "check")
    assert refused.code == 1
    assert "refresh-unsupported" in refused.out
    assert run(site.lake, "synth").code == 1

    # The lock says that it can, the server's version of the connector cannot.
    connector = site.server.airbyte.connectors["destination-warehouse"]
    object.__setattr__(connector, "supports_refreshes", False)
    site.commit({LOCK: as_text(WAREHOUSE)})
    with pytest.raises(TofuError, match=r"destination\s+cannot refresh streams"):
        site.apply()
    assert site.asked() == [(REFRESH, orders())]
    with pytest.raises(TofuError, match=r"destination\s+cannot refresh streams"):
        site.apply()
    assert site.asked() == []
    site.flag(ORDERS, None)
    site.apply()
    assert site.asked() == []
    assert site.engine.left() == ""


def test_no_credential_is_in_a_plan_or_in_an_attribute(site: Site) -> None:
    site.flag(ORDERS, "once")
    plan = site.engine.plan()
    said = plan.text + site.engine.apply()
    shown = [site.engine._run("show", "-json", *name) for name in (["tfplan"], [])]
    state = (site.engine.folder / "terraform.tfstate").read_text("utf-8")
    resources = [one for one in json.loads(state)["resources"] if not one["type"].startswith("airbyte_")]
    assert {one["type"] for one in resources} == {"restful_operation", "restful_resource", "terraform_data"}
    tokens = list(site.server.airbyte.authentication.tokens)
    secrets = [site.server.client_secret, site.server.client_id, *tokens]
    document = (site.engine.folder / "cdk.tf.json").read_text("utf-8")
    for secret in secrets:
        for text in (said, json.dumps(resources), document):
            assert secret not in text
    planned = json.loads(shown[0])
    for part in ("planned_values", "resource_changes", "configuration"):
        wanted = json.dumps([one for one in found_in(planned[part]) if "airbyte_" not in str(one.get("type"))])
        assert [secret for secret in secrets if secret in wanted] == []


def found_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every resource, and whatever else has an address."""
    if isinstance(value, dict):
        if "address" in value and "type" in value:
            yield value
        for inner in value.values():
            yield from found_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from found_in(inner)


METHODS = {
    "client": "{client_id: {secret: airbyte_client_id}, client_secret: {secret: airbyte_client_secret}}",
    "basic": "{username: admin, password: {secret: airbyte_password}}",
    "bearer": "{bearer_token: {secret: airbyte_token}}",
    "none": "none",
}


@pytest.mark.parametrize("method", METHODS)
def test_every_method_of_authentication(tools: Tools, tmp_path: Path, files: dict[str, str], method: str) -> None:
    written = re.sub(r"auth:\n.*\n.*\n", f"auth: {METHODS[method]}\n", files[LAKE])
    lake = write_lake(tmp_path / "lake", {**files, LAKE: written})
    servers: dict[str, dict[str, Any]] = {"basic": {"basic": ("admin", "pass")}, "none": {"require_auth": False}}
    options = servers.get(method, {})
    with serve(lake, **options) as server:
        site = Site(lake, Engine(tools, tmp_path / "tofu"), server)
        site.variables |= {"airbyte_password": "pass", "airbyte_token": server.issue_token()}
        site.commit({})
        site.apply()
        site.run_job(WAREHOUSE_CONNECTION)
        site.asked()
        site.flag(ORDERS, "once")
        site.apply()
        assert site.asked() == [(REFRESH, orders())]
