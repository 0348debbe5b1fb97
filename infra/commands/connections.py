"""`lakeform connections`."""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from infra.airbyte.server import open_server
from infra.airbyte.workspace.connection_list import ConnectionList, Orphan, Seen, make_orphan
from infra.airbyte.workspace.matching import Matched, Workspace, find_orphans, match_connections, read_workspace
from infra.airbyte.workspace.twins import Stacked, find_twins
from infra.airbyte.workspace.unused import find_unused
from infra.base.errors import UserError
from infra.base.printable import show
from infra.base.redactor import Redactor
from infra.commands.common import add_format, find_root, print_json
from infra.commands.progress import progress
from infra.commands.stacks import add_context, read_lake
from infra.gitops.cluster.kubectl import Kubectl
from infra.gitops.cluster.state import known_ids
from infra.lake.model.find import chosen_stacks
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.move.entries.import_record import read_record
from infra.move.entries.told import LeftOut


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--stack --context --format`."""
    parser.add_argument("--stack", metavar="STACK", help="only this one's workspace; default: every stack's")
    add_context(parser)
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Print every connection of the workspaces; 2 if one could not be asked."""
    model = read_lake(find_root(options))
    stacks = chosen_stacks(model, options.stack)
    kubectl = Kubectl(options.context, Redactor.of_environment(os.environ))
    found: dict[str, ConnectionList | UserError] = {}
    with progress(options, "listing what is in Airbyte", len(stacks)) as shown:
        for stack in stacks:
            try:
                found[stack.id] = _list(model, stack, kubectl, shown.tell)
            except UserError as error:
                found[stack.id] = error
            shown.advance()
    if options.format == "json":
        print_json({"stacks": [_json(*one) for one in found.items()]})
    else:
        show("\n\n".join(_text(*one) for one in found.items()))
    return 2 if any(isinstance(one, UserError) for one in found.values()) else 0


def _list(model: LakeModel, stack: Stack, kubectl: Kubectl, tell: Callable[[str], None]) -> ConnectionList:
    server = open_server(stack, os.environ, tell=tell)
    workspace = read_workspace(server)
    ours, note = _stacked(model, stack, kubectl)
    own = _own(ours, workspace)
    others: list[Matched] = []
    beside: list[Stacked] = []
    for other in model.stacks.values():
        if other.id != stack.id and _shares(stack, other, workspace.id):
            beside.append(_stacked(model, other, kubectl)[0])
            theirs = _own(beside[-1], workspace)
            taken = {one.remote.id for one in own if one.remote}
            others += [one for one in theirs if one.remote and one.remote.id not in taken]
    twins = find_twins(ours, beside, workspace, own, others)
    copies = {id_ for twin in twins for id_ in twin.ids}
    seen = Seen(own, ours.state)
    left_out = read_record(model.root).left_out_of(stack.id)
    orphans = [
        _with_import(make_orphan(remote, model, stack, workspace, seen), own, left_out)
        for remote in find_orphans(workspace, [*own, *others])
        if remote.id not in copies
    ]
    unused = find_unused(workspace, [ours, *beside], copies)
    return ConnectionList(stack.id, workspace, tuple(own), tuple(others), tuple(orphans), note, tuple(twins), unused)


def _with_import(orphan: Orphan, own: Sequence[Matched], left_out: Mapping[str, LeftOut]) -> Orphan:
    """The orphan; one without an entry with what an import says of it, which may change what an entry cannot say."""
    adoption, id_ = orphan.adoption, orphan.remote.id
    awaited = {(one.entry.settings.source, one.entry.settings.destination) for one in own if one.remote is None}
    ends = (orphan.source, orphan.destination)
    if adoption.lines or None in ends or ends in awaited:
        return orphan
    command = f"lakeform import --from server --only {shlex.quote(id_)}"
    said = [f"{command} writes an entry that comes near to it and reports what changes, or says why it cannot"]
    if id_ in left_out:
        why = [reason for reason in left_out[id_].why if reason not in adoption.reasons]
        said = [f"lakeform import has left it out{', as well' if not why else ':'}", *why]
    return replace(orphan, adoption=replace(adoption, reasons=(*adoption.reasons, *said)))


def _own(stacked: Stacked, workspace: Workspace) -> list[Matched]:
    return match_connections(stacked.stack, workspace, stacked.state.connections if stacked.state else {})


def _stacked(model: LakeModel, stack: Stack, kubectl: Kubectl) -> tuple[Stacked, str]:
    """A stack with what Terraform's state has of it; else why it has nothing, which names may make up for."""
    known = [one for one in stack.actors() if one.settings.definition_id or one.settings.connector in model.locks]
    definitions = {one.path: model.definition_id(one) for one in known}
    state, note = known_ids(kubectl, stack)
    return Stacked(stack, definitions, state), note


def _shares(stack: Stack, other: Stack, workspace_id: str) -> bool:
    """True if both stacks are in one workspace, as far as it can be told."""
    ours, theirs = stack.settings, other.settings
    if ours.server_url != theirs.server_url:
        return False
    if ours.workspace_id == theirs.workspace_id:
        return True
    try:
        return open_server(other, os.environ).workspace_id == workspace_id
    except UserError:
        return False


def _json(stack: str, found: ConnectionList | UserError) -> dict[str, Any]:
    if isinstance(found, UserError):
        return {
            "stack": stack,
            "workspace_id": None,
            "fault": str(found),
            "note": None,
            "connections": [],
            "twins": [],
            "unused": [],
        }
    return found.to_json()


def _text(stack: str, found: ConnectionList | UserError) -> str:
    return f"stack {stack}: not known\n    {found}" if isinstance(found, UserError) else found.to_text()
