"""SourceStreams: the stream files and discovered schemas of one source folder."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.base.printable import inline
from infra.lake.catalog.choice import chosen_by, finds_nothing
from infra.lake.catalog.configure import configure, find_offered, pinned
from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.discovered import Discovery, StreamKey, look_of, read_discovery, twins
from infra.lake.catalog.unread import is_unread, stem_of
from infra.lake.documents import Layers, Problem, Related, Written, parse
from infra.lake.documents.read import list_files, read_document
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry
from infra.lake.registry.merge import merge_stream, without_nulls
from infra.lake.registry.stream_file import ExternalStreamFile, StreamFile

FOLDER = "dag/streams"


@dataclass(frozen=True)
class SourceStreams:
    """What can be synced of one source.

    Attributes:
        source: id of the source whose folder it is.
        files: file stem -> the stream file as written; None for a file that could not be read.
        discovery: what was discovered.
        streams: file stem -> the stream; without those that have problems.
        selected: stems that a connection syncs if it names none.
        repeated: stems that mean the stream of another file: they are told, and nothing is said of what they would do.
        unread: stems of files that are not read, because of their ending.

    """

    source: str
    files: Mapping[str, Written | None]
    discovery: Discovery
    streams: Mapping[str, ConfiguredStream]
    selected: frozenset[str]
    repeated: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()

    @property
    def catalog_path(self) -> str:
        """The generated catalog of the source, from the project root."""
        return f"{FOLDER}/{self.source}/_catalog.json"


def read_streams(root: Path, source: str, *, external: bool = False) -> tuple[SourceStreams, list[Problem]]:
    """The folder of a source, and everything that is wrong in it."""
    files, unread, problems = _read_files(root, source)
    discovery, found = read_discovery(root, source)
    problems += found
    streams: dict[str, ConfiguredStream] = {}
    selected = set(files)
    model = ExternalStreamFile if external else StreamFile
    for stem, piece in files.items():
        layers = Layers((piece,), 0, without_nulls(piece.value)) if piece else None
        file, found = parse(model, layers) if layers else (None, [])
        stream, refused = _configured(stem, file, layers, discovery) if file and layers else (None, [])
        problems += found + refused
        if stream is not None:
            streams[stem] = stream
        if file is not None and not file.selected:
            selected.remove(stem)
    repeated = _repeated(streams, discovery)
    problems += repeated.values()
    kept = frozenset(selected - repeated.keys())
    return SourceStreams(source, files, discovery, streams, kept, frozenset(repeated), unread), problems


def streams_of(
    connection: Entry[Connection], source: SourceStreams
) -> tuple[tuple[ConfiguredStream, ...], list[Problem]]:
    """The streams that a connection syncs, sorted by (namespace, name), and what is wrong with its settings of them."""
    chosen = chosen_by(connection.layers.value, source.selected)
    misses = any(finds_nothing(name, source.selected) for name in connection.settings.streams or ())
    if isinstance(connection.settings.streams, dict):
        streams, problems = _with_settings(connection, source, chosen)
    else:
        streams, problems = (
            [source.streams[stem] for stem in chosen if stem in source.streams and stem not in source.repeated],
            [],
        )
    if not chosen and not misses and not _is_told(connection) and not (source.unread and not source.files):
        problems.append(_no_streams(connection.layers, source))
    if connection.settings.new_columns == "acknowledge":
        streams = [pinned(stream) for stream in streams]
    return tuple(sorted(streams, key=lambda stream: stream.key)), problems


def _with_settings(
    connection: Entry[Connection], source: SourceStreams, chosen: Mapping[str, tuple[str, ...]]
) -> tuple[list[ConfiguredStream], list[Problem]]:
    """The mapping form of `streams`: each value is merged over the stream file."""
    streams: list[ConfiguredStream] = []
    problems: list[Problem] = []
    said = connection.layers.value["streams"]
    for stem, names in chosen.items():
        written = source.files.get(stem)
        if written is None or stem in source.repeated:
            continue
        if any(said[name] != said[names[0]] for name in names):
            problems.append(_two_settings(connection.layers, stem, names))
        layers = _laid_over(written, connection.layers.child("streams", names[0]))
        file, found = parse(StreamFile, layers)
        stream, refused = _configured(stem, file, layers, source.discovery) if file else (None, [])
        problems += found + refused
        streams += [stream] if stream else []
    return streams, problems


def _is_told(connection: Entry[Connection]) -> bool:
    """True where the entry itself has null for the settings of a stream: that is told, and takes the stream away. In an
    override it is the way to take one away.
    """
    streams = connection.layers.pieces[connection.layers.own].value.get("streams")
    return isinstance(streams, dict) and None in streams.values()


def _two_settings(layers: Layers, stem: str, names: tuple[str, ...]) -> Problem:
    one, other = next(
        (names[0], name) for name in names if layers.value["streams"][name] != layers.value["streams"][names[0]]
    )
    message = f'"{one}" and "{other}" give the stream {stem} different settings'
    fix = f"name it on its own, which wins over a pattern: {stem}: {{...}}"
    return layers.problem("bad-override", ("streams", other), message, fix, key=True)


def _laid_over(file: Written, over: Layers) -> Layers:
    base = file.value if isinstance(file.value, dict) else {}
    return Layers((file, *over.pieces), 0, merge_stream(base, over.value))


def _read_files(root: Path, source: str) -> tuple[dict[str, Written | None], frozenset[str], list[Problem]]:
    """Stem -> what is written; the stems of files that have another ending; what cannot be read."""
    files: dict[str, Written | None] = {}
    problems: list[Problem] = []
    names = list_files(root, f"{FOLDER}/{source}", ("",))
    unread = frozenset(stem_of(name) for file in names if is_unread(name := file.rpartition("/")[2], (".json",)))
    for file in names:
        stem = file.rpartition("/")[2].removesuffix(".json")
        if not file.endswith(".json") and file != f"{FOLDER}/{source}":
            continue
        if stem.startswith("_"):
            continue
        document, found = read_document(root, file)
        problems += found
        files[stem] = Written(document, (), document.value) if document else None
    return files, unread, problems


def _configured(
    stem: str, file: StreamFile, layers: Layers, discovery: Discovery
) -> tuple[ConfiguredStream | None, list[Problem]]:
    found, problems = find_offered(stem, file, layers, discovery.by_name)
    if found is None and not discovery.complete:
        return None, []
    return (None, problems) if problems else (configure(stem, file, layers, found), [])


def _no_streams(layers: Layers, source: SourceStreams) -> Problem:
    message = "no stream is selected: Airbyte would sync every stream of the source"
    key = next((key for key in ("streams", "exclude") if key in layers.value), None)
    if not source.files:
        name = shlex.quote(source.source)
        commands = f"lakeform discover {name}, then lakeform add stream {name} --all"
        fix = inline(f"run: {commands}; or add a file to {FOLDER}/{source.source}/")
    elif key == "exclude" and source.selected:
        fix = "exclude fewer streams"
    else:
        fix = inline(f"name one in streams: {', '.join(sorted(source.files)[:12])}")
    return layers.problem("no-streams", (key,) if key else (), message, fix, key=True)


def _repeated(streams: Mapping[str, ConfiguredStream], discovery: Discovery) -> dict[str, Problem]:
    """Stem -> what is wrong: the file means a stream that another file means; Airbyte refuses a second one of the same
    (namespace, name), and Terraform makes one of names that differ by their code points alone (Unicode NFC). The file that has
    the stream's name keeps it.
    """
    problems = {}
    first: dict[StreamKey, ConfiguredStream] = {}
    for stem, stream in sorted(streams.items(), key=lambda item: "stream" in item[1].layers.value):
        other = first.setdefault(look_of(stream.key), stream)
        if other is not stream:
            related = (Related(other.layers.locate(("stream",)), "configured here too"),)
            message, fix = (
                f'the stream "{stream.name}" is configured twice',
                _instead_of_repeated(stem, stream, discovery),
            )
            if other.key != stream.key:
                message, fix = f"{twins(other.key, stream.key)}: Terraform makes one name of both", _ONE_OF_TWO
            at = ("stream",) if "stream" in stream.layers.value else ()
            problems[stem] = stream.layers.problem("stream-duplicate", at, message, fix, related=related)
    return problems


_ONE_OF_TWO = "remove one of the two: of streams that the source has under both names, one can be synced"


def _instead_of_repeated(stem: str, stream: ConfiguredStream, discovery: Discovery) -> str:
    """What a file may mean instead that names the stream of another; nothing that its source is known not to have."""
    known = not discovery.complete or stem in discovery.by_name
    named = "stream" in stream.layers.value and stem != stream.name and known
    return f'write "stream": "{stem}", or remove one of the two files' if named else "remove one of the two files"
