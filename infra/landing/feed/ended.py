"""What a server says of syncs, and which rows of a stream are dead by it, sooner and surer than files can say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from infra.airbyte.server.remote import Job, RefreshJob
from infra.landing.feed.generations import Age, Alive, age_of
from infra.landing.feed.ledger_entry import LedgerEntry

# Kinds of jobs that remove what is there: Airbyte's clear, as its APIs of today and before call it.
_CLEARS = ("reset", "clear")


@dataclass(frozen=True)
class Ended:
    """The newest jobs that succeeded; rows hold the id of their job as `_airbyte_meta.sync_id`.

    Attributes:
        synced: of a sync of the connection.
        cleared: of a clear of this stream.
    """

    synced: int | None = None
    cleared: int | None = None


NOTHING_ENDED = Ended()


def ended_jobs(jobs: Iterable[Job], clears: Iterable[RefreshJob], stream: tuple[str, str]) -> Ended:
    """What the jobs of a connection say of one of its streams, (namespace or "", name)."""
    synced = [job.id for job in jobs if job.status == "succeeded" and job.kind not in _CLEARS]
    about = [one.job for one in clears if not one.streams or stream in one.streams]
    cleared = [job.id for job in about if job.status == "succeeded" and job.kind in _CLEARS]
    return Ended(max(synced, default=None), max(cleared, default=None))


def told(entries: Sequence[LedgerEntry], ended: Ended, *, overwrite: bool) -> Alive | None:
    """What lives of a connection's rows by what a server says; None where that says nothing of this stream.

    A sync is believed where its own files are there, or where none of the older ones is: a stream may not have been in it.
    """
    known = [entry for entry in entries if entry.has_rows and age_of(entry) is not None]
    if ended.cleared is not None and any((entry.contents.sync_id or 0) < ended.cleared for entry in known):
        return _from(known, ended.cleared)
    if not overwrite or ended.synced is None:
        return None
    own = [entry for entry in known if entry.contents.sync_id == ended.synced]
    gone = all(entry.event == "vanished" for entry in known)
    return _from(known, ended.synced) if known and (own or gone) else None


def _from(entries: Sequence[LedgerEntry], job: int) -> Alive:
    """What a job began, and what came after, lives."""
    alive: list[Age] = []
    for entry in entries:
        age = age_of(entry)
        if age is not None and (entry.contents.sync_id or 0) >= job:
            alive.append(age)
    if alive:
        return Alive(min(alive), "replaced")
    epoch, generation = max(age for entry in entries if (age := age_of(entry)) is not None)
    return Alive((epoch, generation + 1), "emptied")
