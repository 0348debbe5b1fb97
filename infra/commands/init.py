"""`lakeform init`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.base.errors import UserError
from infra.base.git import top_of
from infra.base.places import real
from infra.base.printable import inline, shell_path, show
from infra.commands.common import read_model, say
from infra.commands.init_ci import instead_of_git, planned_workflows, repository_of
from infra.commands.schema import write_editor
from infra.lake.documents import write_text
from infra.lake.model.catalogs import generated_catalogs
from infra.lake.model.lake_model import LakeModel
from infra.lake.rules.check import check_lake
from infra.scaffold.first_commit import commit_all, refuse_commit
from infra.scaffold.landing_files import DEFINITIONS, LANDING, definitions_text, landing_lines
from infra.scaffold.new_lake import LAST, foreign_files, template_of
from infra.scaffold.pre_commit import PRE_COMMIT, pre_commit_text
from infra.scaffold.workflow import WORKFLOWS

_DAGSTER = f"  dagster dev -f {DEFINITIONS}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`DIR --git --landing --ci --drift --lakeform --repository`."""
    parser.add_argument(
        "folder", metavar="DIR", type=Path, help="new or empty folder; with --ci or --landing also an existing lake"
    )
    parser.add_argument("--git", action="store_true", help="also make it a git repository, with everything committed")
    parser.add_argument(
        "--landing",
        action="store_true",
        help="also a landing, whose files become tables, and the code location of Dagster",
    )
    parser.add_argument("--ci", choices=WORKFLOWS, help="also write a workflow that checks and reviews pull requests")
    parser.add_argument("--drift", action="store_true", help="with --ci: also one that compares Airbyte every night")
    parser.add_argument(
        "--lakeform",
        metavar="SPEC",
        help="with --ci: what the workflow installs, with its commit or digest; default: what this lakeform was installed from",
    )
    parser.add_argument(
        "--repository",
        metavar="DIR",
        type=Path,
        help="root of the git repository that the lake is in; workflows and hooks are written there",
    )


def run(options: argparse.Namespace) -> int:
    """Write a small lake that passes `check` and `synth`; refuse a folder that holds anything but the beginning of one.

    A lake that is there gets nothing but what is asked for beside it; a commit only while it is as it was made.
    """
    folder: Path = options.folder
    root = real(folder)
    if not options.ci and (options.lakeform or options.drift):
        raise UserError("--drift and --lakeform need --ci")
    if options.git:
        refuse_commit(folder, instead_of_git(options, root))
    repository = repository_of(options, root)
    if options.git and repository != root:
        raise UserError("--git makes the lake a repository of its own: leave it out, or --repository")
    workflows = planned_workflows(options, root, repository) if options.ci else None
    alone = root == (repository if options.repository else top_of(root))
    template = template_of(landing=options.landing, alone=alone)
    if options.git:
        _refuse_foreign(folder, template, template_of(landing=not options.landing, alone=alone))
    if why := _obstacle(options, root, template):
        show(f"lakeform init: {inline(str(folder))} {why}", to=sys.stderr)
        return 1
    begun = not (root / LAST).is_file()
    model = _written(options, root, template) if begun else _added_to(options, root)
    if begun:
        _write_hooks(options, root, repository)
    if workflows:
        workflows.write(options, model)
    if begun:
        write_text(root, LAST, template[LAST])
    if options.git:
        _commit(options, root)
    return 0


def _obstacle(options: argparse.Namespace, root: Path, template: Mapping[str, str]) -> str:
    """Why there is nothing to be written there; empty if there is."""
    if (root / LAST).is_file():
        more = options.ci or options.landing or options.git
        return "" if more else "is a lake already; --ci, --landing or --git adds to it"
    if root.exists() and not root.is_dir():
        return "is a file; name a folder"
    return (
        f"is not empty; name a new folder, such as {shell_path(str(options.folder / 'lake'))}"
        if foreign_files(root, template)
        else ""
    )


def _written(options: argparse.Namespace, root: Path, template: Mapping[str, str]) -> LakeModel:
    """The new lake, but for the file that makes it one."""
    for path in sorted(template.keys() - {LAST}):
        write_text(root, path, template[path])
    model = check_lake(root, catalogs=False).model
    generated_catalogs(model).write()
    write_editor(root)
    folder = str(options.folder)
    say(options, f"created a lake in {inline(folder)}: sample data into an S3 data lake\n")
    say(
        options,
        f"  cd {shell_path(folder)}\n  lakeform synth   # after every edit: checks, then writes what is generated",
    )
    if options.landing:
        say(options, f"{_DAGSTER}   # the tables of its landing, in Dagster's user interface")
    say(options, "\nREADME.md says what is where, and how a change is made")
    return model


def _added_to(options: argparse.Namespace, root: Path) -> LakeModel:
    """The lake that is there, with the code location if that is asked for. Raises UserError where other text stands there."""
    model = read_model(root)
    if not options.landing:
        return model
    path = root / DEFINITIONS
    if not path.exists():
        write_text(root, DEFINITIONS, definitions_text())
        say(options, f"wrote {DEFINITIONS}\n{_DAGSTER}")
    elif path.read_bytes() == definitions_text().encode():
        say(options, f"{DEFINITIONS} is there already")
    else:
        raise UserError(f"{inline(str(path))} exists and stays as it is; remove it, or edit it")
    if not model.registry.lake.landings:
        say(options, f"\nthe registry has no landing yet; below lake: write\n\n{landing_lines()}")
        say(options, f"and in each stack whose files are to become tables: landing: {LANDING}")
    return model


def _write_hooks(options: argparse.Namespace, root: Path, repository: Path) -> None:
    """The hooks for pre-commit of a lake below the root of its repository, where that root was named."""
    if repository == root:
        return
    text = pre_commit_text(root.relative_to(repository).as_posix())
    shown = inline(os.path.relpath(repository / PRE_COMMIT))
    hooks = text.partition("repos:")[2].strip("\n")
    if not (repository / PRE_COMMIT).exists():
        write_text(repository, PRE_COMMIT, text)
        say(options, f"wrote {shown}")
    elif hooks not in (repository / PRE_COMMIT).read_text("utf-8", "replace"):
        say(options, f"{shown} is yours; add to its repos:\n\n{hooks}\n")


def _refuse_foreign(folder: Path, *templates: Mapping[str, str]) -> None:
    """Raises UserError where there is more to commit than what stands in one of the templates."""
    foreign = foreign_files(folder, *templates) if (folder / LAST).is_file() else []
    if foreign:
        raise UserError(
            f"{foreign[0]} is not what lakeform init wrote, so the first commit is yours: git init, git add, git commit"
        )


def _commit(options: argparse.Namespace, root: Path) -> None:
    """Commit the lake, with what is synthesized if that can be."""
    from stacks.lake import synth_lake  # noqa: PLC0415  # starts Node, which only this option needs

    try:
        synth_lake(root)
    except UserError as error:
        say(options, f"without cdktf.out/, as {error}; then run: lakeform synth, and commit what it writes")
    say(options, f"committed everything, as {commit_all(root)}")
