"""Releases of a connector: which is older, and which break something between two of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from infra.base.printable import printable
from infra.lake.connectors.lock import BreakingChange, ConnectorLock
from infra.lake.documents import plural

# Letters of what a release asks for; all of it is in the lock.
_LONGEST = 300


def version_order(version: str) -> list[tuple[int, str]]:
    """Numbers by their value: 10.0.0 is after 9.1.0, and 3.0.0-rc.1 before 3.0.0."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in version.split(".")]


def is_older(version: str, than: str) -> bool:
    """True for an earlier release; tags that are no versions, such as `custom` and `dev`, are neither."""
    both = (version, than)
    return all(tag[:1].isdecimal() for tag in both) and version_order(version) < version_order(than)


def breaking_between(known: ConnectorLock, after: str, until: str | None = None) -> tuple[BreakingChange, ...]:
    """The breaking releases that a lock knows of, later than the version `after`; up to `until`, if that is given."""
    changes = known.releases.breaking_changes if known.releases else ()
    return tuple(
        change
        for change in changes
        if is_older(after, change.version) and not (until is not None and is_older(until, change.version))
    )


def concerned(change: BreakingChange, streams: Iterable[str]) -> list[str]:
    """Those of some streams that a breaking release is about, sorted; all of them where it names none."""
    return sorted({name for name in streams if not change.streams or name in change.streams})


def message_of(change: BreakingChange) -> str:
    """What a release asks for, on a line that prints."""
    text = printable(change.message)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()} ..."


def deadline_words(change: BreakingChange, today: date | None) -> str:
    """`deadline 2026-12-01, in 5 days`; the date alone where nobody says what day it is, or it is no date."""
    if not change.deadline:
        return "without a deadline"
    return f"deadline {printable(change.deadline)}{_distance(change.deadline, today)}"


def _distance(deadline: str, today: date | None) -> str:
    try:
        days = (date.fromisoformat(deadline) - today).days if today else None
    except ValueError:
        return ""
    if days is None:
        return ""
    if days == 0:
        return ", today"
    return f", in {plural(days, 'day')}" if days > 0 else f", {plural(-days, 'day')} ago"
