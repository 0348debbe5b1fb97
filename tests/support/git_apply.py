"""git, as the one who applies a patch runs it."""

from __future__ import annotations

import subprocess
from pathlib import Path


def git(root: Path, *words: str, text: str | None = None) -> None:
    """Run git in a folder, with that text as its input; it has to succeed."""
    done = subprocess.run(["git", *words], cwd=root, input=text, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
