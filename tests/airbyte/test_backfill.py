"""`lakeform backfill`: a backfill written, told, refused, listed and removed; and what a backfill may be."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.model.backfills import StackBackfill, backfills_of
from infra.lake.model.load import load_lake
from tests.standin import StandIn, jobs
from tests.support.lakes import (
    CONNECTION,
    DESTINATION,
    LAKE,
    MINIMAL,
    REGISTRY,
    SOURCE,
    USERS,
    Result,
    run,
    write_files,
    write_lake,
)
from tests.support.remote import CLIENT, environ_of, stack, without_pauses

FILE = "dag/streams/faker/users.json"
STREAM = '{\n  "cursor_field": ["id"],\n  "fields": {"id": {"type": "integer"}}\n}\n'
ASKING = "querying the server of airbyte\n"
NEXT = "next: lakeform synth, and open a pull request; the apply after the merge requests it from Airbyte once\n"
KEPT = "backfills: true stays in the registry; it can be removed in a later change, once this one is applied\n"
AGAIN = "faker_to_lake reads users again from the beginning; "
COPIES = "every row is written once more, and _airbyte_generation_id tells the copies apart\n"


REGISTRY_FILE = "dag/registry/lake.yaml"
# The minimal lake, whose stack has had a backfill before.
READY = {**MINIMAL, REGISTRY_FILE: REGISTRY.replace("    airbyte:\n", "    airbyte:\n      backfills: true\n")}


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return write_lake(tmp_path / "lake", {**READY, FILE: STREAM})


def text(lake: Path) -> str:
    return (lake / FILE).read_bytes().decode()


def test_a_backfill_is_the_only_thing_that_changes_in_the_file(lake: Path) -> None:
    told = run(lake, "backfill", "faker", "users", "--token", "2026-11")
    assert told == Result(0, f"wrote {FILE}\nairbyte: {AGAIN}{COPIES}{NEXT}", "")
    assert text(lake) == STREAM.replace("}}\n}", '}},\n  "backfill": "2026-11"\n}')


STACKS = """\
version: 1
lake:
  name: shop
  # who applies
  stacks: {prod: {server_url: https://airbyte.example.com/api/public/v1, workspace_id: 11111111-2222-3333-4444-555555555555, auth: none},
    staging: {backfills: false,  # not yet
      server_url: https://airbyte.example.com/api/public/v1, workspace_id: 11111111-2222-3333-4444-555555555556, auth: none}}
  defaults: {source: {stack: [prod, staging]}, destination: {stack: [prod, staging]}, connection: {stack: [prod, staging]}}
"""
APART = f"{DESTINATION}    overrides: {{staging: {{configuration: {{s3_bucket_path: staging}}}}}}\n"
BLOCK = "  stacks:\n    airbyte:\n      server_url:"

FIRST_BACKFILLS: dict[str, tuple[str, str]] = {
    "a block": (REGISTRY, REGISTRY.replace(BLOCK, BLOCK.replace("server", "backfills: true\n      server"))),
    "a block with Windows line ends": (
        REGISTRY.replace("\n", "\r\n"),
        REGISTRY.replace(BLOCK, BLOCK.replace("server", "backfills: true\n      server")).replace("\n", "\r\n"),
    ),
    "flow mappings in two stacks": (
        STACKS + SOURCE + APART + CONNECTION,
        STACKS.replace("{prod: {", "{prod: {backfills: true, ").replace("backfills: false", "backfills: true")
        + SOURCE
        + APART
        + CONNECTION,
    ),
}


@pytest.mark.parametrize(("before", "after"), FIRST_BACKFILLS.values(), ids=FIRST_BACKFILLS)
def test_the_first_backfill_of_a_stack_says_so_in_the_registry(tmp_path: Path, before: str, after: str) -> None:
    lake = write_lake(tmp_path, {**MINIMAL, REGISTRY_FILE: before, FILE: STREAM})
    told = run(lake, "backfill", "faker", "users")
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines()[:2] == [f"wrote {FILE}", f"wrote {REGISTRY_FILE}"]
    assert (lake / REGISTRY_FILE).read_bytes().decode() == after
    assert run(lake, "synth", "--quiet").code == 0
    assert run(lake, "check", "--synth", "--quiet").out == ""


def test_a_stack_that_cannot_be_edited_safely_is_left_to_a_person(tmp_path: Path) -> None:
    shared = STACKS.replace("{prod: {", "{prod: &same {").partition("    staging:")[0]
    text = f"{shared}    staging: *same}}\n{STACKS[STACKS.index('  defaults:') :]}"
    registry = text + SOURCE + DESTINATION + CONNECTION
    lake = write_lake(tmp_path, {**MINIMAL, REGISTRY_FILE: registry, FILE: STREAM})
    told = run(lake, "backfill", "faker", "users")
    by_hand = "add backfills: true to lake.stacks.{} by hand: it is written in a way that lakeform cannot edit"
    assert told.out.splitlines()[:3] == [f"wrote {FILE}", by_hand.format("prod"), by_hand.format("staging")]
    assert (lake / REGISTRY_FILE).read_text() == registry


def test_without_a_token_it_is_true_and_the_next_one_needs_a_token(lake: Path) -> None:
    assert run(lake, "backfill", "faker", "users", "--quiet") == Result(0, "", "")
    before = text(lake)
    assert json.loads(before)["backfill"] is True
    refused = f'{FILE} already has the backfill "true", and a token never runs twice; choose another one: --token NAME'
    assert run(lake, "backfill", "faker", "users") == Result(2, "", f"lakeform backfill: {refused}\n")
    assert text(lake) == before
    assert run(lake, "backfill", "faker", "users", "--token", "again", "--quiet").code == 0
    assert text(lake) == before.replace("true", '"again"')


def test_a_mode_and_a_reason_make_the_long_form(lake: Path) -> None:
    words = ("--token", "x", "--mode", "truncate", "--reason", 'the "zone" was wrong')
    told = run(lake, "backfill", "faker", "users", *words)
    deleted = "what earlier syncs wrote, at the end of a successful run: rows that the source no longer has are lost"
    warning = "truncate deletes the rows that were appended: what the source no longer has is lost"
    assert told.out.splitlines()[1:3] == [
        f"airbyte: {AGAIN}deletes {deleted}",
        f"warning: {warning}; use the mode merge, which keeps them",
    ]
    assert json.loads(text(lake))["backfill"] == {"token": "x", "mode": "truncate", "reason": 'the "zone" was wrong'}
    (backfill,) = backfills_of(load_lake(lake).model.stacks["airbyte"])
    assert (backfill.token, backfill.mode, backfill.reason) == ("x", "truncate", 'the "zone" was wrong')
    assert (backfill.duplicates, backfill.deletes) == (False, deleted)


def test_the_file_keeps_its_byte_order_mark_and_line_ends(lake: Path) -> None:
    (lake / FILE).write_bytes(b'\xef\xbb\xbf{\r\n  "fields": ["id"]\r\n}')
    assert run(lake, "backfill", "faker", "users", "--quiet").code == 0
    assert (lake / FILE).read_bytes() == b'\xef\xbb\xbf{\r\n  "fields": ["id"],\r\n  "backfill": true\r\n}'


MISTAKES: dict[str, tuple[tuple[str, ...], str]] = {
    "no stream": (("faker",), "name SOURCE and STREAM, or use --list or --done"),
    "a source": (("fakr", "users"), 'there is no source "fakr"; did you mean "faker"?'),
    "a stream": (("faker", "user"), 'dag/streams/faker/ has no file "user.json"; did you mean "users"?'),
    "a token": (
        ("faker", "users", "--token", "a b"),
        (
            "--token: a token has letters and digits, single - or _ between them, and at most 64 characters; "
            'for example "a-b"'
        ),
    ),
    "both": (("--list", "--done"), "--list and --done exclude each other; use one of them"),
    "one": (("faker", "users", "--list"), "--list and --done cover all backfills; leave SOURCE and STREAM out"),
    "a stack": (("--list", "--stack", "x"), 'there is no stack "x"; stacks: airbyte'),
    "a stack and done": (
        ("--done", "--stack", "airbyte"),
        "--done covers every stack, as a backfill may apply to several; leave --stack out",
    ),
}


@pytest.mark.parametrize(("words", "fault"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_writes_nothing(lake: Path, words: tuple[str, ...], fault: str) -> None:
    assert run(lake, "backfill", *words) == Result(2, "", f"lakeform backfill: {fault}\n")
    assert text(lake) == STREAM


def test_a_stream_with_problems_is_not_touched(lake: Path) -> None:
    (lake / FILE).write_text('{"selected": 1}')
    told = run(lake, "backfill", "faker", "users")
    assert told == Result(2, "", f"lakeform backfill: {FILE} has problems; run: lakeform check\n")
    assert text(lake) == '{"selected": 1}'


def test_a_refused_backfill_is_not_written(lake: Path) -> None:
    lock = lake / "dag/connectors/destination-s3.json"
    lock.write_text(lock.read_text().replace('"supports_refreshes": true', '"supports_refreshes": false'))
    told = run(lake, "backfill", "faker", "users")
    assert told.code == 1
    assert "refresh-unsupported  backfill: the destination lake (destination-s3) cannot refresh a stream" in told.out
    assert text(lake) == STREAM
    assert run(lake, "backfill", "faker", "users", "--token", "x", "--mode", "clear").code == 0


def test_a_stream_that_nothing_syncs(tmp_path: Path) -> None:
    files = {REGISTRY_FILE: LAKE + SOURCE + DESTINATION, FILE: STREAM}
    told = run(write_lake(tmp_path / "lake", files), "backfill", "faker", "users")
    assert told.out.splitlines()[1] == "no connection syncs the stream, so nothing is read"


def test_a_borrowed_stream_is_written_where_it_stands_and_told_for_every_connection(tmp_path: Path) -> None:
    more = "  other: {connector: source-faker, configuration: {}, streams_from: faker}\n"
    connections = CONNECTION + (
        "  other_to_lake: {source: other, destination: lake, prefix: o_}\n"
        "  own: {source: other, destination: lake, prefix: p_, streams: {users: {backfill: kept}}}\n"
    )
    files = {"dag/registry/lake.yaml": LAKE + SOURCE + more + DESTINATION + connections, FILE: STREAM}
    lake = write_lake(tmp_path / "lake", files)
    told = run(lake, "backfill", "other", "users")
    assert told.out.splitlines()[0] == f"wrote {FILE}"
    assert [line.split()[1] for line in told.out.splitlines()[2:5]] == ["faker_to_lake", "other_to_lake", "own"]
    found = [
        (backfill.connection, backfill.token) for backfill in backfills_of(load_lake(lake).model.stacks["airbyte"])
    ]
    assert found == [("faker_to_lake", "true"), ("other_to_lake", "true"), ("own", "kept")]


def test_the_list_shows_every_backfill(lake: Path) -> None:
    assert run(lake, "backfill", "--list") == Result(0, "no stream has a backfill\n", "")
    run(lake, "backfill", "faker", "users", "--token", "x", "--reason", "why\nnot")
    assert run(lake, "backfill", "--list") == Result(0, "airbyte  faker_to_lake  users  x  merge\n    why not\n", "")
    listed = json.loads(run(lake, "backfill", "--list", "--format", "json").out)
    (backfill,) = listed["backfills"]
    assert listed == {"problems": [], "backfills": [backfill], "wishes": [backfill]}
    assert backfill == {
        "stack": "airbyte",
        "connection": "faker_to_lake",
        "stream": "users",
        "token": "x",
        "mode": "merge",
        "reason": "why\nnot",
        "file": FILE,
        "state": None,
        "job": None,
    }


# With a server.

ENTRIES = SOURCE.replace("{count: 10}", "{}") + DESTINATION + CONNECTION
CONNECTORS: dict[str, dict[str, Any]] = {
    "source-faker": {"spec": {"type": "object"}},
    "destination-s3": {"supports_refreshes": True, "spec": {"type": "object"}},
}


class Site:
    """A committed lake whose connection is on a server; time is the server's."""

    def __init__(self, root: Path, server: StandIn, monkeypatch: pytest.MonkeyPatch, entries: str = ENTRIES) -> None:
        self.server, self._monkeypatch = server, monkeypatch
        head = f"version: 1\nlake:\n  name: shop\n  stacks:\n{stack(server.url, server.workspace_id, CLIENT)}"
        self.lake = write_lake(root / "lake", {"dag/registry/lake.yaml": head + entries, FILE: STREAM})
        source = server.add_source("Faker", "source-faker", {})
        destination = server.add_destination("Lake", "destination-s3", {})
        streams = [{"name": "users", "syncMode": "incremental_append", "cursorField": ["id"]}]
        self.id = server.add_connection(source, destination, name="Faker → Lake", configurations={"streams": streams})
        for name, value in environ_of(server).items():
            monkeypatch.setenv(name, value)
        self.git("init", "--quiet")
        self.commit()

    def git(self, *words: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(["git", *identity, *words], cwd=self.lake, check=True, capture_output=True)

    def commit(self) -> None:
        self._monkeypatch.setenv("GIT_COMMITTER_DATE", f"{self.server.clock.seconds} +0000")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "x")

    def backfill(self, *words: str) -> None:
        assert run(self.lake, "backfill", "faker", "users", *words).code == 0

    def state(self) -> str:
        told = run(self.lake, "backfill", "--list", "--server")
        assert (told.code, told.err) == (0, ASKING)
        return told.out.splitlines()[0].partition("merge")[2].strip()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    without_pauses(monkeypatch)
    users = {
        "name": "users",
        "json_schema": {"type": "object", "properties": {"id": {"type": "integer"}}},
        "supported_sync_modes": ["full_refresh", "incremental"],
    }
    with StandIn(CONNECTORS, {"source-faker": [users]}) as server:
        yield Site(tmp_path, server, monkeypatch)


on_loopback = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


class TestServer:
    """What became of a backfill."""

    pytestmark = on_loopback

    def start(self, site: Site, kind: str = "refresh", stream: str = "users") -> int:
        connection = site.server.state.connections[site.id]
        job = jobs.start(site.server.airbyte, connection, kind, [(None, stream)])
        return job.id

    def test_a_backfill_from_the_commit_to_the_end(self, site: Site) -> None:
        self.start(site)
        site.server.finish_job()
        site.server.clock.advance(60)
        site.backfill("--token", "x")
        assert site.state() == "not committed"
        site.commit()
        assert site.state() == "not requested yet"
        site.server.clock.advance(60)
        self.start(site)
        started = site.server.clock.text(site.server.clock.seconds)
        assert site.state() == f"running: job 2 since {started}, 0 rows"
        site.server.finish_job(rows=12)
        assert site.state() == f"done: job 2 since {started}, 12 rows"

    def test_a_job_of_another_kind_or_stream_is_another(self, site: Site) -> None:
        site.backfill("--token", "x")
        site.commit()
        for kind, stream in (("refresh", "orders"), ("clear", "users"), ("sync", "users")):
            self.start(site, kind, stream)
            site.server.finish_job()
        assert site.state() == "not requested yet"
        self.start(site)
        site.server.finish_job(status="failed")
        assert site.state().startswith("failed: job 4 since")

    def test_done_removes_only_what_has_run(self, site: Site) -> None:
        before = text(site.lake)
        site.backfill("--token", "x")
        site.commit()
        kept = run(site.lake, "backfill", "--done")
        assert kept == Result(0, f"kept {FILE}: faker_to_lake: not requested yet\nbackfills removed: 0\n", ASKING)
        self.start(site)
        site.server.finish_job()
        assert run(site.lake, "backfill", "--done") == Result(
            0, f"removed the backfill from {FILE}\nbackfills removed: 1\n{KEPT}", ASKING
        )
        assert text(site.lake) == before

    def test_a_backfill_of_a_connection_is_left_to_its_author(self, site: Site) -> None:
        registry = site.lake / "dag/registry/lake.yaml"
        registry.write_text(registry.read_text() + "    streams: {users: {backfill: x}}\n")
        site.commit()
        self.start(site)
        site.server.finish_job()
        told = run(site.lake, "backfill", "--done")
        kept = "kept dag/registry/lake.yaml: its backfill is done; remove it from faker_to_lake by hand\nbackfills removed: 0\n"
        assert told == Result(0, kept, ASKING)

    def test_a_connection_that_is_not_there(self, site: Site) -> None:
        site.backfill("--token", "x")
        site.commit()
        site.server.state.connections[site.id].deleted = True
        assert site.state() == "the connection is not on the server"

    def test_a_server_that_fails_is_one_sentence(self, site: Site) -> None:
        site.backfill("--token", "x")
        site.commit()
        site.server.fail_next("jobs/list", 500, times=9)
        told = run(site.lake, "backfill", "--list", "--server")
        assert told.code == 2
        fault = told.err.removeprefix(ASKING)
        assert fault.startswith('lakeform backfill: stack "airbyte": cannot list the refreshes:')
        assert len(fault.splitlines()) == 1


# What a backfill may be.

FORMS: dict[str, tuple[Any, tuple[str, str, str | None] | None]] = {
    "absent": (None, None),
    "false": (False, None),
    "true": (True, ("true", "merge", None)),
    "token": ("2026-11_x", ("2026-11_x", "merge", None)),
    "object": ({"token": "a", "mode": "clear", "reason": "why"}, ("a", "clear", "why")),
}


@pytest.mark.parametrize(("value", "wanted"), FORMS.values(), ids=FORMS)
def test_the_forms_of_a_backfill(tmp_path: Path, value: Any, wanted: Any) -> None:
    stream = {"cursor_field": ["id"], "fields": {"id": {}}} | ({} if value is None else {"backfill": value})
    loaded = load_lake(write_lake(tmp_path, {**READY, FILE: json.dumps(stream)}))
    assert loaded.problems == ()
    found = [(one.token, one.mode, one.reason) for one in backfills_of(loaded.model.stacks["airbyte"])]
    assert found == ([wanted] if wanted else [])


REFUSED: dict[str, tuple[str, str]] = {
    "a number": ("1", "must be false, true, a token in quotes or {token, mode, reason}"),
    "a list": ('["a"]', "must be false, true, a token in quotes or {token, mode, reason}"),
    "false in quotes": ('"false"', '"false" in quotes is a token'),
    "two hyphens": ('"a--b"', "a token has letters"),
    "a hyphen at the end": ('"a-"', "a token has letters"),
    "a point": ('"v1.2"', "a token has letters"),
    "nothing": ('""', "a token has letters"),
    "too long": (f'"{"a" * 65}"', "a token has letters"),
    "a template": ('"${var.x}"', "a token has letters"),
    "no token": ('{"mode": "merge"}', 'the key "token" is missing'),
    "a bad token inside": ('{"token": "a b"}', "a token has letters"),
}


@pytest.mark.parametrize(("written", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_backfill_is_told_where_it_stands(tmp_path: Path, written: str, message: str) -> None:
    lake = write_lake(tmp_path, {**MINIMAL, FILE: f'{{"fields": ["id"],\n "backfill": {written}}}'})
    (problem,) = load_lake(lake).problems
    assert problem.message.startswith(message)
    assert (problem.location.file, problem.location.line) == (FILE, 2)
    assert problem.path.startswith("backfill")


def configured(tmp_path_factory: pytest.TempPathFactory) -> ConfiguredStream:
    model = load_lake(write_lake(tmp_path_factory.mktemp("lake"), {**MINIMAL, FILE: STREAM})).model
    return model.stacks["airbyte"].streams["faker_to_lake"][0]


ids = st.from_regex("[a-z][a-z0-9_]{0,5}", fullmatch=True)
stems = st.text(alphabet="ab_-.%é2d", min_size=1, max_size=6)
tokens = st.from_regex("[ab2]{1,2}([-_][ab2d]{1,2}){0,2}", fullmatch=True)


@given(st.tuples(ids, stems, tokens), st.tuples(ids, stems, tokens))
def test_two_backfills_never_have_the_same_address(one: tuple[str, str, str], two: tuple[str, str, str]) -> None:
    keys = [StackBackfill(*parts, "merge", None, None).key for parts in (one, two)]  # type: ignore[arg-type]
    assert (keys[0] == keys[1]) == (one == two)
    assert all(
        key.isascii() and set(key) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
        for key in keys
    )


@pytest.mark.parametrize(
    ("mode", "destination_mode", "duplicates"),
    [
        ("merge", "append", True),
        ("merge", "append_dedup", False),
        ("truncate", "append", False),
        ("clear", "append", False),
    ],
)
def test_duplicates_are_told_where_rows_are_appended(
    tmp_path_factory: pytest.TempPathFactory, mode: Any, destination_mode: str, *, duplicates: bool
) -> None:
    stream = replace(configured(tmp_path_factory), destination_sync_mode=destination_mode)
    backfill = StackBackfill("c", "users", "x", mode, None, stream)
    assert backfill.duplicates is duplicates
    assert bool(backfill.deletes) is (mode != "merge")


def test_the_provider_is_there_exactly_where_a_stack_says_so(tmp_path: Path) -> None:
    lake = write_lake(tmp_path / "lake", MINIMAL)
    run(lake, "synth", "--quiet")
    document = lake / "cdktf.out/stacks/airbyte/cdk.tf.json"
    plain = document.read_bytes()
    assert "restful" not in plain.decode()
    write_files(lake, {FILE: USERS.replace("{", '{"backfill": false, ', 1)})
    run(lake, "synth", "--quiet")
    assert document.read_bytes() == plain
    write_files(lake, {REGISTRY_FILE: READY[REGISTRY_FILE]})
    run(lake, "synth", "--quiet")
    kept = json.loads(document.read_bytes())
    assert kept["terraform"]["required_providers"]["restful"] == {"source": "magodo/restful", "version": "0.25.1"}
    assert kept["provider"]["restful"] == [{"base_url": "https://airbyte.example.com/api"}]
    assert "restful" not in json.dumps([kept["resource"], kept.get("data")])
