"""What differs in one stream of a connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from infra.lake.catalog.cdc_fields import DELETED_AT
from infra.lake.catalog.configured import ConfiguredStream, FieldPath
from infra.lake.catalog.discovered import Discovery
from infra.lake.documents import some
from infra.review.details.change import Detail
from infra.review.details.detail_kind import DetailKind
from infra.review.details.mapper_details import mapper_details

_DEDUPLICATED = frozenset({"append_dedup", "overwrite_dedup", "update", "soft_delete"})
# Fields that a text names; the JSON output has all of them.
_SHOWN = 8
_REPLACING = frozenset({"overwrite", "overwrite_dedup"})
# Kinds of what differs in rows, which holds for old ones too where each sync writes all of them.
_IN_ROWS: frozenset[DetailKind] = frozenset(
    [
        "field-added",
        "field-removed",
        "all-fields",
        "mapper-added",
        "mapper-changed",
        "renaming-changed",
        "row-filter-added",
        "row-filter-removed",
        "column-enters",
        "column-gone",
        "column-renamed",
        "column-type-changed",
        "type-inside-changed",
    ]
)


def added(path: str, stream: ConfiguredStream, by: str, since: str | None, *, unknown: bool) -> Detail:
    """A stream that is synced from now on; `by`: the pattern, in words, where nobody names it; `since`: the day on which it
    went, if it is known to have been here before; `unknown`: the server has to discover it first.
    """
    kind: DetailKind = "stream-added"
    if stream.sync_mode == "incremental":
        kind = "stream-returned" if since else "incremental-stream-added"
    back = f"back, after it went on {since}" if since else "new"
    text = f"{full_name(stream)}: {back}{by}, {mode_of(stream)}"
    return Detail(kind, path, None, mode_of(stream), text, unknown)


def removed(path: str, stream: ConfiguredStream) -> Detail:
    """A stream that is not synced any more."""
    return Detail("stream-removed", path, mode_of(stream), None, f"{full_name(stream)}: no longer synced")


def stream_details(
    path: str, before: ConfiguredStream, after: ConfiguredStream, seen: Discovery | None
) -> Iterator[Detail]:
    """The details of a stream on both sides; `seen`: what the base knew of the source, None if it knew nothing."""
    name = full_name(after)
    if before.stem != after.stem:
        text = f"{name}: {before.stem}.json → {after.stem}.json"
        yield Detail("stream-file-renamed", path, before.stem, after.stem, text)
    if before.namespace != after.namespace:
        text = f"{name}: namespace {_quoted(before.namespace or '')} → {_quoted(after.namespace or '')}"
        yield Detail("stream-namespace-known", path, before.namespace, after.namespace, text)
    yield from _modes(path, before, after, seen)
    yield from _cursor_and_key(path, before, after, seen)
    yield from _destination_settings(path, before, after)
    for detail in (*_fields(path, before, after, seen), *_mappers(path, before, after)):
        yield in_rows(detail, before, after)


def in_rows(detail: Detail, before: ConfiguredStream, after: ConfiguredStream) -> Detail:
    """The detail, of what differs in rows, as it is where each sync writes all of them."""
    told = detail.kind in _IN_ROWS and _replaces(before) and _replaces(after)
    return replace(detail, kind="replaced-table") if told else detail


def full_name(stream: ConfiguredStream) -> str:
    """`orders`, or `public.orders` where the source has namespaces."""
    return f"{stream.namespace}.{stream.name}" if stream.namespace else stream.name


def mode_of(stream: ConfiguredStream) -> str:
    """``incremental on `updated_at`, append``."""
    return f"{_reading(stream)}, {_writing(stream)}"


def _reading(stream: ConfiguredStream) -> str:
    cursor = f" on `{dotted(stream.cursor_field)}`" if stream.sync_mode == "incremental" and stream.cursor_field else ""
    return f"{stream.sync_mode.replace('_', ' ')}{cursor}"


def _writing(stream: ConfiguredStream) -> str:
    return stream.destination_sync_mode.replace("_", " ")


def dotted(path: FieldPath) -> str:
    """`properties.id`."""
    return ".".join(path)


def _replaces(stream: ConfiguredStream) -> bool:
    """True if each sync writes the whole table anew."""
    return stream.sync_mode == "full_refresh" and stream.destination_sync_mode in _REPLACING


def _modes(path: str, before: ConfiguredStream, after: ConfiguredStream, seen: Discovery | None) -> Iterator[Detail]:
    name = full_name(after)
    if kind := _read_kind(before, after):
        old, new = _reading(before), _reading(after)
        unknown = after.sync_mode == "incremental" and _unknown(after.cursor_field[:1], after, seen)
        yield Detail(kind, f"{path}.sync_mode", old, new, f"{name}: {old} → {new}", unknown)
    if kind := _write_kind(before, after):
        old, new = _writing(before), _writing(after)
        yield Detail(kind, f"{path}.destination_sync_mode", old, new, f"{name}: {old} → {new}")


def _destination_settings(path: str, before: ConfiguredStream, after: ConfiguredStream) -> Iterator[Detail]:
    """What the provider keeps where it is not written."""
    kinds: dict[str, DetailKind] = {
        "include_files": "files-changed",
        "destination_object_name": "destination-object-changed",
    }
    for key, kind in kinds.items():
        old, new = getattr(before, key), getattr(after, key)
        if old != new:
            text = f"{full_name(after)}: {key} {_shown(old)} → {_shown(new)}"
            yield Detail("stream-setting-kept" if new is None else kind, f"{path}.{key}", old, new, text)


def _shown(value: str | bool | None) -> str:
    return _quoted(str(value).lower() if isinstance(value, bool) else value or "")


def _read_kind(before: ConfiguredStream, after: ConfiguredStream) -> DetailKind | None:
    if before.sync_mode == after.sync_mode:
        return None
    return "full-refresh-to-incremental" if after.sync_mode == "incremental" else "incremental-to-full-refresh"


def _write_kind(before: ConfiguredStream, after: ConfiguredStream) -> DetailKind | None:
    old, new = before.destination_sync_mode, after.destination_sync_mode
    if old == new:
        return None
    if new in _REPLACING and old not in _REPLACING:
        return "append-to-overwrite"
    if old in _REPLACING and new not in _REPLACING:
        return "overwrite-to-append"
    if new in _REPLACING or (old in _DEDUPLICATED) == (new in _DEDUPLICATED):
        return "destination-sync-mode-changed"
    return "to-deduplicated" if new in _DEDUPLICATED else "from-deduplicated"


def _cursor_and_key(
    path: str, before: ConfiguredStream, after: ConfiguredStream, seen: Discovery | None
) -> Iterator[Detail]:
    incremental = before.sync_mode == after.sync_mode == "incremental"
    if incremental and before.cursor_field != after.cursor_field:
        old, new = dotted(before.cursor_field), dotted(after.cursor_field)
        text = f"{full_name(after)}: cursor {_quoted(old)} → {_quoted(new)}"
        unknown = _unknown(after.cursor_field[:1], after, seen)
        yield Detail("cursor-changed", f"{path}.cursor_field", old, new, text, unknown)
    modes = {before.destination_sync_mode, after.destination_sync_mode}
    if (modes <= _DEDUPLICATED or not modes & _DEDUPLICATED) and before.primary_key != after.primary_key:
        old, new = key_text(before.primary_key), key_text(after.primary_key)
        text = f"{full_name(after)}: primary key {_quoted(old)} → {_quoted(new)}"
        unknown = _unknown((part[0] for part in after.primary_key), after, seen)
        yield Detail(_key_kind(before, after), f"{path}.primary_key", old, new, text, unknown)


def _key_kind(before: ConfiguredStream, after: ConfiguredStream) -> DetailKind:
    if after.destination_sync_mode not in _DEDUPLICATED:
        return "unused-key-changed"
    return "replaced-table" if _replaces(before) and _replaces(after) else "primary-key-changed"


def key_text(key: Iterable[FieldPath]) -> str:
    """`shop_id, id`."""
    return ", ".join(dotted(part) for part in key)


def _fields(path: str, before: ConfiguredStream, after: ConfiguredStream, seen: Discovery | None) -> Iterator[Detail]:
    at, name = f"{path}.fields", full_name(after)
    if before.fields is not None and after.fields is None:
        yield Detail("all-fields", at, list(before.fields), None, f"{name}: all fields instead of {len(before.fields)}")
    if after.fields is None or before.fields == after.fields:
        return
    old = set(before.fields if before.fields is not None else _columns(before))
    added = set(after.fields) - old if before.fields is not None else set()
    gone = old - set(after.fields)
    if after.sync_mode == "incremental":
        yield from _delete_marker(at, name, added, gone)
    if new := sorted(added):
        yield Detail("field-added", at, None, new, f"{name}: new {listed(new)}", _unknown(new, after, seen))
    if gone:
        yield Detail("field-removed", at, sorted(gone), None, f"{name}: {listed(sorted(gone))} no longer synced")
    elif before.fields is None:
        yield Detail("fields-named", at, None, list(after.fields), f"{name}: {listed(after.fields)}, instead of all")


def _delete_marker(at: str, name: str, added: set[str], gone: set[str]) -> Iterator[Detail]:
    """The detail of the field that says that a row is deleted, which it takes out of the others."""
    if DELETED_AT in added:
        added.remove(DELETED_AT)
        yield Detail("delete-marker-added", at, None, [DELETED_AT], f"{name}: new {listed([DELETED_AT])}")
    if DELETED_AT in gone:
        gone.remove(DELETED_AT)
        text = f"{name}: {listed([DELETED_AT])} no longer synced"
        yield Detail("delete-marker-removed", at, [DELETED_AT], None, text)


def _mappers(path: str, before: ConfiguredStream, after: ConfiguredStream) -> Iterator[Detail]:
    known = [fields for fields in (_fields_of(before), _fields_of(after)) if fields]
    common = frozenset.intersection(*known) if known else None
    for kind, old, new, text in mapper_details(before.mappers, after.mappers, common):
        yield Detail(kind, f"{path}.mappers", old, new, f"{full_name(after)}: {text}")


def _fields_of(stream: ConfiguredStream) -> frozenset[str]:
    return frozenset(_columns(stream) if stream.fields is None else stream.fields)


def _columns(stream: ConfiguredStream) -> Iterable[str]:
    properties = stream.json_schema.get("properties", {})
    return properties if isinstance(properties, dict) else ()


def _unknown(fields: Iterable[str], stream: ConfiguredStream, seen: Discovery | None) -> bool:
    """True if one of the fields is new to what was committed of the source: then the server may not know it either."""
    known = seen.streams.get(stream.key) if seen else None
    if known is None:
        return False
    properties = known.json_schema.get("properties", {})
    return isinstance(properties, dict) and any(field not in properties for field in fields)


def listed(fields: Iterable[str]) -> str:
    """``field `id` ``, ``fields `id`, `email` and 3 more``."""
    names = [f"`{field}`" for field in fields]
    noun = "field" if len(names) == 1 else "fields"
    return f"{noun} {some(names, _SHOWN)}"


def _quoted(text: str) -> str:
    return f"`{text}`" if text else "(none)"
