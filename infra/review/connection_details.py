"""What differs in a connection."""

from __future__ import annotations

from collections.abc import Iterator

from infra.catalog.configured import ConfiguredStream
from infra.catalog.discovered import Discovery
from infra.catalog.streams import SourceStreams
from infra.registry.entries import Connection, CronSchedule, NamespaceFormat
from infra.registry.registry import Placed
from infra.review.change import Detail
from infra.review.schedule import schedule_words
from infra.review.side import Side
from infra.review.stream_details import added, removed, stream_details


def connection_details(
    base: Side, head: Side, before: Placed[Connection], after: Placed[Connection]
) -> Iterator[Detail]:
    """The details, in the order of the registry's keys."""
    yield from _ends(head, before, after)
    yield from _settings(base, head, before, after)
    yield from _streams(base, head, before, after)


def _ends(head: Side, before: Placed[Connection], after: Placed[Connection]) -> Iterator[Detail]:
    """Another source or destination; the same one under another id is none."""
    renamed = {line.from_: line.to for line, _ in head.model.registry.renamed}
    for key in ("source", "destination"):
        old, new = getattr(before.entry, key), getattr(after.entry, key)
        if renamed.get(f"{key}s.{old}", f"{key}s.{old}") != f"{key}s.{new}":
            yield Detail("replacing-change", f"{after.path}.{key}", old, new, f"{key}: {old} → {new}")


def _settings(base: Side, head: Side, before: Placed[Connection], after: Placed[Connection]) -> Iterator[Detail]:
    old, new = before.entry, after.entry
    names = (_name(base, before), _name(head, after))
    if names[0] != names[1]:
        yield Detail("connection-renamed", f"{after.path}.name", *names, f'name: "{names[0]}" → "{names[1]}"')
    if old.schedule != new.schedule:
        yield _schedule(after, old, new)
    if old.namespace != new.namespace:
        texts = (_namespace(old), _namespace(new))
        yield Detail("namespace-changed", f"{after.path}.namespace", *texts, f"namespace: {texts[0]} → {texts[1]}")
    if old.prefix != new.prefix:
        text = f'prefix: "{old.prefix}" → "{new.prefix}"'
        yield Detail("prefix-changed", f"{after.path}.prefix", old.prefix, new.prefix, text)
    if old.status != new.status:
        kind = "activated" if new.status == "active" else "deactivated"
        yield Detail(kind, f"{after.path}.status", old.status, new.status, f"status: {old.status} → {new.status}")
    if old.schema_changes != new.schema_changes:
        values = (old.schema_changes, new.schema_changes)
        text = f"schema changes: {values[0]} → {values[1]}"
        yield Detail("schema-changes-changed", f"{after.path}.schema_changes", *values, text)


def _schedule(after: Placed[Connection], old: Connection, new: Connection) -> Detail:
    values = (_cron(old), _cron(new))
    kind = "schedule-removed" if values[1] == "manual" else "schedule-changed"
    text = f"schedule: {schedule_words(values[0])} → {schedule_words(values[1])}"
    return Detail(kind, f"{after.path}.schedule", *values, text)


def _cron(connection: Connection) -> str:
    return str(connection.schedule.cron) if isinstance(connection.schedule, CronSchedule) else "manual"


def _namespace(connection: Connection) -> str:
    if isinstance(connection.namespace, NamespaceFormat):
        return connection.namespace.format
    return f"({connection.namespace}'s)"


def _name(side: Side, connection: Placed[Connection]) -> str:
    return side.model.stacks[connection.stack].entries.connection_name(connection)


def _streams(base: Side, head: Side, before: Placed[Connection], after: Placed[Connection]) -> Iterator[Detail]:
    old, new = _by_key(base, before), _by_key(head, after)
    seen = _discovery(base, before)
    known = _discovery(head, after)
    for key in sorted({*old, *new}):
        if key not in new:
            yield removed(_path(before, old[key]), old[key])
        elif key not in old:
            unknown = seen is not None and known is not None and key not in seen.streams
            yield added(_path(after, new[key]), new[key], unknown=unknown)
        else:
            yield from stream_details(_path(after, new[key]), old[key], new[key], seen)


def _by_key(side: Side, connection: Placed[Connection]) -> dict[tuple[str, str], ConfiguredStream]:
    streams = side.model.stacks[connection.stack].streams.get(connection.id, ())
    return {stream.key: stream for stream in streams}


def _path(connection: Placed[Connection], stream: ConfiguredStream) -> str:
    return f"{connection.path}.streams.{stream.stem}"


def _discovery(side: Side, connection: Placed[Connection]) -> Discovery | None:
    """What is committed of the connection's source; None if it was never discovered."""
    folder: SourceStreams | None = side.model.source_of(connection)
    return folder.discovery if folder and folder.discovery.streams else None
