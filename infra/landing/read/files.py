"""Files of a read: written beside their place, on the disk, named when they are whole, told in the state."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from infra.lake.documents.files import place_in
from infra.landing.read.durable import make_folder, sync_file, take_name
from infra.landing.read.state import Pending, ReadState, StreamId, WrittenFile
from infra.landing.read.state_file import StateFile


@dataclass(frozen=True)
class NewFile:
    """A file that is to be.

    Attributes:
        path: where it should be, below the raw place; with `-1` behind it where that is taken.
        write: makes it at another place.
        states, shared: the source's state that is reached with it.
    """

    stream: StreamId
    path: str
    generation: int
    rows: int
    part: int
    write: Callable[[Path], None]
    states: Mapping[StreamId, Any]
    shared: Any = None


class RawFiles:
    """The files of a connection below the raw place of a landing, and its state.

    Attributes:
        state: as it is now; what it says of files is on the disk first.
    """

    def __init__(self, root: Path, raw: str, store: StateFile, state: ReadState) -> None:
        self._root = root
        self._raw = raw
        self._store = store
        self.state = state

    def save(self, state: ReadState) -> None:
        """Make this the state."""
        self._store.save(state)
        self.state = state

    def place(self, path: str) -> Path:
        """Where a path below the raw place is. Raises UserError if a link leads elsewhere."""
        return place_in(self._root, re.sub("/+", "/", self._raw + path))

    def recover(self) -> None:
        """Bring to its end what a killed read had begun: a file that got its name counts, any other is removed."""
        pending = self.state.pending
        if pending is None:
            return
        state = replace(self.state, pending=None)
        if pending.file is not None and _inode(self.place(pending.file.path)) == pending.inode:
            state = self.state.landed()
        self.place(pending.temporary).unlink(missing_ok=True)
        self.save(state)

    def add(self, new: NewFile) -> str:
        """Write a file and reach the state that it brings; its path."""
        wanted = self.place(new.path)
        make_folder(wanted.parent)
        temporary = wanted.with_name(f".{wanted.name}.{uuid.uuid4().hex[:8]}")
        beside = new.path[: len(new.path) - len(wanted.name)] + temporary.name
        pending = Pending(new.stream, beside)
        self.save(replace(self.state, pending=pending))
        try:
            new.write(temporary)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_file(temporary)
        pending = replace(pending, inode=_inode(temporary), states=new.states, shared=new.shared)
        path = self._named(new, temporary, pending)
        temporary.unlink()
        # It is the state from now on: whoever comes next finds the file under its name.
        self.state = self.state.landed()
        return path

    def _named(self, new: NewFile, temporary: Path, pending: Pending) -> str:
        number = 0
        while True:
            path = f"{new.path}-{number}" if number else new.path
            if not os.path.lexists(self.place(path)):
                file = WrittenFile(path, new.generation, new.rows, new.part)
                self.save(replace(self.state, pending=replace(pending, file=file)))
                if take_name(temporary, self.place(path)):
                    return path
            number += 1

    def sweep(self, stream: StreamId) -> int:
        """Remove the files of generations that are over; how many there were."""
        doomed = [file.path for file in self.state.of(stream).doomed]
        for path in doomed:
            self.place(path).unlink(missing_ok=True)
        if doomed:
            self.save(self.state.without(stream, doomed))
        return len(doomed)


def _inode(path: Path) -> int | None:
    try:
        return os.lstat(path).st_ino
    except FileNotFoundError:
        return None
