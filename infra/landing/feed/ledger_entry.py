"""LedgerEntry: what the ledger says of a file; it is only ever added to, and the last entry of a path counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from infra.landing.feed.found_file import FoundFile

# fed: its rows are in the table. changed: they are, and the file is another one since. vanished: they are, and the file
# is gone. dead: its generation was replaced, no row is there. quarantined: could not be read. forgotten: as if never seen.
Event = Literal["fed", "changed", "vanished", "dead", "quarantined", "forgotten"]

_WITH_ROWS = ("fed", "changed", "vanished")


@dataclass(frozen=True)
class Contents:
    """What is in a file.

    Attributes:
        rows: how many.
        generations, extracted: the lowest and the highest of them, extracted in microseconds; None where no row says it.
        sync_id: the highest.
        changes: values that Airbyte itself could not take, as `_airbyte_meta` says.
    """

    rows: int = 0
    generations: tuple[int, int] | None = None
    extracted: tuple[int, int] | None = None
    sync_id: int | None = None
    changes: int = 0


@dataclass(frozen=True)
class LedgerEntry:
    """One line of the ledger.

    Attributes:
        file: as it was then.
        batch: the transaction that wrote the line, counted from 1 in each table.
        at: when, in microseconds since 1970.
        epoch: how often the connection had been replaced.
        attempt: how often it was tried to read it.
        reason: why it is not in the table; "" for a file that is.
    """

    file: FoundFile
    event: Event
    batch: int
    at: int
    connection: str
    epoch: int = 1
    contents: Contents = Contents()
    attempt: int = 0
    reason: str = ""

    @property
    def has_rows(self) -> bool:
        """True if rows of the file are in the table."""
        return self.event in _WITH_ROWS
