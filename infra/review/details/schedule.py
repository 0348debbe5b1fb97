"""Connections that start at other times, and what starts in a stack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.lake.registry.cron import Cron
from infra.lake.registry.cron_words import cron_words
from infra.lake.registry.kinds import is_connection
from infra.review.details.load import Load, load_of
from infra.review.details.stack_details import destroys
from infra.review.sides.side import Side

MANUAL = "manual"
# Of a connection that is taken over: only Airbyte knows how it was.
UNKNOWN = "unknown"


@dataclass(frozen=True)
class ScheduleChange:
    """A connection that starts at other times.

    Attributes:
        stacks: those in which it is so, sorted.
        before, after: Quartz expression, `manual`, or None where the connection does not exist or is inactive; `unknown`
            before it is taken over.
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


def schedule_words(schedule: str | None) -> str:
    """`every 15 minutes`, `manual`, `no syncs`."""
    if schedule == UNKNOWN:
        return "what it was cannot be known from the files"
    if schedule is None or schedule == MANUAL:
        return schedule or "no syncs"
    return cron_words(Cron(schedule))


def schedule_changes(base: Side, head: Side, now: datetime) -> tuple[ScheduleChange, ...]:
    """The connections that start at other times, sorted; `now`: after which the next runs are told."""
    changes: dict[tuple[str, str | None, str | None], list[str]] = {}
    for stack in sorted({*base.documents, *head.documents}):
        names = {line.from_: line.to for line, _ in head.model.registry.renamed}
        old = {names.get(entry, entry): schedule for entry, schedule in _schedules(base, stack).items()}
        old |= dict.fromkeys(_taken_over(base, head, stack), UNKNOWN)
        new = schedules_after(base, head, stack)
        for entry in sorted({*old, *new}):
            before, after = old.get(entry), new.get(entry)
            if before != after:
                changes.setdefault((entry, before, after), []).append(stack)
    return tuple(
        ScheduleChange(tuple(stacks), entry, before, after, _next_runs(after, now))
        for (entry, before, after), stacks in sorted(changes.items(), key=str)
    )


def _taken_over(base: Side, head: Side, stack: str) -> list[str]:
    """The connections that are adopted, and were not here before."""
    document, before = head.document(stack), base.document(stack)
    here = {head.document(stack).target(address) for address in before.resources}
    new = [address for address in document.imports if is_connection(address) and address not in here]
    return [document.entries[address] for address in new if address in document.entries]


def schedules_after(base: Side, head: Side, stack: str) -> dict[str, str]:
    """Active connection -> its schedule after the apply; what is only forgotten goes on as before."""
    document = head.document(stack)
    forgets_all = stack not in head.documents and not destroys(base, stack)
    kept = {
        entry for address, entry in base.document(stack).entries.items() if forgets_all or address in document.forgotten
    }
    going_on = {entry: schedule for entry, schedule in _schedules(base, stack).items() if entry in kept}
    return {**going_on, **_schedules(head, stack)}


def _schedules(side: Side, stack: str) -> dict[str, str]:
    """Active connection -> its schedule, from what was synthesized: that is there also where the registry has problems."""
    document = side.document(stack)
    return {
        document.entries[address]: str(body.get("schedule", {}).get("cron_expression", MANUAL)).removesuffix(" UTC")
        for address, body in document.resources.items()
        if is_connection(address) and body.get("status") == "active"
    }


def _next_runs(schedule: str | None, now: datetime) -> tuple[str, ...]:
    if schedule is None or schedule == MANUAL:
        return ()
    return tuple(run.strftime("%Y-%m-%d %H:%M") for run in Cron(schedule).next_runs(now, 3))


def loads_of(base: Side, head: Side, stack: str, now: datetime) -> tuple[Load | None, Load]:
    """The load of a stack before, unless a connection is taken over that was not of the files then, and after."""
    before = None if _taken_over(base, head, stack) else _load(_schedules(base, stack), now)
    return before, _load(schedules_after(base, head, stack), now)


def _load(schedules: Mapping[str, str], now: datetime) -> Load:
    crons = Counter(Cron(schedule) for schedule in schedules.values() if schedule != MANUAL)
    return load_of(crons, now.date())
