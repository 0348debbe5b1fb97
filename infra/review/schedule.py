"""Schedules in words, and how many syncs start when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cron_descriptor import Options, get_description

from infra.registry.cron import Cron
from infra.registry.entries import CronSchedule
from infra.review.side import Side

MANUAL = "manual"


@dataclass(frozen=True)
class ScheduleChange:
    """A connection that starts at other times.

    Attributes:
        stacks: those in which it is so, sorted.
        before, after: Quartz expression, `manual`, or None where the connection does not exist or is inactive.
        next_runs: the next three starts, ISO 8601, UTC.

    """

    stacks: tuple[str, ...]
    entry: str
    before: str | None
    after: str | None
    next_runs: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The object of `--format json`."""
        return {
            "stacks": list(self.stacks),
            "entry": self.entry,
            "before": self.before,
            "after": self.after,
            "text": f"{schedule_words(self.before)} → {schedule_words(self.after)}",
            "next_runs": list(self.next_runs),
        }


@dataclass(frozen=True)
class Load:
    """Syncs that start in a stack in one week.

    Attributes:
        starts: how many in all.
        busiest: hour of the day (UTC) in which most start at once; the earliest of several.
        in_busiest: how many start in it.

    """

    starts: int
    busiest: int
    in_busiest: int


def schedule_words(schedule: str | None) -> str:
    """`every 15 minutes`, `manual`, `(none)`."""
    if schedule is None or schedule == MANUAL:
        return schedule or "(none)"
    options = Options()
    options.use_24hour_time_format = True
    options.day_of_week_start_index_zero = False  # Quartz: 1 is Sunday
    text: str = get_description(schedule, options)
    return text[0].lower() + text[1:]


def schedule_changes(base: Side, head: Side, now: datetime) -> tuple[ScheduleChange, ...]:
    """The connections that start at other times, sorted; `now`: after which the next runs are told."""
    changes: dict[tuple[str, str | None, str | None], list[str]] = {}
    for stack in sorted({*base.model.stacks, *head.model.stacks}):
        names = {line.from_: line.to for line, _ in head.model.registry.renamed}
        old = {names.get(entry, entry): schedule for entry, schedule in _schedules(base, stack).items()}
        new = _schedules(head, stack)
        for entry in sorted({*old, *new}):
            before, after = old.get(entry), new.get(entry)
            if before != after:
                changes.setdefault((entry, before, after), []).append(stack)
    return tuple(
        ScheduleChange(tuple(stacks), entry, before, after, _next_runs(after, now))
        for (entry, before, after), stacks in sorted(changes.items(), key=str)
    )


def _schedules(side: Side, stack: str) -> dict[str, str]:
    """Active connection -> its schedule."""
    found = side.model.stacks.get(stack)
    connections = found.entries.connections.values() if found else ()
    return {
        connection.path: str(schedule.cron)
        if isinstance(schedule := connection.entry.schedule, CronSchedule)
        else MANUAL
        for connection in connections
        if connection.entry.status == "active"
    }


def _next_runs(schedule: str | None, now: datetime) -> tuple[str, ...]:
    if schedule is None or schedule == MANUAL:
        return ()
    return tuple(run.strftime("%Y-%m-%d %H:%M") for run in Cron(schedule).next_runs(now, 3))


def load_of(side: Side, stack: str, now: datetime) -> Load:
    """The starts of the seven days from the day of `now` on."""
    schedules = [Cron(schedule) for schedule in _schedules(side, stack).values() if schedule != MANUAL]
    days = [now.date() + timedelta(days=number) for number in range(7)]
    hours = Counter((run.hour, day) for schedule in schedules for day in days for run in schedule.runs_on(day))
    busiest = min(hours, key=lambda hour: (-hours[hour], hour), default=(0, days[0]))
    return Load(hours.total(), busiest[0], hours[busiest])
