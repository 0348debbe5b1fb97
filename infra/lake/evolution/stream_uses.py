"""Who syncs the streams of a source: stream files, and connections in every stack."""

from __future__ import annotations

from collections.abc import Hashable

from infra.lake.catalog.configure import is_pinned
from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.evolution.impact import StreamUse, Touched
from infra.lake.model.lake_model import LakeModel


def stream_uses(model: LakeModel, source: str) -> list[StreamUse]:
    """Every stream of the folder of `source` that a selected stream file or a connection asks for, sorted.

    A source that borrows the folder counts too. Streams and entries with problems are absent.
    """
    folder = model.sources[source]
    own = [folder.streams[stem] for stem in folder.selected & folder.streams.keys()]
    found: dict[Hashable, tuple[ConfiguredStream, set[Touched]]] = {(one.written, False): (one, set()) for one in own}
    for stack in model.stacks.values():
        for connection_id, streams in stack.streams.items():
            connection = stack.connections[connection_id]
            if model.folder_of(connection) == source:
                touched = Touched(connection.layers.locate(key=True), connection.path)
                for stream in streams:
                    found.setdefault((stream.written, is_pinned(stream)), (stream, set()))[1].add(touched)
    uses = [StreamUse(stream, tuple(sorted(connections))) for stream, connections in found.values()]
    return sorted(uses, key=lambda use: (use.stream.key, use.stream.stem))
