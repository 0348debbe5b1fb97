"""`lakeform discover` from a server, from the connector itself, and by itself; each way in which it can go wrong."""

from __future__ import annotations

import io
import json
import os
import pty
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.standin import StandIn
from tests.support.installed import install_connector, without_index
from tests.support.lakes import REPOSITORY, Result, run, write_files
from tests.support.remote import (
    CLIENT,
    CONNECTORS,
    ENTRIES,
    USERS,
    environ_of,
    lake_on,
    plain,
    stack,
    stream,
    write_registry,
)

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

KEY = "k3y-of-the-faker"
WORKSPACE = "11111111-2222-3333-4444-555555555555"
FOLDER = "dag/sources/faker"
VERSION = "6.2.24"

# What a real connector does with a configuration: it talks, logs, and answers.
CONNECTOR = f"""\
import json, os, stat, sys
assert sys.argv[1:3] == ["discover", "--config"], sys.argv
config = json.load(open(sys.argv[3]))
assert stat.S_IMODE(os.stat(sys.argv[3]).st_mode) == 0o600
assert config == {{"count": 10, "key": "{KEY}"}}, config
print("warming up")
print(json.dumps({{"type": "CATALOG", "catalog": {{"streams": [{USERS!r}]}}}}))
"""

FAILING = """\
import json, sys
key = json.load(open(sys.argv[3]))["key"]
print(json.dumps({"type": "TRACE", "trace": {"type": "ERROR", "error": {"message": "the key " + key + " is wrong"}}}))
sys.exit(1)
"""


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[float]:
    """The seconds that were waited between tries, in which nobody waits; no connector is installed."""
    waited: list[float] = []
    monkeypatch.setattr("infra.base.transport.sleep", waited.append)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    without_index(monkeypatch, tmp_path / "cache")
    return waited


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn(CONNECTORS, {"source-faker": {"streams": [USERS]}}) as running:
        running.add_source("Faker", "source-faker", {"count": 10, "key": KEY})
        yield running


@pytest.fixture
def lake(tmp_path: Path, server: StandIn, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in environ_of(server, faker_key=KEY).items():
        monkeypatch.setenv(name, value)
    return lake_on(tmp_path / "lake", server)


def installed(
    tmp_path: Path, program: str = CONNECTOR, connector: str = "source-faker", version: str = VERSION
) -> Path:
    return install_connector(tmp_path / "cache", connector, version, program)


def found(lake: Path, source: str = "faker") -> dict[str, Any]:
    """File name -> what is in it."""
    folder = lake / "dag/sources" / source
    return {path.name: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*"))}


def fault_of(result: Result) -> str:
    """The last line of a command that exits 2 with nothing else than progress before it."""
    assert (result.code, result.out) == (2, "")
    last = result.err.splitlines()[-1]
    assert last.startswith("lakeform discover: ")
    return last.removeprefix("lakeform discover: ")


def no_secret(lake: Path, *texts: str, secrets: tuple[str, ...] = (KEY,)) -> None:
    """Neither in what was printed nor in any file that is left."""
    files = [path.read_text("utf-8", "replace") for path in lake.rglob("*") if path.is_file()]
    assert not [secret for secret in secrets for text in (*texts, *files) if secret in text]


# From the server


@pytest.mark.parametrize("words", [(), ("--from", "server"), ("--stack", "airbyte")], ids=" ".join)
def test_a_server_that_answers_is_asked(lake: Path, words: tuple[str, ...]) -> None:
    assert run(lake, "discover", "faker", *words) == Result(
        0,
        f"wrote {FOLDER}/users.json\nwrote {FOLDER}/_discovery.json\n"
        "faker offers 1 stream, according to the server of the stack airbyte\n",
        "discovering faker\nquerying the server of the stack airbyte\n",
    )
    assert found(lake) == {"users.json": USERS, "_discovery.json": {"connector": "source-faker", "from": "server"}}


def test_quiet_says_nothing_of_a_success(lake: Path) -> None:
    assert run(lake, "discover", "faker", "--quiet") == Result(0, "", "")


def test_the_server_looks_again_unless_it_is_asked_not_to(lake: Path, server: StandIn) -> None:
    run(lake, "discover", "faker")
    server.offer("source-faker", {"streams": [USERS, stream("orders")]})
    assert run(lake, "discover", "faker", "--from", "server", "--cached", "--diff").out.startswith(
        "faker: offers exactly what"
    )
    assert run(lake, "discover", "faker", "--diff").out.splitlines()[0] == "faker: 1 safe change"


def test_a_wrong_secret_is_told_without_it(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_VAR_airbyte_client_secret", "wr0ng-secret")
    result = run(lake, "discover", "faker")
    assert "(401" in fault_of(result)
    assert "TF_VAR_airbyte_client_secret" in fault_of(result)
    no_secret(lake, result.err, secrets=("wr0ng-secret", KEY))
    assert found(lake) == {}


def test_a_source_that_the_server_does_not_have_is_told_with_the_near_match(lake: Path) -> None:
    text = (lake / "dag/registry/lake.yaml").read_text("utf-8")
    write_files(lake, {"dag/registry/lake.yaml": text.replace("  faker:\n", "  faker:\n    name: Fakir\n")})
    said = fault_of(run(lake, "discover", "faker"))
    assert (
        said
        == 'stack "airbyte": the workspace has no source "Fakir"; did you mean "Faker"? (a new entry appears there after its first apply)'
    )


def test_a_discovery_that_failed_tells_the_connectors_reason_without_secrets(lake: Path, server: StandIn) -> None:
    server.fail_discovery("Faker", f"no route with {KEY}")
    result = run(lake, "discover", "faker")
    assert "no route with ***" in fault_of(result)
    no_secret(lake, result.err)
    assert found(lake) == {}


def test_a_discovery_that_takes_too_long_is_given_up(lake: Path, server: StandIn) -> None:
    server.slow_next("discover_schema", seconds=0.3)
    said = fault_of(run(lake, "discover", "faker", "--timeout", "0.1"))
    assert "no answer within" in said
    assert 'cannot discover the source "Faker"' in said


def test_a_slow_discovery_is_waited_for(lake: Path, server: StandIn) -> None:
    server.slow_next("discover_schema", seconds=0.1)
    assert run(lake, "discover", "faker").code == 0


def test_a_token_that_expires_midway_is_fetched_again(
    lake: Path, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = server.answer

    def late(method: str, path: str, *rest: Any) -> Any:
        answered = answer(method, path, *rest)
        if path.endswith("/sources"):
            server.clock.advance(16 * 60)
        return answered

    monkeypatch.setattr(server, "answer", late)
    assert run(lake, "discover", "faker").code == 0
    asked = [(request.path.rpartition("/")[2], request.status) for request in server.requests]
    assert asked[-3:] == [("discover_schema", 401), ("token", 200), ("discover_schema", 200)]


def test_a_server_that_is_busy_is_asked_again(lake: Path, server: StandIn, pauses: list[float]) -> None:
    server.fail_next("discover_schema", status=429, times=2)
    result = run(lake, "discover", "faker")
    assert result.code == 0
    assert "the server returns 429; trying again in 1 s\n" in result.err
    assert len(pauses) == 2


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_connection_that_is_refused_is_told(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{closed_port()}/api/public/v1"
    lake = write_registry(tmp_path / "lake", stack(url, WORKSPACE, "none"))
    said = fault_of(run(lake, "discover", "faker", "--from", "server"))
    assert url in said
    assert "refused" in said


def test_missing_variables_are_named_all_at_once(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TF_VAR_airbyte_client_id", "TF_VAR_airbyte_client_secret"):
        monkeypatch.delenv(name)
    said = fault_of(run(lake, "discover", "faker", "--from", "server"))
    assert "TF_VAR_airbyte_client_id, TF_VAR_airbyte_client_secret" in said


def test_an_existing_source_is_asked_for_by_its_id(tmp_path: Path, lake: Path, server: StandIn) -> None:
    known = server.add_source("Made by hand", "source-faker", {"count": 1})
    lake = lake_on(tmp_path / "other", server, entries=f"sources:\n  old: {{existing: {known}}}\n")
    assert run(lake, "discover", "old").code == 0
    assert found(lake, "old")["_discovery.json"] == {"from": "server"}
    said = fault_of(run(lake, "discover", "old", "--from", "connector"))
    assert said == "only the server has the configuration of old: use --from server"


# From the connector


def test_a_connector_is_run_with_the_registrys_configuration(lake: Path, tmp_path: Path) -> None:
    installed(tmp_path)
    result = run(lake, "discover", "faker", "--from", "connector")
    assert result == Result(
        0,
        f"wrote {FOLDER}/users.json\nwrote {FOLDER}/_discovery.json\n"
        "faker offers 1 stream, according to source-faker 6.2.24, run on this machine\n",
        "discovering faker\nasking source-faker 6.2.24 what it offers\n",
    )
    provenance = {"connector": "source-faker", "version": VERSION, "from": "connector"}
    assert found(lake) == {"users.json": USERS, "_discovery.json": provenance}
    no_secret(tmp_path / "lake", result.out, result.err)


def test_the_connector_is_run_where_no_server_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_VAR_faker_key", KEY)
    installed(tmp_path)
    url = f"http://127.0.0.1:{closed_port()}/api/public/v1"
    lake = write_registry(tmp_path / "lake", stack(url, WORKSPACE, "none"))
    result = run(lake, "discover", "faker")
    assert result.code == 0
    assert result.out.endswith("according to source-faker 6.2.24, run on this machine\n")


def test_the_connector_is_run_where_the_servers_variables_have_no_values(
    lake: Path, server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TF_VAR_airbyte_client_id")
    installed(tmp_path)
    assert run(lake, "discover", "faker").out.endswith("run on this machine\n")
    assert server.requests == []


def test_a_connector_that_cannot_be_run_says_why_no_server_was_asked(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TF_VAR_airbyte_client_id")
    monkeypatch.delenv("TF_VAR_faker_key")
    installed(tmp_path)
    said = fault_of(run(lake, "discover", "faker"))
    assert said.startswith("sources.faker needs values that are not set: TF_VAR_faker_key (no server was queried: ")
    assert "TF_VAR_airbyte_client_id" in said


def test_a_connector_that_fails_tells_its_reason_without_secrets(lake: Path, tmp_path: Path) -> None:
    installed(tmp_path, FAILING)
    result = run(lake, "discover", "faker", "--from", "connector")
    assert fault_of(result) == "source-faker 6.2.24: discover failed: the key *** is wrong"
    no_secret(lake, result.err)
    assert found(lake) == {}


def test_a_connector_that_hangs_is_stopped(lake: Path, tmp_path: Path) -> None:
    installed(tmp_path, "import time\nprint('thinking', flush=True)\ntime.sleep(60)\n")
    said = fault_of(run(lake, "discover", "faker", "--from", "connector", "--timeout", "0.5"))
    assert said == "source-faker 6.2.24: discover did not finish within 0.5 seconds; it last said: thinking"


def test_the_version_that_is_named_is_run_and_no_other(lake: Path, tmp_path: Path) -> None:
    installed(tmp_path)
    installed(tmp_path, version="5.0.0")
    words = ("discover", "faker", "--from", "connector", "--connector-version")
    assert run(lake, *words, "5.0.0").code == 0
    assert found(lake)["_discovery.json"]["version"] == "5.0.0"
    assert "airbyte-source-faker 4.0.0" in fault_of(run(lake, *words, "4.0.0"))


def test_a_secret_is_in_no_process_list_and_in_no_file_afterwards(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connector itself writes down how it looks from outside while it runs."""
    outside, temporary = tmp_path / "outside.txt", tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    look = f"open({str(outside)!r}, 'w').write(' '.join(sys.argv) + open('/proc/self/environ').read())\n"
    installed(tmp_path, CONNECTOR + look)
    assert run(lake, "discover", "faker", "--from", "connector").code == 0
    assert str(temporary) in outside.read_text("utf-8")
    no_secret(lake, outside.read_text("utf-8"))
    assert list(temporary.iterdir()) == []


# By itself, and not at all


WHY = (
    'cannot discover faker: stack "airbyte": the server does not answer; '
    "the package index cannot be reached, and airbyte-source-faker is not installed"
)
BY_HAND = f"""
    where Docker runs, and the source can be reached:
    1. write ~/faker/config.json: the configuration of sources.faker as JSON, with key the value of faker_key
    2. docker run --rm -i -v ~/faker:/config airbyte/source-faker:{VERSION} discover --config /config/config.json > ~/faker/catalog.jsonl
    3. lakeform discover faker --from ~/faker/catalog.jsonl --connector-version {VERSION}
    or describe a stream: lakeform add stream faker NAME --fields id:integer,updated_at:timestamp"""


def test_where_nobody_can_be_asked_every_reason_is_told(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{closed_port()}/api/public/v1"
    lake = write_registry(tmp_path / "lake", stack(url, WORKSPACE, "none"))
    result = run(lake, "discover", "faker", "--quiet")
    assert (result.code, result.out, result.err) == (
        2,
        "",
        f"lakeform discover: {WHY}{BY_HAND}\n",
    )


def test_an_external_source_has_nobody_to_ask_but_a_file(tmp_path: Path, lake: Path, server: StandIn) -> None:
    lake = lake_on(tmp_path / "other", server, entries="sources:\n  loader: {external: dlt}\n")
    assert fault_of(run(lake, "discover", "loader")) == (
        "loader is loaded by dlt, not by Airbyte, so there is nothing to query; use --from FILE"
    )
    write_files(tmp_path, {"server": json.dumps({"streams": [USERS]})})
    result = run(lake, "discover", "loader", "--from", str(tmp_path / "server"))
    assert (result.code, result.err) == (0, "")
    assert found(lake, "loader")["_discovery.json"] == {"from": "file"}


def test_a_file_called_server_is_meant_with_a_folder_before_it(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path, {"server": json.dumps({"streams": [stream("of_the_file")]})})
    assert run(lake, "discover", "faker", "--from", "./server").code == 0
    assert "of_the_file.json" in found(lake)


def test_a_borrower_sends_to_the_source_that_it_borrows_from(lake: Path) -> None:
    more = "  twin: {connector: source-faker, configuration: {}, streams_from: faker}\n"
    text = (lake / "dag/registry/lake.yaml").read_text("utf-8").replace("destinations:\n", more + "destinations:\n")
    write_files(lake, {"dag/registry/lake.yaml": text})
    assert fault_of(run(lake, "discover", "twin")) == "twin uses the streams of faker: discover that source"


def test_an_entry_with_problems_is_not_asked_about(lake: Path) -> None:
    text = (
        (lake / "dag/registry/lake.yaml")
        .read_text("utf-8")
        .replace("    configuration: {count: 10, key", "    config: {count: 10, key")
    )
    write_files(lake, {"dag/registry/lake.yaml": text})
    assert fault_of(run(lake, "discover", "faker")) == "sources.faker has problems; run: lakeform check"


# Several stacks


def two_stacks(root: Path, server: StandIn, second: str, entries: str = ENTRIES) -> Path:
    """A lake in two workspaces of one server."""
    stacks = stack(server.url, server.workspace_id) + stack(server.url, second, name="staging")
    entries = entries.replace("    connector:", "    stack: [airbyte, staging]\n    connector:")
    return write_registry(root, stacks, entries)


def test_stacks_that_are_alike_need_no_choice(lake: Path, server: StandIn, tmp_path: Path) -> None:
    lake = two_stacks(tmp_path / "two", server, server.workspace_id)
    assert run(lake, "discover", "faker").out.endswith("according to the server of the stack airbyte\n")


def test_stacks_that_are_not_alike_need_one(lake: Path, server: StandIn, tmp_path: Path) -> None:
    second = server.add_workspace("Staging")
    server.add_source("Faker", "source-faker", {"count": 1}, second)
    server.offer("source-faker", {"streams": [stream("staged")]})
    lake = two_stacks(tmp_path / "two", server, second)
    for words in ((), ("--from", "server")):
        said = fault_of(run(lake, "discover", "faker", *words))
        assert said == "faker is in the stacks airbyte, staging, which differ: choose one with --stack"
    assert run(lake, "discover", "faker", "--stack", "staging").out.endswith(
        "according to the server of the stack staging\n"
    )
    assert "staged.json" in found(lake)
    said = fault_of(run(lake, "discover", "faker", "--stack", "stagin"))
    assert said == 'there is no stack "stagin"; did you mean "staging"?'


def test_a_connector_needs_no_stack_where_its_configuration_is_the_same(
    lake: Path, server: StandIn, tmp_path: Path
) -> None:
    installed(tmp_path)
    second = server.add_workspace("Staging")
    lake = two_stacks(tmp_path / "two", server, second)
    assert run(lake, "discover", "faker", "--from", "connector").code == 0
    more = "    overrides: {staging: {configuration: {count: 20}}}\n"
    lake = two_stacks(tmp_path / "three", server, second, ENTRIES.replace("destinations:\n", more + "destinations:\n"))
    words = ("discover", "faker", "--from", "connector")
    said = fault_of(run(lake, *words))
    assert said == "faker is in the stacks airbyte, staging, which differ: choose one with --stack"
    assert run(lake, *words, "--stack", "airbyte").code == 0


@pytest.mark.usefixtures("lake")
def test_values_of_a_stack_make_a_configuration_another_one(server: StandIn, tmp_path: Path) -> None:
    installed(tmp_path, "import json, sys\nprint(json.load(open(sys.argv[3])))\n")
    workspace, words = server.workspace_id, ("discover", "faker", "--from", "connector")

    def lake_with(folder: str, *values: str) -> Path:
        stacks = [
            stack(server.url, workspace, f"none, flux: {{values: {one}}}", name)
            for name, one in zip("ab", values, strict=True)
        ]
        entries = ENTRIES.replace("    connector:", "    stack: [a, b]\n    connector:").replace(
            "count: 10", "count: {var: n}"
        )
        return write_registry(tmp_path / folder, "".join(stacks), entries)

    assert "which differ" in fault_of(run(lake_with("differ", "{n: 1}", "{n: 2}"), *words))
    said = fault_of(run(lake_with("same", "{n: 1, other: 1}", "{n: 1, other: 2}"), *words))
    assert said == "source-faker 6.2.24: discover ended without a catalog"


def test_a_stack_that_the_source_is_not_in_is_refused(server: StandIn, tmp_path: Path) -> None:
    entries = ENTRIES.replace("    connector:", "    stack: airbyte\n    connector:")
    stacks = stack(server.url, server.workspace_id) + stack(server.url, server.workspace_id, name="staging")
    lake = write_registry(tmp_path / "two", stacks, entries)
    said = fault_of(run(lake, "discover", "faker", "--stack", "staging"))
    assert said == 'sources.faker is not in the stack "staging"; its stacks: airbyte'


# Every source

MANY = ENTRIES.replace(
    "destinations:\n",
    """\
  broken: {connector: source-faker, configuration: {count: 1}}
  loader: {external: dlt}
  twin: {connector: source-faker, configuration: {count: 1}, streams_from: faker}
  unknown: {connector: source-faker, configuration: {count: 1}}
destinations:
""",
)


def test_with_all_one_source_that_fails_does_not_stop_the_others(lake: Path, server: StandIn, tmp_path: Path) -> None:
    server.add_source("Broken", "source-faker", {"count": 1})
    server.fail_discovery("Broken", "no route")
    lake = lake_on(tmp_path / "many", server, entries=MANY)
    result = run(lake, "discover", "--all")
    assert result.code == 1
    assert result.out == (
        f"wrote {FOLDER}/users.json\nwrote {FOLDER}/_discovery.json\n"
        "faker offers 1 stream, according to the server of the stack airbyte\n"
        "1 of 3 sources discovered; failed: broken, unknown\n"
    )
    lines = result.err.splitlines()
    assert lines[0] == "discovering 3 sources"
    assert sum("querying the server" in line for line in lines) == 3
    faults = [line for line in lines if line.startswith("lakeform discover: ")]
    assert [line.split(": ")[1] for line in faults] == ["broken", "unknown"]
    assert "no route" in faults[0]
    assert 'the workspace has no source "Unknown"' in faults[1]


def test_with_all_and_diff_failures_are_told_beside_the_changes(lake: Path, server: StandIn, tmp_path: Path) -> None:
    lake = lake_on(tmp_path / "many", server, entries=MANY)
    server.add_source("Broken", "source-faker", {"count": 1})
    result = run(lake, "discover", "--all", "--diff", "--format", "json")
    said = json.loads(result.out)
    assert result.code == 1
    assert [(change["source"], change["stream"]) for change in said["changes"]] == [
        ("broken", "users"),
        ("faker", "users"),
    ]
    assert [failure["source"] for failure in said["failed"]] == ["unknown"]
    assert not (lake / "dag/sources").exists()


def test_with_all_every_source_that_succeeds_is_a_success(lake: Path) -> None:
    result = run(lake, "discover", "--all")
    assert (result.code, result.out.splitlines()[-1]) == (0, "1 source discovered")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("faker", "--all"), "--all means every source: leave SOURCE out"),
        (("--all", "--from", "x.json"), "a file is for one source: name it"),
        (("--cached", "--from", "connector", "faker"), "--cached needs --from server"),
        (("--connector-version", "1", "faker"), "--connector-version needs --from connector or FILE"),
        ((), "name a SOURCE, or use --all: faker"),
    ],
)
def test_what_cannot_be_meant_is_refused(lake: Path, words: tuple[str, ...], said: str) -> None:
    assert run(lake, "discover", *words) == Result(2, "", f"lakeform discover: {said}\n")


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "nan", "1e9"])
def test_a_time_out_is_a_number_of_seconds(lake: Path, seconds: str) -> None:
    result = run(lake, "discover", "faker", "--timeout", seconds)
    assert (result.code, result.out) == (2, "")
    assert "--timeout" in result.err


def test_a_registry_without_sources_says_so(tmp_path: Path, server: StandIn) -> None:
    lake = lake_on(tmp_path / "none", server, entries="destinations: {}\n")
    assert fault_of(run(lake, "discover", "--all")) == "the registry has no source that can be discovered"
    assert fault_of(run(lake, "discover")) == "name a SOURCE, or use --all; the registry has none"


# On a terminal


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(text))
    monkeypatch.setattr("infra.commands.discover.on_terminal", lambda: True)


@pytest.mark.parametrize("answer", ["2", "faker", " faker ", "\n2", "9\n0\n-1\nfaker", "fakr\nfaker"], ids=repr)
def test_a_source_is_picked_by_number_or_name(
    lake: Path, server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    lake = lake_on(tmp_path / "many", server, entries=MANY)
    typed(monkeypatch, f"{answer}\n")
    result = run(lake, "discover")
    assert (result.code, result.out.splitlines()[-1][:14]) == (0, "faker offers 1")
    assert result.err.startswith("1  broken\n2  faker\n3  loader\n4  twin\n5  unknown\nsource (number or name): ")
    assert ('there is no "fakr"; did you mean "faker"?' in result.err) == ("fakr" in answer)


def test_choosing_nothing_is_an_end(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "")
    assert fault_of(run(lake, "discover")) == "no source was chosen"


def test_a_real_terminal_shows_progress_and_keeps_it_out_of_the_output(lake: Path, tmp_path: Path) -> None:
    installed(tmp_path)
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "infra", "--root", str(lake), "discover", "--from", "connector"]
    with subprocess.Popen(
        words, cwd=REPOSITORY, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": "xterm"}
    ) as process:
        os.close(theirs)
        os.write(ours, b"1\n")
        shown = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # Linux tells the end of the other side this way
                break
            if not part:
                break
            shown += part
        out = process.communicate()[0].decode()
    os.close(ours)
    assert process.returncode == 0
    assert "1  faker" in shown.decode()
    assert "asking source-faker 6.2.24 what it offers" in shown.decode()
    assert out == (
        f"wrote {FOLDER}/users.json\nwrote {FOLDER}/_discovery.json\n"
        "faker offers 1 stream, according to source-faker 6.2.24, run on this machine\n"
    )


def test_make_discover_passes_the_source_on() -> None:
    told = subprocess.run(
        ["make", "-n", "discover", "SOURCE=faker"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert "-m infra discover faker" in told.stdout


# What a server answers, kept in a file


def test_a_servers_answer_in_a_file_is_the_same_discovery(lake: Path, tmp_path: Path) -> None:
    assert run(lake, "discover", "faker").code == 0
    write_files(
        tmp_path, {"answer.json": json.dumps({"catalog": {"streams": [{"stream": config_shape(USERS), "config": {}}]}})}
    )
    result = run(lake, "discover", "faker", "--from", str(tmp_path / "answer.json"), "--diff")
    assert result == Result(0, "faker: offers exactly what dag/sources/faker says\n", "")


def config_shape(one: dict[str, Any]) -> dict[str, Any]:
    """A stream as the Configuration API has it."""
    words = {key: key.split("_") for key in one}
    return {"".join([first, *(word.title() for word in rest)]): one[key] for key, (first, *rest) in words.items()}


def test_a_web_page_in_the_place_of_the_api_is_told(tmp_path: Path) -> None:
    with plain((200, "<!doctype html>")) as page:
        lake = write_registry(tmp_path / "lake", stack(page.url, WORKSPACE, "none"))
        assert "a web page" in fault_of(run(lake, "discover", "faker"))


def test_basic_and_bearer_logins_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with StandIn(CONNECTORS, {"source-faker": {"streams": [USERS]}}, basic=("me", "pa55word")) as server:
        server.add_source("Faker", "source-faker", {"count": 10})
        monkeypatch.setenv("TF_VAR_pw", "pa55word")
        monkeypatch.setenv("TF_VAR_token", server.issue_token())
        for number, auth in enumerate(("{username: me, password: {secret: pw}}", "{bearer_token: {secret: token}}")):
            assert auth != CLIENT
            lake = lake_on(tmp_path / str(number), server, auth)
            assert run(lake, "discover", "faker").code == 0
