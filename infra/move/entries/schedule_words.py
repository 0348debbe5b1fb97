"""When a connection syncs, in the words of an entry: what a schedule of Airbyte's means, and what it becomes."""

from __future__ import annotations

import re
from typing import NamedTuple

from infra.airbyte.server import RemoteConnection
from infra.base.json_value import Json
from infra.lake.documents import why_refused
from infra.lake.documents.yaml_text import flow
from infra.lake.registry.cron import parse_cron
from infra.lake.registry.period import ALLOWED, PeriodLength, meant_minutes
from infra.move.entries.told import Told

_DAY = 24 * 60
_WEEK = 7 * _DAY
_MONTH = 30 * _DAY  # as Airbyte counts it: ScheduleHelpers.getSecondsInUnit
_UNITS = {"minutes": 1, "hours": 60, "days": _DAY, "weeks": _WEEK, "months": _MONTH}
_ZONE = re.compile(r"\s+([A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*)$")
_FIELDS = 6


class ScheduleWords(NamedTuple):
    """Attributes:
    value: of the key `schedule`; None where nothing can be written.
    told: how that differs from what is there.
    why: why there is no value.
    """

    value: str | Json | None
    told: tuple[Told, ...] = ()
    why: str = ""


def schedule_words(remote: RemoteConnection) -> ScheduleWords:
    """The schedule of an entry that syncs as the connection does, or as near to it as an entry can say."""
    if remote.cron is not None:
        return _of_cron(remote.cron)
    if remote.schedule == "manual":
        return ScheduleWords("manual")
    minutes = _minutes(remote)
    if minutes is None:
        return ScheduleWords(None, why=f'its schedule is "{remote.schedule}", which no entry can have')
    return _of_interval(remote.schedule, minutes)


def _minutes(remote: RemoteConnection) -> int | None:
    """The length of a basic schedule; None for one that is none."""
    interval = remote.interval
    if interval is None:
        return meant_minutes(remote.schedule)
    return interval.number * _UNITS[interval.unit]


def _of_interval(words: str, minutes: int) -> ScheduleWords:
    """Airbyte's basic schedule counts from the last sync; the provider cannot write one, and an entry names times."""
    there = f"{words} after the last sync began"
    if minutes in ALLOWED:
        value = {"every": str(PeriodLength(minutes))}
        return _told(value, there, "as often, at fixed times of the day")
    if minutes == _WEEK:
        return _told({"cron": "0 0 0 ? * SUN"}, there, "as often, on Sundays at 00:00 UTC")
    if minutes == _MONTH:
        return _told({"cron": "0 0 0 1 * ?"}, there, "once a month, on its first day at 00:00 UTC")
    shorter = [length for length in ALLOWED if length < minutes]
    value = {"every": str(PeriodLength(shorter[-1] if shorter else 1))}
    return _told(value, there, "the next shorter period that an entry can say: choose another one if that is too often")


def _told(value: Json, there: str, how: str) -> ScheduleWords:
    return ScheduleWords(value, (Told("schedule", there, f"{flow(value)}: {how}"),))


def _of_cron(expression: str) -> ScheduleWords:
    text, zone = _without_zone(expression)
    if why := why_refused(parse_cron, text):
        return ScheduleWords(None, why=f'its schedule "{expression}" cannot be written: {why[0]}')
    cron = parse_cron(text)
    value = {"cron": str(cron)}
    if zone != "UTC":
        how = f'"{cron.for_airbyte}": the provider has no time zones, so the same hours in UTC; write the hours that are meant'
        return ScheduleWords(value, (Told("schedule", f'"{expression}", in the time zone {zone}', how),))
    if str(cron) != text:
        return ScheduleWords(value, (Told("schedule", f'"{expression}"', f'"{cron.for_airbyte}": the same times'),))
    return ScheduleWords(value)


def _without_zone(expression: str) -> tuple[str, str]:
    """(expression, zone): what stands behind the six or seven fields; UTC where nothing does."""
    found = _ZONE.search(expression)
    if found and len(expression[: found.start()].split()) >= _FIELDS:
        return expression[: found.start()], found[1]
    return expression, "UTC"
