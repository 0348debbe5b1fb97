"""Dagster as people run it: `dagster dev` over a lake on disk, asked and told through its own API."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.support.lakes import REPOSITORY
from tests.support.postgres import free_port

Found = TypeVar("Found")

LOCATION = "definitions.py"

# A busy machine is no reason to fail, in seconds.
_PATIENCE = 180.0

_SETTINGS = "telemetry: {enabled: false}\nnux: {enabled: false}\n"

_SENSOR = """
query Ticks($sensor: SensorSelector!) {
  sensorOrError(sensorSelector: $sensor) {
    ... on Sensor { sensorState { ticks(limit: 200) { status timestamp skipReason error { message } } } }
  }
}
"""

_RUNS = """
query Runs($source: String!) {
  runsOrError(filter: {tags: [{key: "lakeform/source", value: $source}]}) {
    ... on Runs { results { runId status tags { key value } } }
  }
}
"""

_RELOAD = """
mutation Reload($location: String!) {
  reloadRepositoryLocation(repositoryLocationName: $location) {
    __typename
    ... on WorkspaceLocationEntry { locationOrLoadError { __typename } }
  }
}
"""


@dataclass(frozen=True)
class Run:
    """A run that a sensor asked for."""

    id: str
    status: str
    key: str

    @property
    def has_ended(self) -> bool:
        """True for one that nothing is heard of any more."""
        return self.status in ("SUCCESS", "FAILURE", "CANCELED")


@dataclass(frozen=True)
class Tick:
    """A look of a sensor."""

    status: str
    at: float
    why: str
    error: str


@dataclass(frozen=True)
class DagsterDev:
    """Webserver, daemon and code server of one lake."""

    address: str
    log: Path

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """What the API answers."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.address}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            found = json.load(answer)
        assert "errors" not in found, found["errors"]
        data: dict[str, Any] = found["data"]
        return data

    def runs(self, source: str) -> list[Run]:
        """The runs of a source, oldest first."""
        found = self.ask(_RUNS, source=source)["runsOrError"]["results"]
        return [_run(one) for one in reversed(found)]

    def ticks(self, sensor: str) -> list[Tick]:
        """What a sensor found, newest first."""
        selector = {"repositoryName": "__repository__", "repositoryLocationName": LOCATION, "sensorName": sensor}
        found = self.ask(_SENSOR, sensor=selector)["sensorOrError"]["sensorState"]["ticks"]
        return [
            Tick(one["status"], one["timestamp"], one["skipReason"] or "", (one["error"] or {}).get("message", ""))
            for one in found
        ]

    def reload(self) -> None:
        """Load the code location anew, as its button does."""
        found = self.ask(_RELOAD, location=LOCATION)["reloadRepositoryLocation"]
        assert found["locationOrLoadError"]["__typename"] == "RepositoryLocation", found

    def wait(self, what: str, look: Callable[[], Found | None]) -> Found:
        """The first answer that says something; fails with the end of what the programs printed."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            found = look()
            if found:
                return found
            time.sleep(0.25)
        raise AssertionError(f"never: {what}\n" + "\n".join(self.log.read_text("utf-8").splitlines()[-60:]))


def _run(found: dict[str, Any]) -> Run:
    tags = {tag["key"]: tag["value"] for tag in found["tags"]}
    return Run(found["runId"], found["status"], tags.get("dagster/run_key", ""))


@contextlib.contextmanager
def dagster_dev(root: Path, home: Path) -> Iterator[DagsterDev]:
    """Everything that `dagster dev -f dag/definitions.py` starts, as long as the `with` lasts; nothing outlives it."""
    home.mkdir()
    (home / "dagster.yaml").write_text(_SETTINGS, "utf-8")
    port, log = free_port(), home / "dev.log"
    words = [sys.executable, "-m", "dagster", "dev", "-f", f"dag/{LOCATION}", "-h", "127.0.0.1", "-p", str(port)]
    environ = {**os.environ, "DAGSTER_HOME": str(home), "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as out:
        process = subprocess.Popen(words, cwd=root, env=environ, stdout=out, stderr=out, start_new_session=True)
        server = DagsterDev(f"http://127.0.0.1:{port}", log)
        try:
            server.wait("the webserver answers", lambda: _is_up(server, process))
            yield server
        finally:
            _end(process)


def _is_up(server: DagsterDev, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, server.log.read_text("utf-8")
    with contextlib.suppress(OSError), urllib.request.urlopen(f"{server.address}/server_info", timeout=5):
        return True
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(30)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
