"""The parts of the bench about landings: files fed into tables, against DuckDB doing the least that is needed."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.bench.processes import Run, run
from tests.bench.table import Ratio, Row, Section, Series

GB = 10**9

_ROWS = """
SELECT i::BIGINT AS id, md5(i::VARCHAR) AS a, md5((i * 7)::VARCHAR) AS b, i * 1.5 AS v, uuid()::VARCHAR AS _airbyte_raw_id,
  now() AS _airbyte_extracted_at, 1::BIGINT AS _airbyte_generation_id,
  {{'sync_id': 1::BIGINT, 'changes': []::STRUCT(field VARCHAR, change VARCHAR, reason VARCHAR)[]}} AS _airbyte_meta
FROM range({0}) t(i)
"""


@dataclass(frozen=True)
class Files:
    """Files of one schema: how many, and how many rows each."""

    count: int
    rows: int

    def __str__(self) -> str:
        return f"{self.count:,} files of {self.rows:,} rows"


@dataclass(frozen=True)
class LandingSizes:
    """What is fed; a test takes little."""

    small: Files
    large: Files
    memory: Files
    listing: int
    batches: int


FULL = LandingSizes(Files(10_000, 10), Files(50, 200_000), Files(24, 3_300_000), 100_000, 2_000)


def landing_parts(sizes: LandingSizes) -> dict[str, Callable[[int], Section]]:
    """Name -> part; calling it with the number of runs measures it."""
    return {
        "landing-small": lambda runs: feeding(sizes.small, 2.5, runs),
        "landing-large": lambda runs: feeding(sizes.large, 1.25, runs),
        "landing-memory": lambda _: memory(sizes.memory),
        "landing-list": lambda runs: listing(sizes.listing, runs),
        "landing-batches": lambda _: batches(sizes.batches),
    }


def feeding(files: Files, aim: float, runs: int) -> Section:
    """Feeding against a bare insert of the same files."""
    with _raw(files) as folder:
        bare, fed = _in_turn(["bare", "fed"], folder, runs)
    row = Row(_inside("feed", fed), [Ratio(_inside("bare", bare), aim)])
    return Section(f"landing feed: {files}", [Row(_inside("INSERT ... SELECT read_parquet", bare)), row])


def memory(files: Files) -> Section:
    """More input than memory: what the process holds at most where DuckDB may have 1 GB, against twice that."""
    with _raw(files) as folder:
        size = sum(file.stat().st_size for file in (folder / "raw").iterdir()) / GB
        double, single = (_work("fed", folder, str(gigabytes * GB)) for gigabytes in (2, 1))
    wide = _inside("feed, memory: 2GB", [double])
    row = Row(_inside("feed, memory: 1GB", [single]), [Ratio(wide)])
    return Section(f"landing feed: {size:.1f} GB of files", [Row(wide), row])


def listing(count: int, runs: int) -> Section:
    """The list of many files, against what the system takes for it."""
    with _raw(Files(count, 1)) as folder:
        scanned, listed = _in_turn(["scan", "listed"], folder, runs)
    system = _inside("os.scandir and stat", scanned)
    comparing = _inside("compare with the ledger", listed, "compare")
    rows = [Row(system), Row(_inside("list", listed), [Ratio(system)]), Row(comparing, [Ratio(system)])]
    return Section(f"listing {count:,} files", rows)


def batches(count: int) -> Section:
    """Many small transactions: what each takes at first and at last, and what maintenance gives back."""
    with _raw(Files(count, 10)) as folder:
        found = json.loads(_work("batches", folder, str(max(1, count // 10))).output)
    series = {name: Series(_COUNTS.get(name, f"{name} (s)"), (value,)) for name, value in found.items()}
    compared = {name: name.replace("after", "before") for name in series if name.endswith("after")} | {"last": "first"}
    rows = [Row(one, [Ratio(series[compared[name]])] if name in compared else ()) for name, one in series.items()]
    return Section(f"{count:,} batches of one file each", rows)


_COUNTS = {
    "files before": "data files before",
    "files after": "data files after",
    "catalog before": "catalog before (MB)",
    "catalog after": "catalog after (MB)",
}


@contextmanager
def _raw(files: Files) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lakeform-bench-") as folder:
        raw = Path(folder) / "raw"
        raw.mkdir()
        duckdb.sql(f"COPY ({_ROWS.format(files.rows)}) TO '{raw}/0.parquet' (FORMAT parquet, COMPRESSION zstd)")
        for number in range(1, files.count):
            shutil.copyfile(raw / "0.parquet", raw / f"{number}.parquet")
        yield Path(folder)


def _in_turn(works: Sequence[str], folder: Path, runs: int) -> list[list[Run]]:
    """Every work once, then every work again: what else the machine does meanwhile falls on all of them."""
    found: list[list[Run]] = [[] for _ in works]
    for _ in range(runs):
        for number, work in enumerate(works):
            found[number].append(_work(work, folder))
    return found


def _work(work: str, folder: Path, *more: str) -> Run:
    return run([sys.executable, "-m", "tests.bench.landing_work", work, str(folder), *more], folder)


def _inside(name: str, runs: Sequence[Run], key: str = "seconds") -> Series:
    seconds = tuple(json.loads(one.output)[key] for one in runs)
    return Series(name, seconds, max(one.python_mb for one in runs))
