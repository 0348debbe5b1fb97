"""Supervisor: runs a program that must not outlive whoever started it, with any signal, SIGKILL included.

Stands alone, as it is started by its path: `supervisor.py FOLDER PROGRAM ARGUMENT...`. Its stdin is a pipe that ends when
the process at its other end does, which the kernel sees to for a killed one too. The first line of it is a JSON object
of files to write into FOLDER, name -> text, so that no secret is on the disk before there is somebody to remove it. At
the end of stdin or of the program everything that it started is killed, and FOLDER is removed; an empty FOLDER is none.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

_NO_PROGRAM = 127
_SECONDS = 5.0
# <sys/prctl.h>
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


def main(folder: str, words: Sequence[str]) -> int:
    """Run the program; its exit code, negative for a signal."""
    program, signals = None, _signals()
    try:
        _write(folder, sys.stdin.buffer.readline())
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        program = _started(words)
        _wait(program, signals)
    except OSError as error:
        print(f"cannot be started: {(error.strerror or 'failed').lower()}", file=sys.stderr)
    finally:
        if program is not None:
            _end(program)
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
    return _NO_PROGRAM if program is None else program.wait()


def _signals() -> int:
    """A descriptor that gives the number of each signal that comes, none of which ends this process any more."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _note)
    return reading


def _note(_number: int, _frame: FrameType | None) -> None:
    """What has to be done is done where the descriptor is read, so that no signal comes at a bad moment."""


def _wait(program: subprocess.Popen[bytes], signals: int) -> None:
    """Wait for the end of the program or of stdin, or for a signal that asks for it."""
    while program.poll() is None:
        ready, _, _ = select.select([0, signals], [], [])
        if 0 in ready and not os.read(0, 1024):
            return
        if signals in ready and set(os.read(signals, 1024)) != {signal.SIGCHLD}:
            return


def _write(folder: str, line: bytes) -> None:
    """Write the files, for nobody else to read. Raises SystemExit if the line is cut, as its writer is gone then."""
    if not line.endswith(b"\n"):
        raise SystemExit(_NO_PROGRAM)
    for name, text in json.loads(line).items():
        descriptor = os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)


def _started(words: Sequence[str]) -> subprocess.Popen[bytes]:
    """The program, in a group of its own. There are no threads, so that a function may run after the fork."""
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, process_group=0, preexec_fn=_die_with_parent)  # noqa: PLW1509


def _end(program: subprocess.Popen[bytes]) -> None:
    """Kill its group, and on Linux also what left the group: orphans become children of this process."""
    deadline = time.monotonic() + _SECONDS
    with suppress(ProcessLookupError, PermissionError):  # macOS: a group of zombies may not be signalled
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()
    while (orphans := _children()) and time.monotonic() < deadline:
        for pid in orphans:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        for pid in orphans:
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def _die_with_parent() -> None:
    """For the case that this process is killed itself."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    code = main(sys.argv[1], sys.argv[2:])
    if code < 0:
        if code != -signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)
