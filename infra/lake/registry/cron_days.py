"""Which days a Quartz expression means: its day-of-month, month and day-of-week fields against the calendar.

Source: Quartz's CronExpression: days of the week count from Sunday = 1, ranges may wrap around, `L` is the last day,
`15W` the weekday nearest to the 15th inside the month, `6#3` the third Friday, `6L` the last one.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

# The calendar repeats after this many years.
CYCLE_YEARS = 400


def numbers(text: str, low: int, high: int, words: Sequence[str] = ()) -> tuple[int, ...]:
    """The numbers that a checked field stands for, sorted: lists, ranges, steps, `*` and words."""
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = (str(low), "-", str(high)) if span == "*" else span.partition("-")
        begin = _number(first, low, words)
        end = _number(last, low, words) if dash else high if slash else begin
        size = high - low + 1
        length = (end - begin) % size
        found.update((begin - low + offset) % size + low for offset in range(0, length + 1, int(step or 1)))
    return tuple(sorted(found))


def _number(text: str, low: int, words: Sequence[str]) -> int:
    return words.index(text) + low if text in words else int(text)


def matching_dates(day: str, month: str, weekday: str, start: date) -> Iterator[date]:
    """The dates from `start` on that the three day fields mean, in order, for one cycle of the calendar."""
    months = numbers(month, 1, 12, MONTHS)
    for year in range(start.year, min(start.year + CYCLE_YEARS, date.max.year) + 1):
        for number in months:
            if (year, number) >= (start.year, start.month):
                for found in _days(day, weekday, year, number):
                    if date(year, number, found) >= start:
                        yield date(year, number, found)


@lru_cache(maxsize=256)
def smallest_distance(day: str, month: str, weekday: str) -> timedelta | None:
    """The shortest time between two matching dates over a whole cycle of the calendar; None if there are not two."""
    smallest: timedelta | None = None
    before: date | None = None
    for found in matching_dates(day, month, weekday, date(2000, 1, 1)):
        if before is not None and (smallest is None or found - before < smallest):
            smallest = found - before
            if smallest.days == 1:
                break
        before = found
    return smallest


def _days(day: str, weekday: str, year: int, month: int) -> list[int]:
    """Days of one month, sorted."""
    first, last = monthrange(year, month)  # first: weekday of the 1st, Monday = 0
    if weekday == "?":
        found = {d for part in day.split(",") for d in _days_of_month(part, year, month, last)}
    else:
        offset = (first + 1) % 7  # weekday of the 1st, Sunday = 0
        found = {d for part in weekday.split(",") for d in _days_of_week(part, offset, last)}
    return sorted(d for d in found if 1 <= d <= last)


def _days_of_month(part: str, year: int, month: int, last: int) -> Sequence[int]:
    back = re.fullmatch("L(-([0-9]+))?", part)
    if back:
        return (last - int(back[2] or 0),)
    if part.endswith("W"):
        day = last if part == "LW" else int(part[:-1])
        return (_nearest_weekday(year, month, day, last),) if day <= last else ()
    return numbers(part, 1, 31)


def _nearest_weekday(year: int, month: int, day: int, last: int) -> int:
    weekday = date(year, month, day).weekday()
    if weekday == 5:
        return day - 1 if day > 1 else day + 2
    if weekday == 6:
        return day + 1 if day < last else day - 2
    return day


def _days_of_week(part: str, offset: int, last: int) -> Sequence[int]:
    """`offset`: the weekday of the 1st, Sunday = 0."""
    if part == "L":
        part = "7"
    name, mark, which = part.partition("#")
    if mark:
        return (_first(name, offset) + 7 * (int(which) - 1),)
    if part.endswith("L"):
        first = _first(part[:-1], offset)
        return (first + 7 * ((last - first) // 7),)
    return [day for number in numbers(part, 1, 7, DAYS) for day in range((number - 1 - offset) % 7 + 1, last + 1, 7)]


def _first(name: str, offset: int) -> int:
    return (_number(name, 1, DAYS) - 1 - offset) % 7 + 1
