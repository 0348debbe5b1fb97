"""News: what a listing says that the ledger does not know yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from infra.landing.feed.found_file import FoundFile, Listing
from infra.landing.feed.ledger_entry import LedgerEntry

# How often a file that cannot be read is tried again without anybody asking: it may be one that is still being written.
ATTEMPTS = 3

_Kind = Literal["new", "changed", "returned", "waiting", "known"]


@dataclass(frozen=True)
class News:
    """What is to be done with the files of one listing.

    Attributes:
        new: to be fed, oldest first.
        changed: there are rows of it, and it was re-written since.
        returned: it had vanished, and is there again as it was.
        waiting: not to be fed until somebody asks for it: tried often enough, or re-written.
        vanished: there was one, and it is gone.
    """

    new: tuple[FoundFile, ...] = ()
    changed: tuple[FoundFile, ...] = ()
    returned: tuple[FoundFile, ...] = ()
    waiting: tuple[FoundFile, ...] = ()
    vanished: tuple[LedgerEntry, ...] = field(default=())


def compare(listing: Listing, ledger: Mapping[str, LedgerEntry], *, retry: bool = False) -> News:
    """The news. `ledger`: the last entry of each path of the table; `retry`: try everything in quarantine again.

    Only a full listing can tell that a file has vanished, and only of the connection that it is of.
    """
    found: dict[_Kind, list[FoundFile]] = {"new": [], "changed": [], "returned": [], "waiting": [], "known": []}
    for file in listing.files:
        found[_kind(file, ledger.get(file.path), retry=retry)].append(file)
    found["new"].sort(key=lambda file: (file.modified, file.path))
    return News(
        tuple(found["new"]),
        tuple(found["changed"]),
        tuple(found["returned"]),
        tuple(found["waiting"]),
        tuple(_vanished(listing, ledger)) if listing.full else (),
    )


def _kind(file: FoundFile, entry: LedgerEntry | None, *, retry: bool) -> _Kind:
    if entry is None or entry.event == "forgotten":
        return "new"
    same = entry.file.identity == file.identity
    if entry.event == "quarantined":
        return "new" if not same or retry or entry.attempt < ATTEMPTS else "waiting"
    if entry.event == "dead":
        return "known" if same else "new"
    if not same:
        return "changed"
    return {"fed": "known", "vanished": "returned", "changed": "waiting"}[entry.event]  # type: ignore[return-value]


def _vanished(listing: Listing, ledger: Mapping[str, LedgerEntry]) -> list[LedgerEntry]:
    there = {file.path for file in listing.files}
    gone = [
        entry
        for path, entry in ledger.items()
        if path not in there and entry.connection == listing.connection and _is_missed(entry, listing)
    ]
    return sorted(gone, key=lambda entry: entry.file)


def _is_missed(entry: LedgerEntry, listing: Listing) -> bool:
    """True for a file that is gone; one in quarantine also is where no file of the stream is called so any more."""
    if listing.covers(entry.file.path):
        return entry.event in ("fed", "changed", "quarantined")
    return entry.event == "quarantined" and not listing.is_others(entry.file.path)
