"""The parts of the bench: each makes a lake, runs a command and its baselines in turn, and compares them."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.lakes import Shape, write_lake
from tests.bench.processes import PROJECT, Run, run
from tests.bench.table import Ratio, Row, Section, Series

BASELINES = PROJECT / "tests/bench/baselines"
PHASES = ("load", "start Node", "construct", "write")


@dataclass(frozen=True)
class Sizes:
    """The shapes of all lakes; a test takes small ones."""

    check: Shape
    check_large: Shape
    synth: Sequence[Shape]
    cdktf: Shape
    review: Shape


FULL = Sizes(
    check=Shape(sources=50, destinations=1, streams=30),
    check_large=Shape(sources=500, destinations=1, streams=30),
    synth=[Shape(sources=connections // 10, destinations=10, streams=10) for connections in (100, 1000, 5000)],
    cdktf=Shape(sources=100, destinations=10, streams=10),
    review=Shape(sources=50, destinations=10, streams=10),
)


def parts(sizes: Sizes) -> dict[str, Callable[[int], Section]]:
    """Name -> part; calling it with the number of runs measures it. The large check compares itself with the other."""
    done: list[Series] = []
    synths = {f"synth-{shape.connections}": lambda runs, shape=shape: synth(shape, runs) for shape in sizes.synth}
    return {
        f"check-{sizes.check.sources}": lambda runs: check(sizes.check, runs, done),
        f"check-{sizes.check_large.sources}": lambda runs: check(sizes.check_large, runs, done),
        **synths,
        "cdktf": lambda runs: cdktf(sizes.cdktf, runs),
        "review": lambda runs: review(sizes.review, runs),
    }


def check(shape: Shape, runs: int, smaller: list[Series]) -> Section:
    """`lakeform check` against reading the same files, and against the same of the lakes measured before."""
    with _lake(shape) as lake:
        commands = {
            "read and parse the same files": _python(BASELINES / "read_files.py", lake),
            f"check, {shape.sources} sources": _python("-m", "infra", "check"),
        }
        reading, checking = _in_turn(commands, lake, runs)
    tenfold = [Ratio(before, 11) for before in smaller]
    row = Row(checking, [Ratio(reading, 3), *tenfold], aim_seconds=None if smaller else 1)
    smaller.append(checking)
    return Section(f"lakeform check: {shape}", [Row(reading), row])


def synth(shape: Shape, runs: int) -> Section:
    """`python -m stacks` against an empty CDKTF stack and against `json.dumps`, whole and in its phases."""
    with _lake(shape) as lake:
        document = lake / "document.json"
        run(_python("-O", "-m", "stacks"), lake)
        shutil.copyfile(lake / "cdktf.out/stacks/prod/cdk.tf.json", document)
        commands = {
            "empty CDKTF stack": _python(BASELINES / "empty_stack.py", lake / "empty"),
            "read the document, json.dumps, write": _python(
                BASELINES / "dump_document.py", document, lake / "copy.json"
            ),
            "synth": _python("-O", "-m", "stacks"),
            "phases": _python(PROJECT / "tests/bench/phases.py", lake),
        }
        all_runs = _runs_in_turn(commands, lake, runs)
        size = document.stat().st_size / 2**20
    empty, dumping, whole, _ = (_series(name, found) for name, found in all_runs.items())
    dumps = _inside("json.dumps(indent=2) and write alone", all_runs["read the document, json.dumps, write"], ["dump"])
    phases = [_inside(f"inside: {phase}", all_runs["phases"], [phase]) for phase in PHASES]
    model_to_file = _inside("inside: construct + write", all_runs["phases"], ["construct", "write"])
    aim = 5 if shape.connections == 1000 else None
    rows = [
        *(Row(empty), Row(dumping), Row(dumps)),
        Row(whole, [Ratio(empty, aim), Ratio(dumping)]),
        *(Row(phase) for phase in phases),
        Row(model_to_file, [Ratio(dumps)]),
    ]
    return Section(f"python -m stacks: {shape}, a document of {size:.1f} MB", rows)


def cdktf(shape: Shape, runs: int) -> Section:
    """`cdktf synth` against the app that it runs."""
    with _lake(shape) as lake:
        settings = json.loads((lake / "cdktf.json").read_text("utf-8"))
        (lake / "cdktf.json").write_text(json.dumps({**settings, "app": f"{sys.executable} -O -m stacks"}), "utf-8")
        commands = {
            "python -m stacks": _python("-O", "-m", "stacks"),
            "cdktf synth": [str(PROJECT / "node_modules/.bin/cdktf"), "synth"],
        }
        direct, wrapped = _in_turn(commands, lake, runs)
    return Section(f"cdktf synth: {shape}", [Row(direct), Row(wrapped, [Ratio(direct)])])


def review(shape: Shape, runs: int) -> Section:
    """`lakeform review` of a change to a tenth of the connections, against what it has to do first: `synth --check`."""
    with _lake(shape) as lake:
        run(_python("-O", "-m", "stacks"), lake)
        for command in (["init", "--quiet"], ["add", "--all"], [*_IDENTITY, "commit", "--quiet", "--message", "Base"]):
            run(["git", *command], lake)
        changed = _change_a_tenth(lake) * shape.destinations
        run(_python("-O", "-m", "stacks"), lake)
        commands = {
            "synth --check": _python("-m", "infra", "synth", "--check"),
            "review": _python("-m", "infra", "review", "--base", "HEAD", "--format", "markdown"),
        }
        checking, reviewing = (
            _series(name, found) for name, found in _runs_in_turn(commands, lake, runs, keep=True).items()
        )
    return Section(
        f"lakeform review: {shape}, {changed} connections changed", [Row(checking), Row(reviewing, [Ratio(checking)])]
    )


_IDENTITY = ["-c", "user.name=Bench", "-c", "user.email=bench@example.com"]


def _change_a_tenth(lake: Path) -> int:
    """Another schedule for the connections of every tenth source; how many sources."""
    files = sorted((lake / "dag/registry").glob("*_0*.yaml"))
    changed = 0
    for file in files[::10]:
        text = file.read_text("utf-8")
        changed += text.count(" * * * ?")
        file.write_text(text.replace(" * * * ?", " 6 * * ?"), "utf-8")
    return changed


@contextmanager
def _lake(shape: Shape) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lakeform-bench-") as folder:
        write_lake(Path(folder), shape)
        yield Path(folder)


def _python(*arguments: str | Path) -> list[str]:
    return [sys.executable, *(str(argument) for argument in arguments)]


def _in_turn(commands: Mapping[str, Sequence[str]], lake: Path, runs: int) -> list[Series]:
    return [_series(name, found) for name, found in _runs_in_turn(commands, lake, runs).items()]


def _runs_in_turn(
    commands: Mapping[str, Sequence[str]], lake: Path, runs: int, *, keep: bool = False
) -> dict[str, list[Run]]:
    """Every command once, then every command again: what else the machine does meanwhile falls on all of them.

    `keep`: what was synthesized stays between the runs.
    """
    found: dict[str, list[Run]] = {name: [] for name in commands}
    warm_up = 1 if runs > 1 else 0  # fills the caches: bytecode, files
    for _ in range(warm_up + runs):
        for name, command in commands.items():
            if not keep:
                shutil.rmtree(lake / "cdktf.out", ignore_errors=True)
            found[name].append(run(command, lake))
    return {name: measured[warm_up:] for name, measured in found.items()}


def _series(name: str, runs: Sequence[Run]) -> Series:
    seconds = tuple(one.seconds for one in runs)
    return Series(name, seconds, max(one.python_mb for one in runs), max(one.node_mb for one in runs))


def _inside(name: str, runs: Sequence[Run], phases: Sequence[str]) -> Series:
    """Seconds that the process itself printed for some of its phases, added."""
    printed = [json.loads(one.output) for one in runs]
    return Series(name, tuple(sum(one[phase] for phase in phases) for one in printed))
