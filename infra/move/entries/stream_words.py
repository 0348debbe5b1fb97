"""What stream files and entries say of a stream, so that it is synced as it is there: only what differs from the defaults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from infra.airbyte.workspace.setup import StreamSetup, setup_of_stream
from infra.base.json_value import Json
from infra.lake.catalog.configure import configure
from infra.lake.catalog.discovered import DiscoveredStream, StreamKey
from infra.lake.catalog.stream_text import stream_text
from infra.lake.documents import Layers, Written, parse, read_json
from infra.lake.registry.merge import merge_stream
from infra.lake.registry.stream_file import StreamFile

# What an entry says to take a key of the file back. A merge has no way to take back the others: see `shared`.
_TAKEN_BACK: Json = {"mappers": [], "include_files": False, "backfill": False}


def new_file(stem: str, key: StreamKey, wanted: StreamSetup, offered: DiscoveredStream | None, *, alone: bool) -> Json:
    """The keys of a stream file that does not exist yet. `alone`: no other stream of the source has its name."""
    identity: Json = {} if stem == key[1] else {"stream": key[1]}
    if key[0] or not alone:
        identity["namespace"] = key[0]
    return _smallest(stem, {}, {**identity, **_explicit(wanted)}, offered, frozenset(identity))


def laid_over(stem: str, file: Json, wanted: StreamSetup, offered: DiscoveredStream | None) -> Json:
    """What an entry says of a stream beside its file; nothing where the file gives just that."""
    if not file.get("backfill") and setup_of_settings(stem, file, offered) == wanted:
        return {}
    said = _explicit(wanted)
    over = {key: value for key, value in _TAKEN_BACK.items() if file.get(key)} | said
    return _smallest(stem, file, over, offered, frozenset({"backfill"} & over.keys()))


def shared(setups: Sequence[StreamSetup]) -> StreamSetup:
    """What a file can say for connections that sync a stream in these ways: as the first one does, but for what an entry
    could not take back. The name of the object is one of the destination's, so that each entry says it.
    """
    first = setups[0]
    fields = first.fields if all(one.fields is not None for one in setups) else None
    return replace(first, fields=fields, destination_object_name=None)


def selection(stems: Mapping[str, Json], selected: Iterable[str]) -> Any:
    """The value of `streams`: None where the connection takes every selected file as it is, else a list or a mapping."""
    if any(stems.values()):
        return dict(stems)
    return None if set(stems) == set(selected) else list(stems)


def _smallest(
    stem: str,
    file: Json,
    over: Json,
    offered: DiscoveredStream | None,
    kept: frozenset[str],
) -> Json:
    """`over` without the keys that change nothing of what it gives, laid on the file."""
    given = setup_of_settings(stem, merge_stream(file, over), offered)
    if given is None:
        return over
    for key in [key for key in over if key not in kept]:
        less = {name: value for name, value in over.items() if name != key}
        if setup_of_settings(stem, merge_stream(file, less), offered) == given:
            over = less
    return over


def setup_of_settings(stem: str, settings: Json, offered: DiscoveredStream | None) -> StreamSetup | None:
    """How a stream is synced that has these keys; None where they cannot stand together."""
    document, _ = read_json("", stream_text(settings))
    assert document is not None, "what is written can be read"
    layers = Layers.single(Written(document, (), document.value))
    file, problems = parse(StreamFile, layers)
    return None if file is None or problems else setup_of_stream(configure(stem, file, layers, offered))


def _explicit(wanted: StreamSetup) -> Json:
    """Everything that a file can say of the stream, as JSON has it."""
    said: Json = {
        "sync_mode": wanted.sync_mode,
        "destination_sync_mode": wanted.destination_sync_mode,
        "cursor_field": list(wanted.cursor_field),
        "primary_key": [list(path) for path in wanted.primary_key],
        "fields": None if wanted.fields is None else list(wanted.fields),
        "mappers": [dict(mapper) for mapper in wanted.mappers],
        "include_files": wanted.include_files,
        "destination_object_name": wanted.destination_object_name,
    }
    return {key: value for key, value in said.items() if value not in (None, [], False)}
