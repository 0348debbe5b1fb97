"""Whether a cron expression syncs as often as a schedule that an entry cannot have: an interval, or the same times in other words."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction

from infra.airbyte.server.remote import Interval
from infra.lake.documents import why_refused
from infra.lake.registry.cron import Cron, parse_cron
from infra.review.details.load import load_of

_MINUTES = {"minutes": 1, "hours": 60, "days": 24 * 60, "weeks": 7 * 24 * 60}
_WEEK = 7 * 24 * 60
# Months have no length; this many are in the four years that a load is counted over, of this many days.
_MONTHS, _DAYS = 48, 1461
# Counted over whole periods, every day gives the same.
_ANY_DAY = date(2001, 1, 1)


def is_as_often(interval: Interval, cron: Cron) -> bool:
    """True if as many syncs start in the long run."""
    return load_of(Counter([cron]), _ANY_DAY).starts == _a_week(interval)


def is_same(expression: str, cron: Cron) -> bool:
    """True if another cron expression means the same times."""
    return not why_refused(parse_cron, expression) and str(parse_cron(expression)) == str(cron)


def _a_week(interval: Interval) -> Fraction | None:
    """Syncs a week; None for a unit that nobody here knows."""
    if interval.unit == "months":
        return Fraction(_MONTHS * 7, _DAYS * interval.number)
    minutes = _MINUTES.get(interval.unit)
    return None if minutes is None else Fraction(_WEEK, minutes * interval.number)
