"""The files of a source: what it offers, a file for each stream that connections sync, and what their entries say beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from dataclasses import fields as keys_of
from typing import Any

from infra.airbyte.workspace.setup import Setup, StreamSetup, full_name
from infra.base.json_value import Json
from infra.lake.catalog.discovered import FOLDER as DISCOVERED
from infra.lake.catalog.discovered import DiscoveredStream, StreamKey
from infra.lake.catalog.discovery import discovery_files
from infra.lake.catalog.fields import properties_of
from infra.lake.catalog.file_names import file_names
from infra.lake.catalog.stream_text import stream_text
from infra.lake.catalog.streams import FOLDER, SourceStreams
from infra.lake.registry.merge import merge_stream
from infra.move.entries.stream_words import laid_over, new_file, selection, setup_of_settings, shared
from infra.move.entries.told import Told

# What is told of a stream whose fields are named as a file selects some.
ALL_SYNCED = "all fields are synced, also those to come"

# (id of a connection's entry, stack).
Who = tuple[str, str]
Streams = Mapping[StreamKey, StreamSetup]


@dataclass(frozen=True)
class SourceFolder:
    """A source as the lake has it, and what was found of it.

    Attributes:
        id: of the folder.
        there: its files; None where there are none.
        catalog: what the source offers; empty where nobody says it.
        provenance: of `_discovery.json`, for a catalog that is written.
        shared: True where a connection of the lake takes every stream file that is selected.
    """

    id: str
    there: SourceStreams | None
    catalog: tuple[DiscoveredStream, ...]
    provenance: Mapping[str, str | None]
    shared: bool = False

    @property
    def offered(self) -> Mapping[StreamKey, DiscoveredStream]:
        """What the lake has, and what was found beside it."""
        found = {stream.key: stream for stream in self.catalog}
        return {**found, **(self.there.discovery.streams if self.there else {})}

    @property
    def written(self) -> Mapping[str, Json]:
        """Stem -> the keys of its file."""
        files = self.there.files if self.there else {}
        return {stem: file.value for stem, file in files.items() if file and isinstance(file.value, dict)}


@dataclass(frozen=True)
class FolderPlan:
    """What becomes of a source's folder.

    Attributes:
        files: path -> text of files that do not exist yet.
        streams: connection -> the value of its key `streams`, None for none.
        told: connection -> what is not as it is there.
        unsaid: connection -> why no entry can say how it syncs its streams.
        synced: connection -> the paths of the files of its streams, and whether its entry says anything else of that stream.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    streams: Mapping[Who, Any] = field(default_factory=dict)
    told: Mapping[Who, tuple[Told, ...]] = field(default_factory=dict)
    unsaid: Mapping[Who, tuple[str, ...]] = field(default_factory=dict)
    synced: Mapping[Who, Mapping[str, bool]] = field(default_factory=dict)


def plan_folder(folder: SourceFolder, connections: Mapping[Who, Setup]) -> FolderPlan:
    """The files for the streams of these connections, in their order: the first says what stands in a file."""
    offered = folder.offered
    wanted = {who: offered_of(setup.streams, offered) for who, setup in connections.items()}
    stems = _stems(folder, {key for streams in wanted.values() for key in streams})
    new = _new_files(folder, stems, list(wanted.values()))
    files = {**folder.written, **new}
    wanted = {who: _with_all_named(streams, stems, folder) for who, streams in wanted.items()}
    selected = {*(folder.there.selected if folder.there else ()), *(() if folder.shared else new)}
    over = {
        who: {
            stems[key]: laid_over(stems[key], files[stems[key]], streams[key], offered.get(key))
            for key in sorted(streams)
        }
        for who, streams in wanted.items()
    }
    return FolderPlan(
        {**_discovery(folder, stems.keys()), **_texts(folder, new)},
        {who: selection(said, selected) for who, said in over.items()},
        {
            who: (*no_longer_offered(setup.streams, offered), *_told_named(folder, setup.streams, wanted[who], stems))
            for who, setup in connections.items()
        },
        {who: tuple(_unsaid(folder, streams, stems, files, over[who])) for who, streams in wanted.items()},
        {
            who: {f"{FOLDER}/{folder.id}/{stem}.json": bool(beside) for stem, beside in said.items()}
            for who, said in over.items()
        },
    )


def _unsaid(
    folder: SourceFolder,
    streams: Streams,
    stems: Mapping[StreamKey, str],
    files: Mapping[str, Json],
    over: Mapping[str, Json],
) -> Iterator[str]:
    """Why there can be no entry: it has no streams, or a file says of one what an entry cannot take back."""
    if not streams:
        yield "its source no longer offers any of its streams"
    for key, stem in stems.items():
        if key in streams:
            given = setup_of_settings(stem, merge_stream(files[stem], over[stem]), folder.offered.get(key))
            if given != streams[key]:
                keys = _differing(given, streams[key]) if given else "what does not go together with it"
                path = f"{FOLDER}/{folder.id}/{stem}.json"
                yield f"its entry cannot take back what {path} says of {keys}: move that to the entries that mean it"


def _differing(one: StreamSetup, other: StreamSetup) -> str:
    return ", ".join(key.name for key in keys_of(one) if getattr(one, key.name) != getattr(other, key.name))


def _with_all_named(
    streams: Streams, stems: Mapping[StreamKey, str], folder: SourceFolder
) -> dict[StreamKey, StreamSetup]:
    """The streams, with the names of all fields where all are synced and a file of the lake selects some, which no entry can take
    back otherwise.
    """
    selecting = {key for key in streams if folder.written.get(stems[key], {}).get("fields")}
    return all_named(streams, folder.offered, selecting)


def all_named(
    streams: Streams, offered: Mapping[StreamKey, DiscoveredStream], selecting: Collection[StreamKey]
) -> dict[StreamKey, StreamSetup]:
    """The streams, those of `selecting` with the names of all fields that are offered where all are synced."""
    return {
        key: replace(setup, fields=_names(offered[key]))
        if setup.fields is None and key in offered and key in selecting
        else setup
        for key, setup in streams.items()
    }


def _names(offered: DiscoveredStream) -> tuple[str, ...] | None:
    return tuple(sorted(properties_of(offered.json_schema))) or None


def _told_named(
    folder: SourceFolder, there: Streams, wanted: Streams, stems: Mapping[StreamKey, str]
) -> Iterator[Told]:
    for key, setup in sorted(wanted.items()):
        if setup.fields is not None and there[key].fields is None:
            path = f"{FOLDER}/{folder.id}/{stems[key]}.json"
            said = f"the names of all that there are now, as {path} selects some"
            yield Told(f"streams.{full_name(key)}.fields", ALL_SYNCED, said)


def _discovery(folder: SourceFolder, wanted: Collection[StreamKey]) -> dict[str, str]:
    """Everything that is offered where the lake has nothing yet, else the streams that a new connection syncs."""
    if folder.there is None or not folder.there.discovery.streams:
        return discovery_files(folder.id, folder.catalog, folder.provenance) if folder.catalog else {}
    new = [
        stream for stream in folder.catalog if stream.key in wanted and stream.key not in folder.there.discovery.streams
    ]
    names = file_names(folder.offered)
    return {f"{DISCOVERED}/{folder.id}/{names[stream.key]}.json": stream.to_text() for stream in new}


def _texts(folder: SourceFolder, new: Mapping[str, Json]) -> dict[str, str]:
    off: Json = {"selected": False} if folder.shared else {}
    return {f"{FOLDER}/{folder.id}/{stem}.json": stream_text({**settings, **off}) for stem, settings in new.items()}


def _stems(folder: SourceFolder, wanted: set[StreamKey]) -> dict[StreamKey, str]:
    """Stream -> the stem of its file, of the one that there is or of a new one."""
    there = {stream.key: stem for stem, stream in (folder.there.streams if folder.there else {}).items()}
    names = file_names({*wanted, *folder.offered})
    return {key: there.get(key, names[key]) for key in sorted(wanted)}


def _new_files(folder: SourceFolder, stems: Mapping[StreamKey, str], wanted: Sequence[Streams]) -> dict[str, Json]:
    """Stem -> the keys of a file that does not exist yet."""
    names = [key[1] for key in {*stems, *folder.offered}]
    made = {}
    for key, stem in stems.items():
        if stem in folder.written:
            continue
        setups = [streams[key] for streams in wanted if key in streams]
        made[stem] = new_file(stem, key, shared(setups), folder.offered.get(key), alone=names.count(key[1]) == 1)
    return made


def offered_of(streams: Streams, offered: Mapping[StreamKey, DiscoveredStream]) -> dict[StreamKey, StreamSetup]:
    """The streams and fields that the source still offers; all of them where nobody knows what it does."""
    if not offered:
        return dict(streams)
    return {key: _with_known_fields(setup, offered[key]) for key, setup in streams.items() if key in offered}


def _with_known_fields(setup: StreamSetup, offered: DiscoveredStream) -> StreamSetup:
    gone = _gone_fields(setup, offered)
    kept = tuple(name for name in setup.fields or () if name not in gone)
    return replace(setup, fields=kept) if gone and kept else setup


def _gone_fields(setup: StreamSetup, offered: DiscoveredStream) -> list[str]:
    known = properties_of(offered.json_schema)
    return [name for name in setup.fields or () if name not in known] if known else []


def no_longer_offered(streams: Streams, offered: Mapping[StreamKey, DiscoveredStream]) -> Iterator[Told]:
    """What is told of streams and fields that a connection syncs and its source does not offer."""
    if not offered:
        return
    for key, setup in sorted(streams.items()):
        if key not in offered:
            said = "the connection without it: Airbyte takes no stream that the source does not offer"
            yield Told(f"streams.{full_name(key)}", "the source no longer offers it", said)
        elif gone := _gone_fields(setup, offered[key]):
            said = f"the selection without them: {', '.join(gone)}"
            yield Told(f"streams.{full_name(key)}.fields", "the source no longer offers some of them", said)
