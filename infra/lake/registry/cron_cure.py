"""What to write for a cron line that Airbyte does not read: the line of Quartz that means the same, as far as there is one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic_core import PydanticCustomError

from infra.lake.registry.cron import ORDER, parse_cron
from infra.lake.registry.cron_days import DAYS, MONTHS, numbers
from infra.lake.registry.period import (
    ALLOWED,
    NONE_BETWEEN,
    PeriodLength,
    meant_minutes,
    nearest,
    rare_line,
    rare_lines,
)
from infra.lake.values.foreign_text import foreign_variable

_CRONTAB_DAYS = re.compile(r"(\*|[0-7](-[0-7])?)(/[1-7])?(,(\*|[0-7](-[0-7])?)(/[1-7])?)*")
_FULL_NAMES = re.compile(f"\\b({'|'.join((*MONTHS, *DAYS))})[A-Z]+\\b")


def cure_of(wrong: Any) -> str:
    """What to write for a text, for a list of texts, or for six fields of which one does not fit: `write "0 0 6 * * ?"`.

    Where no line is known: how a line is made for a text, nothing for fields, of which the error says more.
    """
    if isinstance(wrong, list) and len(wrong) == 6:
        return _quoted(_mended(wrong)) or _around(" ".join(wrong)) or ""
    if not isinstance(wrong, str):
        return (_quoted(one_line(wrong)) or TWO_RHYTHMS) if isinstance(wrong, list) else "put it in quotes"
    if foreign_variable(wrong):
        return "write the line itself; that of one stack stands in overrides: {<stack>: {schedule: ...}}"
    fields = wrong.split()
    if len(fields) == 5 and six_fields(wrong) is None and "*" not in (fields[2], fields[4]):
        return _either(fields)
    parts = [part.strip() for part in re.split("[;|\n]", wrong) if part.strip()]
    if len(parts) > 1:
        return _quoted(one_line(parts)) or TWO_RHYTHMS
    line = six_fields(wrong) or meant_line(wrong) or _without_year(fields)
    return _quoted(line) or _around(wrong) or (ORDER if len(fields) == 5 else _EXAMPLE)


_EXAMPLE = 'for example "0 0 6 * * ?" for 6:00 UTC every day'
TWO_RHYTHMS = "write one line that has all times, or a connection for each, with streams of its own"


def _quoted(line: str | None) -> str | None:
    return f'write "{line}"' if line else None


def one_line(lines: Sequence[Any]) -> str | None:
    """The line that runs whenever one of the lines does, where they differ in the list of one field alone; else None."""
    found = [quartz_line(line) for line in lines if isinstance(line, str)]
    split = [line.split() for line in found if line]
    if not split or len(split) < len(lines):
        return None
    differ = [index for index, parts in enumerate(zip(*split, strict=True)) if len(set(parts)) > 1]
    if len(differ) != 1 or differ[0] == 0 or any(not re.fullmatch("[0-9A-Z,-]+", line[differ[0]]) for line in split):
        return " ".join(split[0]) if not differ else None
    (at,) = differ
    return quartz_line(" ".join([*split[0][:at], ",".join(line[at] for line in split), *split[0][at + 1 :]]))


def meant_line(text: str) -> str | None:
    """The line for words of other tools: `@daily`, `every 6 hours`, `@every 15m`; None for what a line cannot say."""
    minutes = _meant(text)
    return rare_line(text, minutes) or (PeriodLength(minutes).line() if minutes in ALLOWED else None)


def _around(text: str) -> str | None:
    """The lines to choose from for a period that no line has."""
    minutes = _meant(text)
    if minutes is None:
        return None
    lines = [near.line() for near in nearest(minutes)] if minutes <= _DAY else rare_lines(minutes)
    return "write " + " or ".join(f'"{line}"' for line in lines) + (NONE_BETWEEN if len(lines) > 1 else "")


_DAY = 24 * 60
# Steps that leave the hour or the day: */90 is meant to be 90 minutes, and fits no field.
_STEPS = re.compile(r"(?:0 )?(?:[*]/(?P<minutes>[1-9][0-9]{1,3})|0 [*]/(?P<hours>[1-9][0-9]{1,2}))(?: [*?])+")


def _meant(text: str) -> int | None:
    """The period that words mean, or a step that is longer than its field, in minutes."""
    steps = _STEPS.fullmatch(" ".join(text.split()))
    if steps is None:
        return meant_minutes(text)
    return int(steps["minutes"] or 0) + int(steps["hours"] or 0) * 60


def _without_year(fields: list[str]) -> str | None:
    return quartz_line(" ".join(fields[:6])) if len(fields) == 7 else None


def _either(fields: list[str]) -> str:
    """Crontab runs on either of two given days."""
    minute, hour, day, month, weekday = fields
    lines = [six_fields(f"{minute} {hour} {day} {month} *"), six_fields(f"{minute} {hour} * {month} {weekday}")]
    if None in lines:
        return ORDER
    return f'Quartz has one kind of day in a line: write "{lines[0]}" or "{lines[1]}"'


def _mended(fields: list[str]) -> str | None:
    """Six fields with what people mean by a field that does not fit: 0 for seconds, names in full, days counted from 0."""
    second, *others, weekday = (_FULL_NAMES.sub(r"\1", field.upper()) for field in fields)
    second = "0" if re.fullmatch("[*]|[*0-9/,-]+", second) and not second.isdigit() else second
    if "0" in re.findall("[0-9]+", weekday):
        weekday = _quartz_weekday(weekday)
    days = others[2] if others[2] != "*" or weekday == "?" else "?"
    mended = [second, *others[:2], days, others[3], weekday]
    return quartz_line(" ".join(mended)) if mended != fields else None


def six_fields(text: str) -> str | None:
    """The Quartz line that means what a five-field crontab line means; None if there is none or it is no such line.

    Crontab counts Sunday as 0 or 7, Quartz as 1; crontab runs on either of two given days, Quartz cannot say that.
    """
    fields = text.split()
    if len(fields) != 5:
        return None
    minute, hour, day, month, weekday = fields
    if "?" not in fields:
        weekday = _quartz_weekday(weekday)
        day = "?" if day == "*" and weekday != "?" else day
    try:
        return str(parse_cron(f"0 {minute} {hour} {day} {month} {weekday}"))
    except PydanticCustomError:
        return None


def quartz_line(text: str) -> str | None:
    """The Quartz line that a text is, or means as a crontab line; None for any other text."""
    try:
        return six_fields(text) or str(parse_cron(text))
    except PydanticCustomError:
        return None


def _quartz_weekday(text: str) -> str:
    """The week days of a crontab field, counted from Sunday = 1; `?` for all of them."""
    if re.fullmatch(_CRONTAB_DAYS, text):
        days = sorted({number % 7 + 1 for number in numbers(text, 0, 7)})
        if len(days) == 7:
            return "?"
        if re.search("0-7|[*]/|7-|-0", text):  # ranges that Quartz, whose week has seven days, would read otherwise
            return ",".join(str(day) for day in days)
    return re.sub(r"(?<![/#0-9A-Za-z])[0-7](?![0-9])", lambda match: str(int(match.group()) % 7 + 1), text)
