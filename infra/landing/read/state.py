"""ReadState: what a connection's reads on this machine have come to: sync ids, generations, the source's state, files.

Generations are Airbyte's (airbytehq/airbyte-platform, `GenerationBumper`): a full refresh begins a new one, and where it
overwrites or removes, older ones go once it has succeeded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

# (namespace or "", name) of a stream in the source.
StreamId = tuple[str, str]


@dataclass(frozen=True)
class WrittenFile:
    """A file of a stream.

    Attributes:
        path: below the landing's raw place: bucket, then key.
        part: its number, from 0.
    """

    path: str
    generation: int
    rows: int
    part: int


@dataclass(frozen=True)
class Pending:
    """A file that is about to get its name, and what is true from then on.

    Attributes:
        temporary: where it is until then, below the raw place.
        file, inode: None while it is not whole yet.
        states: the source's state of streams that the file completes; `shared` the same for all streams.
    """

    stream: StreamId
    temporary: str
    file: WrittenFile | None = None
    inode: int | None = None
    states: Mapping[StreamId, Any] = field(default_factory=dict)
    shared: Any = None


@dataclass(frozen=True)
class StreamMemory:
    """Attributes:
    generation: of what is read now.
    minimum: the oldest generation that stays once the read has succeeded.
    kept: the oldest that stays as it is decided: files of older ones are to be removed.
    state: the connector's AirbyteStateMessage of the stream; None to begin with.
    files: in the order of writing.
    """

    generation: int = 0
    minimum: int = 0
    kept: int = 0
    state: Any = None
    files: tuple[WrittenFile, ...] = ()

    @property
    def next_part(self) -> int:
        """The destination goes on behind the highest number that is there."""
        return max((file.part for file in self.files), default=-1) + 1

    @property
    def doomed(self) -> tuple[WrittenFile, ...]:
        """The files of generations that are over."""
        return tuple(file for file in self.files if file.generation < self.kept)

    def renewed(self, *, remove: bool) -> StreamMemory:
        """At the beginning of a full refresh."""
        generation = self.generation + 1
        return replace(self, generation=generation, minimum=generation if remove else self.minimum, state=None)


def stream_of(message: Any) -> tuple[Any, Any]:
    """The namespace and the name that a connector says in a part of its state or status; None where it says none."""
    descriptor = message.get("stream_descriptor") if isinstance(message, Mapping) else None
    return (descriptor.get("namespace"), descriptor.get("name")) if isinstance(descriptor, Mapping) else (None, None)


@dataclass(frozen=True)
class ReadState:
    """Attributes:
    sync_id: of the last read; 0 before the first.
    shared: the connector's AirbyteStateMessage for all streams, of the types GLOBAL and LEGACY.
    pending: what a read that was killed had not done yet.
    """

    sync_id: int = 0
    shared: Any = None
    streams: Mapping[StreamId, StreamMemory] = field(default_factory=dict)
    pending: Pending | None = None

    def of(self, stream: StreamId) -> StreamMemory:
        """What is known of a stream."""
        return self.streams.get(stream, StreamMemory())

    def having(self, stream: StreamId, memory: StreamMemory) -> ReadState:
        """With another memory of a stream."""
        return replace(self, streams={**self.streams, stream: memory})

    def landed(self) -> ReadState:
        """After what was pending is there."""
        assert self.pending is not None
        state = self.reached(self.pending.states, self.pending.shared)
        if self.pending.file is not None:
            memory = state.of(self.pending.stream)
            state = state.having(self.pending.stream, replace(memory, files=(*memory.files, self.pending.file)))
        return replace(state, pending=None)

    def reached(self, states: Mapping[StreamId, Any], shared: Any) -> ReadState:
        """With the source's newer state."""
        state = self if shared is None else replace(self, shared=shared)
        for stream, reached in states.items():
            state = state.having(stream, replace(state.of(stream), state=reached))
        return state

    def succeeded(self, streams: Iterable[StreamId]) -> ReadState:
        """After these streams were read to their end: older generations are over where that was wanted."""
        state = self
        for stream in streams:
            memory = state.of(stream)
            state = state.having(stream, replace(memory, kept=memory.minimum))
        return state

    def without(self, stream: StreamId, paths: Iterable[str]) -> ReadState:
        """Without files that are gone."""
        memory, gone = self.of(stream), set(paths)
        return self.having(stream, replace(memory, files=tuple(f for f in memory.files if f.path not in gone)))

    def messages(self, streams: Iterable[StreamId]) -> Any:
        """What a connector takes as `--state` for incremental streams; None where there is nothing to go on from."""
        if self.shared is not None and "global" not in self.shared:
            return self.shared.get("data")
        found = [self.of(stream).state for stream in streams]
        given = [*([] if self.shared is None else [self.shared]), *(state for state in found if state is not None)]
        return given or None


def state_json(state: ReadState) -> dict[str, Any]:
    """The state as its file has it."""
    return {
        "version": 1,
        "sync_id": state.sync_id,
        "shared": state.shared,
        "streams": [
            {
                "namespace": namespace or None,
                "name": name,
                "generation": memory.generation,
                "minimum": memory.minimum,
                "kept": memory.kept,
                "state": memory.state,
                "files": [vars(file) for file in memory.files],
            }
            for (namespace, name), memory in sorted(state.streams.items())
        ],
        "pending": None if state.pending is None else _pending_json(state.pending),
    }


def state_of(written: Mapping[str, Any]) -> ReadState:
    """The state that such a file means. Raises KeyError, TypeError or ValueError for another file."""
    if written["version"] != 1:
        raise ValueError(written["version"])
    streams = {
        (stream["namespace"] or "", stream["name"]): StreamMemory(
            stream["generation"],
            stream["minimum"],
            stream["kept"],
            stream["state"],
            tuple(WrittenFile(**file) for file in stream["files"]),
        )
        for stream in written["streams"]
    }
    return ReadState(written["sync_id"], written["shared"], streams, _pending_of(written["pending"]))


def _pending_json(pending: Pending) -> dict[str, Any]:
    return {
        "stream": list(pending.stream),
        "temporary": pending.temporary,
        "file": None if pending.file is None else vars(pending.file),
        "inode": pending.inode,
        "states": [[*stream, state] for stream, state in pending.states.items()],
        "shared": pending.shared,
    }


def _pending_of(written: Any) -> Pending | None:
    if written is None:
        return None
    namespace, name = written["stream"]
    states = {(namespace, name): state for namespace, name, state in written["states"]}
    file = None if written["file"] is None else WrittenFile(**written["file"])
    return Pending((namespace, name), written["temporary"], file, written["inode"], states, written["shared"])
