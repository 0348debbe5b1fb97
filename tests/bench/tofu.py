"""`python -m tests.bench.tofu`: what OpenTofu makes of a stack of lakeform, beside the same stack written as plain HCL.

Both are planned, applied to a stand-in server each, and planned again, step by step in turn. The stand-in provider is
built with the same framework as Airbyte's and has the same attributes; where Airbyte's own is on PATH, it is used.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.bench.hcl import to_hcl
from tests.bench.lakes import Shape, with_variable, write_lake
from tests.bench.processes import SAMPLE_SECONDS, _peak_mb, _tree
from tests.e2e.engine import BACKEND, NO_REGISTRY, synthesize
from tests.e2e.servers import serve
from tests.e2e.tools import Tools, tools
from tests.standin import StandIn

SHAPES = (
    Shape(sources=20, destinations=10, streams=1, fields=3, unselected=0),
    Shape(sources=4, destinations=5, streams=1, fields=20),
    Shape(sources=4, destinations=5, streams=5, fields=4),
    Shape(sources=1, destinations=2, streams=5, fields=20),
)
STEPS = (("plan", "-out=tfplan"), ("apply", "tfplan"), ("plan", "-detailed-exitcode"))


def main() -> None:
    found = tools()
    print(*found.versions, sep="\n")
    print("\nSeconds of processor time of tofu and the provider; wall time in brackets; peaks of memory\n")
    print("| stack | written as | plan | apply | plan again | tofu | provider |\n|---|---|---|---|---|---|---|")
    for shape in SHAPES:
        with tempfile.TemporaryDirectory(prefix="lakeform-bench-") as folder:
            for line in measure(found, shape, Path(folder)):
                print(line, flush=True)


def measure(found: Tools, shape: Shape, folder: Path) -> list[str]:
    """A line of the table for each way of writing."""
    lake = folder / "lake"
    write_lake(lake, shape)
    registry = lake / "dag/registry/lake.yaml"
    registry.write_text(with_variable(registry.read_text("utf-8")), "utf-8")
    synthesize(lake)
    text = (lake / "cdktf.out/stacks/prod/cdk.tf.json").read_text("utf-8")
    document = json.loads(text)
    with serve(lake, openapi=None) as one, serve(lake, openapi=None) as other:
        ours = Stack("lakeform", found, folder / "ours", _values(one, document["variable"]))
        plain = Stack("plain HCL", found, folder / "plain", _values(other, document["variable"]))
        (ours.folder / "cdk.tf.json").write_text(text, "utf-8")
        (plain.folder / "main.tf").write_text(to_hcl(document), "utf-8")
        for step in (("init",), *STEPS):
            ours.run(step)
            plain.run(step)
    name = f"{shape.connections} connections of {shape.streams} x {shape.fields} fields"
    return [f"| {name} | {stack.way} | {' | '.join(stack.cells())} |" for stack in (ours, plain)]


def _values(server: StandIn, variables: Mapping[str, Any]) -> dict[str, str]:
    known = {
        "server_url": server.url,
        "workspace_id": server.workspace_id,
        "airbyte_client_id": server.client_id,
        "airbyte_client_secret": server.client_secret,
    }
    return {name: known.get(name, "value") for name in variables}


class Stack:
    """One way of writing a stack, and what its steps took."""

    def __init__(self, way: str, found: Tools, folder: Path, values: Mapping[str, str]) -> None:
        self.way, self.folder = way, folder
        self._found = found
        self._peaks = _Peaks()
        self._seconds: list[str] = []
        folder.mkdir()
        (folder / "backend_override.tf").write_text(BACKEND)
        (folder / "generated.auto.tfvars.json").write_text(json.dumps(values))

    def cells(self) -> list[str]:
        """Seconds of each step after `init`, then the peaks of tofu's and of the provider's memory."""
        peaks = [f"{self._peaks.of(program):.0f} MB" for program in ("tofu", "terraform-provider")]
        return [*self._seconds[1:], *peaks]

    def run(self, step: Sequence[str]) -> None:
        """Run a step of tofu. Raises RuntimeError with the end of its output if it fails."""
        environment = {**self._found.environment, **NO_REGISTRY}
        before, start = _processor_seconds(), perf_counter()
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                [str(self._found.tofu), *step], cwd=self.folder, env=environment, stdout=output, stderr=output
            )
            self._peaks.watch(process)
            output.seek(0)
            if process.returncode != 0:
                raise RuntimeError(f"tofu {step[0]}: {output.read().decode()[-2000:]}")
        wall, processor = perf_counter() - start, _processor_seconds() - before
        self._seconds.append(f"{processor:.1f} ({wall:.1f})")


def _processor_seconds() -> float:
    """Of all child processes that have ended, their children included."""
    times = os.times()
    return times.children_user + times.children_system


class _Peaks:
    """Peak memory of the processes of a kind, in MB; Linux only."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[str, float]] = {}

    def watch(self, process: subprocess.Popen[bytes]) -> None:
        """Sample until the process has ended."""
        while process.poll() is None:
            for pid in _tree(process.pid):
                try:
                    self._found[pid] = (Path(os.readlink(f"/proc/{pid}/exe")).name, _peak_mb(pid))
                except (OSError, StopIteration):
                    continue  # it has ended
            time.sleep(SAMPLE_SECONDS)

    def of(self, program: str) -> float:
        return max((peak for name, peak in self._found.values() if name.startswith(program)), default=0.0)


if __name__ == "__main__":
    main()
