"""Commands run in processes of their own, with bounds, and looked at while they run."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.kube import REFUSED
from tests.support.lakes import REPOSITORY

SECONDS = 60.0
MEGABYTES = 2000
_LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Ended:
    """A command that ended.

    Attributes:
        code: its exit code; negative for a signal, None where it was still running after all patience.
        lines: the command lines of everything that it started, as far as they were seen.
    """

    code: int | None
    out: str
    err: str
    megabytes: int = 0
    lines: tuple[str, ...] = ()

    def assert_decent(self, *codes: int) -> None:
        """It ended by itself, with one of the codes, and without a traceback."""
        assert self.code in (codes or (0, 1, 2)), self
        assert "Traceback" not in self.out + self.err, self


class Commands:
    """Starts them. `folder`: for what they print, their home and their temporary files."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process = process
        self.folder = folder
        self.environment = {
            "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder / "home"),
            "TMPDIR": str(folder / "tmp"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "LANG": "C.UTF-8",
        }
        for name in ("home", "tmp", "cache", "bin"):
            (folder / name).mkdir(exist_ok=True)
        kubectl = folder / "bin/kubectl"
        kubectl.write_text(f"#!/bin/sh\necho '{REFUSED}' >&2\nexit 1\n")
        kubectl.chmod(0o755)

    def run(
        self,
        root: Path,
        *words: str,
        environment: Mapping[str, str] | None = None,
        seconds: float = SECONDS,
        hasty: bool = False,
        watched: bool = False,
    ) -> Ended:
        """`lakeform WORDS` in the folder `root`. `hasty`: with little patience for servers."""
        out, err = self.folder / "out", self.folder / "err"
        job = {
            "words": words,
            "environment": {**self.environment, **(environment or {})},
            "folder": str(root),
            "out": str(out),
            "err": str(err),
            "megabytes": MEGABYTES,
            "hasty": hasty,
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job).encode() + b"\n")
        pid = self._answer()["pid"]
        lines = self._wait(pid, seconds, watched=watched)
        late = lines is None
        if late:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        ended = self._answer()
        told, failed = (path.read_text("utf-8", "replace") for path in (out, err))
        return Ended(None if late else ended["code"], told, failed, ended["megabytes"], tuple(sorted(lines or ())))

    def _wait(self, pid: int, seconds: float, *, watched: bool) -> set[str] | None:
        """The command lines that were seen until it ended; None if it does not end."""
        assert self._process.stdout is not None
        lines: set[str] = set()
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while not selector.select(_LOOK_SECONDS if watched else seconds):
                if time.monotonic() > deadline:
                    return None
                lines |= lines_below(pid)
        return lines

    def _answer(self) -> dict[str, int]:
        assert self._process.stdout is not None
        answer: dict[str, int] = json.loads(self._process.stdout.readline())
        return answer


def lines_below(pid: int) -> set[str]:
    """The command lines of all processes that a process started, and those that these did."""
    found: set[str] = set()
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found.add(Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
                found |= lines_below(int(child))
    return found


@contextmanager
def commands(folder: Path) -> Iterator[Commands]:
    """Where commands can be run."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.attack.forks"],
        cwd=REPOSITORY,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    ) as process:
        try:
            yield Commands(process, folder)
        finally:
            assert process.stdin is not None
            process.stdin.close()
