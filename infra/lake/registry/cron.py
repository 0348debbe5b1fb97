"""Cron: an Airbyte schedule. Airbyte reads Quartz, six fields, seconds first, UTC.

Sources: Airbyte's AirbyteCatalogHelper.validateCronConfiguration (six fields, seconds a plain integer, a zone other
than a trailing UTC refused) and Quartz's CronExpression (the grammar, exactly one `?`).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise, takewhile
from typing import Any

from pydantic_core import PydanticCustomError

from infra.lake.documents import plural, refuse
from infra.lake.registry.cron_days import DAYS, MONTHS, matching_dates, numbers, smallest_distance

ORDER = "write seconds minutes hours day-of-month month day-of-week"
_NO_ZONE = "the Terraform provider has no time zone, and Airbyte's public API writes UTC"
_IN_UTC = "write the hours in UTC and leave the zone out"
_ZONE = re.compile("[A-Za-z][A-Za-z_]+(/[A-Za-z0-9_+-]+)*|[+-][0-9]{2}:?[0-9]{2}")


@dataclass(frozen=True)
class Field:
    """One field of an expression: its name, bounds and the words it knows."""

    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()

    def number(self, text: str) -> int | None:
        """The number that a text or word stands for; None if it is neither or out of bounds."""
        if text.upper() in self.words:
            return self.words.index(text.upper()) + self.low
        if not re.fullmatch("[0-9]{1,4}", text):
            return None
        return int(text) if self.low <= int(text) <= self.high else None


FIELDS = (
    Field("seconds", 0, 59),
    Field("minutes", 0, 59),
    Field("hours", 0, 23),
    Field("day of month", 1, 31),
    Field("month", 1, 12, tuple(MONTHS)),
    Field("day of week", 1, 7, tuple(DAYS)),
)


@dataclass(frozen=True)
class Cron:
    """A checked expression, six fields with one space between them, without a zone: it is UTC."""

    expression: str

    def __str__(self) -> str:
        return self.expression

    @property
    def for_airbyte(self) -> str:
        """The expression as Airbyte's API reads it back, `0 0 * * * ? UTC`; without the zone every plan shows a change."""
        return f"{self.expression} UTC"

    def next_runs(self, after: datetime, count: int) -> list[datetime]:
        """The next `count` runs later than `after`, a time with a zone, in UTC; fewer if there are no more."""
        start = after.astimezone(UTC)
        runs = (
            datetime.combine(day, time(), UTC) + timedelta(seconds=offset)
            for day in matching_dates(*self._days, start.date())
            for offset in self._offsets
        )
        return list(islice((run for run in runs if run > start), count))

    def dates(self, first: date, count: int) -> list[date]:
        """The days with runs among `count` days from `first` on."""
        end = first + timedelta(days=count)
        return list(takewhile(lambda day: day < end, matching_dates(*self._days, first)))

    def starts_by_hour(self) -> Counter[int]:
        """Hour of the day, UTC -> how many runs a day with runs has in it."""
        return Counter(offset // 3600 for offset in self._offsets)

    @property
    def is_weekly(self) -> bool:
        """True if every week is like the one before: nothing but days of the week counts."""
        day, month, weekday = self._days
        return day in ("*", "?") and month == "*" and not re.search("#|.L", weekday)

    def minimum_gap(self) -> timedelta | None:
        """The shortest time between two runs, over a whole cycle of the calendar; None if it never runs twice."""
        distance = smallest_distance(*self._days)
        inside = self._gap_inside_a_day
        if distance is None:
            return inside
        return min(filter(None, (inside, self._gap_over(distance))))

    def is_faster_than(self, floor: timedelta) -> bool:
        """True if some two runs are closer than `floor`; looks at the calendar only where the answer depends on it."""
        inside = self._gap_inside_a_day
        if inside is not None and inside < floor:
            return True
        if self._gap_over(timedelta(days=1)) >= floor:
            return False
        gap = self.minimum_gap()
        return gap is not None and gap < floor

    @property
    def _days(self) -> tuple[str, str, str]:
        day, month, weekday = self.expression.split()[3:]
        return day, month, weekday

    @property
    def _offsets(self) -> list[int]:
        """Seconds after midnight of the runs of a day, sorted."""
        second, minute, hour = self.expression.split()[:3]
        minutes = numbers(minute, 0, 59)
        return [h * 3600 + m * 60 + int(second) for h in numbers(hour, 0, 23) for m in minutes]

    @property
    def _gap_inside_a_day(self) -> timedelta | None:
        offsets = self._offsets
        gaps = [later - earlier for earlier, later in pairwise(offsets)]
        return timedelta(seconds=min(gaps)) if gaps else None

    def _gap_over(self, distance: timedelta) -> timedelta:
        """From the last run of one day to the first run of a day that is `distance` later."""
        offsets = self._offsets
        return distance - timedelta(seconds=offsets[-1] - offsets[0])


def parse_cron(text: Any) -> Cron:
    """The schedule that `text` says. Raises a refusal (`cron-syntax`, `cron-five-fields`, `cron-timezone`)."""
    if not isinstance(text, str):
        what = "must be text such as 0 0 * * * ?" + (", not a list" if isinstance(text, list) else "")
        raise refuse("wrong-type", what, _cure(text))
    fields = _without_zone(text.split())
    if len(fields) == 5:
        message = "has five fields; Airbyte reads Quartz, which begins with seconds"
        raise refuse("cron-five-fields", message, _cure(" ".join(fields)))
    if len(fields) != 6:
        what = "a year is not accepted here" if len(fields) == 7 else f"has {plural(len(fields), 'field')}"
        raise refuse("cron-syntax", f"{what}; {ORDER}", _cure(text))
    for field, part in zip(FIELDS, fields, strict=True):
        _check_field(field, part, fields)
    _check_days(fields)
    return Cron(" ".join(fields).upper())


def _cure(text: Any) -> str:
    from infra.lake.registry.cron_cure import cure_of  # noqa: PLC0415  # needed once a line is wrong, and needs this

    return cure_of(text)


def _without_zone(fields: list[str]) -> list[str]:
    last = fields[-1] if fields else ""
    if fields and re.match("(CRON_)?TZ=", fields[0]):
        raise refuse("cron-timezone", f"{fields[0]} cannot be used: {_NO_ZONE}", _IN_UTC)
    if last == "UTC":
        return fields[:-1]
    if len(fields) >= 6 and _ZONE.fullmatch(last) and last[:3].upper() not in DAYS:
        raise refuse("cron-timezone", f"the zone {last} cannot be used: {_NO_ZONE}", _IN_UTC)
    return fields


def _check_field(field: Field, text: str, line: list[str]) -> None:
    if field.name == "seconds":
        if field.number(text) is None:
            raise _wrong(field, text, "Airbyte takes one whole number from 0 to 59 here", line)
        return
    if text in ("*", "?"):
        if text == "?" and not field.name.startswith("day"):
            raise _wrong(field, text, "? belongs to one of the two day fields", line)
        return
    for part in text.split(","):
        if not (_is_range(field, part) or _is_special(field, part)):
            raise _wrong(field, part, _expected(field), line)


def _is_range(field: Field, part: str) -> bool:
    """`n`, `a-b`, `*`, each with an optional `/step`; a range may wrap around (`FRI-MON`), as in Quartz."""
    span, slash, step = part.partition("/")
    if slash and not (re.fullmatch("[0-9]{1,4}", step) and 1 <= int(step) <= field.high):
        return False
    if span == "*":
        return bool(slash)
    ends = span.split("-")
    return len(ends) <= 2 and all(field.number(end) is not None for end in ends)


def _is_special(field: Field, part: str) -> bool:
    """The forms of one field only: `L`, `L-3`, `LW`, `15W` for days of the month, `L`, `6L`, `6#3` for week days."""
    if field.name == "day of month":
        match = re.fullmatch("L|LW|L-(?P<back>[0-9]{1,2})|(?P<near>[0-9]{1,2})W", part, re.IGNORECASE)
        return match is not None and 1 <= int(match["back"] or 1) <= 30 and 1 <= int(match["near"] or 1) <= 31
    if field.name == "day of week":
        return re.fullmatch(f"L|([1-7]|{'|'.join(DAYS)})(L|#[1-5])", part, re.IGNORECASE) is not None
    return False


def _check_days(fields: list[str]) -> None:
    marks = [fields[3] == "?", fields[5] == "?"]
    if sum(marks) == 1:
        return _check_lists(fields)
    what = "both day fields are ?" if all(marks) else "neither day field is ?"
    days = [*fields]
    if not all(marks):
        days[3 if fields[3] == "*" and fields[5] != "*" else 5] = "?"
    else:
        days[3] = "*"
    fix = f'for example "{" ".join(_named_days(days))}"' + ("; 1 is Sunday here" if _named_days(days) != days else "")
    raise refuse("cron-syntax", f"{what}; exactly one of day of month and day of week must be", fix)


def _named_days(fields: list[str]) -> list[str]:
    """The line with the days of the week by their names, counted from Monday = 1 as in a crontab, where they are numbers: whoever
    leaves out the ? counts so.
    """
    *others, weekday = fields
    if not re.fullmatch("[0-7]([-,][0-7])*", weekday):
        return fields
    return [*others, re.sub("[0-7]", lambda match: DAYS[int(match.group()) % 7], weekday)]


def _check_lists(fields: list[str]) -> None:
    """Quartz has `L`, `W` and `#` alone in their field, not in a list; cron-utils would let them pass."""
    for field, text in ((FIELDS[3], fields[3]), (FIELDS[5], fields[5])):
        special = [part for part in text.split(",") if not _is_range(field, part) and part not in ("*", "?")]
        if special and "," in text:
            raise _wrong(field, text, f"{special[0]} must be alone in its field: write a connection for each")


def _expected(field: Field) -> str:
    words = f" or {field.words[0]}-{field.words[-1]}" if field.words else ""
    return f"{field.name} takes {field.low}-{field.high}{words}, lists, ranges and steps"


def _wrong(field: Field, part: str, fix: str, line: list[str] | None = None) -> PydanticCustomError:
    mended = _cure(line) if line else ""
    return refuse("cron-syntax", f'"{part}" does not fit the field {field.name}', f"{fix}: {mended}" if mended else fix)
