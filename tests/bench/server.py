"""The part of the bench about a server: a workspace read whole, against the same answers fetched and parsed."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench.processes import PROJECT, Run, run
from tests.bench.table import Ratio, Row, Section, Series
from tests.standin import StandIn
from tests.support.remote import CONNECTORS, stack, write_registry


@dataclass(frozen=True)
class WorkspaceShape:
    """How much there is: sources, connections of all sources by turns, streams and fields of each."""

    sources: int
    connections: int
    streams: int
    fields: int

    def __str__(self) -> str:
        return (
            f"{self.connections:,} connections of {self.sources} sources, "
            f"{self.streams} streams each, {self.fields} fields each"
        )


FULL = (WorkspaceShape(100, 1000, 10, 30), WorkspaceShape(100, 1000, 100, 30))


def server_parts(shapes: tuple[WorkspaceShape, ...]) -> dict[str, Callable[[int], Section]]:
    """Name -> part; calling it with the number of runs measures it."""
    return {f"server-{shape.connections}x{shape.streams}": partial(reading, shape) for shape in shapes}


def reading(shape: WorkspaceShape, runs: int) -> Section:
    """`read_server` of a whole workspace in a process of its own; the server is in another one, on the same machine."""
    with filled(shape) as server, tempfile.TemporaryDirectory(prefix="lakeform-bench-") as folder:
        root = write_registry(Path(folder), stack(server.url, server.workspace_id, "none"), "")
        count = len(server.requests)
        whole = [_work("read", root, server) for _ in range(runs)]
        requests = (len(server.requests) - count) // runs
        fetched = [_work("fetch", root, server) for _ in range(runs)]
    base = _series("fetch and parse the same answers", fetched)
    rows = [Row(base), Row(_series("read the workspace", whole), [Ratio(base)])]
    return Section(f"a server: {shape}; {requests} requests", rows)


@contextmanager
def filled(shape: WorkspaceShape) -> Iterator[StandIn]:
    fields = {f"field_{number}": {"type": ["null", "string"]} for number in range(shape.fields)}
    offered = [
        {"name": f"stream_{number}", "json_schema": {"type": "object", "properties": fields}}
        | {"supported_sync_modes": ["full_refresh", "incremental"]}
        for number in range(shape.streams)
    ]
    with StandIn(CONNECTORS, {"source-faker": offered}, require_auth=False, openapi=None) as server:
        destination = server.add_destination("Lake", "destination-s3", {})
        sources = [
            server.add_source(f"Source {number}", "source-faker", {"count": 1}) for number in range(shape.sources)
        ]
        for number in range(shape.connections):
            server.add_connection(sources[number % shape.sources], destination, name=f"Connection {number}")
        yield server


def _work(what: str, root: Path, server: StandIn) -> Run:
    return run(
        [sys.executable, str(PROJECT / "tests/bench/server_work.py"), what, server.url, server.workspace_id], root
    )


def _series(name: str, runs: list[Run]) -> Series:
    return Series(name, tuple(one.seconds for one in runs), max(one.python_mb for one in runs))
