"""Files that are on the disk when a function returns, and names that nobody is robbed of."""

from __future__ import annotations

import os
from pathlib import Path


def sync_file(path: Path) -> None:
    """Wait until what the file holds is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """The same for the names in a folder."""
    sync_file(path)


def make_folder(path: Path) -> None:
    """Make a folder with those above it, all on the disk."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync_folder(path.parent)


def write_durably(path: Path, data: bytes) -> None:
    """Make the file hold the data: whole, or what it held before."""
    temporary = path.with_name(f".{path.name}.tmp")
    with open(temporary, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def take_name(temporary: Path, path: Path) -> bool:
    """Give a file its name; False if something has that name already."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    sync_folder(path.parent)
    return True
