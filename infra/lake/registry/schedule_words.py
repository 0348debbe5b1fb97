"""What the schedules of other tools mean here: Terraform's, octavia's, the API's, and the words that people use.

Source: airbytehq/terraform-provider-airbyte, docs/resources/connection.md (`schedule_type`, `cron_expression`,
`basic_timing`); the API's `scheduleType`, `cronExpression`, `basicTiming`; octavia's `schedule_data.basic_schedule`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra.lake.registry.cron_cure import TWO_RHYTHMS, one_line, quartz_line
from infra.lake.registry.period import meant_minutes, rare_line, schedules_near

_NEVER = frozenset({"manual", "none", "never", "off", "no", "disabled", "null"})
_UNITS = ("minutes", "hours", "days", "weeks", "months")
_CLOCK = re.compile(r"([0-9]{1,2})(?::([0-5][0-9]))?(?::00)?\s*(am|pm)?(?:\s*utc)?")


def meant_by(value: Any) -> str | None:
    """The schedule to write for a value of another tool: `{every: 24h}`, `{cron: "..."}`, `manual`, two to choose from where no
    schedule has the rhythm; None if it is not clear.
    """
    if isinstance(value, Mapping):
        return next((meant for text in _said(value) if (meant := meant_by(text))), None)
    if isinstance(value, bool) or value is None:
        return None if value else "manual"
    if not isinstance(value, str):
        return None
    line = quartz_line(value)
    if line or value.strip().lower() in _NEVER:
        return f'{{cron: "{line}"}}' if line else "manual"
    minutes = meant_minutes(value)
    if rare := rare_line(value, minutes):
        return f'{{cron: "{rare}"}}'
    return schedules_near(minutes) if minutes else _daily(value)


def one_schedule(values: Sequence[Any]) -> str:
    """What to write for several schedules of one connection."""
    joined = all_times(values)
    return f"write {joined}" if joined else TWO_RHYTHMS


def all_times(values: Sequence[Any]) -> str | None:
    """The schedule that has the times of several cron lines, `{cron: "0 0 6,18 * * ?"}`; None where no line has."""
    line = one_line([value.get("cron") if isinstance(value, Mapping) else value for value in values])
    return f'{{cron: "{line}"}}' if line else None


def clock_of(value: Any) -> str | None:
    """A time of day with two digits each, `06:30`; None for what is none."""
    found = _CLOCK.fullmatch(str(value).strip().lower())
    if found is None or isinstance(value, (bool, float)):
        return None
    hour = int(found[1]) % 12 + (12 if found[3] == "pm" else 0) if found[3] else int(found[1])
    return f"{hour:02}:{found[2] or '00'}" if hour < 24 else None


def _daily(text: str) -> str | None:
    words = re.fullmatch(r"(?:every\s*day|daily|each day)\s*(?:at)?\s*(.+)", text.strip().lower())
    clock = clock_of(words[1]) if words else None
    return f'{{every: 24h, at: "{clock}"}}' if clock else None


def _said(value: Mapping[str, Any]) -> Iterator[Any]:
    """What the mapping says of when, the surest first."""
    folded = {re.sub("[-_]", "", key.lower()): inner for key, inner in value.items()}
    if {"units", "timeunit"} <= folded.keys():
        yield f"{folded['units']} {folded['timeunit']}"
        return  # the unit alone would say one of it
    yield from (f"{folded[unit]} {unit}" for unit in _UNITS if unit in folded)
    for inner in value.values():
        if isinstance(inner, Mapping):
            yield from _said(inner)
    kind = folded.pop("scheduletype", folded.pop("type", None))
    if kind == "cron":  # Terraform's state also has the rhythm that does not apply
        yield folded.get("cronexpression") or ""
    yield from (text for text in folded.values() if isinstance(text, str))
    yield kind if kind == "manual" else ""
