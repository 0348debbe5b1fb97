"""The workflows of a lake for each forge: pull requests checked and reviewed, and Airbyte compared every night."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from infra.base.environment import PREFIX
from infra.base.errors import UserError
from infra.lake.model.stack import Stack
from infra.scaffold.requirement import Requirement

# Forge -> where in a repository it looks for workflows; GitLab, where .gitlab-ci.yml includes them.
WORKFLOWS = {
    "github": ".github/workflows/lakeform.yaml",
    "forgejo": ".forgejo/workflows/lakeform.yaml",
    "gitlab": ".gitlab/lakeform.yml",
}
NIGHTLY = {forge: path.replace("lakeform.", "lakeform-drift.") for forge, path in WORKFLOWS.items()}

# The one file that GitLab reads by itself.
GITLAB = ".gitlab-ci.yml"

_INSTALL = '"$LAKEFORM"'
# pip takes the digest of a file only from an address.
_INSTALL_COMMITTED = '"lakeform @ file://localhost${}/$LAKEFORM"'
_WORKSPACE = {"github": "GITHUB_WORKSPACE", "forgejo": "GITHUB_WORKSPACE", "gitlab": "CI_PROJECT_DIR"}
_FOLDER = """\
# The lake is not at the root of the repository.
defaults:
  run:
    working-directory: {}

jobs:
"""
_ON = """\
  pull_request:
  push:
    branches: [main]
"""
_ON_BELOW = """\
  # A check that every merge requires has to run for every change: then take out both lines with paths.
  pull_request:
    paths: {paths}
  push:
    branches: [main]
    paths: {paths}
"""
_RULE = re.compile(r"^    - if: .*(merge_request_event|\bpush\b).*$", re.MULTILINE)
_VALUES = '        env:\n          "@VALUES@"\n'
# What a shell, YAML, a pattern of paths or an expression of a forge would read as more than a letter.
_ODD = re.compile(r"[^\w ./@-]|(^|/)[ -]| (/|$)")


@dataclass(frozen=True, order=True)
class Value:
    """A variable that has to be known to ask a server."""

    name: str
    secret: bool

    def line(self) -> str:
        """What gives it its value: a secret or a variable of the repository, which forges write in capitals."""
        context = "secrets" if self.secret else "vars"
        return f"          {PREFIX}{self.name}: ${{{{ {context}.{self.name.upper()} }}}}\n"


_LINES = re.compile(rf"        env:\n(?:          {PREFIX}\w+: \$\{{\{{ (?:secrets|vars)\.\w+ \}}\}}\n)+")


def values_of(stacks: Iterable[Stack]) -> tuple[Value, ...]:
    """The variables of the servers of these stacks that the registry itself gives no value, sorted by name."""
    return tuple(
        sorted(
            {
                Value(use.name, use.secret)
                for stack in stacks
                for use in stack.uses
                if use.entry == f"lake.stacks.{stack.id}" and stack.look_up(use.name, {}) is None
            }
        )
    )


def check_folder(folder: str) -> None:
    """Raises UserError for a folder of a repository whose name would mean something else in a workflow."""
    if _ODD.search(folder):
        raise UserError(f"the forge cannot work in a folder named {folder!a}; give it another name")


def workflow_text(forge: str, requirement: Requirement, folder: str = ".") -> str:
    """The workflow for pull requests; `folder`: where the lake is in its repository, `.` for the root."""
    text = _text(forge, "", requirement, folder)
    if folder == ".":
        return text
    paths = [f"{folder}/**", WORKFLOWS[forge]]
    if forge == "gitlab":
        return _RULE.sub(rf"\g<0>\n      changes: {json.dumps([f'{folder}/**/*', WORKFLOWS[forge]])}", text)
    return text.replace(_ON, _ON_BELOW.format(paths=json.dumps(paths)), 1)


def nightly_text(forge: str, requirement: Requirement, values: Iterable[Value], folder: str = ".") -> str:
    """The workflow that compares every night. `values`: what its repository has to know."""
    lines = "".join(value.line() for value in values)
    text = _text(forge, "-drift", requirement, folder)
    return text.replace(_VALUES, f"        env:\n{lines}" if lines else "")


def is_nightly(text: str, forge: str, requirement: Requirement, folder: str) -> bool:
    """Whether this is that workflow, whatever values it names."""
    return _LINES.sub("", text) == nightly_text(forge, requirement, (), folder)


def gitlab_text(paths: Iterable[str]) -> str:
    """The file that GitLab reads, which includes these."""
    head = "# What GitLab runs. The jobs of lakeform are in files of their own; others can stand here.\ninclude:\n"
    return head + gitlab_lines(paths)


def gitlab_lines(paths: Iterable[str]) -> str:
    """What stands below its `include:`."""
    return "".join(f"  - local: /{path}\n" for path in paths)


def _text(forge: str, kind: str, requirement: Requirement, folder: str) -> str:
    ending = "yml" if forge == "gitlab" else "yaml"
    text = (files("infra.scaffold") / "ci" / f"{forge}{kind}.{ending}").read_text("utf-8")
    text = text.replace('"@LAKEFORM@"', json.dumps(requirement.text)).replace('"@FOLDER@"', json.dumps(folder))
    if requirement.committed:
        text = text.replace(_INSTALL, _INSTALL_COMMITTED.format(_WORKSPACE[forge]))
    return text if folder == "." else text.replace("jobs:\n", _FOLDER.format(json.dumps(folder, ensure_ascii=False)), 1)
