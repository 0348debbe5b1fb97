"""`--format json`: every verb has it, and prints one document of one shape, whatever came of it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.commands.main import VERBS, _parser
from tests.standin import StandIn
from tests.support.kube import applied, cluster_on_path, repository, secret
from tests.support.lakes import Result, run, write_files
from tests.support.operate_lakes import CONNECTION, FLUX, SOURCES, operate_lake, stack
from tests.support.remote import KEY, shop

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

# Verbs without the option, and why.
WITHOUT = {
    "completion": "prints a script for a shell",
    "init": "there is no lake yet, and what it prints is what to type next",
}

FIELDS = {"properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
CATALOG = {"streams": [{"name": "users", "json_schema": FIELDS}]}
SPEC = {"connectionSpecification": {"type": "object", "properties": {"city": {"type": "string"}}}}
CUSTOM = "11111111-2222-3333-4444-555555555555"
LOCKED = ("source-own", "--from-spec", "{root}/spec.json", "--definition-id", CUSTOM)

# Verb, and the key that its document has at least -> what is typed on a lake where all is well.
ROWS: dict[tuple[str, str], tuple[str, ...]] = {
    ("check", "problems"): (),
    ("catalog", "written"): (),
    ("synth", "written"): (),
    ("lock", "locks"): LOCKED,
    ("schema", "schema"): ("stream",),
    ("discover", "sources"): ("faker", "--from", "{root}/catalog.json"),
    ("add source", "written"): ("weather", "--connector", "source-faker"),
    ("add destination", "written"): ("bucket", "--connector", "destination-s3"),
    ("add stream", "written"): ("faker", "orders"),
    ("add flow", "written"): ("faker", "users"),
    ("add connection", "written"): ("more", "--source", "faker", "--destination", "files"),
    ("remove", "removed"): ("connections.faker_to_files", "--reason", "nobody reads it", "--force"),
    ("rename", "written"): ("sources.faker", "people"),
    ("test", "works"): ("faker",),
    ("review", "server"): ("--server", "--today", "2026-01-02"),
    ("explain", "text"): ("cursor-required",),
    ("secrets", "variables"): (),
    ("flux", "written"): (),
    ("status", "stacks"): ("--stack", "airbyte"),
    ("reconcile", "ready"): ("--timeout", "1s"),
    ("suspend", "suspended"): ("--reason", "a move"),
    ("resume", "ready"): (),
    ("drift", "stacks"): (),
    ("connections", "stacks"): (),
    ("sync", "job"): ("faker_to_files", "--no-wait"),
    ("backfill", "written"): ("faker", "users", "--token", "again"),
    ("landing feed", "tables"): (),
    ("landing ddl", "tables"): (),
    ("landing status", "tables"): (),
    ("landing replay", "tables"): ("faker", "users", "--all"),
    ("landing erase", "table"): ("faker", "users", "--key", "id=1"),
    ("landing maintain", "steps"): (),
    ("landing sql", "fault"): ("SELECT 1 AS one",),
    ("impact", "impact"): ("faker",),
    ("read", "fault"): ("faker", "--connection", "of_nobody"),
    ("import", "written"): ("--from", "server"),
    ("cache", "connectors"): (),
}

# What does not mind a file of the registry that nobody can read, and why.
HEEDLESS = {
    "explain": "a rule is the same in every lake",
    "lock": "the connector is named, and what is locked is not in the registry",
    "test": "it asks for an entry, which is whole",
    "cache": "what is installed is no lake's",
}


def leaves() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every verb, and every verb of a verb, with its parser."""
    for verb in VERBS:
        parser = _choices(_parser([verb]))[verb]
        inner = _choices(parser)
        yield from ((f"{verb} {name}", one) for name, one in inner.items()) if inner else [(verb, parser)]


def _choices(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    return dict(found[0].choices) if found else {}


def test_every_verb_has_a_row_or_a_reason() -> None:
    assert {verb for verb, _ in leaves()} == {verb for verb, _ in ROWS} | set(WITHOUT)


@pytest.mark.parametrize(("verb", "parser"), list(leaves()), ids=lambda one: one if isinstance(one, str) else "")
def test_every_verb_has_the_option(verb: str, parser: argparse.ArgumentParser) -> None:
    forms = [one.choices for one in parser._actions if "--format" in one.option_strings]
    assert [("json" in (choices or ()), "text" in (choices or ())) for choices in forms] == (
        [] if verb in WITHOUT else [(True, True)]
    )


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with shop(monkeypatch) as running:
        running.clock.advance(3600)
        yield running


@pytest.fixture
def lake(tmp_path: Path, server: StandIn, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lake that is applied, with a landing, on a server that answers."""
    cluster = cluster_on_path(tmp_path, monkeypatch)
    cluster.put(applied())
    cluster.put(repository())
    cluster.put(secret({"faker_key": KEY}))
    ends = [next(iter(actors.values())).id for actors in (server.state.sources, server.state.destinations)]
    server.add_connection(*ends, name="Faker → Files")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    place = stack(url=server.url, workspace=server.workspace_id, flux=f"{FLUX}      landing: local\n")
    root = operate_lake(tmp_path / "lake", f"{place}{LANDING}", SOURCES + CONNECTION)
    orders = {"name": "orders", "json_schema": FIELDS}
    write_files(
        root,
        {
            "catalog.json": json.dumps(CATALOG),
            "spec.json": json.dumps(SPEC),
            "dag/sources/faker/users.json": json.dumps(CATALOG["streams"][0]),
            "dag/sources/faker/orders.json": json.dumps(orders),
        },
    )
    return root


LANDING = """\
  landings:
    local:
      catalog: {sqlite: .lake/catalog.sqlite}
      tables: .lake/tables/
      raw: .lake/raw/
"""


def asked(root: Path, verb: str, words: tuple[str, ...]) -> tuple[Result, dict[str, Any]]:
    """The answer of `--format json`, and its one object."""
    said = [word.replace("{root}", str(root)) for word in words]
    first, *rest = verb.split()
    result = run(root, first, *rest, *said, "--format", "json")
    value = json.loads(result.out)
    assert isinstance(value, dict)
    assert next(iter(value)) == "problems"
    assert isinstance(value["problems"], list)
    return result, value


@pytest.mark.parametrize(("verb", "key"), ROWS)
def test_one_object_where_all_is_well(lake: Path, verb: str, key: str) -> None:
    if verb in ("check", "review"):
        assert run(lake, "synth").code == 0
    result, value = asked(lake, verb, ROWS[verb, key])

    assert key in value
    assert (result.code == 2) == bool(value.get("fault"))
    assert [problem for problem in value["problems"] if problem["severity"] == "error"] == []


@pytest.mark.parametrize(("verb", "key"), ROWS)
def test_the_problems_are_in_it_and_the_exit_code_is_the_same(lake: Path, verb: str, key: str) -> None:
    write_files(lake, {"dag/registry/broken.yaml": "sources: [\n", "dag/connectors/source-broken.json": "{\n"})
    words = [word.replace("{root}", str(lake)) for word in ROWS[verb, key]]

    result, value = asked(lake, verb, ROWS[verb, key])
    text = run(lake, *verb.split(), *words)

    assert bool(value["problems"]) != (verb in HEEDLESS)
    assert result.code == text.code
    assert bool(value.get("fault")) == (result.code == 2)


def test_no_lake_is_a_fault(tmp_path: Path) -> None:
    result = run(tmp_path / "nowhere", "check", "--format", "json")

    why = f"there is no folder {tmp_path / 'nowhere'}"
    assert json.loads(result.out) == {"problems": [], "fault": why}
    assert (result.code, result.err) == (2, f"lakeform check: {why}\n")
