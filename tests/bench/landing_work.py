"""`python -m tests.bench.landing_work WHAT FOLDER`: one piece of work on a lake, timed inside; prints JSON.

In FOLDER, `raw/` has the files and `lake/` is made anew. What it takes to start and to open a lake is not in the seconds.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from infra.landing.engine.engine import Engine
from infra.landing.engine.opening import open_engine
from infra.landing.feed.feeding import feed_listing
from infra.landing.feed.found_file import FoundFile, Listing
from infra.landing.feed.generations import Retention
from infra.landing.feed.ledger import prepare
from infra.landing.feed.listing import list_files
from infra.landing.feed.maintain import maintain
from infra.landing.feed.news import compare
from infra.landing.feed.retire import Completion
from infra.landing.feed.state import look_up
from infra.landing.feed.status import read_status
from infra.landing.settings import LandingSettings
from infra.landing.types.target import Target

GB = 10**9
TARGET = Target("bench__rows", "bench__rows__current", "parquet", {}, {}, key=("id",))
COMPLETION = Completion(Retention(), timedelta(hours=1))


def settings(folder: Path, memory: int) -> LandingSettings:
    lake = folder / "lake"
    return LandingSettings(
        id="bench",
        postgres=None,
        sqlite=lake / "catalog.sqlite",
        tables=f"{lake}/tables/",
        raw=f"{folder}/",
        s3=None,
        memory=memory,
        threads=None,
        spill=f"{lake}/spill/",
        spill_limit=100 * GB,
        settle=timedelta(hours=1),
        recent=3,
        batch_bytes=GB,
        batch_rows=5_000_000,
    )


@contextmanager
def opened(folder: Path, *, memory: int = 2 * GB, batch_bytes: int = GB, keep: bool = False) -> Iterator[Engine]:
    if not keep:
        shutil.rmtree(folder / "lake", ignore_errors=True)
    with open_engine(replace(settings(folder, memory), batch_bytes=batch_bytes)) as engine:
        prepare(engine)
        yield engine


def timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def feed(engine: Engine, files: tuple[FoundFile, ...], *, full: bool = True) -> None:
    fed = feed_listing(engine, TARGET, Listing("bench", full, files), COMPLETION)
    assert not fed.problems, fed.problems
    assert fed.files == len(files), fed


def bare(folder: Path, memory: int) -> dict[str, float]:
    """`INSERT ... SELECT read_parquet` of the same files, which is what feeding does beside everything else."""
    with opened(folder, memory=memory) as engine:
        listed = ", ".join(f"'{engine.settings.raw}{file.path}'" for file in list_files(engine, ["raw/"]))
        source = f"read_parquet([{listed}], hive_partitioning = false)"
        engine.run(f"CREATE TABLE lake.landing.bare AS FROM {source} LIMIT 0")
        return {"seconds": timed(lambda: engine.run(f"INSERT INTO lake.landing.bare FROM {source}"))}


def fed(folder: Path, memory: int) -> dict[str, float]:
    """The list, the ledger, footers, rows, and all that is noted."""
    with opened(folder, memory=memory) as engine:
        return {"seconds": timed(lambda: feed(engine, list_files(engine, ["raw/"])))}


def scan(folder: Path) -> dict[str, float]:
    """os.scandir and stat of the same folders."""

    def walk(path: str) -> int:
        with os.scandir(path) as entries:
            return sum(walk(entry.path) if entry.is_dir() else entry.stat().st_size for entry in entries)

    return {"seconds": timed(lambda: walk(str(folder / "raw")))}


def listed(folder: Path) -> dict[str, float]:
    """The list, and its comparison with a ledger that knows all of it."""
    with opened(folder) as engine:
        files = list_files(engine, ["raw/"])
        listing = timed(lambda: list_files(engine, ["raw/"]))
        nothing = look_up(engine, [TARGET.name])[TARGET.name]
        comparing = timed(lambda: compare(Listing("bench", True, files), nothing.ledger))
        return {"seconds": listing, "compare": comparing}


def batches(folder: Path, tenth: int) -> dict[str, float]:
    """A batch a file: seconds a batch in the first tenth and in the last, and what `maintain` makes of it."""
    with opened(folder, batch_bytes=1) as engine:
        files = list_files(engine, ["raw/"])
        parts = [files[start : start + tenth] for start in range(0, len(files), tenth)]
        took = [timed(lambda part=part: feed(engine, part, full=False)) / len(part) for part in parts]  # type: ignore[misc]
        before = _looks(engine)
        seconds = timed(lambda: list(maintain(engine, timedelta(0))))
        after = _looks(engine)
    names = {f"{name} before": value for name, value in before.items()}
    names |= {f"{name} after": value for name, value in after.items()}
    return {"first": took[0], "last": took[-1], "maintain": seconds, **names}


def _looks(engine: Engine) -> dict[str, float]:
    status = read_status(engine, [TARGET.name], 0)
    query = f"SELECT count(DISTINCT _lake_file) FROM {TARGET.table}"
    return {
        "status": timed(lambda: read_status(engine, [TARGET.name], 0)),
        "query": timed(lambda: engine.rows(query)),
        "files": status.data_files,
        "catalog": (status.catalog_bytes or 0) / 10**6,
    }


def main() -> None:
    what, folder, *more = sys.argv[1:]
    number = int(more[0]) if more else 2 * GB
    works: dict[str, Callable[[], dict[str, float]]] = {
        "bare": lambda: bare(Path(folder), number),
        "fed": lambda: fed(Path(folder), number),
        "scan": lambda: scan(Path(folder)),
        "listed": lambda: listed(Path(folder)),
        "batches": lambda: batches(Path(folder), number),
    }
    print(json.dumps(works[what]()))


if __name__ == "__main__":
    main()
