"""Schedules against the calendar and the stack's floor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from infra.lake.documents import Problem
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.cron import Cron
from infra.lake.registry.duration import span_of
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry, cron_of


def check_schedules(model: LakeModel) -> Iterator[Problem]:
    """`cron-too-frequent` for runs closer than the stack's `minimum_sync_interval`, over all runs: Airbyte's server
    looks at the next three only. `cron-syntax` for a schedule whose day never comes.
    """
    for stack in model.stacks.values():
        interval = stack.settings.minimum_sync_interval
        for connection in stack.connections.values():
            if cron := cron_of(connection):
                yield from _check(connection, cron, interval)


def _check(connection: Entry[Connection], cron: Cron, interval: str) -> Iterator[Problem]:
    floor = span_of(interval)
    if not cron.next_runs(datetime(2000, 1, 1, tzinfo=UTC), 1):
        yield connection.layers.problem(
            "cron-syntax", ("schedule", "cron"), "never runs: no month has such a day", "name another day"
        )
    elif cron.is_faster_than(floor):
        gap = cron.minimum_gap() or floor
        message = f'two runs are {_shown(gap)} apart, and the stack "{connection.stack}" allows {interval}'
        fix = "run less often, or lower minimum_sync_interval if the plan of the Airbyte server allows it"
        (key,) = connection.layers.value["schedule"].keys() & {"cron", "every"}
        yield connection.layers.problem("cron-too-frequent", ("schedule", key), message, fix)


def _shown(gap: timedelta) -> str:
    minutes, seconds = divmod(int(gap.total_seconds()), 60)
    return f"{minutes}m" + (f"{seconds}s" if seconds else "") if minutes else f"{seconds}s"
