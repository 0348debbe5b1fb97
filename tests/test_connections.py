"""`lakeform connections`: which connections of a workspace are ours, which are missing, which are nobody's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.rules.check import check_lake
from tests.kube import Cluster, cluster_on_path, state
from tests.lakes import run
from tests.operate_lakes import CONNECTION, FLUX, SOURCES, operate_lake, stack
from tests.remote import CONNECTORS, USERS, environ_of, without_pauses
from tests.standin import StandIn

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

NO_STATE = (
    "    note: recognized by names alone, as Terraform's state cannot be read: "
    'secrets "tfstate-default-lake-state" not found\n'
)
CRON = {"scheduleType": "cron", "cronExpression": "0 0 6 * * ?"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    without_pauses(monkeypatch)
    with StandIn(CONNECTORS, {"source-faker": [USERS]}) as running:
        for name, value in environ_of(running).items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    return cluster_on_path(tmp_path, monkeypatch)


@pytest.fixture
def lake(tmp_path: Path, server: StandIn, cluster: Cluster) -> Path:
    assert cluster.calls() == []
    return operate_lake(tmp_path / "lake", stack(url=server.url, workspace=server.workspace_id))


@pytest.fixture
def faker(server: StandIn) -> str:
    return server.add_source("Faker", "source-faker", {"count": 10})


@pytest.fixture
def files(server: StandIn) -> str:
    return server.add_destination("Files", "destination-s3", {})


def listed(lake: Path, *words: str) -> str:
    """What is listed, without the line that names the workspace."""
    result = run(lake, "connections", "--quiet", *words)
    assert (result.code, result.err) == (0, "")
    return result.out.partition("\n")[2]


def test_ours_are_recognized_by_their_names_and_those_of_their_ends(
    lake: Path, server: StandIn, faker: str, files: str
) -> None:
    id_ = server.add_connection(faker, files, name="Faker → Files", schedule=CRON)
    result = run(lake, "connections")
    assert (result.code, result.err) == (0, "listing what is in Airbyte\n")
    assert result.out == (
        f"stack airbyte, workspace {server.workspace_id}\n"
        f'    ours  faker_to_files  "Faker → Files"  active  0 0 6 * * ? UTC  {id_}\n{NO_STATE}'
    )


def test_the_same_name_with_other_ends_is_another_connection(
    lake: Path, server: StandIn, faker: str, files: str
) -> None:
    other_source = server.add_source("Other", "source-faker", {})
    other_destination = server.add_destination("Other", "destination-s3", {})
    server.add_connection(other_source, files, name="Faker → Files")
    server.add_connection(faker, other_destination, name="Faker → Files")
    found = json.loads(run(lake, "connections", "--quiet", "--format", "json").out)["stacks"][0]["connections"]
    assert [one["state"] for one in found] == ["missing", "orphan", "orphan"]


def test_ours_are_recognized_by_terraforms_state_whatever_they_are_called(
    lake: Path, server: StandIn, cluster: Cluster, faker: str, files: str
) -> None:
    id_ = server.add_connection(faker, files, name="An older name")
    cluster.put(state({"faker_to_files": id_, "gone": "x"}))
    assert listed(lake) == f'    ours  faker_to_files  "Faker → Files"  active  manual  {id_}\n'


def test_ours_are_recognized_by_adopt(lake: Path, server: StandIn, faker: str, files: str) -> None:
    id_ = server.add_connection(faker, files, name="An older name")
    path = lake / "dag/registry/lake.yaml"
    path.write_text(path.read_text().replace("  faker_to_files:\n", f"  faker_to_files:\n    adopt: {id_}\n"))
    found = json.loads(run(lake, "connections", "--quiet", "--format", "json").out)
    assert [(one["state"], one["recognized_by"]) for one in found["stacks"][0]["connections"]] == [("ours", "adopt")]


@pytest.mark.parametrize("broken", ["{}", "not base64", "bm8gZ3ppcA=="])
def test_a_state_that_cannot_be_read_is_told(
    lake: Path, cluster: Cluster, faker: str, files: str, server: StandIn, broken: str
) -> None:
    found = state({})
    found["data"] = {"tfstate": broken} if broken != "{}" else {}
    cluster.put(found)
    server.add_connection(faker, files, name="Faker → Files")
    said = "the Secret tfstate-default-lake-state holds no state that can be read"
    assert listed(lake).splitlines()[-1].endswith(f"cannot be read: {said}")


def test_a_connection_that_is_not_there_is_missing(lake: Path) -> None:
    assert listed(lake) == f'    missing  faker_to_files  "Faker → Files"\n{NO_STATE}'


def test_two_of_the_same_name_are_unclear(lake: Path, server: StandIn, faker: str, files: str) -> None:
    ids = sorted(server.add_connection(faker, files, name="Faker → Files") for _ in range(2))
    expected = f'    unclear  faker_to_files  "Faker → Files"  may be any of {", ".join(ids)}: say which with adopt\n'
    assert listed(lake) == expected + NO_STATE


def adopted(lake: Path, text: str) -> str:
    """What is listed after the lines below the first orphan were pasted into a new file."""
    lines = text.splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("    orphan"))
    pasted = [line.removeprefix("        ") for line in lines[start + 1 :] if line.startswith("        ")]
    assert pasted[0] == "connections:"
    (lake / "dag/registry/adopted.yaml").write_text("\n".join(pasted) + "\n")
    problems = [problem for problem in check_lake(lake, catalogs=False).report.problems if problem.severity == "error"]
    assert problems == []
    return listed(lake)


def test_an_orphan_comes_with_the_lines_that_adopt_it(lake: Path, server: StandIn, faker: str, files: str) -> None:
    ours = server.add_connection(faker, files, name="Faker → Files")
    id_ = server.add_connection(faker, files, name="By hand", schedule=CRON)
    text = listed(lake)
    assert text == (
        f'    ours  faker_to_files  "Faker → Files"  active  manual  {ours}\n'
        f'    orphan  "By hand"  active  0 0 6 * * ? UTC  {id_}\n'
        "        connections:\n"
        "          faker_to_files_2:\n"
        f"            adopt: {id_}\n"
        "            source: faker\n"
        "            destination: files\n"
        f"{NO_STATE}"
    )
    path = lake / "dag/registry/lake.yaml"
    path.write_text(path.read_text() + "    exclude: [users]\n")  # two connections do not write one table
    (lake / "dag/streams/faker/log.json").write_text((lake / "dag/streams/faker/users.json").read_text())
    text = text.replace(
        "            destination: files\n", "            destination: files\n            exclude: [log]\n"
    )
    assert "orphan" not in adopted(lake, text)


def test_an_orphan_that_may_be_a_missing_one_says_so(lake: Path, server: StandIn, faker: str, files: str) -> None:
    id_ = server.add_connection(faker, files, name="By hand")
    assert listed(lake) == (
        '    missing  faker_to_files  "Faker → Files"\n'
        f'    orphan  "By hand"  active  manual  {id_}\n'
        "        connections:\n"
        "          faker_to_files:  # has the same source and destination, and is missing in Airbyte\n"
        f"            adopt: {id_}\n"
        f"{NO_STATE}"
    )


def test_an_orphan_whose_ends_are_nobodys_either_says_what_comes_first(
    lake: Path, server: StandIn, faker: str, files: str
) -> None:
    source = server.add_source("Other", "source-faker", {})
    id_ = server.add_connection(source, files, name="By hand")
    assert listed(lake).splitlines()[1:4] == [
        f'    orphan  "By hand"  active  manual  {id_}',
        f'        its source "Other" has no entry; write one with adopt: {source}',
        f"        then its own entry with adopt: {id_}",
    ]
    assert faker != source


def test_connections_of_another_stack_in_the_workspace_are_not_orphans(
    tmp_path: Path, server: StandIn, cluster: Cluster, faker: str, files: str
) -> None:
    both = stack("one", server.url, server.workspace_id) + stack("two", server.url, server.workspace_id, flux="")
    defaults = "  defaults: {source: {stack: [one, two]}, destination: {stack: [one, two]}}\n"
    first = CONNECTION + "    stack: one\n"
    second = "  again:\n    name: Again\n    source: faker\n    destination: files\n    stack: two\n"
    lake = operate_lake(tmp_path / "two", both + defaults, SOURCES + first + second)
    ours = server.add_connection(faker, files, name="Faker → Files")
    theirs = server.add_connection(faker, files, name="Again")
    orphan = server.add_connection(faker, files, name="Orphan")
    cluster.put(state({"faker_to_files": ours}))
    assert listed(lake, "--stack", "one") == (
        f'    ours    faker_to_files  "Faker → Files"  active  manual  {ours}\n'
        f'    of two  again           "Again"  active  manual  {theirs}\n'
        f'    orphan  "Orphan"  active  manual  {orphan}\n'
        "        connections:\n"
        "          faker_to_files_2:\n"
        f"            adopt: {orphan}\n"
        "            source: faker\n"
        "            destination: files\n"
        "            stack: one\n"
    )
    found = json.loads(run(lake, "connections", "--quiet", "--format", "json", "--stack", "two").out)["stacks"][0]
    assert [(one["state"], one["name"]) for one in found["connections"]] == [
        ("ours", "Again"),
        ("other stack", "Faker → Files"),
        ("orphan", "Orphan"),
    ]


def test_what_was_deleted_in_airbyte_is_no_orphan(lake: Path, server: StandIn, faker: str, files: str) -> None:
    """Its lines to adopt would bring a deleted connection into the registry, and every plan would fail."""
    ours = server.add_connection(faker, files, name="Faker → Files", schedule=CRON)
    server.add_connection(faker, files, name="Gone", status="deprecated")
    assert listed(lake) == (f'    ours  faker_to_files  "Faker → Files"  active  0 0 6 * * ? UTC  {ours}\n{NO_STATE}')


def test_an_entry_of_two_stacks_in_one_workspace_is_one_connection(
    tmp_path: Path, server: StandIn, cluster: Cluster, faker: str, files: str
) -> None:
    by_hand = FLUX.partition("      flux:")[0]
    both = "".join(stack(name, server.url, server.workspace_id, flux=by_hand) for name in ("one", "two"))
    defaults = "  defaults: {source: {stack: [one, two]}, destination: {stack: [one, two]}}\n"
    lake = operate_lake(tmp_path / "two", both + defaults, SOURCES + CONNECTION + "    stack: [one, two]\n")
    id_ = server.add_connection(faker, files, name="Faker → Files")
    ours = f'    ours  faker_to_files  "Faker → Files"  active  manual  {id_}\n'
    assert listed(lake, "--stack", "one") == ours
    assert cluster.calls() == []  # nothing says that this cluster has the state of a stack that is applied by hand


def test_an_id_holds_for_one_stack(tmp_path: Path, server: StandIn, cluster: Cluster, faker: str, files: str) -> None:
    workspace = server.add_workspace("Other")
    both = stack("one", server.url, server.workspace_id) + stack("two", server.url, workspace, flux="")
    defaults = "  defaults: {source: {stack: [one, two]}, destination: {stack: [one, two]}}\n"
    lake = operate_lake(tmp_path / "two", both + defaults, SOURCES + CONNECTION + "    stack: [one, two]\n")
    id_ = server.add_connection(faker, files, name="By hand")
    cluster.put(state({}))
    assert listed(lake, "--stack", "one").endswith(f"            overrides: {{one: {{adopt: {id_}}}}}\n")


def test_a_stack_that_cannot_be_asked_does_not_hide_the_others(
    tmp_path: Path, server: StandIn, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = stack("one", flux="").replace("{secret: airbyte_client_id}", "{secret: other_id}")
    both += stack("two", server.url, server.workspace_id, flux="")
    lake = operate_lake(tmp_path / "two", both, "")
    result = run(lake, "connections", "--quiet")
    message = "no value for what the registry refers to; set in the environment: TF_VAR_other_id"
    assert (result.code, result.err, cluster.calls()) == (2, "", [])
    expected = f'stack one: not known\n    stack "one": {message}\n\nstack two, workspace {server.workspace_id}\n'
    assert result.out == f"{expected}    no connections\n"
    found = json.loads(run(lake, "connections", "--quiet", "--format", "json").out)["stacks"]
    assert [one["fault"] for one in found] == [f'stack "one": {message}', None]
    monkeypatch.setenv("TF_VAR_other_id", "x")
    assert "nobody answers there" in run(lake, "connections", "--quiet").out


def test_json_has_everything(lake: Path, server: StandIn, faker: str, files: str, cluster: Cluster) -> None:
    cluster.put(state({}))
    id_ = server.add_connection(faker, files, name="By hand")
    found = json.loads(run(lake, "connections", "--quiet", "--format", "json").out)
    entry = "  faker_to_files:  # has the same source and destination, and is missing in Airbyte"
    assert found == {
        "stacks": [
            {
                "stack": "airbyte",
                "workspace_id": server.workspace_id,
                "fault": None,
                "note": None,
                "connections": [
                    {
                        "state": "missing",
                        "entry": "connections.faker_to_files",
                        "name": "Faker → Files",
                        "id": None,
                        "status": None,
                        "cron": None,
                        "recognized_by": None,
                        "candidates": [],
                    },
                    {
                        "state": "orphan",
                        "entry": None,
                        "name": "By hand",
                        "id": id_,
                        "status": "active",
                        "cron": None,
                        "source": "Faker",
                        "destination": "Files",
                        "adopt": f"connections:\n{entry}\n    adopt: {id_}",
                    },
                ],
                "twins": [],
            }
        ]
    }
