"""`lakeform reconcile`."""

from __future__ import annotations

import argparse
import os
import re
import sys

from infra.base.printable import show
from infra.base.redactor import Redactor
from infra.commands.common import add_format, find_root, print_json
from infra.commands.progress import progress
from infra.commands.stacks import add_context, now, one_target, read_documents, read_lake
from infra.gitops.cluster.kubectl import Kubectl
from infra.gitops.cluster.reconcile import reconcile
from infra.gitops.cluster.render_status import render_status
from infra.gitops.cluster.stack_status import read_status

_SECONDS = {"s": 1, "m": 60, "h": 3600}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[STACK] --timeout --break-lock --context --format`."""
    parser.add_argument("stack", nargs="?", metavar="STACK", help="required if there are several")
    parser.add_argument(
        "--timeout", type=_duration, default="10m", metavar="DURATION", help="how long to wait, e.g. 90s; default: 10m"
    )
    parser.add_argument(
        "--break-lock", metavar="ID", default="", help="first break this lock on the state, which status shows"
    )
    add_context(parser)
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Let the cluster fetch and apply now, wait, and print what came of it; 1 if the stack is not Ready then."""
    model = read_lake(find_root(options))
    stack, target = one_target(model, options.stack)
    kubectl = Kubectl(options.context, Redactor.of_environment(os.environ))
    with progress(options, f"reconciling stack {stack.id}") as shown:
        outcome = reconcile(kubectl, stack.id, target, options.timeout, shown.tell, options.break_lock)
    status = read_status(kubectl, model, stack, read_documents(model, [stack]), os.environ, now())
    why = outcome.refused or outcome.late
    if options.format == "json":
        found = {**status.to_json(), "refused": outcome.refused or None, "late": outcome.late or None}
        print_json(found)
    else:
        show(render_status(status))
        if why:
            show(why, to=sys.stderr)
    if status.fault is not None and not status.is_not_there:
        return 2
    return 1 if why or not status.ready else 0


def _duration(text: str) -> float:
    found = re.fullmatch("([1-9][0-9]{0,5})([smh])", text)
    if found is None:
        raise argparse.ArgumentTypeError("must be a duration such as 90s, 10m or 1h")
    return float(int(found[1]) * _SECONDS[found[2]])
