"""Freshness: whether a table has what its connection's schedule should have brought by now."""

from __future__ import annotations

from datetime import UTC, datetime

from infra.lake.models.dbt_sources import GRACE, MISSED
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry, cron_of


def freshness(connection: Entry[Connection], newest: int | None, now: int) -> str:
    """Why a table is late; "" if it is not, or cannot be: nothing starts its connection by itself, or nothing ever came.

    `newest`: the newest row's extraction, or the end of the newest sync that succeeded; both in microseconds since 1970.
    """
    cron = cron_of(connection)
    if cron is None or newest is None or connection.settings.status != "active":
        return ""
    moment = datetime.fromtimestamp(newest / 1_000_000, UTC)
    runs = cron.next_runs(moment, MISSED)
    if len(runs) < MISSED or runs[-1] + GRACE > datetime.fromtimestamp(now / 1_000_000, UTC):
        return ""
    return f"nothing has come since {moment:%Y-%m-%d %H:%M} UTC, and {MISSED} syncs of {connection.id} were due"
