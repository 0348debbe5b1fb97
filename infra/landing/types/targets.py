"""What the feeds of a landing are, table by table."""

from __future__ import annotations

from collections.abc import Iterable

from infra.lake.files.feeds import Feed
from infra.landing.types.column_type import parse_type
from infra.landing.types.schema_types import column_names, column_types
from infra.landing.types.target import Target


def by_table(feeds: Iterable[Feed]) -> dict[str, list[Feed]]:
    """Table -> what is fed into it, the connection that says the table's settings first."""
    found: dict[str, list[Feed]] = {}
    for feed in sorted(feeds, key=lambda feed: (feed.table.name, feed.backfill)):
        found.setdefault(feed.table.name, []).append(feed)
    return found


def target_of(feed: Feed) -> Target:
    """The table of a feed, with what the lake's files say of it."""
    stream, file_format = feed.stream, feed.files.layout.file_format
    names = column_names(stream.json_schema, file_format)
    asked = {names.get(name, name): parse_type(text) for name, text in stream.landing.types.items()}
    key = tuple(names.get(path[0], path[0]) for path in stream.primary_key if len(path) == 1)
    cursor = stream.used_cursor
    return Target(
        name=feed.table.name,
        current=feed.table.current,
        file_format=file_format,
        declared=column_types(stream.json_schema, stream.landing.nested, stream.landing.types, file_format),
        asked=asked,
        json=stream.landing.nested == "json",
        key=key if len(key) == len(stream.primary_key) else (),
        cursor=names.get(cursor[0], cursor[0]) if len(cursor) == 1 else None,
        overwrite=stream.destination_sync_mode.startswith("overwrite"),
        register=stream.landing.mode == "register",
    )
