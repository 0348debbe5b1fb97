"""Quartz expressions as the server checks them, and when they fire."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise

from tests.standin.call import Json
from tests.standin.errors import RefusedError, bad_request

DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)}

MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}

FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("seconds", 0, 59, {}),
    ("minutes", 0, 59, {}),
    ("hours", 0, 23, {}),
    ("day of month", 1, 31, {}),
    ("month", 1, 12, MONTHS),
    ("day of week", 1, 7, DAYS),
    ("year", 1970, 2099, {}),
)

Values = frozenset[int]


@dataclass(frozen=True)
class Quartz:
    """A parsed expression. `day_of_month` and `day_of_week` stay text, because L, W and # need a calendar."""

    parts: tuple[str, ...]
    seconds: Values
    minutes: Values
    hours: Values
    months: Values
    years: Values

    def next(self, after: datetime, count: int) -> list[datetime]:
        """The next executions in UTC, fewer where the expression ends."""
        return list(islice(self._executions(after), count))

    def _executions(self, after: datetime) -> Iterator[datetime]:
        day = after.date()
        while day.year <= min(max(self.years), after.year + 12):
            if day.year in self.years and day.month in self.months and self._fires_on(day):
                for hour in sorted(self.hours):
                    for minute in sorted(self.minutes):
                        for second in sorted(self.seconds):
                            moment = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC)
                            if moment > after:
                                yield moment
            day += timedelta(days=1)

    def _fires_on(self, day: date) -> bool:
        if self.parts[3] != "?":
            return any(_is_day_of_month(part, day) for part in self.parts[3].split(","))
        return any(_is_day_of_week(part, day) for part in self.parts[5].split(","))


def parse(text: str) -> Quartz:
    """Raises ValueError with the parser's reason."""
    parts = tuple(text.upper().split())
    if len(parts) not in (6, 7):
        raise ValueError(f"Cron expression contains {len(parts)} parts but we expect one of [6, 7]")
    if (parts[3] == "?") == (parts[5] == "?"):
        raise ValueError("Both, a day-of-week AND a day-of-month parameter, are not supported")
    special = (re.compile(r"L(-\d{1,2})?|LW|\d{1,2}W"), re.compile(r"L|(\w{1,3})(L|#[1-5])"))
    values = [_values(part, index) for index, part in enumerate(parts) if index not in (3, 5)]
    for index, pattern in zip((3, 5), special, strict=True):
        if parts[index] != "?":
            for part in parts[index].split(","):
                if not pattern.fullmatch(part):
                    _values(part, index)
    seconds, minutes, hours, months, *years = values
    return Quartz(parts, seconds, minutes, hours, months, years[0] if years else frozenset(range(1970, 2100)))


def _values(text: str, index: int) -> Values:
    found: set[int] = set()
    for part in text.split(","):
        found |= _range(part, index)
    return frozenset(found)


def _range(text: str, index: int) -> set[int]:
    what, low, high, _ = FIELDS[index]
    span, slash, step = text.partition("/")
    first, dash, last = span.partition("-")
    if slash and (not step.isdigit() or not 0 < int(step) <= high):
        raise ValueError(f"Invalid period {step!r} in {what}")
    start = low if first == "*" and not dash else _number(first, index)
    end = _number(last, index) if dash else high if first == "*" or slash else start
    if end < start:
        raise ValueError(f"Invalid range! [{start},{end}] in {what}")
    return set(range(start, end + 1, int(step) if slash else 1))


def _number(text: str, index: int) -> int:
    what, low, high, names = FIELDS[index]
    number = names.get(text) or (int(text) if re.fullmatch(r"\d{1,4}", text) else None)
    if number is None:
        raise ValueError(f"Invalid chars in expression! Expression: {text} in {what}")
    if not low <= number <= high:
        raise ValueError(f"Value {number} not in range [{low}, {high}] in {what}")
    return number


def _is_day_of_month(part: str, day: date) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    if part.startswith("L"):
        wanted = last if part == "LW" else last - int(part[2:] or 0)
        return day.day == (_nearest_weekday(day, wanted, last) if part == "LW" else wanted)
    if part.endswith("W"):
        return day.day == _nearest_weekday(day, min(int(part[:-1]), last), last)
    return day.day in _values(part, 3)


def _nearest_weekday(day: date, wanted: int, last: int) -> int:
    weekday = day.replace(day=wanted).weekday()
    if weekday == 5:
        return wanted - 1 if wanted > 1 else wanted + 2
    if weekday == 6:
        return wanted + 1 if wanted < last else wanted - 2
    return wanted


def _is_day_of_week(part: str, day: date) -> bool:
    today = day.isoweekday() % 7 + 1
    if part == "L":
        return today == 7
    if part.endswith("L"):
        last = calendar.monthrange(day.year, day.month)[1]
        return today == _number(part[:-1], 5) and day.day > last - 7
    name, sharp, which = part.partition("#")
    if sharp:
        return today == _number(name, 5) and (day.day - 1) // 7 + 1 == int(which)
    return today in _values(part, 5)


def check_schedule(schedule: Json, now: datetime, minimum_minutes: int) -> str | None:
    """The expression to store, without its zone; None for a manual schedule. Refuses what the server refuses."""
    text = schedule.get("cronExpression")
    if schedule["scheduleType"] != "cron":
        return None
    if text is None:
        raise bad_request("Missing cron expression in the schedule.")
    expression = normalize(text)
    quartz = _check_public(text, expression)
    _check_frequency(quartz, expression, now, minimum_minutes)
    return expression


def normalize(text: str) -> str:
    # Airbyte: AirbyteCatalogHelper.normalizeCronExpression: every "UTC" goes, but only if the text ends with one.
    return text.replace("UTC", "").strip() if text.endswith("UTC") else text


def _check_public(text: str, expression: str) -> Quartz:
    # See Airbyte: AirbyteCatalogHelper.validateCronConfiguration
    try:
        quartz = parse(expression)
    except ValueError as problem:
        raise bad_request(f"The cron expression {text} is not valid. Error: {problem}.") from problem
    # With seven fields the minutes must be one number too; with six they may be a list.
    numbers = quartz.parts[:2] if len(quartz.parts) == 7 else quartz.parts[:1]
    if not all(part.isdigit() for part in numbers):
        raise bad_request(
            f"The cron expression {text} is not valid or is less than the one hour minimum. "
            "The seconds and minutes values cannot be `*`."
        )
    return quartz


def _check_frequency(quartz: Quartz, expression: str, now: datetime, minimum_minutes: int) -> None:
    # Airbyte: ConnectionScheduleHelper.validateCronFrequency looks at the next three executions from now only.
    gaps = [later - earlier for earlier, later in pairwise(quartz.next(now, 3))]
    if any(gap < timedelta(minutes=1) for gap in gaps):
        raise RefusedError(
            400, "cron-validation/invalid-expression", f"The cron expression {expression} fires too often."
        )
    if any(gap < timedelta(minutes=minimum_minutes) for gap in gaps):
        kind = "one-hour" if minimum_minutes >= 60 else f"{minimum_minutes}-minutes"
        raise RefusedError(
            400,
            f"cron-validation/under-{kind}-not-allowed",
            f"The cron expression {expression} fires more often than every {minimum_minutes} minutes.",
        )
