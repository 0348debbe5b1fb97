"""Part: the records of one stream that have no file yet, as lines in a file of our own."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BUFFER = 1 << 18


@dataclass(frozen=True)
class Mark:
    """Up to where a state of the source reaches.

    Attributes:
        size, rows: of the lines before it.
        state: the connector's message.
    """

    size: int
    rows: int
    state: Any


class Part:
    """Lines of a stream, in a file that is made empty.

    Attributes:
        rows, size: how many lines and bytes there are.
        longest: bytes of the longest line.
        mark: the last state of the source; None where none came since the last file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = self.size = self.longest = 0
        self.mark: Mark | None = None
        self._buffer: list[bytes] = []
        self._held = 0
        path.write_bytes(b"")

    def add(self, line: bytes) -> None:
        """One more."""
        self._buffer.append(line)
        self.rows += 1
        self.size += len(line)
        self._held += len(line)
        self.longest = max(self.longest, len(line))
        if self._held > _BUFFER:
            self._flush()

    def reach(self, state: Any) -> None:
        """Everything up to here is behind this state of the source."""
        self.mark = Mark(self.size, self.rows, state)

    def cut(self, at: Mark) -> Path:
        """The lines before the mark, as a file; the others stay."""
        self._flush()
        taken = self.path.with_suffix(".taken")
        os.replace(self.path, taken)
        with open(taken, "rb+") as whole, open(self.path, "wb") as rest:
            whole.seek(at.size)
            shutil.copyfileobj(whole, rest)
            whole.truncate(at.size)
        self.rows, self.size, self.mark = self.rows - at.rows, self.size - at.size, None
        return taken

    @property
    def end(self) -> Mark:
        """Everything that is there; with the state that came last, if one did."""
        return Mark(self.size, self.rows, self.mark.state if self.mark else None)

    def _flush(self) -> None:
        with open(self.path, "ab") as file:
            file.writelines(self._buffer)
        self._buffer.clear()
        self._held = 0
