"""Which changes of what a source offers break what is synced, and which lines of the lake they touch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from infra.lake.catalog.configure import configure, find_offered, is_pinned, pinned
from infra.lake.catalog.configured import ConfiguredStream, FieldPath
from infra.lake.catalog.discovered import Discovery
from infra.lake.documents import KeyPath, Location, parse
from infra.lake.evolution.diff import Kind, SchemaChange, Streams, diff, field_changes
from infra.lake.evolution.renames import likely_renames
from infra.lake.registry.mapper import change_of
from infra.lake.registry.stream_file import ExternalStreamFile

Verdict = Literal["breaking", "enters", "safe"]


@dataclass(frozen=True, order=True)
class Touched:
    """A line of the lake that a change is about, and what it says there."""

    location: Location
    what: str


@dataclass(frozen=True)
class StreamUse:
    """A stream as a stream file, or the settings of a connection, ask for it.

    Attributes:
        stream: what is synced now.
        connections: the connections that sync it.
    """

    stream: ConfiguredStream
    connections: tuple[Touched, ...]


@dataclass(frozen=True)
class Impact:
    """A change, judged.

    Attributes:
        enters: True for a field that is synced too although nobody asked for it.
        renamed: what it is probably called now; None for what is not gone, or has no such name.
        reason: why it breaks something, enters, or is safe.
        touched: lines that name what changed, then the connections that sync it.
    """

    change: SchemaChange
    breaking: bool
    reason: str
    touched: tuple[Touched, ...]
    enters: bool = False
    renamed: str | None = None

    @property
    def verdict(self) -> Verdict:
        """What a reader should know first."""
        return "breaking" if self.breaking else "enters" if self.enters else "safe"


@dataclass(frozen=True)
class _Use:
    """A StreamUse, and what its files would give after the change; `then` is None where nothing fits any more."""

    now: ConfiguredStream
    then: ConfiguredStream | None
    ambiguous: bool
    connections: tuple[Touched, ...]


class _Judgement(NamedTuple):
    breaks: Callable[[SchemaChange, _Use], bool]
    breaking: str
    safe: str


def _always(_: SchemaChange, __: _Use) -> bool:
    return True


def _never(_: SchemaChange, __: _Use) -> bool:
    return False


def _ambiguous(_: SchemaChange, use: _Use) -> bool:
    return use.ambiguous


def _mode_lost(change: SchemaChange, use: _Use) -> bool:
    return use.now.sync_mode == change.before


def _mode_changes(_: SchemaChange, use: _Use) -> bool:
    return use.then is not None and use.then.sync_mode != use.now.sync_mode


def _cursor_changes(_: SchemaChange, use: _Use) -> bool:
    incremental = "incremental" in (use.now.sync_mode, use.then and use.then.sync_mode)
    return incremental and use.then is not None and use.then.cursor_field != use.now.cursor_field


def _key_changes(_: SchemaChange, use: _Use) -> bool:
    return use.then is not None and use.then.primary_key != use.now.primary_key


def _is_synced(change: SchemaChange, use: _Use) -> bool:
    return use.now.fields is None or change.field[0] in use.now.fields or any(True for _ in _roles(change, use.now))


def _is_cursor_or_key(change: SchemaChange, use: _Use) -> bool:
    return change.field in use.now.used_primary_key or change.field == use.now.used_cursor


# The one table: when a change breaks a stream that somebody syncs, and why it does or does not.
_JUDGEMENTS: Mapping[Kind, _Judgement] = {
    "stream-added": _Judgement(_ambiguous, "a stream file now has to say which namespace it means", "nothing needs it"),
    "stream-removed": _Judgement(_always, "there is nothing left to sync", ""),
    "stream-moved": _Judgement(_always, "in another namespace it is another stream to Airbyte, without state", ""),
    "mode-added": _Judgement(
        _mode_changes, "stream files that name no sync mode would change to it", "the stream is synced as before"
    ),
    "mode-removed": _Judgement(_mode_lost, "the stream is synced this way", "the stream is synced another way"),
    "cursor-changed": _Judgement(
        _cursor_changes, "the stored state is for the previous cursor", "the stream does not use it"
    ),
    "key-changed": _Judgement(
        _key_changes, "rows would be told apart differently than before", "the stream does not use it"
    ),
    "stream-detail": _Judgement(_never, "", "it changes no field and no mode"),
    "field-added": _Judgement(_never, "", "nothing needs it"),
    "field-removed": _Judgement(_is_synced, "the stream syncs it", "the stream does not sync it"),
    "type-changed": _Judgement(
        _is_synced, "the column in the destination has the previous type", "the stream does not sync it"
    ),
    "null-added": _Judgement(
        _is_cursor_or_key, "a cursor or key needs a value in every row", "columns in the destination accept null"
    ),
    "null-removed": _Judgement(_never, "", "columns in the destination accept other values too"),
    "field-detail": _Judgement(_never, "", "it does not change the type"),
}

_EXCLUDED = "exclude_fields names it, and check refuses the name of a field that is not there"
_ENTERS = "it is synced once this discovery is committed"
_INSIDE = "the stream syncs the field that it is in"
_FLOWS = "the stream syncs every field, so this one too"
_UNUSED = "nothing here syncs the stream"


def impacts(before: Streams, after: Streams, uses: Iterable[StreamUse]) -> list[Impact]:
    """Every change from `before` to `after`, sorted, judged by the stream files and connections in `uses`."""
    named: dict[str, list[_Use]] = {}
    for use in uses:
        named.setdefault(use.stream.name, []).append(_looked_ahead(use, after))
    changes = diff(before, after)
    judged = [_judge(change, _concerned(change, named.get(change.stream[1], ()))) for change in changes]
    return _with_renames(judged, likely_renames(changes, before, after))


def field_impacts(before: ConfiguredStream, after: ConfiguredStream) -> list[Impact]:
    """What differs in the fields of a stream that is synced before and after, sorted, judged by the same table."""
    use = _Use(before, after, ambiguous=False, connections=())
    changes = sorted(field_changes(before.key, before.json_schema, after.json_schema))
    return _with_renames([_judge(change, [use]) for change in changes], likely_renames(changes, {}, {}))


def _with_renames(judged: Iterable[Impact], renames: Mapping[SchemaChange, SchemaChange]) -> list[Impact]:
    return [
        replace(impact, renamed=(new.field or new.stream)[-1]) if (new := renames.get(impact.change)) else impact
        for impact in judged
    ]


def _looked_ahead(use: StreamUse, after: Streams) -> _Use:
    stream = use.stream
    file, _ = parse(ExternalStreamFile, stream.layers)
    assert file is not None, "a configured stream has a file that fits its model"
    offered, problems = find_offered(stream.stem, file, stream.layers, Discovery(after).by_name)
    kept = after.get(stream.key) or offered
    then = configure(stream.stem, file, stream.layers, kept) if kept else None
    if then is not None and is_pinned(stream):
        then = pinned(then)
    return _Use(stream, then, bool(problems) and stream.key in after, use.connections)


def _concerned(change: SchemaChange, uses: Sequence[_Use]) -> list[_Use]:
    """The uses of the very stream; another one of that name matters where names alone were enough before."""
    if change.kind == "stream-added":
        return [use for use in uses if use.ambiguous]
    return [use for use in uses if use.now.key == change.stream]


def _judge(change: SchemaChange, uses: Sequence[_Use]) -> Impact:
    judgement = _JUDGEMENTS[change.kind]
    broken = [use for use in uses if judgement.breaks(change, use)]
    reason = judgement.breaking if broken else judgement.safe if uses or change.kind == "stream-added" else _UNUSED
    synced = [use for use in uses if use.connections] or uses
    entering = [why for use in synced if (why := _enters(change, use))]
    reason = entering[0] if entering else reason
    if change.kind == "field-removed" and broken and all(_excludes(change, use.now) for use in broken):
        reason = _EXCLUDED
    touched = [touched for use in broken or uses for touched in _touched(change, use)]
    return Impact(change, bool(broken), reason, tuple(dict.fromkeys(touched)), bool(entering))


def _excludes(change: SchemaChange, stream: ConfiguredStream) -> bool:
    return len(change.field) == 1 and change.field[0] in stream.layers.value.get("exclude_fields", ())


def _enters(change: SchemaChange, use: _Use) -> str:
    """Why a new field is synced: it is selected as everything that is committed, nothing is selected, or what it is in is; empty
    if it is not.
    """
    if change.kind != "field-added" or use.then is None:
        return ""
    known, after, top = use.now.fields, use.then.fields, change.field[0]
    if after is None:
        return _FLOWS
    if top not in after:
        return ""
    return _INSIDE if known is None or top in known else _ENTERS


def _touched(change: SchemaChange, use: _Use) -> Iterator[Touched]:
    """The lines that name what changed, else the stream file; then who syncs it. What is new touches nothing."""
    if change.kind in ("field-added", "stream-detail", "field-detail"):
        return
    roles = list(_roles(change, use.now))
    if not roles and change.field and not _is_synced(change, use):
        return
    every = "syncs every field" if use.now.fields is None else "syncs the field"
    for path, what in roles or [((), every if change.field else "the stream file")]:
        yield Touched(use.now.layers.locate(path, key=True), what)
    yield from use.connections


def _roles(change: SchemaChange, stream: ConfiguredStream) -> Iterator[tuple[KeyPath, str]]:
    """(key path in the stream file, what it says) for everything in the file that names what changed."""
    by_setting = {"mode-added": "sync_mode", "mode-removed": "sync_mode"}
    if setting := by_setting.get(change.kind):
        yield (setting,), f"sync mode {stream.sync_mode}"
    if _names(change, "cursor-changed", [stream.cursor_field]) and stream.sync_mode == "incremental":
        yield ("cursor_field",), f"cursor {'.'.join(stream.cursor_field)}"
    if _names(change, "key-changed", stream.primary_key):
        yield ("primary_key",), f"primary key {', '.join('.'.join(path) for path in stream.primary_key)}"
    if not change.field:
        return
    top = change.field[0]
    written = stream.layers.value.get("fields")
    if written is not None and top in written:
        yield ("fields", top if isinstance(written, dict) else written.index(top)), f"selected field {top}"
    if _excludes(change, stream) and change.kind == "field-removed":
        yield ("exclude_fields", stream.layers.value["exclude_fields"].index(top)), f"excluded field {top}"
    for index, mapper in enumerate(stream.mappers):
        changed = change_of(mapper)
        if changed is not None and changed.field == top:
            yield ("mappers", index, *changed.path), f"mapper {mapper.type}"


def _names(change: SchemaChange, kind: Kind, paths: Sequence[FieldPath]) -> bool:
    """True if the change is of that setting, or of a field on one of its paths."""
    if change.kind == kind:
        return True
    return bool(change.field) and any(path[: len(change.field)] == change.field for path in paths)
