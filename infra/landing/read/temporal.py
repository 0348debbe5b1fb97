"""Dates, times and date-times as sources write them, made what DuckDB reads: as Airbyte's destinations parse them.

Source: `AirbyteValueCoercer` of Airbyte's CDK (airbytehq/airbyte, airbyte-cdk/bulk/core/load): with or without a zone, by
UTC where there is none; `-`, `/`, `.`, a space or nothing between year, month and day; hours and minutes at least.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

_DATE = r"(?P<sign>-?)(?P<year>[0-9]{2,7})[-/. ]?(?P<month>[0-9]{2})[-/. ]?(?P<day>[0-9]{2})"
_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(:(?P<second>[0-9]{2})(\.(?P<fraction>[0-9]{1,9}))?)?"
_ZONE = r" ?(?P<zone>Z|[+-][0-9]{2}(:?[0-9]{2})?)?"
_WHOLE = re.compile(rf"{_DATE}([T ]{_TIME}{_ZONE})?")
_OF_DAY = re.compile(f"{_TIME}{_ZONE}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# What fits in 64 bits of microseconds, as Parquet counts them, and a little less.
_YEARS = range(-290_000, 290_001)
# The calendar begins anew every 400 years; Python's has the years 1 to 9999 only.
_CYCLE = 400


def timestamp_text(written: str, *, zoned: bool) -> str | None:
    """`2026-11-25 08:30:00.000001+00`; None for what is no date-time. Not `zoned`: the clock's time, whatever its zone."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return _unusual(written, zoned=zoned)
    if len(written) < 16 or not written[:4].isdigit() or "W" in written:
        return _unusual(written, zoned=zoned)
    if found.tzinfo is None or not zoned:
        found = found.replace(tzinfo=UTC)
    try:
        return _text(found.astimezone(UTC), 0)
    except OverflowError:
        return _unusual(written, zoned=zoned)


def date_text(written: str) -> str | None:
    """`2026-11-25`; None for what is no date. Of a date-time the date counts."""
    found = _WHOLE.fullmatch(written)
    moment = None if found is None else _moment(found, zoned=False)
    return None if moment is None else _date(*moment)


def time_text(written: str) -> str | None:
    """`08:30:00.000001`, by UTC; None for what is no time."""
    found = _OF_DAY.fullmatch(written)
    if found is None:
        return None
    try:
        moment = datetime.combine(date(2000, 1, 2), _clock(found), _zone(found["zone"]))
    except ValueError:
        return None
    return moment.astimezone(UTC).time().isoformat("microseconds")


def _unusual(written: str, *, zoned: bool) -> str | None:
    found = _WHOLE.fullmatch(written)
    moment = _moment(found, zoned=zoned) if found and found["hour"] else None
    return None if moment is None else _text(*moment)


def _moment(found: re.Match[str], *, zoned: bool) -> tuple[datetime, int] | None:
    """(the moment by UTC in years that Python has, the years to add); None for a day that does not exist."""
    year = int(found["sign"] + found["year"])
    if year not in _YEARS:
        return None
    within = 2000 + year % _CYCLE
    try:
        zone = _zone(found["zone"]) if zoned else UTC
        clock = _clock(found) if found["hour"] else time()
        return datetime.combine(date(within, int(found["month"]), int(found["day"])), clock, zone).astimezone(
            UTC
        ), year - within
    except ValueError:
        return None


def _clock(found: re.Match[str]) -> time:
    """Raises ValueError for an hour, minute or second that does not exist."""
    microseconds = int((found["fraction"] or "").ljust(6, "0")[:6])
    return time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0), microseconds)


def _zone(written: str | None) -> timezone:
    """Raises ValueError for one that does not exist."""
    if not written or written == "Z":
        return UTC
    digits = written[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(offset if written[0] == "+" else -offset)


def _text(moment: datetime, years: int) -> str:
    return f"{_date(moment, years)} {moment.time().isoformat('microseconds')}+00"


def _date(moment: date, years: int) -> str:
    """As DuckDB reads it: with a year 0 and years before that."""
    year = moment.year + years
    return f"{'-' if year < 0 else ''}{abs(year):04d}-{moment.month:02d}-{moment.day:02d}"
