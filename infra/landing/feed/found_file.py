"""FoundFile: a file as a listing tells it, which is what a ledger knows it by."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class FoundFile:
    """A file.

    Attributes:
        path: bucket and key: what stands behind the landing's `raw`, so that a lake that moves knows its files.
        size: bytes.
        modified: microseconds since 1970, UTC.
    """

    path: str
    size: int
    modified: int

    @property
    def identity(self) -> tuple[int, int]:
        """What tells another file of the same name."""
        return self.size, self.modified


@dataclass(frozen=True)
class Listing:
    """What lies where the files of one stream of one connection are.

    Attributes:
        connection: id of the connection.
        full: True if all of its folders were looked at, not the recent ones alone.
        files: those that the destination named for this stream, sorted.
        unfinished: names that somebody is still writing.
        unknown: names below the prefix that no stream of the landing has.
        pattern: what the whole path of each of its files matches; None for any. Of what is called otherwise, such as files from
            before another prefix was given, it says nothing.
        others: the same for the files of the table's other feeds.
    """

    connection: str
    full: bool
    files: tuple[FoundFile, ...]
    unfinished: tuple[str, ...] = ()
    unknown: tuple[str, ...] = field(default=())
    pattern: re.Pattern[str] | None = None
    others: tuple[re.Pattern[str], ...] = ()

    def covers(self, path: str) -> bool:
        """True for a file that would be in the list if it were there, where all was looked at."""
        return self.pattern is None or self.pattern.fullmatch(path) is not None

    def is_others(self, path: str) -> bool:
        """True for a file of another feed of the table."""
        return any(pattern.fullmatch(path) for pattern in self.others)
