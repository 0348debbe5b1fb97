"""`lakeform status`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.airbyte.server import open_server
from infra.airbyte.workspace.connection_status import ConnectionStatus, read_connections
from infra.airbyte.workspace.known_secrets import KnownSecrets
from infra.base.errors import UserError
from infra.base.printable import show
from infra.base.redactor import Redactor
from infra.commands.common import add_format, find_root, print_json
from infra.commands.progress import progress
from infra.commands.stacks import add_context, now, read_documents, read_lake
from infra.gitops.cluster.kubectl import Kubectl
from infra.gitops.cluster.render_status import render_connections, render_status
from infra.gitops.cluster.stack_status import StackStatus, read_status
from infra.gitops.cluster.state import known_ids
from infra.lake.model.find import chosen_stacks
from infra.lake.model.stack import Stack


@dataclass(frozen=True)
class _Connections:
    """Attributes:
    rows: None where they could not be asked for.
    why: the reason for that; else what there is to know about all of them.
    failed: True if it is the server's fault, not only that nobody said how to log in.
    """

    rows: list[ConnectionStatus] | None
    why: str = ""
    failed: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--stack --context --format`."""
    parser.add_argument("--stack", metavar="STACK", help="only this one; default: every stack")
    add_context(parser)
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Print what is applied and what runs; 1 if a stack is not Ready, 2 if somebody could not be asked."""
    model = read_lake(find_root(options))
    stacks = chosen_stacks(model, options.stack)
    kubectl = Kubectl(options.context, Redactor.of_environment(os.environ))
    documents = read_documents(model, stacks)
    found: list[tuple[StackStatus, _Connections]] = []
    with progress(options, "looking at the cluster and at Airbyte", len(stacks)) as shown:
        for stack in stacks:
            status = read_status(kubectl, model, stack, documents, os.environ, now())
            found.append((status, _connections(stack, status.known, kubectl, shown.tell)))
            shown.advance()
    if options.format == "json":
        print_json({"stacks": [_json(*one) for one in found]})
    else:
        show("\n\n".join(_text(*one) for one in found))
    return max(_code(*one) for one in found)


def _connections(stack: Stack, known: KnownSecrets, kubectl: Kubectl, tell: Callable[[str], None]) -> _Connections:
    try:
        server = open_server(stack, os.environ, tell=tell)
    except UserError as error:
        return _Connections(None, str(error))
    state, note = known_ids(kubectl, stack)
    ids = state.connections if state else {}
    tell(f"stack {stack.id}: its connections in Airbyte")
    try:
        return _Connections(read_connections(server, stack, known, now(), ids, tell), note)
    except UserError as error:
        return _Connections(None, str(error), failed=True)


def _code(status: StackStatus, connections: _Connections) -> int:
    if (status.fault is not None and not status.is_not_there) or connections.failed:
        return 2
    return 0 if status.ready else 1


def _json(status: StackStatus, connections: _Connections) -> dict[str, Any]:
    rows = None if connections.rows is None else [row.to_json() for row in connections.rows]
    fault, note = (
        ("connections_fault", "connections_note") if rows is None else ("connections_note", "connections_fault")
    )
    return {**status.to_json(), "connections": rows, fault: connections.why or None, note: None}


def _text(status: StackStatus, connections: _Connections) -> str:
    if connections.rows is None:
        return f"{render_status(status)}\nconnections: not queried: {connections.why}"
    rows = render_connections(connections.rows)
    missed = connections.why and any(row.own.remote is None for row in connections.rows)
    note = f"\n    {connections.why}" if missed else ""
    return f"{render_status(status)}\nconnections\n{rows}{note}"
