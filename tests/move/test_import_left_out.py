"""What an import leaves out of workspaces as years of clicking leave them, and that a later import comes to the same."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from infra.airbyte.server import open_server
from infra.commands.common import read_model
from infra.lake.documents import write_text
from infra.lake.model.copied import copied_lake
from infra.lake.rules.check import errors_of
from infra.move.entries.connector_locks import ConnectorLocks
from infra.move.entries.import_lake import Imported, import_lake
from infra.move.entries.import_plan import ImportRequest, plan_import
from infra.move.entries.import_record import read_record
from infra.move.entries.set_aside import SetAside
from infra.move.found import FoundConnection, FoundWorkspace
from infra.move.found_terraform import FoundTerraform
from infra.move.server.from_server import read_server
from tests.support.lakes import LAKE, write_lake
from tests.support.workspace_connectors import IN_SHORT, OWN, locked
from tests.support.workspaces import filled_workspace

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

# (seed, sources, connections); the first leaves out two connections, others none or up to ten.
SHAPES = [
    (7, 10, 16),
    *(pytest.param((seed, 14, 24), marks=pytest.mark.slow) for seed in range(1, 21)),
]
Shape = tuple[int, int, int]

STACKS = LAKE.replace("    airbyte:", "    prod:") + LAKE.partition("  stacks:\n")[2].replace(
    "    airbyte:", "    staging:"
).replace("11111111-", "22222222-")

# Another id for every object, of the same form.
OTHER = str.maketrans("0123456789abcdef", "123456789abcdef0")


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return write_lake(tmp_path / "lake", {"dag/registry/lake.yaml": LAKE})


def found_in(tmp_path: Path, shape: Shape) -> FoundWorkspace:
    """The workspace of that shape."""
    seed, sources, connections = shape
    with filled_workspace(seed, sources=sources, connections=connections, openapi=None) as filled:
        given = {"client_id": filled.server.client_id, "client_secret": filled.server.client_secret}
        text = LAKE.replace("https://airbyte.example.com/api/public/v1", filled.server.url).replace(
            "11111111-2222-3333-4444-555555555555", filled.server.workspace_id
        )
        auth = "auth:\n        client_id: {secret: client_id}\n        client_secret: {secret: client_secret}"
        asking = write_lake(tmp_path / "asking", {"dag/registry/lake.yaml": text.replace("auth: none", auth)})
        with patch.dict(os.environ, {f"TF_VAR_{name}": value for name, value in given.items()}):
            server = open_server(read_model(asking).stacks["airbyte"], os.environ, tell=lambda _: None)
        return read_server(server, lambda _: None)


def request_for(root: Path, *only: str, **found: FoundWorkspace) -> ImportRequest:
    model = read_model(root)
    locks = ConnectorLocks(model, lambda: {**locked(), **IN_SHORT, **OWN})
    there = {stack: FoundTerraform(one) for stack, one in found.items()}
    return ImportRequest(model, there, locks, read_record(root), frozenset(only))


def do_import(root: Path, *only: str, **found: FoundWorkspace) -> tuple[Imported, list[str]]:
    """(the outcome, the files that changed); `check` has nothing against them."""
    request = request_for(root, *only, **found)
    done = import_lake(request)
    written = done.write(request)
    assert done.problems == ()
    assert errors_of(root) == ()
    return done, written


def alone(workspace: FoundWorkspace, key: str, left: set[str]) -> FoundWorkspace:
    """The workspace without what is left out, but for one connection."""
    kept = tuple(one for one in workspace.connections if one.key == key or one.key not in left)
    return replace(workspace, connections=kept)


def refuses(root: Path, found: Mapping[str, FoundWorkspace]) -> bool:
    """Whether nothing is to be written, or what `check` has something against."""
    plan = plan_import(request_for(root, **found), SetAside())
    with copied_lake(root) as copy:
        for path, text in plan.files.items():
            write_text(copy, path, text)
        return not plan.files or errors_of(copy) != () or plan.unsaid != {}


def check_left_out(root: Path, done: Imported, found: Mapping[str, FoundWorkspace]) -> None:
    """Each object that was left out does not pass `check` by itself, and its reasons are among those that it has by itself."""
    left = {(one.stack, one.key): one.left_out for one in done.left}
    for (stack, key), said in left.items():
        single = {
            other: alone(workspace, key if other == stack else "", {one for where, one in left if where == other})
            for other, workspace in found.items()
        }
        assert refuses(root, single), said
        again = import_lake(request_for(root, **single))
        (one,) = again.left
        assert (one.key, replace(one.left_out, why=())) == (key, replace(said, why=()))
        assert len(set(said.why)) == len(said.why) > 0
        assert set(said.why) <= set(one.left_out.why)


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_left_out_does_not_pass_and_a_second_import_changes_no_file(
    shape: Shape, lake: Path, tmp_path: Path
) -> None:
    found = {"airbyte": found_in(tmp_path, shape)}
    done, written = do_import(lake, **found)
    assert written
    assert done.left or shape != SHAPES[0]
    assert do_import(lake, **found)[1] == []
    check_left_out(lake, done, found)
    some = [one.left_out.what.partition('"')[2].rstrip('"') for one in done.left][:1] or [
        found["airbyte"].actors[0].key
    ]
    assert do_import(lake, *some, **found)[1] == []


@pytest.mark.parametrize("shape", SHAPES)
def test_part_after_part_comes_to_a_lake_that_passes_too(shape: Shape, lake: Path, tmp_path: Path) -> None:
    found = {"airbyte": found_in(tmp_path, shape)}
    for one in found["airbyte"].connections[::5]:
        do_import(lake, one.key, **found)
        assert do_import(lake, one.key, **found)[1] == []
    done, _ = do_import(lake, **found)
    assert do_import(lake, **found)[1] == []
    check_left_out(lake, done, found)


def elsewhere(workspace: FoundWorkspace) -> FoundWorkspace:
    """The same workspace in another Airbyte, with every third connection otherwise and every seventh missing."""
    actors = tuple(replace(one, key=one.key.translate(OTHER), id=one.key.translate(OTHER)) for one in workspace.actors)
    connections = tuple(_connections_elsewhere(workspace))
    catalogs = {key.translate(OTHER): streams for key, streams in workspace.catalogs.items()}
    return replace(workspace, actors=actors, connections=connections, catalogs=catalogs)


def _connections_elsewhere(workspace: FoundWorkspace) -> Iterator[FoundConnection]:
    for number, one in enumerate(workspace.connections):
        if number % 7 != 3:
            id_ = one.key.translate(OTHER)
            ends = one.remote.source_id.translate(OTHER), one.remote.destination_id.translate(OTHER)
            remote = replace(one.remote, id=id_, source_id=ends[0], destination_id=ends[1])
            if number % 3 == 0 and remote.settings is not None:
                streams = remote.settings.streams[:1]
                remote = replace(remote, settings=replace(remote.settings, streams=streams), status="inactive")
            yield replace(one, key=id_, id=id_, remote=remote)


@pytest.mark.parametrize("shape", SHAPES)
def test_two_stacks_come_to_the_same_in_a_second_import(shape: Shape, lake: Path, tmp_path: Path) -> None:
    write_text(lake, "dag/registry/lake.yaml", STACKS)
    prod = found_in(tmp_path, shape)
    found = {"prod": prod, "staging": elsewhere(prod)}
    done, _ = do_import(lake, **found)
    assert do_import(lake, **found)[1] == []
    check_left_out(lake, done, found)
    assert do_import(lake, prod=prod)[1] == []


@pytest.mark.parametrize("shape", SHAPES)
def test_a_stack_that_is_imported_later_leaves_the_other_one_as_it_is(shape: Shape, lake: Path, tmp_path: Path) -> None:
    write_text(lake, "dag/registry/lake.yaml", STACKS)
    prod = found_in(tmp_path, shape)
    staging = elsewhere(prod)
    do_import(lake, staging=staging)
    done, _ = do_import(lake, prod=prod)
    assert do_import(lake, prod=prod)[1] == []
    check_left_out(lake, done, {"prod": prod})
