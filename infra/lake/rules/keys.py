"""Keys and cursors that a source cannot go by, or that a destination cannot compare.

Source: airbytehq/airbyte.

- Nested: `CatalogParser.toStreamConfig` of the Java CDK ("Only top-level primary keys are supported", and
  cursors), `ClickhouseSqlGenerator.flattenPks`, `BigqueryDirectLoadSqlGenerator` (the first part of a path, cursors of one part).
  Of all others, `Dedupe` of the bulk CDK says: in practice most support keys at the root alone.
- Objects and lists: JSON in BigQuery (`BigqueryDirectLoadSqlGenerator.toDialectType`), which the MERGE compares with `=`.
- Cursors: `PostgresUtils.ALLOWED_CURSOR_TYPES`, `InvalidCursorInfoUtil`: the sync fails before it reads.
- `created_at`: airbytehq/airbyte issues 80152, 14404 and 21500.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping

from infra.lake.catalog.configured import ConfiguredStream, FieldPath
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.catalog.fields import properties_of, types_of
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.documents import Problem
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.sync_mode import uses_primary_key
from infra.lake.rules.streams import synced_streams, written_at

# Destination -> the major versions that fail with a path of several parts.
_TOP_LEVEL: Mapping[str, frozenset[str]] = {
    "destination-bigquery": frozenset({"2", "3"}),
    "destination-clickhouse": frozenset({"2"}),
    "destination-postgres": frozenset({"2"}),
    "destination-redshift": frozenset({"2", "3"}),
    "destination-snowflake": frozenset({"3"}),
}
_NO_JSON = "destination-bigquery"
# Takes the first part of a cursor's path.
_ANY_CURSOR = "destination-clickhouse"
# Sources that check the type of a cursor before they read, and the major version that does.
_CHECKED = {"source-postgres": "3"}

_WITHOUT_ORDER = frozenset({"boolean", "object", "array"})
_WHEN = "(_?(at|on|date|time|timestamp|ts|utc))*"
_MADE = re.compile(f"(date_?|time_?)?(created?|creation|inserted?){_WHEN}", re.IGNORECASE)
_CHANGED = re.compile(f"(date_?|time_?|last_?)?(updated?|modified|changed|modification){_WHEN}", re.IGNORECASE)


def check_keys(model: LakeModel) -> Iterator[Problem]:
    """`primary-key-nested`, `primary-key-type`, `cursor-nested` and `cursor-type`, where a sync is known to fail."""
    readers = _readers(model)
    for stream, offered, locks in synced_streams(model):
        chosen = [locks[name] for name in sorted(locks)]
        refusing = next((lock.connector for lock in chosen if _is_top_level(lock)), None)
        if refusing and uses_primary_key(stream.destination_sync_mode):
            yield from _check_nested(stream, refusing)
        if any(lock.connector == _NO_JSON for lock in chosen):
            yield from _check_key_types(stream, offered)
        kind, reader = _without_order(stream, offered), readers.get(stream.written)
        if kind and reader:
            message = f"the cursor is {kind}, and {reader} refuses each sync of such a table: it has no order"
            yield stream.layers.problem("cursor-type", written_at(stream, "cursor_field"), message, _CURSOR)


def advise_keys(model: LakeModel) -> Iterator[Problem]:
    """Warnings: the same where it may fail, and `cursor-misses-updates`."""
    readers = _readers(model)
    for stream, offered, locks in synced_streams(model):
        deep = _nested(stream)
        if deep and locks and not any(map(_is_top_level, locks.values())):
            message = f'the key "{deep}" is inside a field; in practice most destinations know keys at the top alone'
            at = written_at(stream, "primary_key", "destination_sync_mode")
            yield stream.layers.problem("primary-key-nested", at, message, _fix(stream), severity="warning")
        kind = _without_order(stream, offered)
        if kind and stream.written not in readers:
            message = f"the cursor is {kind}: it has no order by which newer rows could be told from older ones"
            at = written_at(stream, "cursor_field")
            yield stream.layers.problem("cursor-type", at, message, _CURSOR, severity="warning")
        yield from _advise_created(stream, offered)


_APPEND = "write destination_sync_mode: append"
_CURSOR = "use a number, a date or a text, or write sync_mode: full_refresh"


def _fix(stream: ConfiguredStream) -> str:
    return _APPEND if stream.source_defined_primary_key else f"use a field at the top, or {_APPEND}"


def _nested(stream: ConfiguredStream) -> str | None:
    """The first part of the used key that is inside a field: `customer.id`."""
    return next((".".join(path) for path in stream.used_primary_key if len(path) > 1), None)


def _check_nested(stream: ConfiguredStream, connector: str) -> Iterator[Problem]:
    if deep := _nested(stream):
        message = f'the key "{deep}" is inside a field, and {connector} tells rows apart by fields at the top alone'
        at = written_at(stream, "primary_key", "destination_sync_mode")
        yield stream.layers.problem("primary-key-nested", at, message, _fix(stream))
    elif len(stream.used_cursor) > 1 and connector != _ANY_CURSOR:
        name = ".".join(stream.used_cursor)
        message = f'the cursor "{name}" is inside a field, and {connector} compares fields at the top alone'
        at = written_at(stream, "cursor_field", "destination_sync_mode")
        yield stream.layers.problem("cursor-nested", at, message, _fix(stream))


def _check_key_types(stream: ConfiguredStream, offered: DiscoveredStream | None) -> Iterator[Problem]:
    for path in stream.used_primary_key:
        kind = _kind(offered, path, frozenset({"object", "array"}))
        if kind:
            message = f'the key "{path[0]}" is {kind}, which {_NO_JSON} has as JSON and cannot compare'
            at = written_at(stream, "primary_key", "destination_sync_mode")
            yield stream.layers.problem("primary-key-type", at, message, f"use a field of another type, or {_APPEND}")


def _without_order(stream: ConfiguredStream, offered: DiscoveredStream | None) -> str | None:
    """The type of a cursor that somebody chose and that cannot tell newer from older, `a boolean`; None for any other."""
    return None if stream.source_defined_cursor else _kind(offered, stream.used_cursor, _WITHOUT_ORDER)


def _kind(offered: DiscoveredStream | None, path: FieldPath, kinds: frozenset[str]) -> str | None:
    """The type of a field at the top, with its article, if it can be none but these."""
    schema = properties_of(offered.json_schema).get(path[0]) if offered and len(path) == 1 else None
    types = types_of(schema) if isinstance(schema, Mapping) else set()
    if not types or not types <= kinds:
        return None
    return " or ".join(f"{'a' if kind == 'boolean' else 'an'} {kind}" for kind in sorted(types))


def _advise_created(stream: ConfiguredStream, offered: DiscoveredStream | None) -> Iterator[Problem]:
    """Quiet for a cursor of the source's own, which knows what it does, and for rows that are only added."""
    path = stream.used_cursor
    if stream.source_defined_cursor or len(path) != 1 or not _MADE.fullmatch(path[0]):
        return
    known = properties_of(offered.json_schema) if offered else {}
    better = sorted(name for name in known if _CHANGED.fullmatch(name))
    if not better and not uses_primary_key(stream.destination_sync_mode):
        return
    message = (
        f'by its name, the cursor "{path[0]}" says when a row was made: rows that change later are not read again, '
        "nor are rows that come in late with an older value"
    )
    fix = f'write cursor_field: ["{better[0]}"]' if better else "use a field that each change moves, or full_refresh"
    at = written_at(stream, "cursor_field", "sync_mode")
    yield stream.layers.problem("cursor-misses-updates", at, message, fix, severity="warning")


def _readers(model: LakeModel) -> Mapping[Hashable, str]:
    """Stream -> its source's connector, where that refuses cursors without an order."""
    found: dict[Hashable, str] = {}
    for stack in model.stacks.values():
        for connection_id, streams in stack.streams.items():
            source = stack.sources.get(stack.connections[connection_id].settings.source)
            connector = (source.settings.connector if source else None) or ""
            lock = model.locks.get(connector)
            if lock is not None and _CHECKED.get(connector) == _major(lock):
                found.update({stream.written: connector for stream in streams})
    return found


def _is_top_level(lock: ConnectorLock) -> bool:
    return _major(lock) in _TOP_LEVEL.get(lock.connector, ())


def _major(lock: ConnectorLock) -> str:
    return lock.tag.partition(".")[0]
