"""Whole cold processes: how long one takes, and how much memory it and its children hold at most."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

SAMPLE_SECONDS = 0.02
PROJECT = Path(__file__).parents[2]
# The code of this checkout; no version check over the network, no banner.
ENVIRONMENT = {
    "PYTHONPATH": str(PROJECT),
    "CI": "1",
    "CHECKPOINT_DISABLE": "1",
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
}


@dataclass(frozen=True)
class Run:
    """One process, from its start to its end.

    Attributes:
        seconds: wall time.
        python_mb, node_mb: peak memory (Linux: VmHWM) of all its Python and Node processes, added; 0 if unknown.
        output: what it wrote to standard output and standard error.

    """

    seconds: float
    python_mb: float
    node_mb: float
    output: str


def run(command: Sequence[str], folder: Path) -> Run:
    """Run a command in a folder. Raises RuntimeError with its output if it fails."""
    environment = {**os.environ, **ENVIRONMENT, "PYTHONPYCACHEPREFIX": str(folder / ".bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # whoever uses a command twice has its bytecode
    with tempfile.TemporaryFile() as file:
        start = perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, stdout=file, stderr=file, stdin=subprocess.DEVNULL, env=environment
        )
        memory = _Memory(process.pid)
        code = process.wait()
        seconds = perf_counter() - start
        peaks = memory.stop()
        file.seek(0)
        output = file.read().decode()
    if code != 0:
        raise RuntimeError(f"{' '.join(command)}: exit code {code}\n{output}")
    return Run(seconds, peaks["python"], peaks["node"], output)


class _Memory:
    """Samples the peak memory of a process and everything below it until stopped."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peaks: dict[int, tuple[str, float]] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> dict[str, float]:
        """Program (`python` or `node`) -> MB."""
        self._done.set()
        self._thread.join()
        found = self._peaks.values()
        return {name: sum(mb for program, mb in found if program.startswith(name)) for name in ("python", "node")}

    def _sample(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            for pid in _tree(self._pid):
                try:
                    # The kernel keeps the peak, so the latest sample is the highest.
                    self._peaks[pid] = (Path(os.readlink(f"/proc/{pid}/exe")).name, _peak_mb(pid))
                except (OSError, StopIteration):
                    continue  # it has ended


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        threads = os.listdir(f"/proc/{pid}/task")
        below = [Path(f"/proc/{pid}/task/{thread}/children").read_text().split() for thread in threads]
    except OSError:
        return
    for children in below:
        for child in children:
            yield from _tree(int(child))


def _peak_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
