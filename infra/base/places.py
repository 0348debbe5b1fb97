"""Places: where a path leads, told without an error. pathlib raises RuntimeError for a link that leads to itself, and for the
home folder of a user that there is not.
"""

from __future__ import annotations

import os
from pathlib import Path


def real(path: Path | str) -> Path:
    """The absolute path without links; a link that leads to itself stays, and is a file that cannot be read."""
    return Path(os.path.realpath(path))


def from_home(path: str) -> Path:
    """The path with the home folder in the place of `~`, where there is one."""
    return Path(os.path.expanduser(path))
