"""Asset and check specs: an asset and three checks a landing table, an asset and a check a connection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg

from infra.lake.files.feeds import Feed
from infra.lake.files.tables import LandingTable, connection_key, owner_of, tag_of
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry, actor_name
from infra.landing.orchestration.location import Location, SourceFeeds

# Tags of assets and of runs.
SOURCE, CONNECTION, STACK, NEWS = (f"lakeform/{word}" for word in ("source", "connection", "stack", "news"))

# Check of a table -> what it looks at.
CHECKS = {
    "quarantine": "no file of the stream is in quarantine, or was re-written after it was fed",
    "rows": "the table has the rows that the ledger says were fed",
    "freshness": "no three syncs were due since something came",
}

WATCHDOG = "watchdog"


def table_key(table: LandingTable) -> dg.AssetKey:
    """The key of a landing table's asset."""
    return dg.AssetKey(table.asset_key)


def table_specs(location: Location, source: SourceFeeds) -> list[dg.AssetSpec]:
    """The assets of a source's tables."""
    return [_table_spec(location, source, feeds) for feeds in source.tables.values()]


def _table_spec(location: Location, source: SourceFeeds, feeds: Sequence[Feed]) -> dg.AssetSpec:
    feed = feeds[0]
    upstream = sorted({connection_key(one.stack, one.connection.id) for one in feeds})
    return dg.AssetSpec(
        table_key(feed.table),
        deps=[dg.AssetKey(key) for key in upstream],
        description=_description(location, feeds),
        skippable=True,
        group_name=feed.table.group,
        owners=_owners(feed.connection.settings.owner or source.entry.settings.owner),
        tags=_tags(source.id, feed.stack, feed.connection.id),
        kinds={"ducklake"},
        metadata={"dagster/table_name": feed.table.qualified, "dagster/uri": location_of(location, feed)},
    )


def _description(location: Location, feeds: Sequence[Feed]) -> str:
    feed = feeds[0]
    stream, said = feed.stream, location.stack(feed).sources[feed.source].settings.description
    key = ", ".join(".".join(path) for path in stream.primary_key) or "none: the rows are those of the files"
    by = " and ".join(f"`{one.connection.id}`" for one in feeds)
    lines = [
        f"Files of the stream `{stream.name}` of {actor_name(location.stack(feed).sources[feed.source])}, synced by {by}.",
        f"Sync mode: {stream.sync_mode}, {stream.destination_sync_mode}. Primary key: {key}.",
    ]
    return "\n\n".join([*([said] if said else []), *lines])


def location_of(location: Location, feed: Feed) -> str:
    """The folder of a feed's files, as far as the lake's files say it."""
    bucket = feed.files.layout.bucket
    raw = location.model.registry.lake.landings[location.landing].raw
    return f"{raw}{bucket if isinstance(bucket, str) else '...'}/{feed.files.prefix.rpartition('/')[0]}/"


def connection_spec(stack: Stack, entry: Entry[Connection]) -> dg.AssetSpec:
    """The asset of a connection: what its syncs bring."""
    settings = entry.settings
    schedule = "by hand" if settings.schedule == "manual" else f"`{settings.schedule.cron_of(entry.id)}` UTC"
    about = f"`{settings.source}` to `{settings.destination}`, synced by Airbyte: {schedule}."
    return dg.AssetSpec(
        dg.AssetKey(connection_key(stack.id, entry.id)),
        description="\n\n".join(filter(None, [settings.description, about])),
        group_name=settings.source,
        owners=_owners(settings.owner),
        tags=_tags(settings.source, stack.id, entry.id),
        kinds={"airbyte"},
        skippable=True,
    )


def _tags(source: str, stack: str, connection: str) -> dict[str, str]:
    return {SOURCE: tag_of(source), STACK: tag_of(stack), CONNECTION: tag_of(connection)}


def _owners(owner: str | None) -> list[str]:
    return [owner_of(owner)] if owner else []


def check_specs(source: SourceFeeds) -> Iterator[dg.AssetCheckSpec]:
    """The checks of a source's tables."""
    for feeds in source.tables.values():
        key = table_key(feeds[0].table)
        yield from (dg.AssetCheckSpec(name, asset=key, description=about) for name, about in CHECKS.items())


def watchdog_spec(key: tuple[str, str]) -> dg.AssetCheckSpec:
    """The check of a connection, (stack, id)."""
    about = "no file of the connection has been lying there for hours without being fed"
    return dg.AssetCheckSpec(WATCHDOG, asset=dg.AssetKey(connection_key(*key)), description=about)
