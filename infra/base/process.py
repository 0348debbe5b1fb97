"""Run: another program, read while it speaks, stopped in time, ended with everything that it started."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from infra.base.errors import UserError

_CHUNK = 1 << 16
TAIL = 1 << 14
_POLL_SECONDS = 0.5
_END_SECONDS = 10.0
# A catalog of ten thousand tables is one line, and less than this.
MOST_LINE_BYTES = 128 * 2**20
_SUPERVISOR = Path(__file__).with_name("supervisor.py")


class TooMuchError(UserError):
    """A program wrote more than anybody can use, and was stopped.

    Attributes:
        wrote: `a line of more than 128 MB`, `more than 512 MB`.
    """

    def __init__(self, program: str, wrote: str) -> None:
        super().__init__(f"{Path(program).name} was stopped: it wrote {wrote}")
        self.wrote = wrote


@dataclass
class Run:
    """One run of a program below a supervisor, which ends it also where this process is killed.

    Attributes:
        private: name -> text of files that the supervisor writes into the folder, which it removes at the end; None for
            a folder that stays.
        most_bytes: of all that it writes to stdout; None where it may go on for as long as it has time.
        code: its exit code, once it ended; negative for a signal.
        tail: the end of what it wrote to stderr, whole lines.
    """

    words: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    timeout_seconds: float
    private: Mapping[str, str] | None = field(default=None, repr=False)
    most_bytes: int | None = None
    code: int | None = None
    tail: str = ""

    def lines(self) -> Iterator[bytes]:
        """The lines of stdout, each as soon as it is there. Raises TimeoutError, and TooMuchError; the program is gone in any case."""
        deadline = time.monotonic() + self.timeout_seconds
        with _ending_on_signals(), self._started() as process:
            try:
                _tell(process, self.private or {})
                yield from self._read(process, deadline)
                self.code = process.wait(max(0.0, deadline - time.monotonic()) + _POLL_SECONDS)
            except subprocess.TimeoutExpired:
                raise TimeoutError from None
            finally:
                _end(process)

    def finish(self) -> None:
        """Wait for the end, whatever it says. Raises TimeoutError."""
        for _ in self.lines():
            pass

    def _started(self) -> subprocess.Popen[bytes]:
        doomed = "" if self.private is None else str(self.folder)
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(_SUPERVISOR), doomed, *self.words],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def _read(self, process: subprocess.Popen[bytes], deadline: float) -> Iterator[bytes]:
        begun: list[bytes] = []  # of a line that has no end yet
        size, total, errors = 0, 0, b""
        for is_error, data in chunks(process, deadline):
            if is_error:
                errors = (errors + data)[-TAIL:]
                self.tail = whole_lines(errors)
                continue
            total += len(data)
            if self.most_bytes is not None and total > self.most_bytes:
                raise TooMuchError(self.words[0], f"more than {self.most_bytes // 2**20} MB")
            *whole, rest = data.split(b"\n")
            for line in whole:
                yield b"".join([*begun, line])
                begun.clear()
                size = 0
            begun.append(rest)
            size += len(rest)
            if size > MOST_LINE_BYTES:
                raise TooMuchError(self.words[0], f"a line of more than {MOST_LINE_BYTES // 2**20} MB")
        if last := b"".join(begun):
            yield last


def chunks(process: subprocess.Popen[bytes], deadline: float) -> Iterator[tuple[bool, bytes]]:
    """(is it stderr?, data) in the order of arrival, so that neither pipe fills up while the other is read. Raises TimeoutError at
    the deadline, a moment of the monotonic clock.
    """
    with selectors.DefaultSelector() as selector:
        for is_error, pipe in ((False, process.stdout), (True, process.stderr)):
            assert pipe is not None
            selector.register(pipe, selectors.EVENT_READ, is_error)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            ready = selector.select(min(left, _POLL_SECONDS))
            if not ready and process.poll() is not None:
                return  # it ended; something that it started holds its pipes
            for key, _ in ready:
                data = os.read(key.fd, _CHUNK)
                if not data:
                    selector.unregister(key.fileobj)
                yield key.data, data


def whole_lines(errors: bytes) -> str:
    """The end of what was written, without a first line that was cut: half a secret would not be known for one."""
    kept = errors.partition(b"\n")[2] if len(errors) == TAIL else errors
    return kept.decode(errors="replace")


def _tell(process: subprocess.Popen[bytes], files: Mapping[str, str]) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it is gone, and its exit code says so
        process.stdin.write(json.dumps(files).encode() + b"\n")
        process.stdin.flush()


def _end(process: subprocess.Popen[bytes]) -> None:
    """The supervisor ends when its stdin does, and everything with it."""
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        process.stdin.close()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def _ending_on_signals() -> Iterator[None]:
    """Leave by SystemExit where SIGTERM or SIGHUP would end Python at once, files and children left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)
