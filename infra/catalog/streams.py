"""SourceStreams: the stream files and discovered schemas of one source folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.catalog.configure import configure, find_offered
from infra.catalog.configured import ConfiguredStream
from infra.catalog.discovered import DiscoveredStream, StreamKey, read_discovered
from infra.documents import Layers, Problem, Related, Written, did_you_mean, parse
from infra.documents.read import list_files, read_document
from infra.registry.entries import Connection
from infra.registry.merge import merge, without_nulls
from infra.registry.registry import Placed
from infra.registry.stream_file import ExternalStreamFile, StreamFile

FOLDER = "dag/streams"


@dataclass(frozen=True)
class SourceStreams:
    """What can be synced of one source.

    Attributes:
        source: id of the source whose folder it is.
        files: file stem -> the stream file as written; None for a file that could not be read.
        offered: the discovered streams.
        streams: file stem -> the stream; without those that have problems.
        selected: stems that a connection syncs if it names none.

    """

    source: str
    files: Mapping[str, Written | None]
    offered: Mapping[StreamKey, DiscoveredStream]
    streams: Mapping[str, ConfiguredStream]
    selected: frozenset[str]

    @property
    def catalog_path(self) -> str:
        """The generated catalog of the source, from the project root."""
        return f"{FOLDER}/{self.source}/_catalog.json"


def read_streams(root: Path, source: str, *, external: bool = False) -> tuple[SourceStreams, list[Problem]]:
    """The folder of a source, and everything that is wrong in it."""
    files, problems = _read_files(root, source)
    offered, found = read_discovered(root, source)
    problems += found
    streams: dict[str, ConfiguredStream] = {}
    selected = set(files)
    model = ExternalStreamFile if external else StreamFile
    for stem, piece in files.items():
        layers = Layers((piece,), 0, without_nulls(piece.value)) if piece else None
        file, found = parse(model, layers) if layers else (None, [])
        stream, refused = _configured(stem, file, layers, offered) if file and layers else (None, [])
        problems += found + refused
        if stream is not None:
            streams[stem] = stream
        if file is not None and not file.selected:
            selected.remove(stem)
    problems += _repeated(streams)
    return SourceStreams(source, files, offered, streams, frozenset(selected)), problems


def streams_of(
    connection: Placed[Connection],
    source: SourceStreams,
) -> tuple[tuple[ConfiguredStream, ...], list[Problem]]:
    """The streams that a connection syncs, sorted by (namespace, name), and what is wrong with its choice."""
    entry, layers = connection.entry, connection.layers
    problems = _unknown_stems(connection, source)
    if isinstance(entry.streams, tuple):
        stems = [stem for stem in entry.streams if stem in source.files]
    elif entry.streams is not None:
        return _with_settings(connection, source, problems)
    else:
        stems = [stem for stem in source.selected if stem not in (entry.exclude or ())]
    streams = [source.streams[stem] for stem in dict.fromkeys(stems) if stem in source.streams]
    if not stems and not problems:
        problems.append(_no_streams(layers, source))
    return tuple(sorted(streams, key=lambda s: s.key)), problems


def _with_settings(
    connection: Placed[Connection],
    source: SourceStreams,
    problems: list[Problem],
) -> tuple[tuple[ConfiguredStream, ...], list[Problem]]:
    """The mapping form of `streams`: each value is merged over the stream file."""
    streams = []
    chosen = [stem for stem, over in connection.layers.value["streams"].items() if over.get("selected", True)]
    for stem in chosen:
        written = source.files.get(stem)
        if written is None:
            continue
        layers = _laid_over(written, connection.layers.child("streams", stem))
        file, found = parse(StreamFile, layers)
        stream, refused = _configured(stem, file, layers, source.offered) if file else (None, [])
        problems += found + refused
        if stream is not None:
            streams.append(stream)
    if not chosen and not problems:
        problems.append(_no_streams(connection.layers, source))
    return tuple(sorted(streams, key=lambda s: s.key)), problems


def _laid_over(file: Written, over: Layers) -> Layers:
    base = file.value if isinstance(file.value, dict) else {}
    return Layers((file, *over.pieces), 0, merge(base, over.value))


def _read_files(root: Path, source: str) -> tuple[dict[str, Written | None], list[Problem]]:
    files: dict[str, Written | None] = {}
    problems: list[Problem] = []
    for file in list_files(root, f"{FOLDER}/{source}", (".json",)):
        stem = Path(file).stem
        if stem.startswith("_"):
            continue
        document, found = read_document(root, file)
        problems += found
        files[stem] = Written(document, (), document.value) if document else None
    return files, problems


def _configured(
    stem: str,
    file: StreamFile,
    layers: Layers,
    offered: Mapping[StreamKey, DiscoveredStream],
) -> tuple[ConfiguredStream | None, list[Problem]]:
    found, problems = find_offered(stem, file, layers, offered)
    return (None, problems) if problems else (configure(stem, file, layers, found), [])


def _unknown_stems(connection: Placed[Connection], source: SourceStreams) -> list[Problem]:
    problems = []
    for key, names in (("streams", connection.entry.streams), ("exclude", connection.entry.exclude)):
        for index, stem in enumerate(names or ()):
            if stem in source.files:
                continue
            path = (key, stem) if isinstance(names, dict) else (key, index)
            message = f"there is no stream file {FOLDER}/{source.source}/{stem}.json"
            fix = did_you_mean(stem, source.files, "streams")
            problems.append(
                connection.layers.problem("unknown-reference", path, message, fix, key=isinstance(names, dict)),
            )
    return problems


def _no_streams(layers: Layers, source: SourceStreams) -> Problem:
    message = "no stream is selected: Airbyte would sync every stream of the source"
    fix = f"add a file to {FOLDER}/{source.source}/" if not source.selected else "name at least one stream"
    path = next((key for key in ("streams", "exclude") if key in layers.value), None)
    return layers.problem("no-streams", (path,) if path else (), message, fix, key=True)


def _repeated(streams: Mapping[str, ConfiguredStream]) -> list[Problem]:
    """Two files that mean the same stream; Airbyte refuses a second stream of the same (namespace, name)."""
    problems = []
    first: dict[StreamKey, ConfiguredStream] = {}
    for stream in streams.values():
        other = first.setdefault(stream.key, stream)
        if other is not stream:
            related = (Related(other.layers.locate(("stream",)), "configured here too"),)
            message = f'the stream "{stream.name}" is configured twice'
            problems.append(
                stream.layers.problem(
                    "stream-duplicate",
                    ("stream",),
                    message,
                    "remove one of the two",
                    related=related,
                ),
            )
    return problems
