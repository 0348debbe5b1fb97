"""A copy of a lake, in which texts are tried out before they are written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def copied_lake(root: Path) -> Iterator[Path]:
    """A temporary folder outside the project with what people write in a lake; it is gone at the end of the `with`."""
    with tempfile.TemporaryDirectory(prefix="lakeform-") as folder:
        copy_lake(root, Path(folder))
        yield Path(folder)


def copy_lake(root: Path, copy: Path) -> None:
    """Make the copy the lake as it is. Links stay links: what they lead to may be anywhere."""
    shutil.rmtree(copy / "dag", ignore_errors=True)
    shutil.copytree(root / "dag", copy / "dag", symlinks=True)
