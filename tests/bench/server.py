"""The parts of the bench about a server: a workspace read whole, against the same answers fetched and parsed; and drift from it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench.processes import PROJECT, Run, run
from tests.bench.table import Ratio, Row, Section, Series
from tests.standin import StandIn
from tests.standin.state import Connection
from tests.support.remote import CONNECTORS, stack, write_registry
from tests.support.workspace_connectors import registry_text


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
    made: dict[str, Callable[[int], Section]] = {
        f"server-{shape.connections}x{shape.streams}": partial(reading, shape) for shape in shapes
    }
    first = shapes[0]
    return made | {f"drift-{first.connections}x{first.streams}": partial(drifting, first)}


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


def drifting(shape: WorkspaceShape, runs: int) -> Section:
    """`lakeform drift` of a workspace that was just imported, and with every tenth connection changed by hand."""
    with filled(shape) as server, tempfile.TemporaryDirectory(prefix="lakeform-bench-") as folder:
        connections = list(server.state.connections.values())
        for number, one in enumerate(connections):
            one.prefix = f"c{number}_"
        root = write_registry(Path(folder), stack(server.url, server.workspace_id, "none"), "")
        registry = root / "registry.json"
        registry.write_text(registry_text(CONNECTORS), "utf-8")
        base = _series("import it", [_lakeform(root, f"import --from server --registry {registry} --quiet")])
        same = [_lakeform(root, "drift --quiet") for _ in range(runs)]
        _change(connections[::10])
        count = len(server.requests)
        changed = [_lakeform(root, "drift --quiet --format patch > drift.patch; test $? = 1") for _ in range(runs)]
        requests = (len(server.requests) - count) // runs
    rows = [Row(base), Row(_series("drift, nothing changed", same), [Ratio(base)])]
    rows.append(Row(_series("drift, every tenth connection changed", changed), [Ratio(base)]))
    return Section(f"drift: {shape}; {requests} requests", rows)


def _change(connections: Sequence[Connection]) -> None:
    """By turns a prefix, a status, a schedule, a stream that is gone, fields."""
    for number, one in enumerate(connections):
        if number % 5 == 0:
            one.prefix = f"other{number}_"
        elif number % 5 == 1:
            one.status = "inactive"
        elif number % 5 == 2:
            one.cron = "0 0 7 * * ?"
        elif number % 5 == 3:
            one.streams.pop()
        else:
            one.streams[0].config["selectedFields"] = [{"fieldPath": ["field_1"]}]


def _lakeform(root: Path, words: str) -> Run:
    return run(["sh", "-c", f"{sys.executable} -m infra --root . {words}"], root)


def _work(what: str, root: Path, server: StandIn) -> Run:
    return run(
        [sys.executable, str(PROJECT / "tests/bench/server_work.py"), what, server.url, server.workspace_id], root
    )


def _series(name: str, runs: list[Run]) -> Series:
    return Series(name, tuple(one.seconds for one in runs), max(one.python_mb for one in runs))
