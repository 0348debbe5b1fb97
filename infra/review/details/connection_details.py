"""What differs in a connection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from infra.lake.catalog.choice import chosen_by, is_pattern
from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.discovered import Discovery
from infra.lake.catalog.streams import SourceStreams
from infra.lake.registry.connection_words import NamespaceFormat
from infra.lake.registry.entries import Actor, Connection
from infra.lake.registry.entry import Entry, cron_of
from infra.lake.registry.kinds import SECTION_OF
from infra.lake.registry.schedule import EverySchedule
from infra.lake.replication.method import reads_log
from infra.review.details.change import Detail
from infra.review.details.detail_kind import DetailKind
from infra.review.details.retired_streams import gone_since
from infra.review.details.schedule import schedule_words
from infra.review.details.schema_details import Seen, schema_details
from infra.review.details.stream_details import added, removed, stream_details
from infra.review.sides.side import Side

# (namespace or "", name) of a stream.
Key = tuple[str, str]


def connection_details(
    base: Side, head: Side, forced_by: Collection[str], before: Entry[Connection], after: Entry[Connection]
) -> Iterator[Detail]:
    """The details, in the order of the registry's keys; `forced_by`: attributes because of which it is replaced."""
    ends = [key for key in ("source", "destination") if f"{key}_id" in forced_by]
    yield from _ends(base, head, ends, before, after)
    yield from _settings(base, head, before, after)
    yield from _streams(base, head, before, after)


def _ends(
    base: Side, head: Side, ends: Iterable[str], before: Entry[Connection], after: Entry[Connection]
) -> Iterator[Detail]:
    """Another source or destination, also under the same id; the same one under another id is none."""
    renamed = {line.from_: line.to for line, _ in head.model.registry.renamed}
    for key in ends:
        old, new = getattr(before.settings, key), getattr(after.settings, key)
        if renamed.get(f"{SECTION_OF[key]}.{old}", f"{SECTION_OF[key]}.{old}") != f"{SECTION_OF[key]}.{new}":
            yield Detail("replacing-change", f"{after.path}.{key}", old, new, f"{key}: {old} → {new}")
            continue
        ids = (_id(base, before, f"{SECTION_OF[key]}.{old}"), _id(head, after, f"{SECTION_OF[key]}.{new}"))
        if None not in ids and ids[0] != ids[1]:
            yield Detail(
                "replacing-change", f"{SECTION_OF[key]}.{new}.existing", *ids, f"{key} {new}: {ids[0]} → {ids[1]}"
            )


def _id(side: Side, connection: Entry[Connection], entry: str) -> str | None:
    """The id in Airbyte of a source or destination, if the registry gives it."""
    section, _, entry_id = entry.partition(".")
    actor: Entry[Actor] | None = side.model.registry.entries.get((section, entry_id, connection.stack))
    return actor.settings.existing or actor.settings.adopt if actor else None


def _settings(base: Side, head: Side, before: Entry[Connection], after: Entry[Connection]) -> Iterator[Detail]:
    old, new = before.settings, after.settings
    names = (_name(base, before), _name(head, after))
    if None not in names and names[0] != names[1]:
        yield Detail("connection-renamed", f"{after.path}.name", *names, f'name: "{names[0]}" → "{names[1]}"')
    if _cron(before) != _cron(after):
        yield _schedule(before, after)
    if old.namespace != new.namespace:
        texts = (namespace_words(old), namespace_words(new))
        yield Detail("namespace-changed", f"{after.path}.namespace", *texts, f"namespace: {texts[0]} → {texts[1]}")
    if old.prefix != new.prefix:
        text = f'prefix: "{old.prefix}" → "{new.prefix}"'
        yield Detail("prefix-changed", f"{after.path}.prefix", old.prefix, new.prefix, text)
    if old.status != new.status:
        kind: DetailKind = _resumed(head, after) if new.status == "active" else "deactivated"
        yield Detail(kind, f"{after.path}.status", old.status, new.status, f"status: {old.status} → {new.status}")
    if old.schema_changes != new.schema_changes:
        values = (old.schema_changes, new.schema_changes)
        text = f"schema changes: {values[0]} → {values[1]}"
        yield Detail("schema-changes-changed", f"{after.path}.schema_changes", *values, text)


def _resumed(head: Side, connection: Entry[Connection]) -> DetailKind:
    """A log is kept for a limited time, a table is not."""
    source = head.model.stacks[connection.stack].sources.get(connection.settings.source)
    return "replication-resumed" if source and reads_log(source.settings) else "activated"


def _schedule(before: Entry[Connection], after: Entry[Connection]) -> Detail:
    values = (_cron(before), _cron(after))
    kind: DetailKind = (
        "schedule-removed" if values[1] == "manual" and before.settings.status == "active" else "schedule-changed"
    )
    if after.settings.status == "inactive":
        kind = "schedule-of-inactive"
    text = f"schedule: {schedule_words(values[0])} → {schedule_words(values[1])}{_to_keep(before, after)}"
    return Detail(kind, f"{after.path}.schedule", *values, text)


def _to_keep(before: Entry[Connection], after: Entry[Connection]) -> str:
    """What keeps the times where only another id moves them."""
    old, new = before.settings.schedule, after.settings.schedule
    if isinstance(new, EverySchedule) and old == new and before.id != after.id:
        return f'; the id decides the phase, and at: "{new.starts_at(before.id)}" keeps it'
    return ""


def _cron(connection: Entry[Connection]) -> str:
    return str(cron_of(connection) or "manual")


def namespace_words(connection: Connection) -> str:
    """The format, or `that of the destination`."""
    if isinstance(connection.namespace, NamespaceFormat):
        return connection.namespace.format
    return f"that of the {connection.namespace}"


def _name(side: Side, connection: Entry[Connection]) -> str | None:
    return side.model.stacks[connection.stack].known_name(connection)


def _streams(base: Side, head: Side, before: Entry[Connection], after: Entry[Connection]) -> Iterator[Detail]:
    new = _by_key(head, after)
    old = {_key_in(new, key): stream for key, stream in _by_key(base, before).items()}
    seen = _discovery(base, before)
    for key in sorted({*old, *new}):
        if key not in new:
            yield removed(_path(before, old[key]), old[key])
        elif key not in old:
            unknown = is_new(base, head, before, after, key)
            by, since = by_pattern(head, after, new[key].stem), gone_since(base, before, after.id, new[key].stem)
            yield added(_path(after, new[key]), new[key], by, since, unknown=unknown)
        else:
            yield from stream_details(_path(after, new[key]), old[key], new[key], seen)
            yield from schema_details(_path(after, new[key]), old[key], new[key], Seen(seen, _discovery(head, after)))


def discovered_details(base: Side, head: Side, before: Entry[Connection], after: Entry[Connection]) -> Iterator[Detail]:
    """What a discovery changes in streams that are synced on both sides and Terraform sends nothing of, sorted by stream."""
    old, new = _by_key(base, before), _by_key(head, after)
    seen = Seen(_discovery(base, before), _discovery(head, after))
    for key in sorted(old.keys() & new.keys()):
        for detail in stream_details(_path(after, new[key]), old[key], new[key], None):
            if detail.kind == "unused-key-changed":
                yield detail
        yield from schema_details(_path(after, new[key]), old[key], new[key], seen)


def by_pattern(side: Side, connection: Entry[Connection], stem: str) -> str:
    """`, by the pattern user_*` of a stream that a connection takes and does not name; else nothing."""
    folder = side.model.source_of(connection)
    names = chosen_by(connection.layers.value, folder.selected).get(stem, ()) if folder else ()
    return next((f", by the pattern {name}" for name in names if is_pattern(name)), "")


def _key_in(streams: Mapping[Key, ConfiguredStream], key: Key) -> Key:
    """The key that a stream without a namespace has where its namespace is known."""
    same = [other for other in streams if other[1] == key[1]]
    return same[0] if len(same) == 1 and not key[0] and key not in streams else key


def is_new(base: Side, head: Side, before: Entry[Connection] | None, after: Entry[Connection], key: Key) -> bool:
    """True if a stream is new to what was committed of its source; then the server may not know it either."""
    seen = _discovery(base, before) if before else _discovery_of(base, head.model.source_of(after))
    known = _discovery(head, after)
    return seen is not None and known is not None and key not in seen.streams


def _discovery_of(side: Side, folder: SourceStreams | None) -> Discovery | None:
    known = side.model.sources.get(folder.source) if folder else None
    return known.discovery if known and known.discovery.streams else None


def _by_key(side: Side, connection: Entry[Connection]) -> dict[Key, ConfiguredStream]:
    streams = side.model.stacks[connection.stack].streams.get(connection.id, ())
    return {stream.key: stream for stream in streams}


def _path(connection: Entry[Connection], stream: ConfiguredStream) -> str:
    return f"{connection.path}.streams.{stream.stem}"


def _discovery(side: Side, connection: Entry[Connection]) -> Discovery | None:
    """What is committed of the connection's source; None if it was never discovered."""
    return _discovery_of(side, side.model.source_of(connection))
