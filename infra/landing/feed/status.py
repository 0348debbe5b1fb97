"""Status: what is in each landing table, how far behind it is, and what needs somebody's eyes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from infra.base.json_value import Json
from infra.landing.engine.engine import Engine
from infra.landing.feed.tables import tables_there


@dataclass(frozen=True)
class Trouble:
    """A file that is not in its table as it lies there."""

    path: str
    event: str
    attempt: int
    reason: str


@dataclass(frozen=True)
class TableStatus:
    """A landing table.

    Attributes:
        files, rows, bytes: that are in it, by the ledger.
        changes: values that Airbyte itself could not take.
        vanished: files of it that are gone; their rows are there.
        fed: when something was fed last, in microseconds since 1970; None for never.
        extracted: the newest row's extraction, likewise.
        lag: now less that, in whole seconds.
        trouble: files in quarantine, and re-written ones.
        dropped: True if files are in it by the ledger, and somebody has dropped it.
    """

    name: str
    files: int = 0
    rows: int = 0
    bytes: int = 0
    changes: int = 0
    vanished: int = 0
    fed: int | None = None
    extracted: int | None = None
    lag: int | None = None
    trouble: tuple[Trouble, ...] = field(default=())
    dropped: bool = False

    def to_json(self) -> Json:
        """For `--format json`."""
        return {
            "table": self.name,
            "files": self.files,
            "rows": self.rows,
            "bytes": self.bytes,
            "changes": self.changes,
            "vanished": self.vanished,
            "lag_seconds": self.lag,
            "dropped": self.dropped,
            "trouble": [
                {"file": t.path, "event": t.event, "attempt": t.attempt, "reason": t.reason} for t in self.trouble
            ],
        }


@dataclass(frozen=True)
class LakeStatus:
    """A landing.

    Attributes:
        tables: sorted by name, also those that nothing was fed into yet.
        catalog_bytes: what the catalog takes; None where it cannot be asked.
        snapshots, data_files: how much there is for `maintain` to make less of.
        unknown: files below a prefix that no stream has, at the last full listing, and one of them.
    """

    tables: tuple[TableStatus, ...]
    catalog_bytes: int | None
    snapshots: int
    data_files: int
    unknown: int
    example: str

    def too_old(self, most: timedelta) -> list[TableStatus]:
        """The tables whose newest row is older than that, and those without a row."""
        seconds = most.total_seconds()
        return [table for table in self.tables if table.lag is None or table.lag > seconds]


_LAST = """
WITH last AS (
  SELECT * FROM lake._lake.files QUALIFY row_number() OVER (PARTITION BY table_name, path ORDER BY batch DESC) = 1
)
"""


def read_status(engine: Engine, names: Iterable[str], now: int) -> LakeStatus:
    """The status of the tables; `now`: microseconds since 1970. Raises UserError."""
    with engine.reading():
        trouble = _trouble(engine)
        counted = {row[0]: row for row in engine.rows(_LAST + _COUNTS)}
        there = tables_there(engine)
        found = (_table(name, counted.get(name), trouble.get(name, ()), now) for name in sorted(names))
        tables = tuple(replace(one, dropped=one.files > 0 and one.name not in there) for one in found)
        unknown = engine.rows("SELECT unknown, example FROM lake._lake.listings ORDER BY written_at DESC LIMIT 1")
        snapshots = engine.rows("SELECT count(*) FROM ducklake_snapshots('lake')")[0][0]
        files = engine.rows("SELECT sum(file_count) FROM ducklake_table_info('lake')")[0][0]
        count, example = unknown[0] if unknown else (0, "")
        return LakeStatus(tables, _catalog_bytes(engine), int(snapshots), int(files or 0), count, example or "")


_COUNTS = """
SELECT table_name, count(*) FILTER (has_rows), sum(rows) FILTER (has_rows), sum(size) FILTER (has_rows),
  sum(changes) FILTER (has_rows), count(*) FILTER (event = 'vanished'), max(written_at) FILTER (event = 'fed'),
  max(extracted_to)
FROM (SELECT *, event IN ('fed', 'changed', 'vanished') AS has_rows FROM last) GROUP BY table_name
"""


def _table(name: str, row: tuple[object, ...] | None, trouble: tuple[Trouble, ...], now: int) -> TableStatus:
    if row is None:
        return TableStatus(name, trouble=trouble)
    files, rows, size, changes, vanished, fed, extracted = (None if v is None else int(str(v)) for v in row[1:])
    lag = None if extracted is None else max(0, now - extracted) // 1_000_000
    return TableStatus(
        name, files or 0, rows or 0, size or 0, changes or 0, vanished or 0, fed, extracted, lag, trouble
    )


def _trouble(engine: Engine) -> dict[str, tuple[Trouble, ...]]:
    found: dict[str, tuple[Trouble, ...]] = {}
    for name, *rest in engine.rows(
        _LAST + "SELECT table_name, path, event, attempt, reason FROM last WHERE event IN ('quarantined', 'changed')"
        " ORDER BY table_name, path"
    ):
        found[name] = (*found.get(name, ()), Trouble(*rest))
    return found


def _catalog_bytes(engine: Engine) -> int | None:
    if engine.settings.sqlite is not None:
        return engine.settings.sqlite.stat().st_size
    return int(engine.ask_catalog("SELECT pg_database_size(current_database()) AS size")[0][0])
