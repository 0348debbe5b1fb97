"""What the verbs that operate share: which stacks are meant, and how the lake is read for them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from infra.base.errors import UserError
from infra.base.printable import show
from infra.commands.common import print_json, refuse_links
from infra.gitops.cluster.kubectl import Kubectl
from infra.gitops.cluster.render_status import render_status
from infra.gitops.cluster.stack_status import Target, read_status, target_of
from infra.lake.documents import ProblemsError
from infra.lake.documents.files import UnreadableError, read_text
from infra.lake.model.find import chosen_stacks
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.load import load_lake
from infra.lake.model.output import document_path
from infra.lake.model.stack import Stack


def add_context(parser: argparse.ArgumentParser) -> None:
    """The option `--context`."""
    parser.add_argument("--context", metavar="NAME", help="context of the kubeconfig; default: the current one")


def read_lake(root: Path) -> LakeModel:
    """The lake, also one with problems: what runs is looked at above all when something is wrong.

    Raises ProblemsError if nothing tells the stacks.
    """
    refuse_links(root)
    loaded = load_lake(root)
    if not loaded.model.stacks or not loaded.model.declared.complete:
        first = next((f"{p.location}: {p.message}" for p in loaded.problems if p.severity == "error"), "no stack")
        raise ProblemsError(f"{first}; run: lakeform check", loaded.problems)
    return loaded.model


def one_stack(model: LakeModel, name: str | None) -> Stack:
    """The stack of that name, else the only one. Raises UserError where several could be meant."""
    found = chosen_stacks(model, name)
    if len(found) > 1:
        raise UserError(f"name one of the stacks: {', '.join(stack.id for stack in found)}")
    return found[0]


def one_target(model: LakeModel, name: str | None) -> tuple[Stack, Target]:
    """The stack of that name, else the only one, with its objects. Raises UserError if it is not under Flux."""
    stack = one_stack(model, name)
    target = target_of(stack)
    if target is None:
        raise UserError(
            f'stack "{stack.id}" is not managed by Flux: add lake.stacks.{stack.id}.flux, then run: lakeform flux'
        )
    return stack, target


def read_documents(model: LakeModel, stacks: list[Stack]) -> Mapping[str, str]:
    """Stack -> its committed cdk.tf.json, as far as there is one: it tells which lines a message is about."""
    texts: dict[str, str] = {}
    for stack in stacks:
        try:
            texts[stack.id] = read_text(str(model.root / document_path(stack.id)))
        except UnreadableError:
            continue
    return texts


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def show_stack(options: argparse.Namespace, kubectl: Kubectl, model: LakeModel, stack: Stack, refused: str) -> int:
    """Print how the stack is now, and why nothing was done to it, if so; the exit code of that."""
    status = read_status(kubectl, model, stack, read_documents(model, [stack]), os.environ, now())
    if options.format == "json":
        print_json({**status.to_json(), "refused": refused or None})
    else:
        show(render_status(status))
        if refused:
            show(f"nothing was done: {refused}", to=sys.stderr)
    if (
        status.fault is not None and not status.is_not_there
    ):  # a resumed object that is being deleted may be gone by now
        return 2
    return 1 if refused else 0
