"""Period: how far syncs are apart where all are equally far apart, so that every day is like the one before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from infra.lake.documents import refuse

_HOUR, _DAY, _WEEK = 60, 24 * 60, 7 * 24 * 60
ALLOWED = tuple(n for n in range(1, _DAY + 1) if (n < _HOUR and _HOUR % n == 0) or (n % _HOUR == 0 and _DAY % n == 0))

_UNITS = {
    "m": 1,
    "min": 1,
    "mins": 1,
    "minute": 1,
    "h": _HOUR,
    "hr": _HOUR,
    "hrs": _HOUR,
    "hour": _HOUR,
    "d": _DAY,
    "day": _DAY,
    "w": _WEEK,
    "week": _WEEK,
}
_SECOND = frozenset({"s", "sec", "second"})
_EXAMPLES = "for example 15m, 1h or 6h"
_WORDS = {"hourly": _HOUR, "daily": _DAY, "midnight": _DAY, "twice a day": _DAY // 2, "twice daily": _DAY // 2}


@dataclass(frozen=True)
class PeriodLength:
    """A period that a day has a whole number of.

    Attributes:
        minutes: its length, one of ALLOWED.

    """

    minutes: int

    def __str__(self) -> str:
        return f"{self.minutes}m" if self.minutes < _HOUR else f"{self.minutes // _HOUR}h"

    def line(self, first: int = 0) -> str:
        """The Quartz line that starts every so often, `first` minutes after midnight for the first time."""
        hour, minute = divmod(first, _HOUR)
        if self.minutes < _HOUR:
            return f"0 {_steps(minute, self.minutes, _HOUR)} * * * ?"
        return f"0 {minute} {_steps(hour, self.minutes // _HOUR, 24)} * * ?"


def _steps(first: int, step: int, size: int) -> str:
    """The Quartz field of the numbers below `size` that are `step` apart."""
    return "*" if step == 1 else str(first) if step == size else f"{first}/{step}"


def _period(value: Any) -> PeriodLength:
    if isinstance(value, PeriodLength):
        return value
    if not isinstance(value, str):
        raise refuse("wrong-type", "must be text such as 15m or 6h", _with_unit(value))
    found = re.fullmatch("([1-9][0-9]{0,4})([mh])", value)
    minutes = int(found[1]) * _UNITS[found[2]] if found else None
    if minutes in ALLOWED:
        return PeriodLength(minutes)
    message = "must be minutes that divide an hour, or hours that divide a day, so that every day is the same"
    raise refuse("wrong-type", message, _instead(value, minutes or meant_minutes(value)))


def _instead(text: str, minutes: int | None) -> str:
    """What to write for a period that is none: another one, or the cron line that runs so seldom."""
    if line := rare_line(text, minutes):
        return f'write schedule: {{cron: "{line}"}}'
    if minutes and minutes <= _DAY:
        return f"write {' or '.join(str(near) for near in nearest(minutes))}"
    return f"write schedule: {schedules_near(minutes)}" if minutes else _EXAMPLES


def schedules_near(minutes: int) -> str:
    """`{every: 1h}`; for a period that no schedule has the two around it: `{every: 1h} or {every: 2h}`."""
    near = [f"{{every: {length}}}" for length in nearest(minutes)]
    if minutes > _DAY:
        near = [f'{{cron: "{line}"}}' for line in rare_lines(minutes)]
    return " or ".join(near) + (NONE_BETWEEN if len(near) > 1 else "")


NONE_BETWEEN = ": there is no schedule between the two"


def _with_unit(value: Any) -> str:
    number = isinstance(value, int) and not isinstance(value, bool)
    fits = [f"{value}{unit}" for unit, size in (("m", 1), ("h", _HOUR)) if number and value * size in ALLOWED]
    return f"write {' or '.join(fits)}" if fits else _EXAMPLES


def nearest(minutes: int) -> list[PeriodLength]:
    """The next shorter and the next longer period, or the one that is as long; for more than a day, a day."""
    if minutes in ALLOWED:
        return [PeriodLength(minutes)]
    near = [n for n in ALLOWED if n < minutes][-1:] + [n for n in ALLOWED if n > minutes][:1]
    return [PeriodLength(n) for n in near]


def rare_lines(minutes: int) -> tuple[str, str]:
    """The cron lines of the two rhythms around a period of more than a day that no line has."""
    return next((lines for most, lines in _AROUND if minutes <= most), _AROUND[-1][1])


_DAILY, _EVERY_OTHER, _WEEKLY = "0 0 0 * * ?", "0 0 0 1/2 * ?", "0 0 0 ? * SUN"
_TWICE_A_MONTH, _MONTHLY = "0 0 0 1,15 * ?", "0 0 0 1 * ?"
_AROUND = (
    (2 * _DAY, (_DAILY, _EVERY_OTHER)),
    (_WEEK, (_EVERY_OTHER, _WEEKLY)),
    (15 * _DAY, (_WEEKLY, _TWICE_A_MONTH)),
    (31 * _DAY, (_TWICE_A_MONTH, _MONTHLY)),
)


def meant_minutes(text: str) -> int | None:
    """The period that words of other tools mean, in minutes: `@daily`, `every 24 hours`, `rate(1 hour)`, `1h30m`, `PT1H`; else None."""
    words = re.sub(r"^rate\((.*)\)$", r"\1", text.strip().lower()).removeprefix("@").removeprefix("every").strip()
    if words in _WORDS:
        return _WORDS[words]
    if words.rstrip("s") in _UNITS:
        return _UNITS[words.rstrip("s")]
    minutes = _added(words)
    return int(minutes) if minutes and minutes == int(minutes) and minutes <= _LONGEST else None


_LONGEST = 366 * _DAY
_PART = re.compile(r"(?P<number>[0-9]{1,5}(?:\.[0-9]{1,3})?)\s*(?P<unit>[a-z]+?)s?(?![a-z])\s*(?:and\s+|,\s*)?")
_ISO = re.compile(
    r"p(?:([0-9]{1,5}w)|(?=[0-9t])([0-9]{1,5}d)?(?:t(?=[0-9])([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?)?)"
)


def _added(words: str) -> float | None:
    """The minutes of a length with units, `1h 30m`, also in ISO's form; None for a text that is none."""
    iso = _ISO.fullmatch(words)
    words = " ".join(filter(None, iso.groups())) if iso else words
    total, at = 0.0, 0
    while at < len(words) and (part := _PART.match(words, at)):
        size = 1 / 60 if part["unit"] in _SECOND else _UNITS.get(part["unit"])
        if size is None:
            return None
        total, at = total + float(part["number"]) * size, part.end()
    return round(total, 6) if words and at == len(words) else None


def rare_line(text: str, minutes: int | None) -> str | None:
    """The cron line for words that mean more than a day: `@weekly`, `7d`, `every month`; None for all others."""
    words = text.strip().lower().removeprefix("@").removeprefix("every").strip()
    return _WEEKLY if minutes == _WEEK else _RARELY.get(words)


_RARELY = {
    **dict.fromkeys(("week", "weekly"), _WEEKLY),
    **dict.fromkeys(("weekday", "weekdays", "workday", "workdays"), "0 0 0 ? * MON-FRI"),
    **dict.fromkeys(("month", "monthly"), _MONTHLY),
    **dict.fromkeys(("year", "yearly", "annually"), "0 0 0 1 1 ?"),
}

Period = Annotated[
    PeriodLength,
    PlainValidator(_period),
    WithJsonSchema({"enum": [str(PeriodLength(minutes)) for minutes in ALLOWED]}),
]
