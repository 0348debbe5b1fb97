"""Processes of this machine, seen from outside."""

from __future__ import annotations

from pathlib import Path


def is_running(pid: int) -> bool:
    """False for one that ended and is only a zombie, too."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):  # it may end while it is read
        return False
    return state not in "ZX"
