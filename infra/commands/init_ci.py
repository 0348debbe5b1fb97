"""`lakeform init --ci`: which workflows are written where, and what is said of them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.base.environment import PREFIX
from infra.base.errors import UserError
from infra.base.git import top_of
from infra.base.places import real
from infra.base.printable import inline, shell_path
from infra.commands.common import say
from infra.lake.documents import write_text
from infra.lake.model.lake_model import LakeModel
from infra.scaffold.installed import installed_requirement
from infra.scaffold.requirement import Requirement, read_requirement
from infra.scaffold.workflow import (
    GITLAB,
    NIGHTLY,
    WORKFLOWS,
    Value,
    check_folder,
    gitlab_lines,
    gitlab_text,
    is_nightly,
    nightly_text,
    values_of,
    workflow_text,
)

_COMMENT = "for the comment it needs the masked CI/CD variable LAKEFORM_TOKEN: a project access token, role Reporter, scope api"


@dataclass(frozen=True)
class Workflows:
    """What is to be written.

    Attributes:
        repository: the root of the git repository.
        folder: where the lake is in it, `.` for the root.
    """

    forge: str
    repository: Path
    requirement: Requirement
    folder: str
    drift: bool

    def write(self, options: argparse.Namespace, model: LakeModel) -> None:
        """Write those that are not there yet, and say what they need."""
        path = WORKFLOWS[self.forge]
        if not (self.repository / path).exists():
            write_text(self.repository, path, workflow_text(self.forge, self.requirement, self.folder))
            branches = "" if self.forge == "gitlab" else "; set its branches to your main branch"
            say(options, f"wrote {self._shown(path)}{branches}")
            if self.forge == "gitlab":
                say(options, f"    {_COMMENT}")
        elif not self.drift:
            self._say_there(options, path)
        if self.drift:
            self._write_nightly(options, values_of(model.stacks.values()))
        if self.forge == "gitlab":
            self._include(options)

    def _write_nightly(self, options: argparse.Namespace, values: tuple[Value, ...]) -> None:
        path = NIGHTLY[self.forge]
        if (self.repository / path).exists():
            self._say_there(options, path)
            return
        write_text(self.repository, path, nightly_text(self.forge, self.requirement, values, self.folder))
        say(options, f"wrote {self._shown(path)}")
        for line in _needs(self.forge, values):
            say(options, f"    it needs {line}")

    def _say_there(self, options: argparse.Namespace, path: str) -> None:
        say(options, f"{self._shown(path)} is there already")

    def _include(self, options: argparse.Namespace) -> None:
        """Let GitLab's own file name the others, where it is ours; else say what to add to it."""
        wanted = [WORKFLOWS[self.forge], *([NIGHTLY[self.forge]] if self.drift else [])]
        top = self.repository / GITLAB
        found = top.read_text("utf-8", "replace") if top.exists() else ""
        missing = [path for path in wanted if path not in found]
        if missing and found in ("", gitlab_text([WORKFLOWS[self.forge]])):
            write_text(self.repository, GITLAB, gitlab_text(wanted))
            say(options, f"wrote {self._shown(GITLAB)}")
        elif missing:
            say(options, f"{self._shown(GITLAB)} is yours; add to its include:\n\n{gitlab_lines(missing)}")

    def _shown(self, path: str) -> str:
        return inline(os.path.relpath(self.repository / path))


def planned_workflows(options: argparse.Namespace, root: Path, repository: Path) -> Workflows:
    """What `--ci` asks for. Raises UserError where it cannot be had, or other text stands there already."""
    forge = options.ci
    if options.lakeform is not None:
        requirement = read_requirement(options.lakeform, repository)
    else:
        requirement = installed_requirement()
    folder = root.relative_to(repository).as_posix()
    check_folder(folder)
    path = repository / (NIGHTLY if options.drift else WORKFLOWS)[forge]
    if path.exists():
        found = path.read_text("utf-8", "replace")
        wanted = workflow_text(forge, requirement, folder)
        if not (is_nightly(found, forge, requirement, folder) if options.drift else found == wanted):
            raise UserError(f"{inline(str(path))} exists and stays as it is; remove it, or edit it")
    return Workflows(forge, repository, requirement, folder, options.drift)


def repository_of(options: argparse.Namespace, root: Path) -> Path:
    """The root of the lake's repository: what the user says, else the lake itself.

    Raises UserError if that is not so, and a file is to be written there. What is named may be the root of one that is yet to be.
    """
    top = top_of(root)
    if options.repository is not None:
        return _named(options, root, top)
    if top != root and options.ci:
        place, way = WORKFLOWS[options.ci], _way(top)
        message = (
            f"{inline(str(options.folder))} is not the root of its git repository, and workflows are read only there"
        )
        raise UserError(f"{message}\n    to write {place} there, for the lake in this folder, add --repository {way}")
    return root


def _named(options: argparse.Namespace, root: Path, top: Path) -> Path:
    """`--repository`. Git finds the nearest repository, `top`, so another folder above is none, or that of others."""
    named: Path = real(options.repository)
    if not named.is_dir() or not root.is_relative_to(named):
        raise UserError(f"{inline(str(options.folder))} is not in the folder {inline(str(options.repository))}")
    if named != top and (top / ".git").exists():
        cure = "leave it out" if top == root else f"write --repository {_way(top)}"
        raise UserError(
            f"--repository {inline(str(options.repository))} is not the root of the lake's git repository: {cure}"
        )
    return named


def instead_of_git(options: argparse.Namespace, root: Path) -> str:
    """What to write where a lake with `--git` is in a repository already."""
    above = f", and add --repository {_way(top_of(root))}" if options.ci and options.repository is None else ""
    return f"leave out --git{above}"


def _way(folder: Path) -> str:
    return shell_path(os.path.relpath(folder))


def _needs(forge: str, values: tuple[Value, ...]) -> Iterator[str]:
    if forge == "gitlab":
        yield "a pipeline schedule on the default branch, and for the issue LAKEFORM_TOKEN"
        names = ", ".join(f"{PREFIX}{value.name}" for value in values)
        if names:
            yield f"CI/CD variables, protected, in the environment lakeform-drift: {names}"
        return
    for secret, what in ((True, "secrets"), (False, "variables")):
        names = ", ".join(value.name.upper() for value in values if value.secret is secret)
        if names:
            yield f"{what} of the repository: {names}"
