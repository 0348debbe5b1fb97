"""Lock: one writer a table on PostgreSQL, one writer a lake on SQLite, whoever it is."""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.base.errors import UserError

_PAUSE = 0.02


class BusyError(UserError):
    """Another writer had the lock for longer than somebody wanted to wait."""


@contextmanager
def file_lock(path: Path, *, exclusive: bool, wait: float) -> Iterator[None]:
    """Hold the lock of a lake in a file; readers share it. Raises BusyError after `wait` seconds.

    The system gives it back when the process ends, however it ends.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        _take(file.fileno(), fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH, path, wait)
        if exclusive:
            file.truncate(0)
            file.write(str(os.getpid()).encode())
            file.flush()
        yield


def _take(descriptor: int, kind: int, path: Path, wait: float) -> None:
    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return
        except OSError:
            if time.monotonic() >= until:
                raise BusyError(f"the lake is busy: {_holder(path)} has had its lock for {wait:g} seconds") from None
        time.sleep(_PAUSE)


def _holder(path: Path) -> str:
    try:
        text = path.read_text("ascii").strip()
    except (OSError, ValueError):
        text = ""
    return f"process {text}" if text.isdigit() else "another process"


def advisory_key(*parts: str) -> int:
    """A key for an advisory lock of PostgreSQL, which has 64 bits: the same for the same parts, everywhere."""
    digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
