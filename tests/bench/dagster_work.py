"""`python -m tests.bench.dagster_work WHAT FOLDER`: what a code location costs, in processor seconds; prints JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

SOURCES, STREAMS = 50, 30


def load(folder: Path) -> dict[str, float]:
    """`import dagster`, and everything beyond it: our code, the lake's files, the definitions and their snapshot."""
    start = process_time()
    import dagster  # noqa: PLC0415

    imported, before = process_time(), _megabytes()
    from dagster._core.remote_representation.external_data import RepositorySnap  # noqa: PLC0415

    snapped = process_time()
    from infra.landing.orchestration import landing_definitions  # noqa: PLC0415

    repository = landing_definitions(folder).get_repository_def()
    loaded = process_time()
    RepositorySnap.from_def(repository)
    done = process_time()
    assert len(repository.asset_graph.get_all_asset_keys()) == SOURCES * (STREAMS + 1)
    assert dagster.__version__
    return {
        "import": imported - start,
        "load": loaded - snapped,
        "snapshot": done - loaded,
        "MB imported": before,
        "MB": _megabytes(),
    }


def _megabytes() -> float:
    """What this process holds now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 10**6


def tick(folder: Path) -> dict[str, float]:
    """The second look at the recent files of a source, all of them in the ledger: processor seconds, and seconds on the wall."""
    from infra.landing.engine.opening import open_engine  # noqa: PLC0415
    from infra.landing.feed.ledger import prepare  # noqa: PLC0415
    from infra.landing.orchestration.location import read_location  # noqa: PLC0415
    from infra.landing.orchestration.tick import by_folders  # noqa: PLC0415

    location = read_location(folder, os.environ)
    source = next(location.sources())
    by_folders(location, source)
    begun = process_time()
    with open_engine(location.settings) as engine:
        prepare(engine)
    start, wall = process_time(), perf_counter()
    assert by_folders(location, source).tables == ()
    return {"open": start - begun, "seconds": process_time() - start, "wall": perf_counter() - wall}


def main() -> None:
    what, folder = sys.argv[1:]
    works: dict[str, Callable[[Path], dict[str, float]]] = {"load": load, "tick": tick}
    print(json.dumps(works[what](Path(folder))))


if __name__ == "__main__":
    main()
