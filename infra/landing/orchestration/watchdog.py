"""The watchdog: says without any run which tables are late, and where files lie that nobody feeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import dagster as dg

from infra.base.errors import UserError
from infra.lake.files.feeds import Feed
from infra.landing.engine.opening import open_engine
from infra.landing.feed.found_file import FoundFile
from infra.landing.feed.landing_feed import folders_of
from infra.landing.feed.ledger import prepare
from infra.landing.feed.look import recent_days
from infra.landing.feed.state import now
from infra.landing.feed.status import read_status
from infra.landing.feed.unfed import unfed_files
from infra.landing.orchestration.freshness import freshness
from infra.landing.orchestration.location import Location
from infra.landing.orchestration.servers import Servers
from infra.landing.orchestration.specs import table_key
from infra.landing.orchestration.tick import WAIT

EVERY = 3600
# A file that is older than this should have been fed, in microseconds.
LONG = 3 * 3600 * 1_000_000


@dataclass(frozen=True)
class Watched:
    """What is known of all tables of a landing.

    Attributes:
        newest: table -> its newest row's extraction, in microseconds since 1970.
        unfed: table -> its files that are not fed.
        synced: (stack, connection) -> when its newest job that succeeded was started.
    """

    newest: Mapping[str, int]
    unfed: Mapping[str, tuple[FoundFile, ...]]
    synced: Mapping[tuple[str, str], int]


def watchdog(location: Location, servers: Servers) -> dg.SensorDefinition:
    """The sensor that looks, once an hour; of a check that says what it said before, nothing is stored."""

    @dg.sensor(
        name="watchdog",
        minimum_interval_seconds=EVERY,
        default_status=dg.DefaultSensorStatus.RUNNING,
        asset_selection=dg.AssetSelection.assets(*sorted({feed.table.asset_key for feed in location.feeds})),
        description="says which tables are late, and where files lie that nobody feeds",
    )
    def look(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        try:
            found = list(judge(location, _watch(location, servers), now()))
        except UserError as error:
            raise dg.Failure(str(error)) from None
        failing = sorted(f"{one.check_name} {one.asset_key.to_user_string()}" for one in found if not one.passed)
        before = set((context.cursor or "").splitlines())
        news = [one for one in found if one.passed == (_name(one) in before)]
        skip = f"{len(failing)} of {len(found)} checks fail"
        return dg.SensorResult(skip_reason=skip, asset_events=news, cursor="\n".join(failing))

    return look


def _name(check: dg.AssetCheckEvaluation) -> str:
    return f"{check.check_name} {check.asset_key.to_user_string()}"


def _watch(location: Location, servers: Servers) -> Watched:
    """Raises UserError."""
    settings = replace(location.settings, wait=WAIT)
    days = recent_days(datetime.now(UTC).date(), settings.recent)
    names = {feed.table.name for feed in location.feeds}
    with open_engine(settings) as engine:
        prepare(engine)
        unfed = unfed_files(engine, folders_of(settings, location.feeds), location.feeds, days)
        tables = read_status(engine, names, now()).tables
    newest = {table.name: table.extracted for table in tables if table.extracted is not None}
    return Watched(newest, unfed, dict(_synced(location, servers)))


def _synced(location: Location, servers: Servers) -> Iterator[tuple[tuple[str, str], int]]:
    """A source without anything new brings no file, and is not late: its server knows."""
    for stack, entry in location.connections():
        try:
            jobs = servers.jobs(stack.id, entry.id)
        except UserError:
            continue
        starts = [datetime.fromisoformat(job.started).timestamp() for job in jobs if job.status == "succeeded"]
        if starts:
            yield (stack.id, entry.id), int(max(starts) * 1_000_000)


def judge(location: Location, watched: Watched, now: int) -> Iterator[dg.AssetCheckEvaluation]:
    """Two checks a table."""
    for feed in location.feeds:
        if feed.backfill:
            continue
        synced = watched.synced.get((feed.stack, feed.connection.id))
        newest = watched.newest.get(feed.table.name)
        brought = max((moment for moment in (newest, synced) if moment is not None), default=None)
        yield _check(feed, "freshness", freshness(feed.connection, brought, now))
        yield _check(feed, "watchdog", _waiting(watched.unfed.get(feed.table.name, ()), now))


def _waiting(files: tuple[FoundFile, ...], now: int) -> str:
    old = sorted((file for file in files if now - file.modified > LONG), key=lambda file: file.modified)
    if not old:
        return ""
    since = datetime.fromtimestamp(old[0].modified / 1_000_000, UTC)
    files_are = "1 file has" if len(old) == 1 else f"{len(old):,} files have"
    return f"{files_are} not been fed since {since:%Y-%m-%d %H:%M} UTC, for example {old[0].path}: is the sensor on?"


def _check(feed: Feed, name: str, trouble: str) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=table_key(feed.table),
        check_name=name,
        passed=not trouble,
        severity=dg.AssetCheckSeverity.WARN,
        description=trouble or None,
        metadata={},
    )
