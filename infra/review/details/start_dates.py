"""Start dates: the day from which on a source reads, and what another one means."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from infra.review.details.change import Change, Detail
from infra.review.details.detail_kind import DetailKind

# How sources name it.
_START = re.compile(
    r"(.*_)?start_?(date|time|datetime|point)(_.*)?|(replication_)?start(_date)?|since|from_date", re.IGNORECASE
)
_KINDS: frozenset[DetailKind] = frozenset({"start-date-changed", "start-date-earlier", "start-date-later"})


def is_start(key: str) -> bool:
    """True if an option of a source says from which day on it reads."""
    return _START.fullmatch(key) is not None


def start_kind(before: Any, after: Any) -> DetailKind:
    """Whether a start date becomes an earlier or a later one, as far as both are dates."""
    old, new = _moment(before), _moment(after)
    if old is None or new is None or old == new:
        return "start-date-changed"
    return "start-date-earlier" if new < old else "start-date-later"


def seen_from(change: Change, now: datetime) -> Change:
    """The change, with start dates after `now` told as dates that are still to come."""
    return replace(change, details=tuple(_seen_from(detail, now) for detail in change.details))


def _seen_from(detail: Detail, now: datetime) -> Detail:
    new = _moment(detail.after) if detail.kind in _KINDS else None
    return replace(detail, kind="start-date-to-come") if new is not None and new > now else detail


def _moment(value: Any) -> datetime | None:
    """The moment that a value says, in UTC where it says no zone; None for what is no date, such as `P30D` or a variable."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
