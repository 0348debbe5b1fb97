"""Load: how many syncs start in a stack, over a whole period, so that a monthly run counts as one a month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from infra.lake.documents import plural
from infra.lake.registry.cron import Cron

# With a leap year among them, so that 29 February is counted too.
_YEARS = 4
_DAYS = 365 * _YEARS + 1


@dataclass(frozen=True)
class Load:
    """Syncs that start in a stack.

    Attributes:
        starts: how many a week; on average, where not every week is like the other.
        busiest: hour of the day (UTC) in which most start at once; the earliest of several.
        in_busiest: how many start in it.

    """

    starts: Fraction
    busiest: int
    in_busiest: int


def load_words(before: Load | None, after: Load) -> str:
    """`168 → 300 syncs a week; in the busiest hour 1 (00:00) → 4 (06:00)`, `168 syncs a week → about 1 a month; ...`;
    without a `before`, what there will be.
    """
    if before is None:
        busiest = f", {after.in_busiest} in the busiest hour ({after.busiest:02}:00)" if after.starts else ""
        return f"{_often(after.starts)} from then on{busiest}"
    hours = [f"{load.in_busiest} ({load.busiest:02}:00)" if load.starts else "0" for load in (before, after)]
    return f"{_from_to(before.starts, after.starts)}; in the busiest hour {hours[0]} → {hours[1]}"


def _from_to(before: Fraction, after: Fraction) -> str:
    if _is_weekly(before) and _is_weekly(after):
        return f"{_number(before)} → {_often(after)}"
    return f"{_often(before)} → {_often(after)}"


def _is_weekly(starts: Fraction) -> bool:
    """True for what can be said as a number a week: none, or at least one."""
    return starts == 0 or starts >= 1


def _often(starts: Fraction) -> str:
    """`168 syncs a week`, `about 1 sync a month`, `about 2 syncs a year`."""
    if _is_weekly(starts):
        return f"{_number(starts)} sync{'' if starts == 1 else 's'} a week"
    in_a_year = starts * _DAYS / 7 / _YEARS
    if in_a_year >= 12:
        return f"about {plural(round(in_a_year / 12), 'sync')} a month"
    return f"about {plural(round(in_a_year), 'sync')} a year" if in_a_year >= 1 else "less than 1 sync a year"


def _number(starts: Fraction) -> str:
    """A number a week, with one digit after the point where it has a fraction."""
    if starts.denominator == 1:
        return f"{starts.numerator}"
    return f"about {float(starts):.1f}".removesuffix(".0")


def load_of(crons: Mapping[Cron, int], today: date) -> Load:
    """What starts from `today` on; `crons`: schedule -> how many connections have it.

    Where every week is the same, one is looked at; where days of a month or a year count, four years.
    """
    weekly = _starts({cron: count for cron, count in crons.items() if cron.is_weekly}, today, 7)
    seldom = _starts({cron: count for cron, count in crons.items() if not cron.is_weekly}, today, _DAYS)
    hours = {
        **weekly,
        **{(day, hour): count + weekly[_in_week(day, today), hour] for (day, hour), count in seldom.items()},
    }
    busiest = min(hours, key=lambda one: (-hours[one], one[1], one[0]), default=(today, 0))
    starts = Fraction(weekly.total()) + Fraction(seldom.total() * 7, _DAYS)
    return Load(starts, busiest[1], hours.get(busiest, 0))


def _in_week(day: date, today: date) -> date:
    """The day of the first week that has the same name."""
    return today + timedelta(days=(day - today).days % 7)


def _starts(crons: Mapping[Cron, int], today: date, days: int) -> Counter[tuple[date, int]]:
    """(day, hour) -> how many start in it."""
    found: Counter[tuple[date, int]] = Counter()
    for cron, connections in crons.items():
        hours = cron.starts_by_hour()
        for day in cron.dates(today, days):
            for hour, starts in hours.items():
                found[day, hour] += starts * connections
    return found
