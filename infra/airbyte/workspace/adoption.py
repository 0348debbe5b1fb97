"""Adoption: the entry that takes a connection over and changes nothing of it, else why there can be none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from infra.airbyte.server import RemoteConnection
from infra.airbyte.workspace.setup import Setup, StreamSetup, setup_of_entry, setup_of_remote, setup_of_stream
from infra.base.json_value import Json
from infra.base.printable import one_line
from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.discovered import DiscoveredStream, StreamKey
from infra.lake.catalog.file_names import file_names
from infra.lake.catalog.stream_text import stream_text
from infra.lake.catalog.streams import FOLDER, SourceStreams
from infra.lake.documents import Written, write_text
from infra.lake.documents.yaml_text import flow
from infra.lake.model.copied import copied_lake
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.declared import FOLDER as REGISTRY
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry, actor_name, streams_folder
from infra.lake.rules.check import check_lake

_MODES = ("sync_mode", "destination_sync_mode")
_DETAILS = ("cursor_field", "primary_key", "fields", "mappers", "include_files", "destination_object_name")
# The default of an entry's key, where the lake has no other one.
_DEFAULTS = {"prefix": "", "status": "active", "schema_changes": "ignore"}


@dataclass(frozen=True)
class Adoption:
    """What to write to adopt a connection.

    Attributes:
        lines: of a registry file; empty where no entry leaves the connection as it is.
        files: path from the root -> text of stream files that have to be there too.
        reasons: why there are no lines.
        passes: False where `check` refuses the lines beside an entry that writes the same tables.
    """

    lines: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    passes: bool = True


@dataclass(frozen=True)
class ProposedEntry:
    """Where the entry of an orphan would stand.

    Attributes:
        entry: its id.
        source, destination: ids of its ends.
        notes: what to know of them, a line each.
        instead: it takes the place of the entry of that id.
        beside: path -> text of what other orphans are to write.
    """

    model: LakeModel
    stack: Stack
    entry: str
    source: str
    destination: str
    notes: tuple[str, ...] = ()
    instead: bool = False
    beside: Mapping[str, str] = field(default_factory=dict)

    @property
    def written(self) -> Written | None:
        """The entry that stands there now."""
        return self.model.declared.entries["connections"].get(self.entry) if self.instead else None


def adopt_new(place: ProposedEntry, remote: RemoteConnection) -> Adoption:
    """A whole new entry, tried out: with it the lake passes `check`, and the connection would be what it is."""
    setup, reasons = setup_of_remote(remote)
    streams = _streams_of(place)
    if setup is None or streams is None:
        return Adoption(reasons=tuple(reasons) or (f"the streams of {place.source} have no files in this lake",))
    stems = _stems(setup, streams)
    files = {path: stream_text(text) for path, text in _new_files(place, streams, stems)}
    entry = _entry(place, remote, setup, _stream_settings(setup, streams, stems))
    lines = ["connections:", f"  {place.entry}:", *(f"    {flow_key}" for flow_key in _lines(entry))]
    cut = list(_cut(setup, streams, stems))
    text = "\n".join([*lines, ""])
    wrong, collisions = (cut, []) if cut else _tried(place, setup, {_free_path(place): text, **files})
    if wrong:
        return Adoption(reasons=tuple(wrong))
    notes = (*place.notes, *(f"{collision}, which check refuses: keep one of the two" for collision in collisions))
    return Adoption((*(f"# {one_line(note)}" for note in notes), *lines), files, passes=not collisions)


def written(adoption: Adoption, entry: str) -> dict[str, str]:
    """Path -> text of what is written where somebody follows it and `check` passes; `entry`: its id."""
    text = "\n".join([*adoption.lines, ""])
    return {f"{REGISTRY}/{entry}.orphan.yaml": text, **adoption.files} if adoption.lines and adoption.passes else {}


def adopt_existing(place: ProposedEntry, remote: RemoteConnection) -> Adoption:
    """The entry to write in the place of one that has the same ends, is missing in Airbyte, and says otherwise: at least
    another name, or it would have been recognized.
    """
    setup, reasons = setup_of_remote(remote)
    if setup is None:
        return Adoption(reasons=tuple(reasons))
    changes = "; ".join(setup.becoming(setup_of_entry(place.stack, _placed(place))))
    said = f"connections.{place.entry} has the same source and destination and is missing in Airbyte, but differs: {changes}"
    if len(place.model.drafts.placements["connections"][place.entry]) > 1:
        return Adoption(reasons=(said, f"overrides.{place.stack.id}.adopt: {remote.id} would apply these differences"))
    return adopt_new(replace(place, instead=True, notes=(said, "in place of that entry:", *place.notes)), remote)


def _placed(place: ProposedEntry) -> Entry[Connection]:
    return place.stack.connections[place.entry]


def _cut(setup: Setup, streams: SourceStreams, stems: Mapping[StreamKey, str]) -> Iterator[str]:
    """Files that select fields of a stream of which the connection syncs all: an entry cannot take that back."""
    for key, stem in stems.items():
        configured = streams.streams.get(stem)
        if configured is not None and configured.fields is not None and setup.streams[key].fields is None:
            file = f"{FOLDER}/{streams.source}/{stem}.json"
            yield f"{file} selects fields, and this connection syncs all of them: move fields from the file to the entries"


def _streams_of(place: ProposedEntry) -> SourceStreams | None:
    source = place.stack.sources[place.source]
    return place.model.sources.get(streams_folder(source))


def _stems(setup: Setup, streams: SourceStreams) -> dict[StreamKey, str]:
    """Stream -> the stem of its file, of the one that there is or of a new one."""
    there = {stream.key: stem for stem, stream in streams.streams.items()}
    names = file_names({*setup.streams, *streams.discovery.streams}, streams.discovery.stems)
    return {key: there.get(key, names[key]) for key in sorted(setup.streams)}


def _new_files(
    place: ProposedEntry, streams: SourceStreams, stems: Mapping[StreamKey, str]
) -> Iterator[tuple[str, Json]]:
    """The files that are missing; not selected where other connections take every selected one."""
    others = any(_takes_all(place, streams.source, connection.layers.value) for connection in _drafts(place))
    for key, stem in stems.items():
        if stem not in streams.files:
            text: Json = {"stream": key[1]} if stem != key[1] else {}
            text |= {"namespace": key[0]} if key[0] else {}
            yield f"{FOLDER}/{streams.source}/{stem}.json", text | ({"selected": False} if others else {})


def _drafts(place: ProposedEntry) -> Iterator[Any]:
    return (draft for draft in place.model.drafts.entries.values() if draft.section == "connections")


def _takes_all(place: ProposedEntry, folder: str, entry: Json) -> bool:
    source = place.model.declared.entries["sources"].get(str(entry.get("source")))
    said = source.value if source and isinstance(source.value, dict) else {}
    owner = said.get("streams_from") or entry.get("source")
    return owner == folder and entry.get("streams") is None


def _stream_settings(setup: Setup, streams: SourceStreams, stems: Mapping[StreamKey, str]) -> dict[str, Json]:
    """Stem -> what the entry has to say of the stream beside its file."""
    return {
        stem: _settings(setup.streams[key], streams.streams.get(stem), streams.discovery.streams.get(key))
        for key, stem in stems.items()
    }


def _settings(wanted: StreamSetup, configured: ConfiguredStream | None, offered: DiscoveredStream | None) -> Json:
    """What differs from the file that there is; with a new one, everything. The source's own cursor and key are not said."""
    base = setup_of_stream(configured) if configured else None
    said: Json = {name: getattr(wanted, name) for name in _MODES + _DETAILS}
    if base is not None:
        others = any(getattr(base, name) != said[name] for name in _MODES)
        said = {name: said[name] for name in said if (name in _MODES and others) or getattr(base, name) != said[name]}
    own = {"cursor_field": offered and offered.source_defined_cursor}
    own["primary_key"] = offered and bool(offered.source_defined_primary_key)
    said = {name: value for name, value in said.items() if not own.get(name)}
    if configured is not None and configured.backfill is not None:
        said["backfill"] = False
    needless = [
        name
        for name, value in said.items()
        if value is None
        or (value == () and not (base and name == "mappers"))
        or (value is False and name == "include_files" and not (base and base.include_files))
    ]
    return {name: value for name, value in said.items() if name not in needless}


def _entry(place: ProposedEntry, remote: RemoteConnection, setup: Setup, settings: Mapping[str, Json]) -> Json:
    """The whole entry; what the defaults say already is left out."""
    source, destination = place.stack.sources[place.source], place.stack.destinations[place.destination]
    found: Json = {"adopt": remote.id, "source": place.source, "destination": place.destination}
    if len(place.model.stacks) > 1:
        found["stack"] = place.stack.id
    defaults = _defaults(place)
    if setup.name != f"{actor_name(source)} → {actor_name(destination)}" or "name" in defaults:
        found["name"] = setup.name
    found |= {"schedule": setup.schedule, "namespace": setup.namespace}
    for key, usual in _DEFAULTS.items():
        if getattr(setup, key) != usual or key in defaults:
            found[key] = getattr(setup, key)
    own = place.written.value if place.written else {}
    found |= {key: own[key] for key in ("description", "owner", "protect") if key in own}
    found["streams"] = dict(settings) if any(settings.values()) else list(settings)
    return found


def _defaults(place: ProposedEntry) -> set[str]:
    """The keys that every connection gets in this stack."""
    layers = (place.model.registry.lake.defaults, place.stack.settings.defaults)
    return {key for layer in layers if layer for key in layer.connection or {}}


def _lines(entry: Json) -> Iterator[str]:
    for key, value in entry.items():
        if key == "streams" and isinstance(value, dict):
            yield "streams:"
            yield from (f"  {flow(stem)}: {flow(settings)}" for stem, settings in value.items())
        else:
            yield f"{key}: {value if key == 'adopt' else flow(value)}"


def _free_path(place: ProposedEntry) -> str:
    path = f"{REGISTRY}/{place.entry}"
    while (place.model.root / f"{path}.yaml").exists():
        path += "_"
    return f"{path}.yaml"


def _tried(place: ProposedEntry, setup: Setup, files: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """What is wrong with a copy of the lake in which the files are: problems that it did not have, or a difference; apart
    from them, the tables that it would write beside another entry, which is so in Airbyte already.
    """
    before = {problem.identity for problem in check_lake(place.model.root, catalogs=False).report.errors}
    with copied_lake(place.model.root) as root:
        if place.written is not None:
            write_text(root, *_without(place.written))
        for path, text in {**place.beside, **files}.items():
            write_text(root, path, text)
        checked = check_lake(root, catalogs=False)
    new = [problem for problem in checked.report.errors if problem.identity not in before]
    collisions = [f"{problem.path}: {problem.message}" for problem in new if problem.rule == "table-collision"]
    if len(new) > len(collisions):
        new = [problem for problem in new if problem.rule != "table-collision"]
        return list(dict.fromkeys(problem.as_reason for problem in new)), []
    stack = checked.model.stacks[place.stack.id]
    entry = stack.connections.get(place.entry)
    if entry is None:
        return ["its entry cannot be tested while the lake has problems; run: lakeform check"], []
    changes = [f"an apply would change {change}" for change in setup.becoming(setup_of_entry(stack, entry))]
    return changes, collisions


def _without(entry: Written) -> tuple[str, str]:
    """(path, text) of the file without the entry: JSON, which is YAML too."""
    section, name = entry.path
    value = {**entry.document.value, section: {**entry.document.value[section]}}
    del value[section][name]
    return entry.document.file, json.dumps(value)
