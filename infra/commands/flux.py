"""`lakeform flux`."""

from __future__ import annotations

import argparse
from pathlib import Path

from infra.base.errors import UserError
from infra.commands.answer import Answer, tell
from infra.commands.common import add_format, find_root, print_report, say
from infra.gitops.flux.flux_files import FluxFiles
from infra.gitops.flux.flux_stacks import EXAMPLE, answer_stack
from infra.gitops.flux.manifest_text import mark_of
from infra.gitops.flux.manifests import planner_files, stack_files
from infra.lake.documents import Layers, Location, Problem, Report
from infra.lake.model.find import chosen_stacks
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.output import MANIFESTS, document_path
from infra.lake.model.stack import Stack
from infra.lake.registry.flux import Flux
from infra.lake.rules.check import check_lake
from infra.secrets.secret_sources import SecretFiles


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--stack --output --secrets-root --check --format`."""
    parser.add_argument("--stack", metavar="STACK", help="only this one; default: every stack that has the key flux")
    parser.add_argument("--output", metavar="DIR", help=f"folder of the manifests; default: {MANIFESTS}")
    parser.add_argument("--secrets-root", metavar="DIR", help="where the files of flux.secrets are; default: here")
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit 1 and name what is not current, in the stacks that have manifests",
    )
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Check, then write the manifests; with `--check`, name what is not current."""
    if options.secrets_root is not None and not Path(options.secrets_root).is_dir():
        raise UserError(f"there is no folder {options.secrets_root}")
    checked = check_lake(find_root(options), catalogs=False)
    if checked.report.errors:
        return _refuse(options, list(checked.report.problems))
    slow = [problem for problem in checked.report.problems if _is_slow(problem, options.stack)]
    files, problems = _files(options, checked.model)
    if problems or files is None:
        return _refuse(options, [*problems, *slow])
    missing = _unsynthesized(options, checked.model)
    problems = files.obstacles() or ([*files.stale(), *missing] if options.check else [])
    if problems:
        return _refuse(options, [*problems, *slow])
    if options.check or options.format == "text":
        print_report(Report.of(slow), as_json=options.format == "json")
    if not options.check:
        notes = [f"{one.location.file} {one.message}; {one.fix}, and commit it too" for one in missing]
        tell(options, Answer(files.write(), notes, more=Report.of(slow).to_json()))
    return 0


def _is_slow(problem: Problem, stack: str | None) -> bool:
    """A warning about the time between drift checks, which is a matter of Flux; `stack`: of this one only."""
    return problem.rule == "plan-slow" and stack in (None, problem.path.rpartition(".")[2])


def _refuse(options: argparse.Namespace, problems: list[Problem]) -> int:
    print_report(Report.of(problems), as_json=options.format == "json")
    return 1


def _files(options: argparse.Namespace, model: LakeModel) -> tuple[FluxFiles | None, list[Problem]]:
    """What should be in the folder; else the problems of all stacks."""
    stacks, watched = chosen_stacks(model, options.stack), model.stacks
    if options.stack is None:
        stacks = [stack for stack in stacks if stack.settings.flux is not None]
    if options.check and options.stack is None:
        stacks = _checkable(options, model)
        watched = {stack.id: stack for stack in stacks}
    elif not stacks:
        return None, [_no_stack(model)]
    output = Path(options.output).absolute() if options.output else None
    secrets = SecretFiles(model.root, Path(options.secrets_root) if options.secrets_root else None)
    answers = [answer_stack(secrets, stack, output) for stack in stacks]
    mark, folder = mark_of(model.registry.lake.name), output or model.root / MANIFESTS
    texts = planner_files(mark, watched, folder)
    for answer, _ in answers:
        texts |= stack_files(mark, answer) if answer else {}
    kept = [id_ for id_ in model.stacks if options.stack not in (None, id_)]
    problems = [problem for _, found in answers for problem in found]
    return FluxFiles(model.root, folder, mark, texts, kept), problems


def _unsynthesized(options: argparse.Namespace, model: LakeModel) -> list[Problem]:
    """The documents that the manifests point at and that are not there; Flux would find no folder to fetch."""
    stacks = [
        stack for stack in chosen_stacks(model, options.stack) if not _why_not_here(stack.settings.flux, options.output)
    ]
    paths = [document_path(stack.id) for stack in stacks]
    why, fix = "is missing, so that Flux finds nothing to apply", "run: lakeform synth"
    return [Problem("flux-stale", Location(path), "", why, fix) for path in paths if not (model.root / path).exists()]


def _checkable(options: argparse.Namespace, model: LakeModel) -> list[Stack]:
    """The stacks whose manifests are in this folder; the others are told, so that nobody takes them for checked."""
    whys = {id_: _why_not_here(stack.settings.flux, options.output) for id_, stack in model.stacks.items()}
    for id_, why in whys.items():
        if why and options.format == "text":
            say(options, f"not checked: stack {id_}: {why}")
    return [stack for id_, stack in model.stacks.items() if not whys[id_]]


def _why_not_here(flux: Flux | None, output: str | None) -> str:
    if flux is None:
        return "it has no key flux"
    if flux.git is None:
        return "it has no key flux.git, so there are no manifests"
    if flux.cluster is not None and output is None:
        return "its manifests are in the repository of flux.cluster; name a checkout of it: --output DIR"
    return ""


def _no_stack(model: LakeModel) -> Problem:
    assert model.declared.lake is not None
    fix = f"add to a stack: flux: {{namespace: lake, git: {{url: {EXAMPLE}}}}}"
    message = 'no stack has the key "flux", which says how Flux applies it'
    return Layers.single(model.declared.lake).problem("missing-key", ("stacks",), message, fix, key=True)
