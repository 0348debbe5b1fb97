"""Addable: the streams that can be added to a source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.base.errors import UserError
from infra.lake.catalog.discovered import FOLDER as DISCOVERED
from infra.lake.catalog.discovered import DiscoveredStream, StreamKey
from infra.lake.catalog.file_names import file_names
from infra.lake.catalog.streams import FOLDER, SourceStreams, read_streams
from infra.lake.documents import did_you_mean


@dataclass(frozen=True)
class Addable:
    """What a source offers, and which of it has a stream file.

    Attributes:
        source: id of the source.
        streams: stem -> stream, by stem.
        files: (namespace, name) -> path of the file that syncs the stream.
        paths: every stream file, also broken ones.
        is_described: True if nobody discovered it, and somebody has described its streams.
    """

    source: str
    streams: Mapping[str, DiscoveredStream]
    files: Mapping[StreamKey, str]
    paths: frozenset[str]
    is_described: bool = False

    def path_of(self, stem: str) -> str:
        """Where the file of a stream stands, or would stand."""
        return self.files.get(self.streams[stem].key, f"{FOLDER}/{self.source}/{stem}.json")

    def is_added(self, stem: str) -> bool:
        """True if the stream has a file, or if another file has its place."""
        return self.path_of(stem) in self.paths

    def find(self, names: Iterable[str]) -> list[str]:
        """The stems that are meant by names, by `<namespace>.<name>`, or by the stems themselves, each once.

        Raises UserError with the near matches for a stream that there is not, and where several have the name.
        """
        return list(dict.fromkeys(self._find(name) for name in names))

    def _find(self, name: str) -> str:
        if name in self.streams:
            return name
        named = [stem for stem, stream in self.streams.items() if name in _names(stream)]
        if len(named) > 1:
            raise UserError(f'"{name}" is in several namespaces; name one of: {", ".join(sorted(named))}')
        if not named:
            known = {*self.streams, *(stream.name for stream in self.streams.values())}
            meant = did_you_mean(name, known, "streams")
            way = (
                f"; to describe it: lakeform add stream {self.source} {name} --fields id:integer"
                if self.is_described
                else ""
            )
            raise UserError(f'{self.source} offers no stream "{name}"; {meant}{way}')
        return named[0]


def _names(stream: DiscoveredStream) -> tuple[str, ...]:
    return (stream.name, f"{stream.namespace}.{stream.name}") if stream.namespace else (stream.name,)


def read_addable(root: Path, source: str) -> Addable:
    """What was discovered of a source. Raises UserError if that is nothing, or if a file of it is broken."""
    folder, problems = read_streams(root, source)
    discovered = folder.discovery
    if not discovered.complete:
        broken = next(problem for problem in problems if problem.location.file.startswith(f"{DISCOVERED}/"))
        raise UserError(f"{broken.location}: {broken.message}; write it again: lakeform discover {source}")
    if not discovered.streams:
        described = f"lakeform add stream {source} NAME --fields id:integer,updated_at:timestamp"
        raise UserError(
            f"{source} has not been discovered yet: lakeform discover {source}; where that cannot be, describe a stream: {described}"
        )
    return addable_of(source, folder, discovered.streams)


def addable_of(source: str, folder: SourceStreams, streams: Mapping[StreamKey, DiscoveredStream]) -> Addable:
    """The same of streams that are offered, beside the folder of the source."""
    stems = file_names(streams, folder.discovery.stems)
    files = {stream.key: f"{FOLDER}/{source}/{stem}.json" for stem, stream in folder.streams.items()}
    paths = frozenset(f"{FOLDER}/{source}/{stem}.json" for stem in folder.files)
    offered = {stems[key]: streams[key] for key in sorted(stems)}
    return Addable(source, offered, files, paths, folder.discovery.is_described)
