"""A model of Airbyte's destination, played against feeding: whatever happens in whatever order, nothing that is alive is missing
from the table, nothing is in it twice, and what is fed in the end is what the destination holds.

The lake is a plain DuckDB in memory, which takes the same statements as DuckLake and none of its time.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from infra.base.redactor import Redactor
from infra.landing.engine.engine import Engine
from infra.landing.feed import ledger, retire, transaction
from infra.landing.feed.ended import NOTHING_ENDED, Ended
from infra.landing.feed.generations import Retention
from tests.support.landings import Table, airbyte, settings_in, table_in

HOUR = 3600
DAY = 24 * HOUR
BEGIN = 1_764_000_000
EXPIRY = 30 * DAY


@dataclass
class Object:
    """A file in the bucket, and what a person who saw everything knows of it."""

    generation: int
    connection: int
    rows: set[int]
    modified: int
    rewritten: bool = False


@dataclass
class Truth:
    """What became of rows: those that are alive, and those that a later generation or a clear replaced."""

    alive: set[int] = field(default_factory=set)
    listed: set[int] = field(default_factory=set)
    dead: set[int] = field(default_factory=set)


def plain_lake(root: Path) -> Engine:
    """The same schemas as a landing's, without DuckLake."""
    connection = duckdb.connect(config={"threads": "1"})
    engine = Engine(settings_in(root), connection, Redactor())
    for statement in ("SET TimeZone = 'UTC'", "ATTACH ':memory:' AS lake", "USE lake"):
        engine.run(statement)
    for schema in ("_lake", "landing"):
        engine.run(f"CREATE SCHEMA lake.{schema}")
    for name, columns in ledger._TABLES.items():
        engine.run(f"CREATE TABLE lake._lake.{name} ({', '.join(f'{key} {type_}' for key, type_ in columns.items())})")
    return engine


class Destination(RuleBasedStateMachine):
    """Syncs of one stream, and what else happens to its files."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.engine = plain_lake(Path(self.folder.name))
        self.clock = BEGIN
        self.patch = pytest.MonkeyPatch()
        for module in (transaction, retire):
            self.patch.setattr(module, "now", lambda: self.clock * 1_000_000)
        self.objects: dict[str, Object] = {}
        self.truth = Truth()
        self.generation, self.minimum, self.connection, self.job = 0, 0, 1, 0
        self.last_ids, self.names = 0, 0
        self.synced: int | None = None
        self.cleared: int | None = None
        self.expired: dict[str, Object] = {}
        self.late: list[tuple[str, Object, int]] = []
        self.excused: set[int] = set()

    def teardown(self) -> None:
        self.patch.undo()
        self.engine.connection.close()
        self.folder.cleanup()

    @initialize(overwrite=st.booleans(), retention=st.sampled_from(["unknown", "known", "never"]))
    def begin(self, overwrite: bool, retention: str) -> None:
        self.overwrite, self.retention = overwrite, retention
        self.table: Table = table_in(self.engine, "users", overwrite=overwrite)
        self.generation = 1

    # What happens at the destination.

    def _write(self, generation: int, started: int, sync: int, count: int) -> None:
        self.names += 1
        name = f"{self.names:03}.parquet"
        ids = set(range(self.last_ids, self.last_ids + count))
        self.last_ids += count
        made = Object(generation, self.connection, ids, self.clock)
        self._put(name, made, started, sync)

    def _put(self, name: str, made: Object, started: int, sync: int) -> None:
        low, high = min(made.rows, default=0), max(made.rows, default=-1) + 1
        self.table.put(
            name,
            airbyte(
                f"range AS id FROM range({low}, {high})",
                extracted=started * 1000,
                generation=made.generation,
                sync=sync,
            ),
            modified=made.modified,
        )
        self.objects[name] = made
        self.truth.alive |= made.rows

    def _delete(self, name: str) -> Object:
        self.table.path(name).unlink()
        return self.objects.pop(name)

    @rule(
        files=st.integers(0, 3),
        rows=st.integers(0, 2),
        succeeds=st.booleans(),
        late=st.booleans(),
        wait=st.integers(1, 3 * DAY),
    )
    def sync(self, files: int, rows: int, succeeds: bool, late: bool, wait: int) -> None:
        """One sync; with overwrite a new generation each time. One that fails may leave a file that is on its way."""
        self.clock += wait
        self.job += 1
        if self.overwrite and (self.synced is None or self.synced == self.job - 1 or self.generation == 0):
            self.generation += 1
        minimum = self.generation if self.overwrite else self.minimum
        started = self.clock
        for _ in range(files):
            self.clock += 1
            self._write(self.generation, started, self.job, rows)
        if succeeds:
            self._succeeded(minimum)
        elif late and rows:
            ids = set(range(self.last_ids, self.last_ids + rows))
            self.last_ids += rows
            self.names += 1
            self.late.append((f"{self.names:03}.parquet", Object(self.generation, self.connection, ids, 0), started))

    def _succeeded(self, minimum: int) -> None:
        self.synced = self.job
        self.clock += 1
        for name, one in list(self.objects.items()):
            if one.generation < minimum:
                self._delete(name)
                self.truth.alive -= one.rows
                self.truth.dead |= one.rows
        # What came before and has expired since is replaced too.
        for name in self.expired:
            one = self.expired[name]
            if one.connection == self.connection and one.generation < minimum:
                self.truth.alive -= one.rows
        if self.minimum < minimum:
            self.minimum = 0

    @precondition(lambda self: self.late)
    @rule(wait=st.integers(1, DAY))
    def arrive(self, wait: int) -> None:
        """A file of a sync that failed before, seen only now."""
        self.clock += wait
        name, made, started = self.late.pop(0)
        made.modified = self.clock
        self._put(name, made, started, self.job)
        if made.connection == self.connection and made.generation < max(self.generation, self.minimum):
            # Nobody can say whether it counts: what is newer may have replaced it.
            self.excused |= made.rows

    @rule(remove=st.booleans())
    def refresh(self, remove: bool) -> None:
        """The next sync begins a generation, and removes what was before it, or keeps it."""
        self.generation += 1
        if remove:
            self.minimum = self.generation

    @rule(wait=st.integers(1, 3 * DAY))
    def clear(self, wait: int) -> None:
        self.clock += wait
        self.job += 1
        self.generation += 1
        self.cleared = self.job
        for name in list(self.objects):
            if self.objects[name].generation < self.generation:
                one = self._delete(name)
                self.truth.alive -= one.rows
                self.truth.dead |= one.rows
        self.truth.alive.clear()

    @precondition(lambda self: self.objects)
    @rule(wait=st.integers(0, 2 * EXPIRY))
    def expire(self, wait: int) -> None:
        """The bucket's own rule; its rows are alive as long as nothing replaced them."""
        if self.retention == "never" or (self.overwrite and self.retention == "unknown"):
            # Nobody said that there is a rule, and files are gone: of a stream that is overwritten that means a newer sync.
            return
        self.clock += wait
        for name, one in list(self.objects.items()):
            if self.clock - one.modified >= EXPIRY:
                self.expired[name] = self._delete(name)

    @rule()
    def replace_connection(self) -> None:
        """Another connection of the same name, which counts from one again."""
        self.connection += 1
        self.generation, self.minimum = 1, 0
        self.clock += 10
        self.late.clear()

    @precondition(lambda self: self.objects)
    @rule(data=st.data())
    def rewrite(self, data: st.DataObject) -> None:
        """A name is written over: the table has what it was, or what it is, as long as nobody asks for a replay."""
        name = data.draw(st.sampled_from(sorted(self.objects)))
        one = self.objects[name]
        self.clock += 1
        self.excused |= one.rows
        self.truth.alive -= one.rows
        ids = {self.last_ids}
        self.last_ids += 1
        self.excused |= ids
        self._put(name, Object(one.generation, one.connection, ids, self.clock, rewritten=True), self.clock, self.job)

    # What the feeder does.

    @rule(full=st.booleans(), server=st.booleans(), wait=st.sampled_from([0, 1, 2 * HOUR, 3 * DAY]))
    def feed(self, full: bool, server: bool, wait: int) -> None:
        self.clock += wait
        retention = {
            "unknown": Retention(),
            "known": Retention(timedelta(seconds=EXPIRY)),
            "never": Retention(never=True),
        }[self.retention]
        ended = Ended(self.synced, self.cleared) if server else NOTHING_ENDED
        fed = self.table.feed(full=full, retention=retention, settle=timedelta(hours=1), ended=ended)
        assert not fed.failure
        assert all("re-written" in reason for reason in fed.problems.values()), fed.problems
        self.truth.listed = {row for one in self.objects.values() for row in one.rows} | self.truth.listed

    def _rows(self) -> list[int]:
        made = self.engine.rows("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'landing' AND table_name = 'users'")
        return [row for (row,) in self.table.rows("id")] if made else []

    @rule(server=st.booleans())
    def feed_twice(self, server: bool) -> None:
        """As an hourly run does: what the first one deleted is known to the second."""
        for _ in range(2):
            self.feed(full=True, server=server, wait=2 * HOUR)

    @invariant()
    def nothing_is_missing_or_there_twice(self) -> None:
        rows = self._rows()
        assert len(rows) == len(set(rows))
        missing = (self.truth.alive & self.truth.listed) - self.excused - set(rows)
        assert not missing, missing


Destination.TestCase.settings = settings(max_examples=12, stateful_step_count=14)
TestDestination = Destination.TestCase
