"""The parts of the bench about Dagster: what a code location of many streams costs, and a tick with many recent files."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.dagster_work import SOURCES, STREAMS
from tests.bench.processes import Run, run
from tests.bench.table import Ratio, Row, Section, Series
from tests.support.fed_lakes import DESTINATION, LOCAL, FedLake, fed_lake, parquet
from tests.support.lakes import write_files

STACK = "    here:\n      server_url: https://airbyte.example.com/api/public/v1\n      workspace_id: 11111111-2222-3333-4444-555555555555\n      auth: none\n"
_FIELDS = {f"field_{number}": {"type": "string"} for number in range(10)} | {"id": {"type": "integer"}}


@dataclass(frozen=True)
class DagsterSizes:
    """How many recent files a tick looks at; a test takes few."""

    files: int


FULL = DagsterSizes(10_000)


def dagster_parts(sizes: DagsterSizes) -> dict[str, Callable[[int], Section]]:
    """Name -> part; calling it with the number of runs measures it."""
    return {"dagster-load": loading, "dagster-tick": lambda runs: ticking(sizes.files, runs)}


def loading(runs: int) -> Section:
    """A code location of 1,500 streams and 50 sensors, beside `import dagster`."""
    with wide_lake() as lake:
        found = [_work("load", lake.root) for _ in range(runs)]
    imported = _series("import dagster (CPU s)", found, "import")
    memory = _series("memory after it (MB)", found, "MB imported")
    rows = [
        Row(imported),
        Row(_series("load beyond it (CPU s)", found, "load"), [Ratio(imported)]),
        Row(_series("its snapshot (CPU s)", found, "snapshot"), [Ratio(imported)]),
        Row(memory),
        Row(_series("memory, idle (MB)", found, "MB"), [Ratio(memory)]),
    ]
    return Section(f"code location: {SOURCES * STREAMS:,} streams, {SOURCES} sensors", rows)


def ticking(files: int, runs: int) -> Section:
    """A tick of one source whose recent files are all in the ledger."""
    with wide_lake() as lake:
        put_files(lake, files)
        result = lake.run("feed", "source_00")
        assert result.code == 0, result.err
        found = [_work("tick", lake.root) for _ in range(runs)]
    opened = _series("open the lake (CPU s)", found, "open")
    tick = Row(_series("warm tick (CPU s)", found, "seconds"), [Ratio(opened)], aim_seconds=1)
    rows = [Row(opened), Row(_series("warm tick (s)", found, "wall")), tick]
    return Section(f"a tick with {files:,} recent files", rows)


@contextmanager
def wide_lake() -> Iterator[FedLake]:
    """A lake of many sources with many streams each."""
    with tempfile.TemporaryDirectory(prefix="lakeform-bench-") as folder:
        sources = "".join(
            f"  source_{number:02}:\n    connector: source-faker\n    configuration: {{count: 10}}\n"
            for number in range(SOURCES)
        )
        connections = "".join(
            f"  to_files_{number:02}:\n    source: source_{number:02}\n    destination: files\n"
            f"    namespace: {{format: shop_{number:02}}}\n    schedule: {{every: 6h}}\n"
            for number in range(SOURCES)
        )
        entries = f"sources:\n{sources}connections:\n{connections}"
        lake = fed_lake(Path(folder) / "lake", STACK, LOCAL, DESTINATION.format(bucket="lake", prefix=""), entries)
        shutil.rmtree(lake.root / "dag/streams")
        text = json.dumps({"fields": _FIELDS, "primary_key": [["id"]], "sync_mode": "full_refresh"})
        names = [f"source_{a:02}/stream_{b:02}" for a in range(SOURCES) for b in range(STREAMS)]
        write_files(lake.root, {f"dag/streams/{name}.json": text for name in names})
        yield lake


def put_files(lake: FedLake, count: int) -> None:
    """Files of one row of today for the first source, spread over its streams."""
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    feeds = [lake.feed(f"stream_{number:02}", "to_files_00") for number in range(STREAMS)]
    first: Path | None = None
    for number in range(count):
        moment = datetime.fromisoformat(today).replace(tzinfo=UTC)
        key = feeds[number % STREAMS].files.key(moment, sync_id=1, part=number, now_ms=0, uuid="")
        path = lake.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        if first is None:
            path.write_bytes(parquet(today, {1: "one"}, sync=1))
            first = path
        else:
            shutil.copyfile(first, path)


def _work(work: str, folder: Path) -> Run:
    return run([sys.executable, "-m", "tests.bench.dagster_work", work, str(folder)], folder)


def _series(name: str, runs: list[Run], key: str) -> Series:
    return Series(name, tuple(json.loads(one.output)[key] for one in runs), max(one.python_mb for one in runs))
