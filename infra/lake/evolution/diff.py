"""What a source offers now against what it offered before: streams, fields, modes, cursors and keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from infra.lake.catalog.configured import FieldPath
from infra.lake.catalog.discovered import DiscoveredStream, StreamKey
from infra.lake.evolution.outline import FieldOutline, outline

_OfStream = Literal["stream-added", "stream-removed", "stream-moved", "stream-detail"]
_OfSync = Literal["mode-added", "mode-removed", "cursor-changed", "key-changed"]
_OfField = Literal["field-added", "field-removed", "type-changed", "null-added", "null-removed", "field-detail"]
Kind = Literal[_OfStream, _OfSync, _OfField]

Streams = Mapping[StreamKey, DiscoveredStream]


@dataclass(frozen=True, order=True)
class SchemaChange:
    """One difference.

    Attributes:
        stream: (namespace, name) as it was before; a new stream's own.
        field: path of the field; empty for the stream itself.
        kind: what happened.
        before, after: the type, mode, namespace, cursor or key; empty where there is none.
    """

    stream: StreamKey
    field: FieldPath
    kind: Kind
    before: str = ""
    after: str = ""


def diff(before: Streams, after: Streams) -> list[SchemaChange]:
    """Every change, sorted by stream and field; empty exactly if both offer the same."""
    moved = _moved(before, after)
    changes = [SchemaChange(key, (), "stream-removed") for key in before.keys() - after.keys() - moved.keys()]
    changes += [SchemaChange(key, (), "stream-added") for key in after.keys() - before.keys() - set(moved.values())]
    changes += [SchemaChange(old, (), "stream-moved", old[0], new[0]) for old, new in moved.items()]
    for key, old in before.items():
        new = after.get(moved.get(key, key))
        if new is not None:
            changes += _stream_changes(key, old, new)
    return sorted(changes)


def _moved(before: Streams, after: Streams) -> dict[StreamKey, StreamKey]:
    """Streams that are in another namespace now: of that name exactly one is gone, and exactly one new."""
    gone, new = _by_name(before.keys() - after.keys()), _by_name(after.keys() - before.keys())
    return {keys[0]: new[name][0] for name, keys in gone.items() if len(keys) == 1 and len(new.get(name, ())) == 1}


def _by_name(keys: Iterable[StreamKey]) -> dict[str, list[StreamKey]]:
    named: dict[str, list[StreamKey]] = {}
    for key in keys:
        named.setdefault(key[1], []).append(key)
    return named


def _stream_changes(key: StreamKey, old: DiscoveredStream, new: DiscoveredStream) -> list[SchemaChange]:
    changes = [*_settings(key, old, new), *field_changes(key, old.json_schema, new.json_schema)]
    if not changes and old.model_copy(update={"namespace": new.namespace}) != new:
        return [SchemaChange(key, (), "stream-detail", after="how it is written")]
    return changes


def _settings(key: StreamKey, old: DiscoveredStream, new: DiscoveredStream) -> Iterator[SchemaChange]:
    modes_before, modes_after = set(old.supported_sync_modes), set(new.supported_sync_modes)
    yield from (SchemaChange(key, (), "mode-removed", mode, "") for mode in modes_before - modes_after)
    yield from (SchemaChange(key, (), "mode-added", "", mode) for mode in modes_after - modes_before)
    if _cursor(old) != _cursor(new):
        yield SchemaChange(key, (), "cursor-changed", _cursor(old), _cursor(new))
    if _primary_key(old) != _primary_key(new):
        yield SchemaChange(key, (), "key-changed", _primary_key(old), _primary_key(new))
    for name in ("is_resumable", "is_file_based"):
        if bool(getattr(old, name)) != bool(getattr(new, name)):
            yield SchemaChange(key, (), "stream-detail", "", name)


def _cursor(stream: DiscoveredStream) -> str:
    """`updated_at`, `updated_at (set by the source)`, `none`."""
    default = ".".join(stream.default_cursor_field or ())
    if stream.source_defined_cursor:
        return f"{default} (set by the source)" if default else "set by the source"
    return default or "none"


def _primary_key(stream: DiscoveredStream) -> str:
    return ", ".join(".".join(path) for path in stream.source_defined_primary_key or ()) or "none"


def field_changes(key: StreamKey, old: Any, new: Any) -> Iterator[SchemaChange]:
    """What differs between two JSON schemas of a stream, in no order.

    Fields whose parent is gone, new or of another type now go without saying; a row is an object, said or not.
    """
    before, after = outline(old), outline(new)
    same = {path for path in before.keys() & after.keys() if not path or before[path].type == after[path].type}
    for path in before.keys() | after.keys():
        if path and path[:-1] not in same:
            continue
        if path not in after:
            yield SchemaChange(key, path, "field-removed", before[path].type, "")
        elif path not in before:
            yield SchemaChange(key, path, "field-added", "", after[path].type)
        else:
            yield from _field_changes(key, path, before[path], after[path])


def _field_changes(key: StreamKey, path: FieldPath, old: FieldOutline, new: FieldOutline) -> Iterator[SchemaChange]:
    if path and old.type != new.type:
        yield SchemaChange(key, path, "type-changed", old.type, new.type)
    if path and old.nullable != new.nullable:
        yield SchemaChange(key, path, "null-added" if new.nullable else "null-removed", old.type, new.type)
    differing = sorted(name for name in old.rest.keys() | new.rest.keys() if old.rest.get(name) != new.rest.get(name))
    if differing:
        yield SchemaChange(key, path, "field-detail" if path else "stream-detail", "", ", ".join(differing))
