"""The watchdog: says without a run of the feeders which tables are late, and where files lie that nobody feeds."""
# No `from __future__ import annotations`: Dagster does not read the annotation of a context that is a text.

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import dagster as dg

from infra.base.errors import UserError
from infra.lake.files.feeds import Feed
from infra.lake.files.tables import connection_key
from infra.landing.engine.opening import open_engine
from infra.landing.feed.found_file import FoundFile
from infra.landing.feed.landing_feed import folders_of
from infra.landing.feed.ledger import prepare
from infra.landing.feed.look import recent_days
from infra.landing.feed.state import now
from infra.landing.feed.status import read_status
from infra.landing.feed.unfed import find_unfed
from infra.landing.orchestration.freshness import freshness
from infra.landing.orchestration.location import Location
from infra.landing.orchestration.servers import Servers
from infra.landing.orchestration.specs import WATCHDOG, table_key, watchdog_spec
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


def watchdog_checks(location: Location) -> dg.AssetChecksDefinition:
    """The check of each connection, which people may also ask for by hand."""
    keys = [(stack.id, entry.id) for stack, entry in location.connections()]

    @dg.multi_asset_check(name=WATCHDOG, specs=[watchdog_spec(key) for key in keys], can_subset=True)
    def checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        chosen = context.selected_asset_check_keys
        try:
            unfed = unfed_now(location)
        except UserError as error:
            raise dg.Failure(str(error)) from None
        for one in judge_connections(location, unfed, now()):
            if one.asset_check_key in chosen:
                yield dg.AssetCheckResult(
                    asset_key=one.asset_key,
                    check_name=one.check_name,
                    passed=one.passed,
                    severity=one.severity,
                    description=one.description,
                )

    return checks


def watchdog_sensor(location: Location, servers: Servers) -> dg.SensorDefinition:
    """The sensor that looks, once an hour; of a check that says what it said before, nothing is stored."""

    @dg.sensor(
        name=WATCHDOG,
        minimum_interval_seconds=EVERY,
        default_status=dg.DefaultSensorStatus.RUNNING,
        asset_selection=dg.AssetSelection.assets(*sorted({feed.table.asset_key for feed in location.feeds})),
        description="says which tables are late, and where files lie that nobody feeds",
    )
    def look(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        try:
            watched = _watch(location, servers)
        except UserError as error:
            raise dg.Failure(str(error)) from None
        found = [*judge_tables(location, watched, now()), *judge_connections(location, watched.unfed, now())]
        failing = sorted(_name(one) for one in found if not one.passed)
        before = set((context.cursor or "").splitlines())
        news = [one for one in found if one.passed == (_name(one) in before)]
        skip = f"{len(failing)} of {len(found)} checks fail"
        return dg.SensorResult(skip_reason=skip, asset_events=news, cursor="\n".join(failing))

    return look


def _name(check: dg.AssetCheckEvaluation) -> str:
    return f"{check.check_name} {check.asset_key.to_user_string()}"


def unfed_now(location: Location) -> Mapping[str, tuple[FoundFile, ...]]:
    """Table -> the files of the recent folders that are not fed. Raises UserError."""
    return _look(location)[0]


def _look(location: Location) -> tuple[Mapping[str, tuple[FoundFile, ...]], Mapping[str, int]]:
    """The unfed files, and the newest row of each table."""
    settings = replace(location.settings, wait=WAIT)
    days = recent_days(datetime.now(UTC).date(), settings.recent)
    with open_engine(settings) as engine:
        prepare(engine)
        unfed = find_unfed(engine, folders_of(settings, location.feeds), location.feeds, days).files
        tables = read_status(engine, {feed.table.name for feed in location.feeds}, now()).tables
    return unfed, {table.name: table.extracted for table in tables if table.extracted is not None}


def _watch(location: Location, servers: Servers) -> Watched:
    """Raises UserError."""
    unfed, newest = _look(location)
    return Watched(newest, unfed, dict(_synced(location, servers)))


def _synced(location: Location, servers: Servers) -> Iterator[tuple[tuple[str, str], int]]:
    """A source without anything new brings no file, and is not late: its server knows."""
    for stack, entry in location.connections():
        try:
            jobs = servers.jobs(stack.id, entry.id)
        except UserError:
            continue
        starts = [job.started_at.timestamp() for job in jobs if job.status == "succeeded"]
        if starts:
            yield (stack.id, entry.id), int(max(starts) * 1_000_000)


def judge_tables(location: Location, watched: Watched, now: int) -> Iterator[dg.AssetCheckEvaluation]:
    """Whether each table is fresh."""
    for feed in location.feeds:
        if feed.backfill:
            continue
        synced = watched.synced.get((feed.stack, feed.connection.id))
        newest = watched.newest.get(feed.table.name)
        brought = max((moment for moment in (newest, synced) if moment is not None), default=None)
        yield _check(table_key(feed.table), "freshness", freshness(feed.connection, brought, now))


def judge_connections(
    location: Location, unfed: Mapping[str, tuple[FoundFile, ...]], now: int
) -> Iterator[dg.AssetCheckEvaluation]:
    """Whether files of each connection lie unfed."""
    for stack, entry in location.connections():
        feeds = [feed for feed in location.feeds if (feed.stack, feed.connection.id) == (stack.id, entry.id)]
        files = {file for feed in feeds for file in unfed.get(feed.table.name, ()) if _is_of(feed, file)}
        yield _check(dg.AssetKey(connection_key(stack.id, entry.id)), WATCHDOG, _waiting(files, now))


def _is_of(feed: Feed, file: FoundFile) -> bool:
    """True unless it is of another connection that feeds the table: buckets are named outside, so the key alone can tell."""
    return feed.files.match(file.path.partition("/")[2]) is not None


def _waiting(files: set[FoundFile], now: int) -> str:
    old = sorted((file for file in files if now - file.modified > LONG), key=lambda file: (file.modified, file.path))
    if not old:
        return ""
    since = datetime.fromtimestamp(old[0].modified / 1_000_000, UTC)
    files_are = "1 file has" if len(old) == 1 else f"{len(old):,} files have"
    return f"{files_are} not been fed since {since:%Y-%m-%d %H:%M} UTC, for example {old[0].path}: is the sensor on?"


def _check(key: dg.AssetKey, name: str, trouble: str) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=key,
        check_name=name,
        passed=not trouble,
        severity=dg.AssetCheckSeverity.WARN,
        description=trouble or None,
        metadata={},
    )
