"""Session: the messages of a connector become files and state, in parts, so that memory and losses are bounded."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from infra.base.errors import UserError
from infra.base.redactor import Redactor
from infra.landing.read.coerce import Change
from infra.landing.read.files import NewFile, RawFiles
from infra.landing.read.part import Mark, Part
from infra.landing.read.record import Stamp
from infra.landing.read.state import StreamId, stream_of

Message = Mapping[str, Any]

ROWS_IN_PART = 100_000
BYTES_IN_PART = 64 << 20
_TELL_SECONDS = 5.0
_YEAR_10000 = 253_402_300_800_000
_CHANGE = ("field", "change", "reason")


class Rows(Protocol):
    """How records of a stream stand in its files."""

    def line(self, data: Mapping[str, Any], stamp: Stamp, changes: Sequence[Change]) -> bytes:
        """A record as a line of a part."""

    def write(self, lines: Path, file: Path, longest: int) -> None:
        """Make a file of such lines."""


@dataclass(frozen=True)
class ReadStream:
    """A stream that is read.

    Attributes:
        id: (namespace or "", name) in the source.
        stem: of its stream file.
        incremental: does the source go on from a state?
        path_of: part number -> where its file should be, below the raw place.
    """

    id: StreamId
    stem: str
    incremental: bool
    rows: Rows
    path_of: Callable[[int], str]


@dataclass
class _Reading:
    """A stream while it is read."""

    stream: ReadStream
    generation: int
    part: Part
    next_part: int
    total: int = 0
    files: int = 0
    removed: int = 0
    complete: bool = True


@dataclass(frozen=True)
class StreamResult:
    """What came of a stream.

    Attributes:
        rows, files: written.
        removed: files of older generations that are gone.
    """

    stem: str
    rows: int
    files: int
    removed: int
    generation: int


@dataclass
class Session:
    """One read of a connection.

    Attributes:
        raw: its files and its state, in which the generations of this read stand already.
        scratch: a folder for what has no file yet.
        tell: hears how far it is.
    """

    raw: RawFiles
    streams: Sequence[ReadStream]
    scratch: Path
    tell: Callable[[str], None]
    rows_in_part: int = ROWS_IN_PART
    bytes_in_part: int = BYTES_IN_PART
    _reading: dict[StreamId, _Reading] = field(init=False)
    _shared: Any = None
    _told: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._reading = {
            stream.id: _Reading(
                stream,
                self.raw.state.of(stream.id).generation,
                Part(self.scratch / str(index)),
                self.raw.state.of(stream.id).next_part,
            )
            for index, stream in enumerate(self.streams)
        }

    def take(self, messages: Iterable[Message]) -> list[StreamResult]:
        """Write everything that the connector sends. Raises UserError where it fails, after what can be kept is kept.

        Kept are the records before the last state of the source; the others come again with the next read. What else
        is raised, by a signal or a full disk, may have left half of something: only what is told in the state counts.
        """
        try:
            for message in messages:
                self._hear(message)
        except UserError:
            self._keep()
            raise
        self._finish()
        return self.results

    @property
    def results(self) -> list[StreamResult]:
        """What came of each stream so far."""
        return [StreamResult(r.stream.stem, r.total, r.files, r.removed, r.generation) for r in self._reading.values()]

    def _hear(self, message: Message) -> None:
        match message.get("type"):
            case "RECORD":
                self._record(message.get("record"))
            case "STATE":
                self._state(message.get("state"))
            case "TRACE":
                self._trace(message.get("trace"))

    def _record(self, record: Any) -> None:
        if not isinstance(record, Mapping) or not isinstance(record.get("data"), Mapping):
            raise UserError("the connector sent a record without data")
        reading = self._find("record", record.get("namespace"), record.get("stream"))
        stamp = Stamp(str(uuid.uuid4()), _moment(record.get("emitted_at")), self.raw.state.sync_id, reading.generation)
        part = reading.part
        part.add(reading.stream.rows.line(record["data"], stamp, _changes(record)))
        if part.rows >= self.rows_in_part or part.size >= self.bytes_in_part:
            self._close(reading)
        if part.rows % 1000 == 0:
            self._tell()

    def _find(self, what: str, namespace: Any, name: Any) -> _Reading:
        """The stream of a message; by its name alone where the connector leaves the namespace out. Raises UserError."""
        if not isinstance(name, str) or not isinstance(namespace, str | None):
            raise UserError(f"the connector sent a {what} that names no stream")
        if (found := self._reading.get((namespace or "", name))) is not None:
            return found
        named = [reading for reading in self._reading.values() if reading.stream.id[1] == name]
        if namespace is None and len(named) == 1:
            return named[0]
        shown = Redactor().one_line(name)
        raise UserError(f'the connector sent a {what} of "{shown}", which nobody asked for')

    def _state(self, state: Any) -> None:
        if not isinstance(state, Mapping):
            return
        if isinstance(of := state.get("stream"), Mapping):
            self._find("state", *stream_of(of)).part.reach(state)
            return
        self._shared = state
        for reading in self._reading.values():
            reading.part.reach(None)

    def _trace(self, trace: Any) -> None:
        status = trace.get("stream_status") if isinstance(trace, Mapping) else None
        if isinstance(status, Mapping) and status.get("status") == "INCOMPLETE":
            self._find("status", *stream_of(status)).complete = False

    def _close(self, full: _Reading) -> None:
        """Make a file of a part that is full, up to the last state; of all parts where one state is for all."""
        if self._shared is not None:
            self._reach_shared()
            return
        mark = full.part.mark
        self._write(full, mark if mark and mark.rows and full.stream.incremental else full.part.end)

    def _reach_shared(self) -> None:
        """Write every part up to the state that is for all, which is reached with the last of them."""
        behind = [(r, r.part.mark) for r in self._reading.values() if r.part.mark and r.part.mark.rows]
        for index, (reading, mark) in enumerate(behind):
            assert mark is not None
            self._write(reading, mark, shared=self._shared if index == len(behind) - 1 else None)
        if not behind:
            self.raw.save(self.raw.state.reached({}, self._shared))
        self._shared = None

    def _write(self, reading: _Reading, at: Mark, shared: Any = None) -> None:
        longest, lines = reading.part.longest, reading.part.cut(at)
        stream = reading.stream
        states = {stream.id: at.state} if stream.incremental and at.state is not None else {}
        self.raw.add(
            NewFile(
                stream.id,
                stream.path_of(reading.next_part),
                reading.generation,
                at.rows,
                reading.next_part,
                lambda file: stream.rows.write(lines, file, longest),
                states,
                shared,
            )
        )
        reading.next_part += 1
        reading.files += 1
        reading.total += at.rows

    def _keep(self) -> None:
        """After a failure: what is behind a state of the source is kept, the rest comes again."""
        if self._shared is not None:
            self._reach_shared()
            return
        for reading in self._reading.values():
            if reading.stream.incremental and (mark := reading.part.mark):
                self._settle(reading, mark)

    def _settle(self, reading: _Reading, at: Mark) -> None:
        if at.rows:
            self._write(reading, at)
        elif reading.stream.incremental and at.state is not None:
            self.raw.save(self.raw.state.reached({reading.stream.id: at.state}, None))

    def _finish(self) -> None:
        """After a success: everything is written, and what is over is removed."""
        if self._shared is not None:
            self._reach_shared()
        for reading in self._reading.values():
            self._settle(reading, reading.part.end)
        ended = [reading for reading in self._reading.values() if reading.complete]
        self.raw.save(self.raw.state.succeeded(r.stream.id for r in ended))
        for reading in ended:
            reading.removed = self.raw.sweep(reading.stream.id)

    def _tell(self) -> None:
        if (now := time.monotonic()) - self._told > _TELL_SECONDS:
            self._told = now
            self.tell(f"{sum(r.total + r.part.rows for r in self._reading.values()):,} records so far")


def _moment(emitted_at: Any) -> int:
    """Milliseconds since 1970, also in a column of Parquet; 0 for what is none."""
    return emitted_at if type(emitted_at) is int and 0 <= emitted_at < _YEAR_10000 else 0


def _changes(record: Mapping[str, Any]) -> list[Change]:
    """What the source itself changed."""
    meta = record.get("meta")
    changes = meta.get("changes") if isinstance(meta, Mapping) else None
    found = changes if isinstance(changes, list) else []
    return [
        {key: str(change.get(key)) for key in _CHANGE} for change in found if isinstance(change, Mapping) and change
    ]
