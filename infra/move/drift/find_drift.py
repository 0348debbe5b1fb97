"""Asks the servers of a lake's stacks, and says what there differs from its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from infra.airbyte.server import AirbyteServer, open_server
from infra.base.environment import environment_values
from infra.base.errors import UserError
from infra.base.transport import Tell
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.move.drift.airbyte_changes import Signs, is_stopped, read_signs, told
from infra.move.drift.drift import Drift, StackDrift
from infra.move.drift.edits import edits_of
from infra.move.drift.found_difference import Difference
from infra.move.drift.known import Known, known_of
from infra.move.entries.import_record import ImportRecord
from infra.move.entries.recognize import Recognized
from infra.move.found import FoundWorkspace
from infra.move.gaps import gaps_of
from infra.move.server.from_server import read_server
from infra.move.server.server_catalogs import FURTHER

IdsOf = Callable[[Stack], tuple[Mapping[str, str], str]]


def find_drift(
    model: LakeModel,
    stacks: Sequence[Stack],
    ids_of: IdsOf,
    record: ImportRecord,
    environ: Mapping[str, str],
    *,
    tell: Tell,
) -> Drift:
    """The drift of these stacks; a workspace that cannot be read does not hide the others. Nothing is changed or started.

    `ids_of`: entry -> Airbyte id, as far as Terraform's state can be read, and why it cannot; `record`: of earlier imports.
    """
    asked: dict[str, StackDrift] = {}
    servers: dict[str, AirbyteServer] = {}
    ids: dict[str, Mapping[str, str]] = {}
    for stack in stacks:
        try:
            servers[stack.id] = open_server(stack, environ, tell=tell)
            found = read_server(servers[stack.id], tell)
        except UserError as error:
            asked[stack.id] = StackDrift(stack.id, fault=str(error))
            continue
        ids[stack.id], note = ids_of(stack)
        gaps = tuple(f"{one.what}: {one.why}" for one in gaps_of(found))
        asked[stack.id] = StackDrift(stack.id, found, gaps=gaps, notes=(note,) if note else ())
    workspaces = {id_: one.workspace for id_, one in asked.items() if one.workspace}
    known = known_of(model, record, ids, environment_values(environ))
    edits = edits_of(model, workspaces, known)
    causes: dict[tuple[str, str, Any], str] = {}
    for id_, workspace in workspaces.items():
        which = known.recognize(model, id_, workspace)
        differences = [one for one in edits.differences if one.stack == id_ and one.announced is None]
        causes |= {one.key: text for one in differences if (text := _cause(one, workspace, servers[id_], which))}
    return Drift(tuple(_with_unmanaged(model, one, known) for one in asked.values()), edits, causes)


def _cause(one: Difference, workspace: FoundWorkspace, server: AirbyteServer, which: Recognized) -> str:
    """What is told of a difference that Airbyte itself may have made; the server is asked about connections that stopped."""
    found = workspace.connection(which.keys.get(one.entry, ""))
    if found is None:
        return ""
    detailed = not any(untold.what == FURTHER for untold in workspace.untold)
    signs = read_signs(server, found, detailed=detailed) if is_stopped(one) else Signs()
    return told(one, found.remote, signs)


def _with_unmanaged(model: LakeModel, asked: StackDrift, known: Known) -> StackDrift:
    """The answer with the objects that no stack in the workspace has an entry for."""
    if asked.workspace is None:
        return asked
    here = model.stacks[asked.stack].settings
    place = (here.server_url, here.workspace_id)
    beside = [one for one in model.stacks.values() if (one.settings.server_url, one.settings.workspace_id) == place]
    workspace = asked.workspace
    taken = {key for one in beside for key in known.recognize(model, one.id, workspace).keys.values()}
    return replace(asked, unmanaged=tuple(_unmanaged(workspace, taken)))


def _unmanaged(workspace: FoundWorkspace, taken: set[str]) -> Iterator[str]:
    for actor in workspace.actors:
        if actor.key not in taken:
            yield f'the {actor.kind} "{actor.name}", {actor.key}'
    for one in workspace.connections:
        if one.key not in taken and one.remote.status != "deprecated":
            yield f'the connection "{one.remote.name}", {one.key}'
