"""`lakeform resume`."""

from __future__ import annotations

import argparse
import os

from infra.base.redactor import Redactor
from infra.commands.common import add_format, find_root
from infra.commands.stacks import add_context, one_target, read_lake, show_stack
from infra.gitops.cluster.kubectl import Kubectl
from infra.gitops.cluster.suspend import resume


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[STACK] --context --format`."""
    parser.add_argument("stack", nargs="?", metavar="STACK", help="required if there are several")
    add_context(parser)
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Let tofu-controller go on with the stack, as git has it, and show it; 1 if nothing here stops it."""
    model = read_lake(find_root(options))
    stack, target = one_target(model, options.stack)
    kubectl = Kubectl(options.context, Redactor.of_environment(os.environ))
    return show_stack(options, kubectl, model, stack, resume(kubectl, target))
