"""The real daemon, webserver and code server over a lake of its own: what they do when nobody clicks."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.dagster_dev import DagsterDev, Run, dagster_dev
from tests.support.faker import faker_or_skip
from tests.support.fed_lakes import DESTINATION, FedLake, fed_lake
from tests.support.lakes import REPOSITORY, write_files

pytestmark = [
    pytest.mark.network,
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

# Its login is not in the environment, so that the folders are looked at.
STACK = """\
    airbyte:
      server_url: https://airbyte.example.com/api/public/v1
      workspace_id: 11111111-2222-3333-4444-555555555555
      auth: {client_id: {secret: airbyte_client_id}, client_secret: {secret: airbyte_client_secret}}
"""

# A batch is a file.
LANDINGS = """\
  landings:
    here:
      catalog: {sqlite: .lake/catalog.sqlite}
      tables: .lake/tables/
      raw: .lake/raw/
      batch_rows: 1
"""

ENTRIES = """\
sources:
  faker:
    description: People who buy cars
    connector: source-faker
    configuration: {count: 200, seed: 7}
connections:
  faker_to_files:
    source: faker
    destination: files
    namespace: {format: shop}
"""

APPEND = '{"sync_mode": "full_refresh", "destination_sync_mode": "append"}\n'
STREAMS = ("products", "purchases", "users")

# The back-off of a minute is shorter here. While there is a file `hold`, the batch of `users` that it names stays in its
# transaction once it has written everything, until somebody kills it or takes the file away.
DEFINITIONS = """\
import os
import time
from pathlib import Path

from infra.landing.feed import transaction
from infra.landing.orchestration import attempts, landing_definitions

ROOT = Path(__file__).parent.parent
HOLD, HELD = ROOT / "hold", ROOT / "held"
note_batch = transaction.note_batch


def held(engine, values):
    note_batch(engine, values)
    if HOLD.exists() and values["table_name"] == "faker__users" and str(values["batch"]) == HOLD.read_text():
        HELD.with_suffix(".new").write_text(f"{os.getppid()} {os.getpid()}")
        HELD.with_suffix(".new").rename(HELD)
        while HOLD.exists():
            time.sleep(0.05)


attempts.FIRST_PAUSE = 1.0
transaction.note_batch = held
defs = landing_definitions(ROOT, tick=5, sample=3)
"""

ASSET = """
query Asset($key: AssetKeyInput!) {
  assetNodeOrError(assetKey: $key) {
    ... on AssetNode {
      description
      assetMaterializations(limit: 1) {
        runId
        metadataEntries {
          label
          ... on IntMetadataEntry { intValue }
          ... on TableSchemaMetadataEntry { schema { columns { name type } } }
          ... on TableMetadataEntry { table { records } }
        }
      }
      assetChecksOrError {
        ... on AssetChecks { checks { name executionForLatestMaterialization { status runId } } }
      }
    }
  }
}
"""


class Shop:
    """The lake, and Dagster over it."""

    def __init__(self, lake: FedLake, dagster: DagsterDev) -> None:
        self.lake, self.dagster = lake, dagster

    def read(self, count: int) -> None:
        """What the real connector sends, as files; nobody tells Dagster."""
        command = [sys.executable, "-m", "infra", "read", "faker", "--set", f"count={count}", "--quiet"]
        environ = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        done = subprocess.run(command, cwd=self.lake.root, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def copy_users(self, count: int) -> None:
        """As many files more, each with the rows of the newest one."""
        newest = max(self.files("users"), key=lambda path: path.stat().st_mtime_ns)
        for number in range(count):
            whole = newest.with_name(f"new_{number}")
            shutil.copyfile(newest, whole)
            whole.rename(newest.with_name(f"99_{len(self.files('users'))}.parquet"))

    def files(self, stream: str) -> list[Path]:
        return sorted((self.lake.root / f".lake/raw/lake/raw/shop/{stream}").rglob("*.parquet"))

    def in_files(self, stream: str) -> Counter[int]:
        """Id -> how often the files have it."""
        files = [str(path) for path in self.files(stream)]
        return Counter(row[0] for row in duckdb.sql(f"SELECT id FROM read_parquet({files})").fetchall())

    def in_table(self, stream: str) -> Counter[int]:
        """Id -> how often the table has it."""
        return Counter(map(int, self.ask(f"SELECT id FROM faker__{stream}")))

    def ask(self, statement: str) -> list[Any]:
        """The only column of what `lakeform landing sql` answers."""
        answer = self.lake.run("sql", "--format", "json", statement)
        assert answer.code == 0, answer.err
        return [row[0] for row in json.loads(answer.out)["rows"]]

    def new_run(self, before: list[Run]) -> Run:
        """The end of the first run that the sensor asked for since."""
        known = {run.id for run in before}

        def ended() -> Run | None:
            new = [run for run in self.dagster.runs("faker") if run.id not in known]
            return new[0] if new and new[0].has_ended else None

        return self.dagster.wait("the sensor's run ends", ended)

    def run(self, run: Run) -> Run:
        """The same run, as it is now."""
        return next(one for one in self.dagster.runs("faker") if one.id == run.id)

    def batches(self) -> list[int]:
        """When the batches of `users` were committed, in microseconds since 1970."""
        batches = "SELECT written_at FROM lake._lake.batches WHERE table_name = 'faker__users' ORDER BY batch"
        return list(map(int, self.ask(batches)))

    def fed_once(self) -> None:
        """Something is there, and nothing is new."""
        if not self.files("users"):
            before = self.dagster.runs("faker")
            self.read(50)
            assert self.new_run(before).status == "SUCCESS"

    def asset(self, stream: str) -> dict[str, Any]:
        found: dict[str, Any] = self.dagster.ask(ASSET, key={"path": ["landing", "faker", stream]})["assetNodeOrError"]
        return found

    def fails_no_tick(self) -> None:
        assert [tick.error for tick in self.dagster.ticks("feed_faker") if tick.status == "FAILURE"] == []


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    faker_or_skip()
    folder = tmp_path_factory.mktemp("dagster")
    lake = fed_lake(folder / "lake", STACK, LANDINGS, DESTINATION.format(bucket="lake", prefix=""), ENTRIES)
    example = REPOSITORY / "dag"
    found = [*example.glob("sources/faker/*.json"), example / "streams/faker/_catalog.json"]
    write_files(
        lake.root,
        {
            **{path.relative_to(REPOSITORY).as_posix(): path.read_bytes() for path in found},
            **{f"dag/streams/faker/{stream}.json": APPEND for stream in STREAMS},
            "dag/definitions.py": DEFINITIONS,
        },
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in ("LAKEFORM_LANDING", "TF_VAR_airbyte_client_id", "TF_VAR_airbyte_client_secret"):
            patch.delenv(name, raising=False)
        with dagster_dev(lake.root, folder / "home") as dagster:
            yield Shop(lake, dagster)


def test_files_of_a_real_connector_are_picked_up(shop: Shop) -> None:
    before = shop.dagster.runs("faker")
    shop.read(200)
    run = shop.new_run(before)
    assert run.status == "SUCCESS"
    for stream in STREAMS:
        asset = shop.asset(stream)
        (event,) = asset["assetMaterializations"]
        told = {entry["label"]: entry for entry in event["metadataEntries"]}
        assert event["runId"] == run.id
        assert told["rows"]["intValue"] == told["dagster/row_count"]["intValue"] == shop.in_files(stream).total()
        assert told["files"]["intValue"] == len(shop.files(stream)) == 1
        assert told["bytes"]["intValue"] == sum(path.stat().st_size for path in shop.files(stream))
        types = {column["name"]: column["type"] for column in told["dagster/column_schema"]["schema"]["columns"]}
        assert (types["id"], types["updated_at"]) == ("BIGINT", "TIMESTAMP WITH TIME ZONE")
        assert len(told["sample"]["table"]["records"]) == 3
        checks = {
            check["name"]: check["executionForLatestMaterialization"] for check in asset["assetChecksOrError"]["checks"]
        }
        assert {name: (check["status"], check["runId"]) for name, check in checks.items()} == dict.fromkeys(
            ("freshness", "quarantine", "rows"), ("SUCCEEDED", run.id)
        )
        assert shop.in_table(stream) == shop.in_files(stream)
    shop.fails_no_tick()


def _kill_step(_: int, step: int) -> None:
    """As the system does where memory is short: whoever takes most of it."""
    os.kill(step, signal.SIGKILL)


def _kill_all(worker: int, step: int) -> None:
    """As a pod ends, or a machine."""
    os.kill(worker, signal.SIGKILL)
    os.kill(step, signal.SIGKILL)


@dataclass(frozen=True)
class Feeding:
    """A run that stands in its fourth batch, in the transaction.

    Attributes:
        known: how many batches there were before it.
    """

    known: int
    run: Run
    worker: int
    step: int
    since: float


@contextlib.contextmanager
def held_run(shop: Shop) -> Iterator[Feeding]:
    """A run over twelve new files; it is let go at the end."""
    shop.fed_once()
    known = len(shop.batches())
    hold, held = shop.lake.root / "hold", shop.lake.root / "held"
    hold.write_text(str(known + 4), "utf-8")
    try:
        shop.copy_users(12)
        worker, step = map(int, shop.dagster.wait("the fourth batch is held", lambda: _text(held)).split())
        yield Feeding(known, shop.dagster.runs("faker")[-1], worker, step, held.stat().st_mtime)
    finally:
        hold.unlink()
        held.unlink(missing_ok=True)


@pytest.mark.parametrize("kill", [_kill_step, _kill_all])
def test_a_run_that_is_killed_is_retried(shop: Shop, kill: Callable[[int, int], None]) -> None:
    with held_run(shop) as feeding:
        kill(feeding.worker, feeding.step)
        killed_at = time.time() * 1_000_000
        before = shop.dagster.runs("faker")
    again, killed = shop.new_run(before), shop.run(feeding.run)
    assert (killed.status, again.status) == ("FAILURE", "SUCCESS")
    assert killed.key != again.key
    batches = shop.batches()[feeding.known :]
    assert (len(batches), sum(at < killed_at for at in batches)) == (12, 3)
    assert shop.in_table("users") == shop.in_files("users")
    shop.fails_no_tick()


def test_a_tick_that_finds_the_lake_busy_is_skipped(shop: Shop) -> None:
    with held_run(shop) as feeding:
        busy = shop.dagster.wait("a tick finds the lake busy", lambda: _busy(shop, feeding.since))
    shop.dagster.wait("the run ends", lambda: shop.run(feeding.run).status == "SUCCESS")
    assert busy == f"the lake is busy: process {feeding.step} has had its lock for 10 seconds"
    assert shop.in_table("users") == shop.in_files("users")
    shop.fails_no_tick()


def test_what_outlives_its_run_feeds_nothing_twice(shop: Shop) -> None:
    with held_run(shop) as feeding:
        os.kill(feeding.worker, signal.SIGKILL)
        shop.dagster.wait("the run has failed", lambda: shop.run(feeding.run).status == "FAILURE")
    shop.dagster.wait("everything is fed", lambda: len(shop.batches()) >= feeding.known + 12)
    shop.dagster.wait("no run is under way", lambda: all(run.has_ended for run in shop.dagster.runs("faker")))
    assert len(shop.batches()) == feeding.known + 12
    assert shop.in_table("users") == shop.in_files("users")
    shop.fails_no_tick()


def _text(path: Path) -> str:
    with contextlib.suppress(FileNotFoundError):
        return path.read_text("utf-8")
    return ""


def _busy(shop: Shop, since: float) -> str:
    ticks = [tick for tick in shop.dagster.ticks("feed_faker") if tick.at >= since and "busy" in tick.why]
    return ticks[0].why if ticks else ""


def test_the_next_files_are_picked_up_after_a_reload(shop: Shop) -> None:
    registry = shop.lake.root / "dag/registry/lake.yaml"
    registry.write_text(registry.read_text("utf-8").replace("People who buy cars", "Cars and people"), "utf-8")
    shop.dagster.reload()
    description = shop.asset("users")["description"]
    before = shop.dagster.runs("faker")
    shop.read(60)
    assert shop.new_run(before).status == "SUCCESS"
    assert "Cars and people" in description
    for stream in STREAMS:
        assert shop.in_table(stream) == shop.in_files(stream)
    shop.fails_no_tick()
