"""A cron expression in words: the one place that says them.

Steps of Quartz begin anew in every hour, day, month and year, so that `0/7` in hours is 00, 07, 14, 21 and 00 again. Only
steps that are as far apart across that border are said as steps; all others as the numbers that they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from infra.lake.documents import plural
from infra.lake.registry.cron import Cron
from infra.lake.registry.cron_days import DAYS, MONTHS, numbers

_WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_FIRST_HALF = ("January", "February", "March", "April", "May", "June")
_MONTHS = (*_FIRST_HALF, "July", "August", "September", "October", "November", "December")
_NTH = ("first", "second", "third", "fourth", "fifth")

# More times of a day than these are not listed, if there is a shorter way to say them.
_LISTED = 6


def cron_words(cron: Cron) -> str:
    """`every 15 minutes, between 06:00 and 20:59, Monday through Friday`; the times are UTC."""
    second, minute, hour, day, month, weekday = cron.expression.split()
    words = [*_times(int(second), numbers(minute, 0, 59), numbers(hour, 0, 23))]
    words += _days_of_month(day) if weekday == "?" else _days_of_week(weekday)
    months = numbers(month, 1, 12, MONTHS)
    if len(months) < 12:
        words.append(f"only in {_named(months, 1, _MONTHS)}")
    return ", ".join(words)


def _times(second: int, minutes: Sequence[int], hours: Sequence[int]) -> list[str]:
    if len(hours) == 24:
        return [_minutes(minutes, second)]
    times = [_clock(hour, minute, second) for hour in hours for minute in minutes]
    if len(minutes) == 1 or len(times) <= _LISTED:
        return [_clock_times(times, hours)]
    if run := _run(hours, 24):
        return [_minutes(minutes, second), f"between {run[0]:02}:00 and {run[1]:02}:59"]
    return [_minutes(minutes, second), f"in the hours {_listed([f'{hour:02}' for hour in hours])}"]


def _clock_times(times: Sequence[str], hours: Sequence[int]) -> str:
    """`times`: all of a day, in order; more than a few are one in each of the `hours`."""
    step, run = _step(hours, 24), _run(hours, 24)
    if len(times) > _LISTED and step:
        return f"every {step} hours, starting at {times[0]}"
    if len(times) > _LISTED and run:
        return f"every hour, from {times[hours.index(run[0])]} to {times[hours.index(run[1])]}"
    return f"at {_listed(times)}"


def _minutes(minutes: Sequence[int], second: int) -> str:
    """When it runs in an hour."""
    step, first = _step(minutes, 60), minutes[0]
    late = f" and {plural(second, 'second')}" if second else ""
    if step:
        every = "every minute" if step == 1 else f"every {step} minutes"
        starting = f", starting at {plural(first, 'minute')}{late} past the hour"
        return every if not first and not second else every + starting
    if minutes == (0,):
        return f"at {plural(second, 'second')} past the hour" if second else "every hour"
    spans = _spans(minutes)
    one = "1 minute" if minutes == (1,) else f"{spans} minutes"
    return f"at {one}{late} past the hour"


def _days_of_month(field: str) -> list[str]:
    found = re.fullmatch(r"L|LW|L-(?P<back>\d+)|(?P<near>\d+)W", field)
    if found is None:
        days = numbers(field, 1, 31) if field != "*" else ()
        kind = "day" if len(days) == 1 else "days"
        return [f"on {kind} {_spans(days)} of the month"] if 0 < len(days) < 31 else []
    if found["back"]:
        return [f"{plural(int(found['back']), 'day')} before the last day of the month"]
    if found["near"]:
        return [f"on the weekday nearest day {int(found['near'])} of the month"]
    return [f"on the last {'weekday' if field == 'LW' else 'day'} of the month"]


def _days_of_week(field: str) -> list[str]:
    if found := re.fullmatch("(?P<day>.+)(L|#(?P<nth>[1-5]))", field):
        (day,) = numbers(found["day"], 1, 7, DAYS)
        which = _NTH[int(found["nth"]) - 1] if found["nth"] else "last"
        return [f"on the {which} {_WEEKDAYS[day - 1]} of the month"]
    days = numbers("7" if field == "L" else field, 1, 7, DAYS)
    named = _named(days, 1, _WEEKDAYS)
    return [] if len(days) == 7 else [named if " through " in named else f"on {named}"]


def _named(found: Sequence[int], low: int, names: Sequence[str]) -> str:
    """Names of a list, or of a stretch of at least three, which may go over the end."""
    run = _run([number - low for number in found], len(names))
    if run and len(found) > 2:
        return f"{names[run[0]]} through {names[run[1]]}"
    return _listed([names[number - low] for number in found])


def _step(found: Sequence[int], size: int) -> int | None:
    """How far apart numbers are that are all equally far apart, also over the end; None if they are not, or are one."""
    step = size // len(found)
    even = len(found) > 1 and found[0] < step and tuple(found) == tuple(range(found[0], size, step))
    return step if even and step * len(found) == size else None


def _run(found: Sequence[int], size: int) -> tuple[int, int] | None:
    """First and last of numbers without a gap, which may go over the end; None if there is a gap."""
    firsts = [number for number in found if (number - 1) % size not in found]
    if len(firsts) != 1:
        return None
    return firsts[0], (firsts[0] + len(found) - 1) % size


def _spans(found: Sequence[int]) -> str:
    """`1, 5 to 9 and 12`: stretches of at least three are not counted out."""
    stretches: list[list[int]] = []
    for number in found:
        if stretches and stretches[-1][-1] == number - 1:
            stretches[-1].append(number)
        else:
            stretches.append([number])
    return _listed([text for stretch in stretches for text in _stretch(stretch)])


def _stretch(found: Sequence[int]) -> list[str]:
    return [f"{found[0]} to {found[-1]}"] if len(found) > 2 else [str(number) for number in found]


def _listed(texts: Sequence[str]) -> str:
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def _clock(hour: int, minute: int, second: int) -> str:
    return f"{hour:02}:{minute:02}" + (f":{second:02}" if second else "")
