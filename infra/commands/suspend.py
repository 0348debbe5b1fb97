"""`lakeform suspend`."""

from __future__ import annotations

import argparse
import getpass
import os

from infra.base.errors import UserError
from infra.base.git import git_output
from infra.base.redactor import Redactor
from infra.commands.common import add_format, find_root
from infra.commands.stacks import add_context, one_target, read_lake, show_stack
from infra.gitops.cluster.kubectl import Kubectl
from infra.gitops.cluster.suspend import suspend

# What an annotation should hold at most: a line, not a document.
_LONGEST = 300


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[STACK] --reason --by --context --format`."""
    parser.add_argument("stack", nargs="?", metavar="STACK", help="required if there are several")
    parser.add_argument(
        "--reason", type=_line, required=True, metavar="TEXT", help="why; kept in the cluster, where others can read it"
    )
    parser.add_argument(
        "--by", type=_line, metavar="NAME", help="who; default: git's user.name, else the user of this machine"
    )
    add_context(parser)
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Stop tofu-controller for the stack and show it; 1 if somebody has stopped it already."""
    root = find_root(options)
    model = read_lake(root)
    stack, target = one_target(model, options.stack)
    by = options.by or _user(git_output(root, "config", "user.name"))
    redactor = Redactor.of_environment(os.environ)
    if any(redactor.hide(text) != text for text in (by, options.reason)):
        raise UserError("--by and --reason are kept in the cluster for all to read, and one of them contains a secret")
    kubectl = Kubectl(options.context, redactor)
    refused = suspend(kubectl, target, by, options.reason)
    return show_stack(options, kubectl, model, stack, refused)


def _line(text: str) -> str:
    """The text as one line that anybody may be shown."""
    line = text.strip()
    if not line or not line.isprintable():
        raise argparse.ArgumentTypeError("must be one line of printable text")
    if len(line) > _LONGEST:
        raise argparse.ArgumentTypeError(f"must have at most {_LONGEST} characters")
    return line


def _user(git_name: str) -> str:
    """The name that git knows, else that of the operating system. Raises UserError if neither can be shown."""
    try:
        return _line(git_name or getpass.getuser())
    except (argparse.ArgumentTypeError, KeyError, OSError):
        raise UserError("nothing here says who you are; add --by NAME") from None
