"""What runs before a commit, where somebody has pre-commit."""

from __future__ import annotations

import re
import shlex
from importlib.resources import files

PRE_COMMIT = ".pre-commit-config.yaml"


def pre_commit_text(folder: str = ".") -> str:
    """The file at the root of a repository; `folder`: where the lake is in it."""
    text = (files("infra.scaffold") / "ci" / "pre-commit.yaml").read_text("utf-8")
    if folder == ".":
        return text
    text = re.sub(r"^( +entry: lakeform \w+)", rf"\1 --root {shlex.quote(folder)}", text, flags=re.MULTILINE)
    return re.sub(r"^( +files: \^)", lambda found: f"{found[1]}{re.escape(folder)}/", text, flags=re.MULTILINE)
