"""The workflows of a lake for each forge: pull requests checked and reviewed, and Airbyte compared every night."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from infra.base.environment import PREFIX
from infra.lake.model.stack import Stack
from infra.scaffold.requirement import Requirement

# Forge -> where in a repository it looks for workflows.
WORKFLOWS = {"github": ".github/workflows/lakeform.yaml", "forgejo": ".forgejo/workflows/lakeform.yaml"}
NIGHTLY = {forge: path.replace("lakeform.yaml", "lakeform-drift.yaml") for forge, path in WORKFLOWS.items()}

_INSTALL = '"$LAKEFORM"'
# pip takes the digest of a file only from an address.
_INSTALL_COMMITTED = '"lakeform @ file://localhost$GITHUB_WORKSPACE/$LAKEFORM"'
_FOLDER = """\
# The lake is not at the root of the repository.
defaults:
  run:
    working-directory: {}

jobs:
"""
_VALUES = '        env:\n          "@VALUES@"\n'


@dataclass(frozen=True, order=True)
class Value:
    """A variable that has to be known to ask a server."""

    name: str
    secret: bool

    def line(self) -> str:
        """What gives it its value: a secret or a variable of the repository, which forges write in capitals."""
        context = "secrets" if self.secret else "vars"
        return f"          {PREFIX}{self.name}: ${{{{ {context}.{self.name.upper()} }}}}\n"


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


def workflow_text(forge: str, requirement: Requirement, folder: str = ".") -> str:
    """The workflow for pull requests; `folder`: where the lake is in its repository, `.` for the root."""
    return _text(f"{forge}.yaml", requirement, folder)


def nightly_text(forge: str, requirement: Requirement, values: Iterable[Value], folder: str = ".") -> str:
    """The workflow that compares every night. `values`: what its repository has to know."""
    lines = "".join(value.line() for value in values)
    text = _text(f"{forge}-drift.yaml", requirement, folder)
    return text.replace(_VALUES, f"        env:\n{lines}" if lines else "")


def _text(name: str, requirement: Requirement, folder: str) -> str:
    text = (files("infra.scaffold") / "ci" / name).read_text("utf-8")
    text = text.replace('"@LAKEFORM@"', json.dumps(requirement.text))
    if requirement.committed:
        text = text.replace(_INSTALL, _INSTALL_COMMITTED)
    return text if folder == "." else text.replace("jobs:\n", _FOLDER.format(json.dumps(folder)), 1)
