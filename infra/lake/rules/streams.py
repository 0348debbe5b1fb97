"""Sync modes, cursors and primary keys of streams.

Source: what Airbyte's AirbyteCatalogHelper refuses when a connection is created or changed (HTTP 400), and what it
accepts and then does otherwise: a full refresh into a destination that cannot overwrite, a key that the source's own
replaces.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence

from infra.lake.catalog.configured import ConfiguredStream, FieldPath
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.catalog.fields import is_known, properties_of
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.documents import KeyPath, Problem, RuleId, did_you_mean
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.sync_mode import COMBINED, uses_primary_key, valid_partners


def check_streams(model: LakeModel) -> Iterator[Problem]:
    """`sync-mode-invalid-pair`, `sync-mode-unsupported`, `cursor-*` and `primary-key-*`, for every stream that a
    connection syncs and every selected stream file.
    """
    for stream, offered, destinations in synced_streams(model):
        if (stream.sync_mode, stream.destination_sync_mode) not in COMBINED:
            yield _invalid_pair(stream, offered, destinations)
            continue
        refused_by_source = list(_source_modes(stream, offered))
        refused_by_destination = list(_destination_modes(stream, destinations))
        yield from refused_by_source + refused_by_destination
        if not refused_by_source:
            yield from _check_cursor(stream, offered)
        if not refused_by_destination:
            yield from _check_primary_key(stream, offered)


def synced_streams(
    model: LakeModel,
) -> Iterator[tuple[ConfiguredStream, DiscoveredStream | None, Mapping[str, ConnectorLock]]]:
    """Every (stream, what the source offers, destination entry -> its lock); a stream of several connections once."""
    found: dict[Hashable, tuple[ConfiguredStream, dict[str, ConnectorLock]]] = {}
    offers: dict[Hashable, DiscoveredStream | None] = {}
    for folder in model.sources.values():
        for stem in sorted(folder.selected & folder.streams.keys()):
            stream = folder.streams[stem]
            found[stream.written] = (stream, {})
            offers[stream.written] = folder.discovery.streams.get(stream.key)
    for stack in model.stacks.values():
        for connection_id, streams in stack.streams.items():
            connection = stack.connections[connection_id]
            source = model.source_of(connection)
            destination = stack.destinations.get(connection.settings.destination)
            lock = model.locks.get(destination.settings.connector or "") if destination else None
            for stream in streams:
                _, locks = found.setdefault(stream.written, (stream, {}))
                offers[stream.written] = source.discovery.streams.get(stream.key) if source else None
                if lock is not None:
                    locks[connection.settings.destination] = lock
    for key, (stream, locks) in found.items():
        yield stream, offers[key], locks


def written_at(stream: ConfiguredStream, *keys: str) -> KeyPath:
    """The first of the keys that the author wrote, else the whole stream."""
    return next(((key,) for key in keys if key in stream.layers.value), ())


def _invalid_pair(
    stream: ConfiguredStream, offered: DiscoveredStream | None, destinations: Mapping[str, ConnectorLock]
) -> Problem:
    message = (
        f"{stream.sync_mode} + {stream.destination_sync_mode} is not a mode of Airbyte{_whose_mode(stream, offered)}"
    )
    partners = _fitting(stream, destinations) or valid_partners(stream.sync_mode)
    fix = f"with {stream.sync_mode} use one of: {', '.join(partners)}"
    if offered is None and "sync_mode" not in stream.layers.value:
        fix = f"discover the source, or write sync_mode: incremental with its cursor_field; {fix}"
    path = written_at(stream, "destination_sync_mode", "sync_mode")
    return stream.layers.problem("sync-mode-invalid-pair", path, message, fix)


def _whose_mode(stream: ConfiguredStream, offered: DiscoveredStream | None) -> str:
    """Why a stream is read as nobody wrote: that, and not what was written, may be what is wrong."""
    if "sync_mode" in stream.layers.value:
        return ""
    if offered is None:
        return f"; the stream is read as {stream.sync_mode} because nothing is committed as discovered of it"
    return f"; the stream is read as {stream.sync_mode} because the source offers {' and '.join(offered.supported_sync_modes)}"


def _source_modes(stream: ConfiguredStream, offered: DiscoveredStream | None) -> Iterator[Problem]:
    if offered is not None and stream.sync_mode not in offered.supported_sync_modes:
        message = f"the source does not offer {stream.sync_mode} for this stream"
        fix = f"it offers: {', '.join(offered.supported_sync_modes)}"
        yield stream.layers.problem("sync-mode-unsupported", written_at(stream, "sync_mode"), message, fix)


def refusing(stream: ConfiguredStream, destinations: Mapping[str, ConnectorLock]) -> list[str]:
    """The destinations that do not offer the stream's mode, sorted; one whose modes are unknown offers all."""
    return sorted(
        name
        for name, lock in destinations.items()
        if lock.destination_sync_modes and stream.destination_sync_mode not in offered_modes(lock)
    )


def _destination_modes(stream: ConfiguredStream, destinations: Mapping[str, ConnectorLock]) -> Iterator[Problem]:
    names = refusing(stream, destinations)
    if not names:
        return
    shown = " and ".join(f"{name} ({destinations[name].connector})" for name in names)
    message = f"the destination {shown} does not offer {stream.destination_sync_mode}"
    fitting = _fitting(stream, destinations)
    fix = (
        f"set destination_sync_mode to one of: {', '.join(fitting)}" if fitting else "give each connection its own mode"
    )
    path = written_at(stream, "destination_sync_mode", "sync_mode")
    yield stream.layers.problem("sync-mode-unsupported", path, message, fix)


def _fitting(stream: ConfiguredStream, destinations: Mapping[str, ConnectorLock]) -> list[str]:
    """The modes with which every destination of the stream takes its sync mode."""
    offered = [set(offered_modes(lock)) for lock in destinations.values() if lock.destination_sync_modes]
    return [mode for mode in valid_partners(stream.sync_mode) if all(mode in modes for modes in offered)]


def offered_modes(lock: ConnectorLock) -> list[str]:
    """The destination's modes; one that overwrites and dedupes does both together, as Airbyte's server adds it."""
    modes = set(lock.destination_sync_modes)
    return sorted(modes | ({"overwrite_dedup"} if {"overwrite", "append_dedup"} <= modes else set()))


def _check_cursor(stream: ConfiguredStream, offered: DiscoveredStream | None) -> Iterator[Problem]:
    given: Sequence[str] = stream.layers.value.get("cursor_field") or ()
    if stream.sync_mode != "incremental":
        if given:
            yield from _unknown(stream, offered, "cursor-unknown-field", ("cursor_field",), tuple(given))
    elif stream.source_defined_cursor:
        if given and set(given) != set(stream.default_cursor_field):
            yield _source_defined(stream, "cursor-source-defined", "cursor_field", stream.default_cursor_field)
    elif not stream.cursor_field:
        message = "incremental needs a cursor: the source has no default for this stream"
        fix = _example("cursor_field", "updated_at", offered) + "; or write sync_mode: full_refresh"
        yield stream.layers.problem("cursor-required", written_at(stream, "sync_mode"), message, fix)
    else:
        yield from _unknown(stream, offered, "cursor-unknown-field", ("cursor_field",), stream.cursor_field)


def _check_primary_key(stream: ConfiguredStream, offered: DiscoveredStream | None) -> Iterator[Problem]:
    given = tuple(tuple(path) for path in stream.layers.value.get("primary_key") or ())
    if stream.source_defined_primary_key:
        if given and given != stream.source_defined_primary_key:
            own = stream.source_defined_primary_key
            yield _source_defined(stream, "primary-key-source-defined", "primary_key", own)
    elif not given:
        if uses_primary_key(stream.destination_sync_mode):
            message = f"{stream.destination_sync_mode} needs a primary key: the source defines none for this stream"
            fix = _example("primary_key", "id", offered)
            path = written_at(stream, "destination_sync_mode")
            yield stream.layers.problem("primary-key-required", path, message, fix)
    else:
        yield from _check_paths(stream, offered, given)


def _check_paths(
    stream: ConfiguredStream, offered: DiscoveredStream | None, given: Sequence[FieldPath]
) -> Iterator[Problem]:
    for index, path in enumerate(given):
        at: KeyPath = ("primary_key", index)
        if path in given[:index] or len(set(path)) < len(path):
            what = "the same field" if path in given[:index] else "the same part"
            yield stream.layers.problem("primary-key-repeated", at, f"{what} is named twice", "name it once")
        else:
            yield from _unknown(stream, offered, "primary-key-unknown-field", at, path)


def _source_defined(stream: ConfiguredStream, rule: RuleId, key: str, own: object) -> Problem:
    message = f"the source itself defines it: {_shown(own)}"
    fix = f"remove {key}, or write {_shown(own)}" if own else f"remove {key}"
    return stream.layers.problem(rule, (key,), message, fix)


def _apart(stream: ConfiguredStream) -> tuple[FieldPath, ...]:
    """The key with a path for each field that stands in it."""
    return tuple((part,) for path in stream.primary_key for part in path)


def _shown(value: object) -> str:
    """A tuple of names as JSON."""
    if isinstance(value, tuple):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    return f'"{value}"'


def _unknown(
    stream: ConfiguredStream, offered: DiscoveredStream | None, rule: RuleId, at: KeyPath, path: FieldPath
) -> Iterator[Problem]:
    """The discovered schema has to have the field; nested paths are allowed."""
    if offered is not None and not is_known(offered.json_schema, path):
        name = ".".join(path)
        fix = did_you_mean(name, properties_of(offered.json_schema), "fields")
        message = f'the stream has no field "{name}"'
        if rule == "cursor-unknown-field" and all(is_known(offered.json_schema, (part,)) for part in path):
            message, fix = "a cursor is one field, or the path of one", f'write ["{path[0]}"]'
        if rule == "primary-key-unknown-field" and all(is_known(offered.json_schema, (part,)) for part in path):
            message, fix = (
                "is the path of one field, not a key of several",
                f'write "primary_key": {_shown(_apart(stream))}',
            )
        yield stream.layers.problem(rule, at, message, fix)


def _example(key: str, name: str, offered: DiscoveredStream | None) -> str:
    """What to add; `name` is a field that most streams have, and no example for one that has not."""
    fields = sorted(properties_of(offered.json_schema)) if offered else []
    value = f'["{name}"]' if key == "cursor_field" else f'[["{name}"]]'
    shown = f"{'; ' if name in fields else ', of its '}fields: {', '.join(fields[:12])}" if fields else ""
    return f"add {key}{f', for example {value}' if name in fields or not fields else ''}{shown}"
