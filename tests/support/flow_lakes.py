"""Lakes with flows: what a user writes, files in them, and dbt."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from infra.landing.types.sql import literal
from tests.support.fed_lakes import FedLake
from tests.support.lakes import REPOSITORY, Result, run
from tests.support.landings import airbyte


@dataclass(frozen=True)
class Built:
    """What dbt said.

    Attributes:
        results: name of a model, test or hook -> (status, message).
        text: what it printed.
    """

    ok: bool
    results: Mapping[str, tuple[str, str]]
    text: str


@dataclass
class Dbt:
    """dbt in a lake, in one process for all its runs."""

    root: Path
    environ: Mapping[str, str]
    process: subprocess.Popen[str] = field(init=False)

    def __post_init__(self) -> None:
        words = [sys.executable, "-W", "ignore", "-m", "tests.support.dbt_worker"]
        environ = {**self.environ, "PYTHONPATH": str(REPOSITORY)}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(words, cwd=self.root / "dag", env=environ, stdin=pipe, stdout=pipe, text=True)

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()

    def ask(self, *words: str) -> None:
        """Start it; what comes of it: `answer`."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()

    def answer(self) -> Built:
        """What the run that was started said."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"dbt's process ended with {self.process.wait()}"
        said: dict[str, Any] = json.loads(line)
        return Built(said["ok"], {name: (status, message) for name, status, message in said["results"]}, said["text"])

    def run(self, *words: str) -> Built:
        """`dbt WORDS`."""
        self.ask(*words)
        return self.answer()

    def build(self, *words: str) -> Built:
        """`dbt build WORDS`, which has to succeed."""
        built = self.run("build", *words)
        assert built.ok, built.text
        return built


@dataclass(frozen=True)
class FlowLake:
    """A lake whose streams have flows."""

    lake: FedLake
    dbt: Dbt

    def add(self, *words: str) -> Result:
        """`lakeform add flow WORDS`."""
        result = run(self.lake.root, "add", "flow", *words)
        assert result.code == 0, result.err
        return result

    def put(self, stem: str, day: str, fields: str, *, sync: int, generation: int = 1) -> Path:
        """A file of a stream with a row of these fields, extracted on that day."""
        path = self.lake.path(self.lake.key(stem, day, sync=sync))
        path.parent.mkdir(parents=True, exist_ok=True)
        extracted = int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)
        select = airbyte(fields, extracted=extracted, generation=generation, sync=sync)
        with duckdb.connect() as connection:
            connection.execute(f"COPY (SELECT {select}) TO {literal(str(path))} (FORMAT parquet)")
        return path

    def feed(self) -> None:
        """Feed what lies there."""
        result = self.lake.run("feed")
        assert result.code == 0, result

    def feed_one(self, stem: str) -> None:
        """Feed a file of one row of a stream."""
        self.lake.write(stem, "2026-11-01", {1: "Ada"}, sync=1)
        self.feed()

    def build(self, *words: str, feed: bool = True) -> Built:
        """Feed, and build the models."""
        if feed:
            self.feed()
        return self.dbt.build(*words)

    def rows(self, statement: str) -> list[list[str | None]]:
        """The rows of a query of the landing, as texts."""
        result = self.lake.run("sql", "--format", "json", statement)
        assert result.code == 0, result
        found: list[list[str | None]] = json.loads(result.out)["rows"]
        return found

    def names(self, stem: str) -> dict[int, str | None]:
        """id -> name of the living rows of a stream's model."""
        found = self.rows(f"SELECT id, name FROM processed.int_faker__{stem}__current ORDER BY ALL")
        names = {int(row[0] or 0): row[1] for row in found}
        assert len(names) == len(found)
        return names

    def all_of(self, stem: str) -> list[list[str | None]]:
        """id, name and whether it is deleted, of all rows of a stream's model."""
        return self.rows(f"SELECT id, name, _lake_deleted FROM processed.int_faker__{stem} ORDER BY ALL")


@contextmanager
def flows_in(lake: FedLake, environ: Mapping[str, str]) -> Iterator[FlowLake]:
    """The lake with dbt at hand."""
    dbt = Dbt(lake.root, environ)
    try:
        yield FlowLake(lake, dbt)
    finally:
        dbt.close()
