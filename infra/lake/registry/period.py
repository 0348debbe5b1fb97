"""Period: how far syncs are apart where all are equally far apart, so that every day is like the one before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from infra.lake.documents import refuse

_HOUR, _DAY = 60, 24 * 60
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
}
_EXAMPLES = "for example 15m, 1h or 6h"
_WORDS = {"hourly": _HOUR, "daily": _DAY, "midnight": _DAY}


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
    if minutes and minutes > _DAY:
        return "write 24h, or the days themselves: schedule: {cron: ...}"
    return f"write {' or '.join(_nearest(minutes))}" if minutes else _EXAMPLES


def _with_unit(value: Any) -> str:
    number = isinstance(value, int) and not isinstance(value, bool)
    fits = [f"{value}{unit}" for unit, size in (("m", 1), ("h", _HOUR)) if number and value * size in ALLOWED]
    return f"write {' or '.join(fits)}" if fits else _EXAMPLES


def _nearest(minutes: int) -> list[str]:
    """The next shorter and the next longer period, or the one that is as long."""
    if minutes in ALLOWED:
        return [str(PeriodLength(minutes))]
    near = [n for n in ALLOWED if n < minutes][-1:] + [n for n in ALLOWED if n > minutes][:1]
    return [str(PeriodLength(n)) for n in near]


def meant_minutes(text: str) -> int | None:
    """The period that words of other tools mean, in minutes: `@daily`, `every 24 hours`, `rate(1 hour)`, `1d`; else None."""
    words = re.sub(r"^rate\((.*)\)$", r"\1", text.strip().lower()).removeprefix("@").removeprefix("every").strip()
    if words in _WORDS:
        return _WORDS[words]
    found = re.fullmatch(r"([1-9][0-9]{0,4})?\s*([a-z]+?)s?", words)
    if found is None or found[2] not in _UNITS:
        return None
    return int(found[1] or 1) * _UNITS[found[2]]


def rare_line(text: str, minutes: int | None) -> str | None:
    """The cron line for words that mean more than a day: `@weekly`, `7d`, `every month`; None for all others."""
    words = text.strip().lower().removeprefix("@").removeprefix("every").strip()
    return _RARELY["week"] if minutes == 7 * _DAY else _RARELY.get(words)


_RARELY = {
    **dict.fromkeys(("week", "weekly", "1w"), "0 0 0 ? * SUN"),
    **dict.fromkeys(("month", "monthly"), "0 0 0 1 * ?"),
    **dict.fromkeys(("year", "yearly", "annually"), "0 0 0 1 1 ?"),
}

Period = Annotated[
    PeriodLength,
    PlainValidator(_period),
    WithJsonSchema({"enum": [str(PeriodLength(minutes)) for minutes in ALLOWED]}),
]
