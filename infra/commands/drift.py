"""`lakeform drift`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from shlex import quote

from infra.base.errors import UserError
from infra.base.printable import one_line, show
from infra.base.redactor import Redactor
from infra.commands.common import add_format, find_root, print_json, read_loaded
from infra.commands.progress import progress
from infra.commands.stacks import add_context
from infra.gitops.cluster.kubectl import Kubectl
from infra.gitops.cluster.state import has_state_in_cluster, read_state_ids
from infra.lake.documents import ProblemsError
from infra.lake.model.find import chosen_stacks
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.move.drift.drift import ANNOUNCED, Drift
from infra.move.drift.find_drift import find_drift
from infra.move.drift.patch import is_passed_over, patch_of
from infra.move.entries.import_record import read_record


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--stack --context --format`."""
    parser.add_argument("--stack", metavar="STACK", help="only this one's workspace; default: every stack's")
    add_context(parser)
    add_format(parser, "patch", about="output; patch: what makes the files say what is in Airbyte, for git apply")


def run(options: argparse.Namespace) -> int:
    """Print what in Airbyte differs from the files: 1 if anything is, 2 if a workspace could not be read."""
    model = _read(options)
    record = read_record(model.root)
    stacks = chosen_stacks(model, options.stack)
    kubectl = Kubectl(options.context, Redactor.of_environment(os.environ))
    with progress(options, "reading what is in Airbyte") as shown:
        drift = find_drift(model, stacks, lambda stack: _ids(stack, kubectl), record, os.environ, tell=shown.tell)
    if options.format == "json":
        print_json(drift.to_json())
    elif options.format == "patch":
        sys.stdout.write(patch_of(model.root, drift.edits.texts))  # for git, to the byte
        _tell_where(model.root, drift.edits.texts)
        _tell_the_rest(drift)
    else:
        show(drift.to_text())
    return drift.exit_code


def _read(options: argparse.Namespace) -> LakeModel:
    """The lake. Raises ProblemsError for one with problems: what has a problem is not compared, and would look like no drift."""
    loaded = read_loaded(find_root(options))
    for problem in loaded.problems:
        if problem.severity == "error":
            raise ProblemsError.about(problem, loaded.problems)
    return loaded.model


def _tell_where(root: Path, files: Iterable[str]) -> None:
    """On stderr, where the patch has to be applied, unless that can be done here."""
    here = Path.cwd()
    if is_passed_over(root, files, here):
        there = quote(os.path.relpath(root, here))
        text = f"git apply passes over what is not below the folder that it runs in; run: git -C {there} apply"
        show(text, to=sys.stderr)


def _tell_the_rest(drift: Drift) -> None:
    """What no patch can do, on stderr."""
    for stack in drift.stacks:
        faults = [f"stack {stack.stack}: not known: {stack.fault}"] if stack.fault else []
        for text in (*faults, *(f"stack {stack.stack}: not compared: {gap}" for gap in stack.gaps)):
            show(one_line(text), to=sys.stderr)
    for one in drift.announced():
        show(one_line(f"{ANNOUNCED}: {one.place} (stack {one.stack})"), to=sys.stderr)
    for one in drift.unwritten:
        show(one_line(f"not in the patch: {one.place} (stack {one.stack}): {one.reason}"), to=sys.stderr)


def _ids(stack: Stack, kubectl: Kubectl) -> tuple[Mapping[str, str], str]:
    """Entry -> Airbyte id, from Terraform's state in the cluster; else none, and why."""
    if not has_state_in_cluster(stack):
        return {}, ""
    try:
        return read_state_ids(kubectl, stack).entries, ""
    except UserError as error:
        return (
            {},
            f"recognized by adopt, by dag/import.json and by name alone, as Terraform's state cannot be read: {error}",
        )
