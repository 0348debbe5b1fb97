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
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

_NO_PROGRAM = 127
_SECONDS = 5.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# <sys/prctl.h>
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


def main(folder: str, words: Sequence[str]) -> int:
    """Run the program; its exit code, negative for a signal."""
    program = None
    try:
        _write(folder, sys.stdin.buffer.readline())
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        program = _started(words)
        for number in _SIGNALS:
            signal.signal(number, _leave)
        threading.Thread(target=_leave_at_the_end_of_stdin, daemon=True).start()
        return program.wait()
    except OSError as error:
        print(f"cannot be started: {(error.strerror or 'failed').lower()}", file=sys.stderr)
        return _NO_PROGRAM
    finally:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        if program is not None:
            _end(program)
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _write(folder: str, line: bytes) -> None:
    """Write the files, for nobody else to read. Raises SystemExit if the line is cut, as its writer is gone then."""
    if not line.endswith(b"\n"):
        raise SystemExit(_NO_PROGRAM)
    for name, text in json.loads(line).items():
        descriptor = os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)


def _started(words: Sequence[str]) -> subprocess.Popen[bytes]:
    """The program, in a group of its own; there is no thread yet that a fork could catch with a lock."""
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, process_group=0, preexec_fn=_die_with_parent)  # noqa: PLW1509


def _leave(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _leave_at_the_end_of_stdin() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _end(program: subprocess.Popen[bytes]) -> None:
    """Kill its group, and on Linux also what left the group: orphans become children of this process."""
    deadline = time.monotonic() + _SECONDS
    with suppress(ProcessLookupError, PermissionError):  # macOS: a group of zombies may not be signalled
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()
    while (orphans := _children()) and time.monotonic() < deadline:
        for pid in orphans:
            with suppress(ProcessLookupError):
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
