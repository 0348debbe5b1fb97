"""Generations: which rows are alive, where a destination deletes the files of what a newer read has replaced.

Source: Airbyte's destinations for object storage delete, once a sync has succeeded, the objects of this stream below the
minimum generation of the sync (`ObjectStorageDestinationState.getObjectsToDelete` of Airbyte's CDK); a sync that failed
leaves both, one without rows leaves none. A bucket's own rule deletes files by their age alone, which looks alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from infra.landing.feed.ledger_entry import Contents, LedgerEntry

# Rules of buckets count in days, so no file that is younger was deleted by one (Amazon S3, "Lifecycle expiration": Days >= 1).
YOUNGEST_EXPIRY = timedelta(days=1)

# (epoch, generation): what is newer is greater.
Age = tuple[int, int]


@dataclass(frozen=True)
class Retention:
    """What is known of the bucket's own rule.

    Attributes:
        age: after which files are deleted; None if nobody said it.
        never: True if the bucket deletes nothing by itself.
    """

    age: timedelta | None = None
    never: bool = False

    def may_have_deleted(self, entry: LedgerEntry) -> bool:
        """True if a file that vanished may have been too old, rather than replaced."""
        if self.never:
            return False
        age = timedelta(microseconds=entry.at - entry.file.modified)
        return age >= (self.age or YOUNGEST_EXPIRY)


@dataclass(frozen=True)
class Alive:
    """What lives of a connection's rows.

    Attributes:
        since: rows that are older are dead; None if none are.
        verdict: `replaced`: a newer generation took the place of what is gone; `emptied`: a sync without rows did;
            `unclear`: all files of older generations are gone, and nobody can tell from files why; `held`: everything is
            gone, and so are the files of all others, which is no sync's work.
    """

    since: Age | None
    verdict: Literal["replaced", "emptied", "unclear", "held", "same"]


def epoch_of(contents: Contents, current: int, seen: Mapping[Age, int]) -> int:
    """The epoch of a file: the current one, or the next where the counter of generations began anew.

    `seen`: (epoch, generation) -> the newest extraction, in microseconds, of what was fed. Syncs of one connection follow each
    other, so a later row never has a lower generation; one that does is of another connection in its place.
    """
    if contents.generations is None or contents.extracted is None:
        return current
    highest, first = contents.generations[1], contents.extracted[0]
    newer = [extracted for (epoch, generation), extracted in seen.items() if epoch == current and generation > highest]
    return current + 1 if newer and first > max(newer) else current


def living(
    entries: Sequence[LedgerEntry],
    *,
    overwrite: bool,
    retention: Retention,
    now: int,
    settle: timedelta,
    held: bool = False,
) -> Alive:
    """What lives, by the last entries of one connection's files, all of them known to a full listing.

    `held`: True where files cannot say that everything is gone, since those of all others are, too.
    """
    ages = {entry.file.path: age for entry in entries if entry.has_rows and (age := age_of(entry)) is not None}
    if not ages:
        return Alive(None, "same")
    there = [ages[entry.file.path] for entry in entries if entry.event != "vanished" and entry.file.path in ages]
    gone = [entry for entry in entries if entry.event == "vanished" and entry.file.path in ages]
    if not gone:
        return Alive(None, "same")
    if not there:
        found = _emptied(gone, max(ages.values()), retention, now, settle)
        return Alive(None, "held") if held and found.verdict != "unclear" else found
    newest = max(there)
    older_there = [age for age in there if age < newest]
    older_gone = [entry for entry in gone if ages[entry.file.path] < newest]
    if older_there or not older_gone:
        return Alive(None, "same")
    youngest = max(older_gone, key=lambda entry: entry.file.modified)
    told = overwrite and retention.age is None
    if told or not retention.may_have_deleted(youngest):
        return Alive(newest, "replaced")
    return Alive(None, "unclear")


def _emptied(gone: Sequence[LedgerEntry], newest: Age, retention: Retention, now: int, settle: timedelta) -> Alive:
    """Everything is gone: a sync without rows, a clear, a rule of the bucket, or somebody's mistake."""
    last = max(gone, key=lambda entry: entry.file.modified)
    if retention.may_have_deleted(last):
        return Alive(None, "unclear")
    since = max(entry.at for entry in gone)
    if timedelta(microseconds=now - since) < settle:
        return Alive(None, "same")
    return Alive((newest[0], newest[1] + 1), "emptied")


def age_of(entry: LedgerEntry) -> Age | None:
    """The newest (epoch, generation) in a file; None for one that has no generations."""
    found = entry.contents.generations
    return None if found is None else (entry.epoch, found[1])
