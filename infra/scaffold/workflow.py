"""The workflow that checks and reviews pull requests, for each forge."""

from __future__ import annotations

import json
from importlib.resources import files

from infra.scaffold.requirement import Requirement

# Forge -> where in a repository it looks for workflows.
WORKFLOWS = {"github": ".github/workflows/lakeform.yaml", "forgejo": ".forgejo/workflows/lakeform.yaml"}

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


def workflow_text(forge: str, requirement: Requirement, folder: str = ".") -> str:
    """The workflow of a lake; `folder`: where it is in its repository, `.` for the root."""
    text = (files("infra.scaffold") / "ci" / f"{forge}.yaml").read_text("utf-8")
    text = text.replace('"@LAKEFORM@"', json.dumps(requirement.text))
    if requirement.committed:
        text = text.replace(_INSTALL, _INSTALL_COMMITTED)
    return text if folder == "." else text.replace("jobs:\n", _FOLDER.format(json.dumps(folder)), 1)
