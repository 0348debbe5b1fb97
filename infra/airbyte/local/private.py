"""Private folders: what a connector gets and writes, which nobody else may read and which does not stay."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NAME = re.compile(r"lakeform-(\d+)-\w+")


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that nobody else can read, removed afterwards; what processes left that were killed is removed first."""
    remove_stale(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=f"lakeform-{os.getpid()}-", ignore_cleanup_errors=True) as name:
        held = _open(Path(name))
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(held)


def remove_stale(folder: Path) -> None:
    """Remove the private folders in `folder` whose process is gone.

    Its id may live in another container that shares the folder, so the lock has to be free too. Links and folders of
    others are left alone.
    """
    with suppress(OSError):
        for entry in list(os.scandir(folder)):
            found = _NAME.fullmatch(entry.name)
            if found and not _is_alive(int(found[1])):
                _remove(Path(entry.path))


def _remove(folder: Path) -> None:
    try:
        held = _open(folder)
    except OSError:
        return
    try:
        about = os.fstat(held)
        if about.st_uid == os.getuid() and stat.S_IMODE(about.st_mode) == stat.S_IRWXU:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        return
    finally:
        os.close(held)


def _open(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True
