"""`lakeform init`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from infra.base.errors import UserError
from infra.base.git import top_of
from infra.base.places import real
from infra.base.printable import show
from infra.commands.common import read_model, say
from infra.commands.schema import write_editor
from infra.lake.documents import write_text
from infra.lake.documents.files import is_temporary
from infra.lake.documents.read import list_tree
from infra.lake.model.catalogs import generated_catalogs
from infra.lake.model.lake_model import LakeModel
from infra.lake.rules.check import check_lake
from infra.scaffold.installed import installed_requirement
from infra.scaffold.landing_files import DEFINITIONS, LANDING, definitions_text, landing_lines, with_landing
from infra.scaffold.requirement import Requirement, read_requirement
from infra.scaffold.workflow import NIGHTLY, WORKFLOWS, nightly_text, values_of, workflow_text

# Git and packaging tools treat dotfiles specially, so the template has them without the dot.
_DOTFILES = {"gitignore": ".gitignore", "gitattributes": ".gitattributes"}

_DAGSTER = f"  dagster dev -f {DEFINITIONS}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`DIR --landing --ci --drift --lakeform --repository`."""
    parser.add_argument(
        "folder", metavar="DIR", type=Path, help="new or empty folder; with --ci or --landing also an existing lake"
    )
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
        "--repository", metavar="DIR", type=Path, help="with --ci: root of the git repository that the lake is in"
    )


def run(options: argparse.Namespace) -> int:
    """Write a small lake that passes `check` and `synth`; refuse a folder that holds anything but the beginning of one.

    A lake that is there gets the workflow and the code location alone.
    """
    folder: Path = options.folder
    if not options.ci and (options.lakeform or options.repository or options.drift):
        raise UserError("--drift, --lakeform and --repository need --ci")
    workflows = _workflows(options, real(folder)) if options.ci else None
    template = dict(_template(landing=options.landing))
    begun = _begun(folder, template)
    if (workflows or options.landing) and (folder / "cdktf.json").is_file() and not begun:
        if options.landing:
            _add_code_location(options, real(folder))
        if workflows:
            _write_workflows(options, workflows, read_model(real(folder)))
        return 0
    empty = not folder.exists() or (folder.is_dir() and all(entry.name == ".git" for entry in folder.iterdir()))
    if not (empty or begun):
        show(f"lakeform init: {folder} is not empty; name a new folder", to=sys.stderr)
        return 1
    root = real(folder)
    for path, text in template.items():
        write_text(root, path, text)
    model = check_lake(root, catalogs=False).model
    generated_catalogs(model).write()
    write_editor(root)
    say(options, f"created a lake in {folder}: sample data into an S3 data lake\n")
    say(
        options,
        f"  cd {folder}\n  lakeform check   # after every edit\n  lakeform synth   # writes cdktf.out/, commit it",
    )
    if options.landing:
        say(options, f"{_DAGSTER}   # the tables of its landing, in Dagster's user interface")
    if workflows:
        _write_workflows(options, workflows, model)
    return 0


def _begun(folder: Path, template: Mapping[str, str]) -> bool:
    """True if all that is there is what an earlier run wrote of this template before it was stopped: whole files, and perhaps
    one under its temporary name.
    """
    found = [path for path in list_tree(folder) if not path.startswith(".git/")] if folder.is_dir() else []
    return not template.keys() <= set(found) and bool(found) and all(_is_of(folder, path, template) for path in found)


def _is_of(folder: Path, path: str, template: Mapping[str, str]) -> bool:
    if is_temporary(path):
        return True
    file = folder / path
    return path in template and not file.is_symlink() and file.read_bytes() == template[path].encode()


def _add_code_location(options: argparse.Namespace, root: Path) -> None:
    """Raises UserError where there is one already."""
    if (root / DEFINITIONS).exists():
        raise UserError(f"{root / DEFINITIONS} exists and stays as it is; remove it, or edit it")
    landings = read_model(root).registry.lake.landings
    write_text(root, DEFINITIONS, definitions_text())
    say(options, f"wrote {DEFINITIONS}\n{_DAGSTER}")
    if not landings:
        say(options, f"\nthe registry has no landing yet; below lake: write\n\n{landing_lines()}")
        say(options, f"and in each stack whose files are to become tables: landing: {LANDING}")


@dataclass(frozen=True)
class _Workflows:
    """Where the workflows go, and what they install.

    Attributes:
        folder: where the lake is in its repository.
        first: False where the workflow for pull requests is there already.
    """

    repository: Path
    requirement: Requirement
    folder: str
    first: bool


def _workflows(options: argparse.Namespace, root: Path) -> _Workflows:
    """What is to be written. Raises UserError where it cannot be told, or is there already."""
    repository = _repository(options, root)
    path = repository / (NIGHTLY if options.drift else WORKFLOWS)[options.ci]
    if path.exists():
        raise UserError(f"{path} exists and stays as it is; remove it, or edit it")
    if options.lakeform is not None:
        requirement = read_requirement(options.lakeform, repository)
    else:
        requirement = installed_requirement()
    folder = root.relative_to(repository).as_posix()
    if not folder.isprintable() or "${{" in folder:
        raise UserError(f"the forge cannot work in a folder named {folder!a}; give it another name")
    return _Workflows(repository, requirement, folder, not (repository / WORKFLOWS[options.ci]).exists())


def _repository(options: argparse.Namespace, root: Path) -> Path:
    """The root of the lake's repository: what the user says, else the lake itself. Raises UserError if that is not so."""
    if options.repository is not None:
        named: Path = real(options.repository)
        if not named.is_dir() or not root.is_relative_to(named):
            raise UserError(f"{options.folder} is not in the folder {options.repository}")
        return named
    top = top_of(root)
    if top != root:
        place, way = WORKFLOWS[options.ci], os.path.relpath(top)
        message = f"{options.folder} is not the root of its git repository, and workflows are read only there"
        raise UserError(f"{message}\n    to write {place} there, for the lake in this folder, add --repository {way}")
    return root


def _write_workflows(options: argparse.Namespace, workflows: _Workflows, model: LakeModel) -> None:
    forge, repository, requirement = options.ci, workflows.repository, workflows.requirement
    if workflows.first:
        write_text(repository, WORKFLOWS[forge], workflow_text(forge, requirement, workflows.folder))
        say(options, f"wrote {os.path.relpath(repository / WORKFLOWS[forge])}; set its branches to your main branch")
    if options.drift:
        values = values_of(model.stacks.values())
        write_text(repository, NIGHTLY[forge], nightly_text(forge, requirement, values, workflows.folder))
        say(options, f"wrote {os.path.relpath(repository / NIGHTLY[forge])}")
        for secret, what in ((True, "secrets"), (False, "variables")):
            names = ", ".join(value.name.upper() for value in values if value.secret is secret)
            if names:
                say(options, f"    it needs {what} of the repository: {names}")


def _template(*, landing: bool) -> Iterator[tuple[str, str]]:
    for path, text in _files(files("infra.scaffold") / "lake", ""):
        yield path, with_landing(text) if landing and path == "dag/registry/lake.yaml" else text
    if landing:
        yield DEFINITIONS, definitions_text()


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + _DOTFILES.get(entry.name, entry.name), entry.read_text("utf-8")
