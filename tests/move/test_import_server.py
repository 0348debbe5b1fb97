"""A workspace of years of clicking, imported from a server by the command."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.lakes import run, write_lake
from tests.support.workspaces import FilledWorkspace, filled_workspace

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

# What a POST may be for: a token, and what the Configuration API lists or reads.
READS = re.compile(
    r"/(token|list|get_for_source|get_for_destination|(source|destination)_definition_specifications/get|most_recent_source_actor_catalog)$"
)

SERVER = """\
version: 1
lake:
  name: shop
  stacks:
    airbyte:
      server_url: {var: server_url}
      workspace_id: {var: workspace_id}
      auth:
        client_id: {secret: airbyte_client_id}
        client_secret: {secret: airbyte_client_secret}
"""


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> Iterator[FilledWorkspace]:
    with filled_workspace() as made:
        server = made.server
        given = {
            "server_url": server.url,
            "workspace_id": server.workspace_id,
            "airbyte_client_id": server.client_id,
            "airbyte_client_secret": server.client_secret,
        }
        for name, value in given.items():
            monkeypatch.setenv(f"TF_VAR_{name}", value)
        yield made


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return write_lake(tmp_path / "lake", {"dag/registry/lake.yaml": SERVER})


def do_import(lake: Path, filled: FilledWorkspace, *words: str) -> tuple[int, str, str]:
    registry = lake.parent / "registry.json"
    registry.write_text(filled.registry, "utf-8")
    done = run(lake, "import", "--from", "server", "--registry", str(registry), *words)
    return done.code, done.out, done.err


def texts(lake: Path) -> dict[str, str]:
    return {str(path.relative_to(lake)): path.read_text("utf-8") for path in lake.rglob("*") if path.is_file()}


def test_everything_is_imported_and_passes_check(lake: Path, filled: FilledWorkspace) -> None:
    code, out, err = do_import(lake, filled, "--quiet")
    assert (code, out, err) == (1, "", "")
    checked = run(lake, "check", "--quiet")
    assert (checked.code, checked.err) == (0, "")
    report = texts(lake)["dag/import.md"]
    assert "\n26 of 86 objects plan empty; the first apply updates 60; 1 not read.\n" in report
    assert "### Left out" not in report


def test_connectors_are_locked_in_the_version_that_runs_there(lake: Path, filled: FilledWorkspace) -> None:
    registry = json.loads(filled.registry)
    for one in (*registry["sources"], *registry["destinations"]):
        one["dockerImageTag"] = "9.9.9"
    (lake.parent / "registry.json").write_text(json.dumps(registry), "utf-8")
    run(lake, "import", "--from", "server", "--registry", str(lake.parent / "registry.json"), "--quiet")
    locks = {path.stem: json.loads(path.read_text("utf-8")) for path in (lake / "dag/connectors").glob("*.json")}
    tags = {name: lock["tag"] for name, lock in locks.items() if not name.endswith(".docs")}
    assert len(tags) == 15
    assert tags == {name: filled.connectors[name]["dockerImageTag"] for name in tags}
    assert locks["destination-crm"]["destination_sync_modes"] == ["append", "soft_delete", "update"]


def test_no_secret_is_written_or_printed(lake: Path, filled: FilledWorkspace) -> None:
    _, out, err = do_import(lake, filled)
    shown = [out, err, *texts(lake).values()]
    assert len(filled.secrets) > 30
    assert [secret for secret in filled.secrets if any(secret in text for text in shown)] == []


def test_nothing_is_created_changed_or_started(lake: Path, filled: FilledWorkspace) -> None:
    do_import(lake, filled)
    writing = [one for one in filled.server.requests if one.method != "GET" and not READS.search(one.path)]
    assert writing == []


def test_a_second_import_changes_no_file(lake: Path, filled: FilledWorkspace) -> None:
    do_import(lake, filled)
    before = texts(lake)
    code, out, _ = do_import(lake, filled)
    assert (code, out.splitlines()[-1]) == (1, "nothing is new")
    assert texts(lake) == before


def test_only_what_is_named_is_imported_with_its_ends(lake: Path, filled: FilledWorkspace) -> None:
    code, out, _ = do_import(lake, filled, "--only", "Shop 8")
    assert (code, [line for line in out.splitlines() if "dag/registry" in line]) == (
        0,
        ["wrote dag/registry/s3_2026_import_destination.yaml", "wrote dag/registry/shop_source.yaml"],
    )
    assert run(lake, "check", "--quiet").code == 0


def test_json_tells_the_same(lake: Path, filled: FilledWorkspace) -> None:
    code, out, _ = do_import(lake, filled, "--format", "json", "--quiet")
    told = json.loads(out)
    assert (code, told["left_out"]) == (1, [])
    assert told["record"] == json.loads(texts(lake)["dag/import.json"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--from", "state"], "--from state needs the path: lakeform import --from state FILE"),
        (["--from", "server", "x"], "--from server asks the servers that the lake names: leave the path out"),
        (["--from", "hcl", "x", "--discover"], "--discover asks a server: it needs --from server"),
        (["--from", "server", "--stack", "airbite"], 'there is no stack "airbite"; did you mean "airbyte"?'),
    ],
)
def test_options_that_cannot_be_meant(lake: Path, words: list[str], message: str) -> None:
    done = run(lake, "import", *words)
    assert (done.code, done.out, done.err) == (2, "", f"lakeform import: {message}\n")


def test_a_report_that_is_none_is_told(lake: Path, filled: FilledWorkspace) -> None:
    (lake / "dag/import.json").write_text("[1]", "utf-8")
    code, _, err = do_import(lake, filled)
    assert (code, err) == (
        2,
        (
            "lakeform import: dag/import.json is not what an import has written; restore it from git, or delete it: then objects "
            "are recognized by adopt and by name alone\n"
        ),
    )
