"""`lakeform connections`: what looks like an entry's source, destination or connection, and is not it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.standin import StandIn
from tests.support.kube import Cluster, state, state_of
from tests.support.lakes import locks as all_locks
from tests.support.lakes import run
from tests.support.operate_lakes import CONNECTION, SOURCES, operate_lake, stack
from tests.support.remote import CONNECTORS, USERS, environ_of, without_pauses

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

DEFINITIONS = {path.stem: json.loads(path.read_text("utf-8"))["definition_id"] for path in all_locks()}
UNKNOWN = "more than the registry has; which one is ours cannot be known, as Terraform's state is not read here"
UNCLAIMED = (
    "not in Terraform's state, so the next apply creates another one: adopt with its id takes this one over instead"
)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    without_pauses(monkeypatch)
    connectors = {name: {**about, **_definition(name)} for name, about in CONNECTORS.items()}
    with StandIn(connectors, {"source-faker": [USERS]}) as running:
        for name, value in environ_of(running).items():
            monkeypatch.setenv(name, value)
        yield running


def _definition(connector: str) -> dict[str, str]:
    return {"definition_id": DEFINITIONS[connector]} if connector in DEFINITIONS else {}


def told(lake: Path, *words: str) -> list[str]:
    """The lines about twins."""
    result = run(lake, "connections", "--quiet", *words)
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    first = ("    twin  ", "    unclaimed  ", "    unclear  ")
    starts = [i for i, line in enumerate(lines) if line.startswith(first) and "may be any of" not in line]
    return [line.strip() for i in starts for line in lines[i : i + 2]]


def in_json(lake: Path, *words: str) -> list[dict[str, Any]]:
    found = json.loads(run(lake, "connections", "--quiet", "--format", "json", *words).out)
    twins: list[dict[str, Any]] = found["stacks"][0]["twins"]
    return twins


def test_what_is_as_it_should_be_has_no_twins(
    lake: Path, server: StandIn, cluster: Cluster, faker: str, files: str
) -> None:
    id_ = server.add_connection(faker, files, name="Faker → Files")
    assert told(lake) == []
    cluster.put(state({"faker_to_files": id_}, source={"faker": faker}, destination={"files": files}))
    assert (told(lake), in_json(lake)) == ([], [])


def test_a_second_source_is_a_twin_with_the_connections_that_use_it(
    lake: Path, server: StandIn, cluster: Cluster, faker: str, files: str
) -> None:
    other = server.add_source("Faker", "source-faker", {"count": 10})
    server.add_connection(other, files, name="By hand")
    cluster.put(state({}, source={"faker": faker}, destination={"files": files}))
    assert told(lake) == [
        f'twin  sources.faker  "Faker"  {other}  used by 1 connection',
        f"a copy of {faker}, which is ours: delete it in Airbyte if nothing needs it",
    ]
    assert in_json(lake) == [
        {"case": "twin", "entry": "sources.faker", "name": "Faker", "ids": [other], "ours": faker, "used_by": 1}
    ]


def test_a_second_destination_is_a_twin(lake: Path, server: StandIn, cluster: Cluster, faker: str, files: str) -> None:
    others = sorted(server.add_destination("Files", "destination-s3", {}) for _ in range(2))
    cluster.put(state({}, source={"faker": faker}, destination={"files": files}))
    assert told(lake)[0] == f'twin  destinations.files  "Files"  {", ".join(others)}  used by 0 connections'


def test_a_second_connection_is_a_twin_and_no_orphan(
    lake: Path, server: StandIn, cluster: Cluster, faker: str, files: str
) -> None:
    ours = server.add_connection(faker, files, name="Faker → Files")
    copy = server.add_connection(faker, files, name="Faker → Files")
    cluster.put(state({"faker_to_files": ours}, source={"faker": faker}, destination={"files": files}))
    assert told(lake) == [
        f'twin  connections.faker_to_files  "Faker → Files"  {copy}',
        f"a copy of {ours}, which is ours: delete it in Airbyte if nothing needs it",
    ]
    assert "orphan" not in run(lake, "connections", "--quiet").out


def test_what_the_state_does_not_have_would_be_made_a_second_time(
    lake: Path, cluster: Cluster, faker: str, files: str
) -> None:
    """What an apply leaves whose read after a creation failed."""
    cluster.put(state({}, destination={"files": files}))
    assert told(lake) == [f'unclaimed  sources.faker  "Faker"  {faker}  used by 0 connections', UNCLAIMED]


def test_so_would_a_connection(lake: Path, server: StandIn, cluster: Cluster, faker: str, files: str) -> None:
    id_ = server.add_connection(faker, files, name="Faker → Files")
    cluster.put(state({}, source={"faker": faker}, destination={"files": files}))
    assert told(lake) == [f'unclaimed  connections.faker_to_files  "Faker → Files"  {id_}', UNCLAIMED]


def test_without_a_state_nobody_knows_which_one_is_ours(
    lake: Path, server: StandIn, cluster: Cluster, faker: str, files: str
) -> None:
    assert told(lake) == []  # one of each is recognized by its name
    ids = sorted([faker, server.add_source("Faker", "source-faker", {})])
    lines = [f'unclear  sources.faker  "Faker"  {", ".join(ids)}  used by 0 connections', UNKNOWN]
    assert told(lake) == lines
    cluster.put(state_of({"version": 4, "encrypted_data": "AAAA", "encryption_version": "v0"}))
    assert told(lake) == lines
    assert (
        "the Secret tfstate-default-lake-state contains an encrypted state" in run(lake, "connections", "--quiet").out
    )
    assert files not in "".join(lines)


def test_adopt_says_which_one_is_ours(lake: Path, server: StandIn, faker: str) -> None:
    other = server.add_source("Faker", "source-faker", {})
    path = lake / "dag/registry/lake.yaml"
    path.write_text(path.read_text().replace("  faker:\n", f"  faker:\n    adopt: {other}\n"))
    assert in_json(lake)[0]["ours"] == other
    assert in_json(lake)[0]["ids"] == [faker]


@pytest.mark.parametrize("connector", ["source-faker", "destination-s3"])
def test_another_definition_workspace_name_or_kind_is_no_twin(
    lake: Path, server: StandIn, cluster: Cluster, faker: str, files: str, connector: str
) -> None:
    cluster.put(state({}, source={"faker": faker}, destination={"files": files}))
    elsewhere = server.add_workspace("Other")
    server.add_source("Faker", "source-faker", {}, workspace_id=elsewhere)
    server.add_source("faker", "source-faker", {})
    server.add_source("Files", "source-faker", {})
    server.add_destination("Files", "destination-csv", {})
    assert connector in DEFINITIONS
    assert told(lake) == []


def test_what_is_still_to_be_destroyed_is_no_twin(
    lake: Path, server: StandIn, cluster: Cluster, faker: str, files: str
) -> None:
    old = server.add_source("Faker", "source-faker", {})
    instances = [
        {"schema_version": 0, "attributes": {"source_id": faker}},
        {"schema_version": 0, "deposed": "0a1b2c3d", "attributes": {"source_id": old}},
    ]
    source = {"mode": "managed", "type": "airbyte_source", "name": "faker", "instances": instances}
    destination = {
        "mode": "managed",
        "type": "airbyte_destination",
        "name": "files",
        "instances": [{"attributes": {"destination_id": files}}],
    }
    data = {"mode": "data", "type": "airbyte_source", "name": "x", "instances": []}
    cluster.put(state_of({"version": 4, "outputs": {}, "resources": [source, destination, data]}))
    assert told(lake) == []


def two_stacks(root: Path, server: StandIn, second: str) -> Path:
    """The same source and destination in two stacks of one workspace; `second`: more of the second stack."""
    both = stack("one", server.url, server.workspace_id) + stack("two", server.url, server.workspace_id, flux=second)
    defaults = "  defaults: {source: {stack: [one, two]}, destination: {stack: [one, two]}}\n"
    return operate_lake(root, both + defaults, SOURCES + CONNECTION + "    stack: one\n")


def test_what_another_stack_of_the_workspace_has_is_no_twin(
    tmp_path: Path, server: StandIn, cluster: Cluster, faker: str, files: str
) -> None:
    flux = "      backend: {kubernetes: {namespace: lake, secret_suffix: other}}\n"
    flux += '      flux:\n        git: {url: "ssh://git@git.example.com/team/lake"}\n'
    lake = two_stacks(tmp_path / "two", server, flux)
    source, destination = (
        server.add_source("Faker", "source-faker", {}),
        server.add_destination("Files", "destination-s3", {}),
    )
    cluster.put(state({}, source={"faker": faker}, destination={"files": files}))
    cluster.put(state({}, "other", source={"faker": source}, destination={"files": destination}))
    assert told(lake, "--stack", "one") == []
    assert told(lake, "--stack", "two") == []
    third = server.add_source("Faker", "source-faker", {})
    assert in_json(lake, "--stack", "two")[0] == {
        "case": "twin",
        "entry": "sources.faker",
        "name": "Faker",
        "ids": [third],
        "ours": source,
        "used_by": 0,
    }


def test_what_may_be_that_of_a_stack_whose_state_is_elsewhere_is_no_twin(
    tmp_path: Path, server: StandIn, cluster: Cluster, faker: str, files: str
) -> None:
    lake = two_stacks(tmp_path / "two", server, "")
    server.add_source("Faker", "source-faker", {})
    cluster.put(state({}, source={"faker": faker}, destination={"files": files}))
    assert told(lake, "--stack", "one") == []
    third = server.add_source("Faker", "source-faker", {})
    assert in_json(lake, "--stack", "one")[0]["case"] == "unclear"
    assert third in in_json(lake, "--stack", "one")[0]["ids"]
    assert faker not in in_json(lake, "--stack", "one")[0]["ids"]
