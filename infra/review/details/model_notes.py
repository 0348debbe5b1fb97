"""Notes on what a change of streams reaches in the dbt models of the head."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.catalog.fields import properties_of
from infra.lake.documents import some
from infra.lake.models.reach import Hit, Reach, reach_of
from infra.lake.models.tables import StreamTable, column_name, column_of, stream_tables
from infra.review.details.stream_details import dotted, key_text, mode_of
from infra.review.sides.side import Side

_SHOWN = 8

_Path = tuple[str, ...]


def notes_on_models(base: Side, head: Side) -> Iterator[str]:
    """A note for each field, key, cursor, namespace or mode that changes and reaches a model, or may."""
    if head.models is None:
        return
    old, new = stream_tables(base.model), stream_tables(head.model)
    for name, before in old.items():
        subject = f"{before.table.source}.{before.table.stem}"
        for path, what in _changes(before, new.get(name)):
            reach = reach_of(head.models, name, path)
            if reach.hits or reach.unknown:
                yield f"{subject}: {what}; {_reached(reach)}"


def _changes(before: StreamTable, after: StreamTable | None) -> Iterator[tuple[_Path, str]]:
    """(path of the column, what happens to it), each once; connections that sync a stream otherwise count each."""
    if after is None:
        yield (), "no longer synced"
        return
    then = {stream.key: (stream, offered) for stream, offered in after.streams}
    found: dict[tuple[_Path, str], None] = {}
    gone = sorted((before.columns or frozenset()) - after.columns) if after.columns is not None else []
    found.update({((column,), f"the column `{column}` is gone"): None for column in gone})
    for stream, offered in before.streams:
        for other, other_offered in [then[stream.key]] if stream.key in then else after.streams[:1]:
            found.update(dict.fromkeys(_of_stream(stream, other)))
            found.update(dict.fromkeys(_of_fields((stream, offered), (other, other_offered), set(gone))))
    yield from found


def _of_stream(old: ConfiguredStream, new: ConfiguredStream) -> Iterator[tuple[_Path, str]]:
    if old.namespace != new.namespace:
        yield (), f"namespace `{old.namespace or ''}` → `{new.namespace or ''}`"
    if (old.sync_mode, old.destination_sync_mode) != (new.sync_mode, new.destination_sync_mode):
        yield (), f"{mode_of(old)} → {mode_of(new)}"
    if old.used_primary_key != new.used_primary_key:
        keys = f"primary key `{key_text(old.used_primary_key)}` → `{key_text(new.used_primary_key)}`"
        yield from ((path, keys) for path in _columns(new, old.used_primary_key + new.used_primary_key))
    if old.used_cursor != new.used_cursor and old.sync_mode == new.sync_mode:
        cursors = f"cursor `{dotted(old.used_cursor)}` → `{dotted(new.used_cursor)}`"
        yield from ((path, cursors) for path in _columns(new, (old.used_cursor, new.used_cursor)))


def _columns(stream: ConfiguredStream, fields: tuple[_Path, ...]) -> Iterator[_Path]:
    for path in dict.fromkeys(filter(None, fields)):
        if top := column_of(stream, path[0]):
            yield (top, *map(column_name, path[1:]))


_Known = tuple[ConfiguredStream, DiscoveredStream | None]


def _of_fields(old: _Known, new: _Known, gone: set[str]) -> Iterator[tuple[_Path, str]]:
    """Other types, and nested fields that are gone; a column that is gone was told of."""
    for path, what in _differences(_schema(old), _schema(new), ()):
        top = column_of(old[0], path[0])
        if top and top not in gone and (len(path) > 1 or what != "is gone"):
            yield (top, *map(column_name, path[1:])), f"`{dotted(path)}` {what}"


def _schema(known: _Known) -> Mapping[str, Any]:
    stream, offered = known
    return offered.json_schema if offered and stream.fields is None else stream.json_schema


def _differences(old: Mapping[str, Any], new: Mapping[str, Any], at: _Path) -> Iterator[tuple[_Path, str]]:
    before, after = properties_of(old), properties_of(new)
    for name in sorted(before):
        path, one, other = (*at, name), before[name], after.get(name)
        if not isinstance(one, Mapping):
            continue
        if not isinstance(other, Mapping):
            if after:
                yield path, "is gone"
            continue
        if _type(one) != _type(other):
            yield path, f"{_type(one)} → {_type(other)}"
        else:
            yield from _differences(_element(one), _element(other), path)


def _element(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is in a list, whose fields are those of the column."""
    items = schema.get("items")
    return _element(items) if isinstance(items, Mapping) else schema


def _type(schema: Mapping[str, Any]) -> str:
    kinds = schema.get("type")
    words = [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind not in (None, "null")]
    inside = f" of {_type(schema['items'])}" if isinstance(schema.get("items"), Mapping) else ""
    form = f" ({schema['format']})" if isinstance(schema.get("format"), str) else ""
    return (" or ".join(sorted(words)) or "any type") + form + inside


def _reached(reach: Reach) -> str:
    """`reaches stg.total, int (filter), the exposure board; cannot be known: odd (line 1: ...)`."""
    exposures = [f"the exposure {name}" for name, _, sure in reach.exposures if sure]
    hits = some([*map(_hit, reach.hits), *exposures], _SHOWN)
    unknown = some([f"{name} ({why})" for name, why in reach.unknown], _SHOWN)
    return "; ".join([*([f"reaches {hits}"] if hits else []), *([f"cannot be known: {unknown}"] if unknown else [])])


def _hit(hit: Hit) -> str:
    name = f"{hit.model}.{hit.column}" if hit.column else hit.model
    return name if hit.way == "value" else f"{name} ({hit.way})"
