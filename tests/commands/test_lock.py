"""`lakeform lock`: connector definitions from a registry, cut to what checking needs."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.lakes import CONNECTION, DESTINATION, LAKE, MINIMAL, REPOSITORY, SOURCE, run, write_files, write_lake
from tests.support.remote import without_pauses

FILE = "dag/registry/lake.yaml"
FIXTURE = REPOSITORY.parent / "shared/fixtures/connector_registry.json"

needs_fixture = pytest.mark.skipif(not FIXTURE.is_file(), reason=f"cannot run here: there is no {FIXTURE.name}")

# What JSON Schema says about values, and where it holds further schemas; everything else is prose or layout of a form.
CHECKED = {
    *["type", "required", "enum", "const", "pattern", "format", "minimum", "maximum", "exclusiveMinimum"],
    *["exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "multipleOf"],
    *["airbyte_secret", "$ref"],
}
ONE, MANY, NAMED = {"items", "additionalProperties", "not"}, {"oneOf", "anyOf", "allOf"}, {"properties", "definitions"}

SPEC: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "title": "Shop",
    "description": "Prose",
    "type": "object",
    "required": ["title"],
    "additionalProperties": True,
    "properties": {
        "title": {"type": "string", "title": "Title", "description": "a property of this name", "order": 0},
        "token": {"type": "string", "airbyte_secret": True, "examples": ["x"], "default": "y"},
        "rows": {"type": "integer", "minimum": 1, "maximum": 9, "group": "g"},
        "auth": {"oneOf": [{"title": "A", "properties": {"kind": {"const": "a", "order": 1}}, "required": ["kind"]}]},
        "tags": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]+$", "pattern_descriptor": "abc"}},
    },
}
COMPACT = {
    "type": "object",
    "required": ["title"],
    "additionalProperties": True,
    "properties": {
        "title": {"type": "string"},
        "token": {"type": "string", "airbyte_secret": True},
        "rows": {"type": "integer", "minimum": 1, "maximum": 9},
        "auth": {"oneOf": [{"properties": {"kind": {"const": "a"}}, "required": ["kind"]}]},
        "tags": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]+$"}},
    },
}


def definition(name: str, tag: str = "1.0.0", **more: Any) -> dict[str, Any]:
    """An entry of a connector registry."""
    kind = name.partition("-")[0]
    return {
        f"{kind}DefinitionId": "33333333-4444-5555-6666-777777777777",
        "dockerRepository": f"airbyte/{name}",
        "dockerImageTag": tag,
        "documentationUrl": "https://docs.example.com",
        "spec": {"connectionSpecification": SPEC, "documentationUrl": "x"},
        **more,
    }


def registry(**tags: str) -> str:
    """The text of a registry with the small lake's connectors (and more)."""
    named = {"source-faker": "1.0.0", "destination-s3": "2.0.0", **{k.replace("_", "-"): v for k, v in tags.items()}}
    entries = [definition(name, tag) for name, tag in named.items()]
    sources = [entry for entry in entries if "sourceDefinitionId" in entry]
    destinations = [entry for entry in entries if "destinationDefinitionId" in entry]
    return json.dumps({"sources": sources, "destinations": destinations})


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """The small lake without locks."""
    root = write_lake(tmp_path / "lake", {**MINIMAL, "dag/connectors/.keep": ""})
    write_files(tmp_path, {"registry.json": registry(source_shop="3.0.0", source_shopify="4.0.0")})
    return root


@pytest.fixture
def definitions(lake: Path) -> str:
    return str(lake.parent / "registry.json")


def locked(root: Path) -> dict[str, Any]:
    """Connector -> its lock."""
    paths = sorted(path for path in root.glob("dag/connectors/*.json") if not path.name.endswith(".docs.json"))
    return {path.stem: json.loads(path.read_text("utf-8")) for path in paths}


def test_every_connector_of_the_registry_is_locked(lake: Path, definitions: str) -> None:
    result = run(lake, "lock", "--registry", definitions)
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "wrote dag/connectors/destination-s3.json (2.0.0)\nwrote dag/connectors/source-faker.json (1.0.0)\n"
    )


def test_a_lock_says_what_releases_break_in_their_order(lake: Path, tmp_path: Path) -> None:
    scoped = {"scopeType": "stream", "impactedScopes": ["users", "orders"]}
    changes = {
        "10.0.0": {"message": "All  of it.", "upgradeDeadline": "2026-12-01"},
        "9.1.0": {"message": "Two\nstreams.", "upgradeDeadline": "2026-01-01", "scopedImpact": [scoped]},
    }
    entry = definition("source-shop", "10.0.0", supportLevel="certified", releases={"breakingChanges": changes})
    (tmp_path / "entry.json").write_text(json.dumps(entry))
    assert run(lake, "lock", "source-shop", "--registry", str(tmp_path / "entry.json")).code == 0
    lock = locked(lake)["source-shop"]
    assert (lock["support_level"], lock["releases"]) == (
        "certified",
        {
            "breakingChanges": [
                {
                    "version": "9.1.0",
                    "deadline": "2026-01-01",
                    "message": "Two streams.",
                    "streams": ["orders", "users"],
                },
                {"version": "10.0.0", "deadline": "2026-12-01", "message": "All of it.", "streams": []},
            ]
        },
    )


def test_prose_is_beside_the_lock_and_in_the_schema_alone(lake: Path, tmp_path: Path) -> None:
    spec = {
        "title": "Shop",
        "properties": {
            "url": {"type": "string", "title": "Address", "description": "Where the shop is."},
            "title": {"type": "string"},
            "auth": {"oneOf": [{"properties": {"key": {"type": "string", "description": "A key."}}}, {"type": "null"}]},
        },
    }
    entry = {**definition("source-shop"), "spec": {"connectionSpecification": spec}}
    (tmp_path / "entry.json").write_text(json.dumps(entry))
    run(lake, "lock", "source-shop", "--registry", str(tmp_path / "entry.json"))
    prose = json.loads((lake / "dag/connectors/source-shop.docs.json").read_text())
    assert prose == {
        "connector": "source-shop",
        "tag": "1.0.0",
        "options": {
            "title": "Shop",
            "properties": {
                "url": {"title": "Address", "description": "Where the shop is."},
                "auth": {"oneOf": [{"properties": {"key": {"description": "A key."}}}, {}]},
            },
        },
    }
    assert "Where the shop is." in run(lake, "schema").out
    assert "A key." in run(lake, "schema").out
    for broken in ("{", "[]", '{"options": 1}', '{"options": {"properties": []}}'):
        (lake / "dag/connectors/source-shop.docs.json").write_text(broken)
        assert run(lake, "check").out == run(lake, "check").out
        assert run(lake, "schema").code == 0
        assert "Where the shop is." not in run(lake, "schema").out


def test_a_lock_holds_what_checking_needs_and_no_prose(lake: Path, definitions: str) -> None:
    run(lake, "lock", "source-shop", "--registry", definitions)
    assert locked(lake) == {
        "source-shop": {
            "connector": "source-shop",
            "definition_id": "33333333-4444-5555-6666-777777777777",
            "image": "airbyte/source-shop",
            "tag": "3.0.0",
            "supports_refreshes": False,
            "destination_sync_modes": [],
            "spec": COMPACT,
        },
    }


def test_a_destination_says_its_modes_sorted_and_whether_it_can_refresh(lake: Path, tmp_path: Path) -> None:
    spec = {
        "connectionSpecification": SPEC,
        "supported_destination_sync_modes": ["overwrite", "append_dedup", "append"],
    }
    entry = definition("destination-lake", spec=spec, supportsRefreshes=True)
    write_files(tmp_path, {"one.json": json.dumps(entry)})
    assert run(lake, "lock", "destination-lake", "--registry", str(tmp_path / "one.json")).code == 0
    lock = locked(lake)["destination-lake"]
    assert lock["destination_sync_modes"] == ["append", "append_dedup", "overwrite"]
    assert lock["supports_refreshes"] is True


def test_a_file_of_one_entry_is_a_registry(lake: Path, tmp_path: Path) -> None:
    write_files(tmp_path, {"one.json": json.dumps(definition("source-shop"))})
    assert run(lake, "lock", "source-shop", "--registry", str(tmp_path / "one.json")).code == 0
    assert list(locked(lake)) == ["source-shop"]


def test_airbytes_own_connector_wins_over_another_of_the_same_name(lake: Path, tmp_path: Path) -> None:
    other = definition("source-shop", "9.9.9") | {"dockerRepository": "acme/source-shop"}
    for entries in ([other, definition("source-shop")], [definition("source-shop"), other]):
        write_files(tmp_path, {"two.json": json.dumps({"sources": entries})})
        run(lake, "lock", "source-shop", "--registry", str(tmp_path / "two.json"))
        assert locked(lake)["source-shop"]["image"] == "airbyte/source-shop"


def test_a_lock_is_left_alone_unless_it_is_named_or_upgraded(lake: Path, definitions: str, tmp_path: Path) -> None:
    run(lake, "lock", "--registry", definitions)
    newer = str(tmp_path / "newer.json")
    write_files(tmp_path, {"newer.json": registry(source_faker="1.1.0", destination_s3="2.1.0")})
    assert run(lake, "lock", "--registry", newer).out == "nothing to lock\n"
    assert (
        run(lake, "lock", "source-faker", "--registry", newer).out == "wrote dag/connectors/source-faker.json (1.1.0)\n"
    )
    assert (
        run(lake, "lock", "--upgrade", "--registry", newer).out == "wrote dag/connectors/destination-s3.json (2.1.0)\n"
    )
    assert run(lake, "lock", "--upgrade", "--registry", newer).out == "every lock is current\n"


def test_check_names_the_locks_that_would_change_and_writes_nothing(
    lake: Path, definitions: str, tmp_path: Path
) -> None:
    run(lake, "lock", "--registry", definitions)
    before = locked(lake)
    assert run(lake, "lock", "--check", "--registry", definitions).code == 0
    write_files(tmp_path, {"newer.json": registry(source_faker="1.1.0")})
    result = run(lake, "lock", "--check", "--registry", str(tmp_path / "newer.json"))
    assert result.code == 1
    assert "dag/connectors/source-faker.json" in result.out
    assert "1.1.0" in result.out
    assert "destination-s3" not in result.out
    assert locked(lake) == before


def test_a_missing_lock_is_named_by_check(lake: Path, definitions: str) -> None:
    result = run(lake, "lock", "--check", "--registry", definitions)
    assert result.code == 1
    assert locked(lake) == {}


def test_the_same_definition_gives_the_same_bytes_and_leaves_the_file_alone(lake: Path, definitions: str) -> None:
    run(lake, "lock", "--registry", definitions)
    path = lake / "dag/connectors/source-faker.json"
    before = (path.stat().st_mtime_ns, path.read_bytes())
    run(lake, "lock", "--upgrade", "--registry", definitions)
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before


def test_the_order_of_keys_in_the_registry_changes_no_byte(lake: Path, tmp_path: Path) -> None:
    texts = []
    for reverse in (False, True):
        entry = definition("source-shop")
        text = json.dumps(dict(sorted(entry.items(), reverse=reverse)), sort_keys=reverse)
        write_files(tmp_path, {"one.json": text})
        run(lake, "lock", "source-shop", "--registry", str(tmp_path / "one.json"))
        texts.append((lake / "dag/connectors/source-shop.json").read_bytes())
    assert texts[0] == texts[1]


def test_a_custom_connector_with_a_definition_id_needs_no_lock(lake: Path, definitions: str) -> None:
    source = SOURCE.replace("source-faker", "source-own\n    definition_id: 33333333-4444-5555-6666-777777777777")
    write_files(lake, {FILE: LAKE + source + DESTINATION + CONNECTION})
    assert run(lake, "lock", "--registry", definitions).out == "wrote dag/connectors/destination-s3.json (2.0.0)\n"


def test_an_unknown_connector_exits_2_with_the_near_match(lake: Path, definitions: str) -> None:
    result = run(lake, "lock", "source-shopfy", "--registry", definitions)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith('lakeform lock: the registry has no connector "source-shopfy"; did you mean ')
    assert '"source-shopify"' in result.err
    assert locked(lake) == {}


# --from-spec


@pytest.mark.parametrize(
    "wrap",
    [
        lambda spec: spec,
        lambda spec: {"connectionSpecification": spec, "documentationUrl": "x"},
        lambda spec: {"type": "SPEC", "spec": {"connectionSpecification": spec}},
    ],
    ids=["bare", "connectionSpecification", "SPEC message"],
)
def test_the_spec_of_a_custom_connector_is_locked(lake: Path, tmp_path: Path, wrap: Any) -> None:
    write_files(tmp_path, {"spec.json": json.dumps(wrap(SPEC))})
    words = [
        "source-own",
        "--from-spec",
        str(tmp_path / "spec.json"),
        "--definition-id",
        "A" * 8 + "-1111-2222-3333-" + "b" * 12,
    ]
    result = run(lake, "lock", *words)
    assert (result.code, result.err) == (0, "")
    lock = locked(lake)["source-own"]
    assert lock["spec"] == COMPACT
    assert lock["definition_id"] == "aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["source-own", "--from-spec", "{spec}"], "--definition-id"),
        (["--from-spec", "{spec}", "--definition-id", "33333333-4444-5555-6666-777777777777"], "CONNECTOR"),
        (["source-own", "--from-spec", "{spec}", "--definition-id", "7"], "not a UUID"),
        (
            ["source-own", "--from-spec", "nowhere.json", "--definition-id", "33333333-4444-5555-6666-777777777777"],
            "nowhere.json",
        ),
        (
            ["source-own", "--from-spec", "{empty}", "--definition-id", "33333333-4444-5555-6666-777777777777"],
            "properties",
        ),
        (
            ["source-own", "--from-spec", "{text}", "--definition-id", "33333333-4444-5555-6666-777777777777"],
            "not JSON",
        ),
    ],
)
def test_what_from_spec_lacks_is_said_in_one_line(lake: Path, tmp_path: Path, words: list[str], said: str) -> None:
    write_files(tmp_path, {"spec.json": json.dumps(SPEC), "empty.json": "{}", "text.json": "no"})
    paths = {name: str(tmp_path / f"{name}.json") for name in ("spec", "empty", "text")}
    result = run(lake, "lock", *(word.format(**paths) if word.startswith("{") else word for word in words))
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert len(result.err.splitlines()) == 1


OWN_ID = "33333333-4444-5555-6666-777777777777"


@pytest.mark.parametrize(
    "spec",
    [
        {"type": "object", "oneOf": [{"properties": {"a": {"type": "string"}}}]},
        {"type": "object"},
        {"allOf": [{"properties": {"a": {"type": "string"}}}]},
    ],
    ids=json.dumps,
)
def test_a_spec_needs_no_properties_of_its_own(lake: Path, tmp_path: Path, spec: Any) -> None:
    write_files(tmp_path, {"spec.json": json.dumps(spec)})
    result = run(lake, "lock", "source-own", "--from-spec", str(tmp_path / "spec.json"), "--definition-id", OWN_ID)
    assert (result.code, result.out, result.err) == (0, "wrote dag/connectors/source-own.json (custom)\n", "")
    assert locked(lake)["source-own"]["spec"] == spec


OWN_SPEC = {"type": "object", "properties": {"name": {"type": "string"}}}
BROKEN: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "nothing": None,
        "old": {"type": "string", "required": True},
        "typed": {"type": "strin", "minimum": "3", "exclusiveMinimum": True},
        "coded": {"type": "string", "pattern": "(", "airbyte_secret": True},
        "many": {"type": "array", "items": None},
        "way": {"oneOf": [None, {"properties": {"key": {"type": "string"}}}]},
    },
}
LEFT_OUT = """\
wrote dag/connectors/source-own.json (custom)
left out: properties.nothing must be a mapping in the spec of source-own
left out: properties.old.required must be a list of text in the spec of source-own
left out: properties.typed.type must be one of array, boolean, integer, null, number, object and string, or a list of these in the spec of source-own
left out: properties.typed.minimum must be a number in the spec of source-own
left out: properties.typed.exclusiveMinimum must be a number in the spec of source-own
left out: properties.coded.pattern must be a regular expression in the spec of source-own
left out: properties.many.items must be a mapping in the spec of source-own
left out: properties.way.oneOf[0] must be a mapping in the spec of source-own
"""


def test_what_is_broken_in_a_spec_costs_no_more_than_itself(lake: Path, tmp_path: Path) -> None:
    write_files(tmp_path, {"spec.json": json.dumps(BROKEN)})
    words = ["--from-spec", str(tmp_path / "spec.json"), "--definition-id", OWN_ID]
    result = run(lake, "lock", "source-own", *words)
    assert (result.code, result.out, result.err) == (0, LEFT_OUT, "")
    assert locked(lake)["source-own"]["spec"]["properties"] == {
        "name": {"type": "string"},
        "nothing": {},
        "old": {"type": "string"},
        "typed": {},
        "coded": {"type": "string", "airbyte_secret": True},
        "many": {"type": "array"},
        "way": {"oneOf": [{"properties": {"key": {"type": "string"}}}]},
    }
    assert run(lake, "lock", "source-own", *words).out == "every lock is current\n"


def test_programs_hear_of_what_is_broken_in_a_spec_too(lake: Path, tmp_path: Path) -> None:
    write_files(tmp_path, {"spec.json": json.dumps(BROKEN), "whole.json": json.dumps(OWN_SPEC)})
    words = ["lock", "source-own", "--definition-id", OWN_ID, "--format", "json", "--from-spec"]
    result = run(lake, *words, str(tmp_path / "spec.json"))
    texts = [
        line.removeprefix("left out: ").removesuffix(" in the spec of source-own") for line in LEFT_OUT.splitlines()[1:]
    ]
    (lock,) = json.loads(result.out)["locks"]
    assert (lock["connector"], lock["lock"], lock["left_out"]) == ("source-own", "written", texts)
    (lock,) = json.loads(run(lake, *words, str(tmp_path / "whole.json")).out)["locks"]
    assert lock["left_out"] == []


def test_a_registry_with_a_broken_spec_is_locked_too(lake: Path, tmp_path: Path) -> None:
    entry = {
        "dockerRepository": "airbyte/source-own",
        "dockerImageTag": "1.0.0",
        "sourceDefinitionId": OWN_ID,
        "spec": {"connectionSpecification": BROKEN},
    }
    write_files(tmp_path, {"registry.json": json.dumps({"sources": [entry]})})
    result = run(lake, "lock", "source-own", "--registry", str(tmp_path / "registry.json"))
    assert (result.code, result.out, result.err) == (0, LEFT_OUT.replace("custom", "1.0.0"), "")


@pytest.mark.parametrize("name", ["own", "Source-Own", "source-../../own", "source-own/../../../own", "source-"])
def test_a_connector_name_that_is_none_writes_no_file(lake: Path, tmp_path: Path, name: str) -> None:
    write_files(tmp_path, {"spec.json": json.dumps(SPEC)})
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    words = ["--from-spec", str(tmp_path / "spec.json"), "--definition-id", "33333333-4444-5555-6666-777777777777"]
    assert run(lake, "lock", name, *words).code == 2
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before


# Registries that are none


@pytest.mark.parametrize(
    "text",
    ["", "no", "[]", "7", "null", "{}", '{"sources": 3}', '{"sources": [{"dockerRepository": "airbyte/source-x"}]}'],
)
def test_a_file_that_is_no_registry_is_one_line(lake: Path, tmp_path: Path, text: str) -> None:
    write_files(tmp_path, {"none.json": text})
    result = run(lake, "lock", "--registry", str(tmp_path / "none.json"))
    assert (result.code, result.out) == (2, "")
    assert len(result.err.splitlines()) == 1
    assert "none.json" in result.err


@pytest.mark.parametrize(
    "broken",
    [
        {"spec": None},
        {"spec": {"connectionSpecification": []}},
        {"sourceDefinitionId": None},
        {"sourceDefinitionId": "not a uuid"},
        {"dockerRepository": None},
        {"dockerImageTag": None},
        {"dockerImageTag": 7},
    ],
    ids=json.dumps,
)
def test_a_broken_entry_is_no_traceback(lake: Path, tmp_path: Path, broken: dict[str, Any]) -> None:
    text = json.dumps({"sources": [definition("source-shop") | broken, definition("source-other")]})
    write_files(tmp_path, {"broken.json": text})
    result = run(lake, "lock", "source-shop", "--registry", str(tmp_path / "broken.json"))
    assert result.code == 2
    assert len(result.err.splitlines()) == 1
    assert run(lake, "lock", "source-other", "--registry", str(tmp_path / "broken.json")).code == 0


@pytest.mark.parametrize("url", ["ftp://example.com/x.json", "file:///etc/passwd", "gopher://x"])
def test_only_files_and_http_are_registries(lake: Path, url: str) -> None:
    result = run(lake, "lock", "--registry", url)
    assert (result.code, result.out) == (2, "")
    assert url in result.err


# Over HTTP, on the loopback


class Answers(http.server.BaseHTTPRequestHandler):
    """What the path asks for: a registry, a failure, half an answer."""

    def do_GET(self) -> None:
        body = registry().encode()
        status, length = {"/missing": 404, "/broken": 500}.get(self.path, 200), len(body)
        moved = {"/moved": "/moved/there", "/round": "/round", "/elsewhere": "file:///etc/passwd"}.get(self.path)
        if moved:
            self.send_response(302)
            self.send_header("Location", moved)
            self.end_headers()
            return
        if self.path == "/garbage":
            self.wfile.write(b"garbage\r\n\r\n")
            return
        if self.path == "/half":
            length, body = len(body) * 2, body[: len(body) // 2]
        if self.path == "/binary":
            body, length = b"\xff\xfe", 2
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: the output is pytest's."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with http.server.HTTPServer(("127.0.0.1", 0), Answers) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.mark.enable_socket
@pytest.mark.parametrize("path", ["registry.json", "with a space", "moved", "moved/there"])
def test_a_registry_is_fetched(lake: Path, server: str, path: str) -> None:
    result = run(lake, "lock", "--registry", f"{server}/{path}")
    assert (result.code, result.err) == (0, "")
    assert list(locked(lake)) == ["destination-s3", "source-faker"]


@pytest.mark.enable_socket
@pytest.mark.parametrize("path", ["missing", "round", "elsewhere"])
def test_a_registry_that_cannot_be_fetched_is_one_line_with_the_way_out(lake: Path, server: str, path: str) -> None:
    result = run(lake, "lock", "--registry", f"{server}/{path}")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"lakeform lock: cannot fetch {server}/{path}: ")
    assert "--registry FILE" in result.err
    assert len(result.err.splitlines()) == 1
    assert locked(lake) == {}


@pytest.mark.enable_socket
@pytest.mark.parametrize("path", ["broken", "garbage", "half"])
def test_a_registry_that_may_come_the_next_time_is_asked_for_again(
    lake: Path, server: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = without_pauses(monkeypatch)
    result = run(lake, "lock", "--registry", f"{server}/{path}")
    assert (result.code, result.out, waited) == (2, "", [1.0, 2.0, 4.0, 8.0])
    *again, last = result.err.splitlines()
    assert [line.endswith(f"; trying again in {seconds:g} s") for line, seconds in zip(again, waited, strict=True)] == (
        [True] * 4
    )
    assert last.startswith(f"lakeform lock: cannot fetch {server}/{path}: ")


@pytest.mark.enable_socket
def test_what_is_fetched_and_is_no_text_is_no_registry(lake: Path, server: str) -> None:
    result = run(lake, "lock", "--registry", f"{server}/binary")
    assert (result.code, result.out) == (2, "")
    assert result.err == f"lakeform lock: {server}/binary is not JSON\n"


@pytest.mark.enable_socket
@pytest.mark.usefixtures("server")
def test_a_server_that_is_not_there_is_one_line(lake: Path) -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), Answers) as other:
        port = other.server_port
    result = run(lake, "lock", "--registry", f"http://127.0.0.1:{port}/x")
    assert result.code == 2
    assert "cannot fetch" in result.err


@pytest.mark.parametrize("words", [[], ["--upgrade"]])
def test_nothing_is_fetched_when_nothing_is_to_be_locked(tmp_path: Path, words: list[str]) -> None:
    """The default registry is a public address; the network is off here."""
    files = {FILE: LAKE} if words else MINIMAL
    assert run(write_lake(tmp_path, files), "lock", *words).out == "nothing to lock\n"


# The real registry


def schemas(full: Any, compact: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """(path, schema, compact schema) of every schema in a spec."""
    if not isinstance(full, dict):
        assert full == compact, path
        return
    yield path, full, compact
    for key, value in full.items():
        if key in NAMED:
            assert compact[key].keys() == value.keys(), path
            for name, inner in value.items():
                yield from schemas(inner, compact[key][name], f"{path}.{name}")
        elif key in ONE:
            yield from schemas(value, compact[key], f"{path}.{key}")
        elif key in MANY:
            assert len(value) == len(compact[key])
            for index, inner in enumerate(value):
                yield from schemas(inner, compact[key][index], f"{path}.{key}[{index}]")


@needs_fixture
def test_each_real_spec_keeps_all_that_checking_needs_and_nothing_else(tmp_path: Path) -> None:
    fixture = json.loads(FIXTURE.read_text("utf-8"))
    entries = {
        entry["dockerRepository"].rpartition("/")[2]: entry for entry in fixture["sources"] + fixture["destinations"]
    }
    root = write_lake(tmp_path, {**MINIMAL, "dag/connectors/.keep": ""})
    assert run(root, "lock", *entries, "--registry", str(FIXTURE)).code == 0
    locks = locked(root)
    assert locks.keys() == entries.keys()
    for name, entry in entries.items():
        full = entry["spec"]["connectionSpecification"]
        for path, schema, compact in schemas(full, locks[name]["spec"], name):
            kept = CHECKED | ONE | MANY | NAMED | (set() if schema.get("airbyte_secret") else {"default"})
            assert compact.keys() == schema.keys() & kept, path
            assert compact.get("default") == schema.get("default") or schema.get("airbyte_secret"), path
            assert {key: compact[key] for key in compact.keys() & CHECKED} == {
                key: schema[key] for key in schema.keys() & CHECKED
            }, path


@needs_fixture
def test_the_committed_locks_are_what_the_real_registry_gives() -> None:
    result = run(REPOSITORY, "lock", "--check", "--today", "2026-03-18", "--registry", str(FIXTURE))
    assert result.code == 0
    assert result.out == (
        "dag/connectors/source-faker.json:48:10  release-breaking  warning: tag: source-faker 7.0.0, which is beyond 6.2.24, "
        "breaks something (deadline 2026-03-19, in 1 day); it concerns products, purchases, users of connections.faker_to_lake\n"
        "    This is a test breaking change to validate breaking change infrastructure.\n"
        "    the registry does not have it yet\n"
        "1 warning\n"
    )
