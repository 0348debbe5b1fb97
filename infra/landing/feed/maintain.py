"""Maintenance: many small files made few, old snapshots and what belongs to no snapshot removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from infra.landing.engine.engine import Engine

# Nobody's transaction lasts longer: a file that belongs to no snapshot and is older belongs to a run that was killed.
ORPHAN_AGE = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """One step of the maintenance.

    Attributes:
        does: what it does, for people.
        statement: what it runs.
        before: what it needs to have run.
    """

    does: str
    statement: str
    before: str = ""


# Chosen here, and never an empty list: DuckLake 1.0 compares moments as texts where its catalog is SQLite, and takes all of a day for older than it is.
_OLD = """
SET VARIABLE lake_old = (
  SELECT list_append(coalesce(list(snapshot_id), []), 9223372036854775807) FROM ducklake_snapshots('lake')
  WHERE snapshot_time < now() - INTERVAL {0} SECOND AND snapshot_id < (SELECT max(snapshot_id) FROM ducklake_snapshots('lake'))
)
"""


def steps(keep: timedelta) -> Iterator[Step]:
    """What is done, in order; `keep`: how far back one can still look."""
    seconds, orphans = int(keep.total_seconds()), int(ORPHAN_AGE.total_seconds())
    yield Step("rows of the ledger written into files", "CALL ducklake_flush_inlined_data('lake')")
    yield Step("small files merged", "CALL ducklake_merge_adjacent_files('lake')")
    yield Step("files with many deleted rows written anew", "CALL ducklake_rewrite_data_files('lake')")
    old = f"older_than => now() - INTERVAL {seconds} SECOND"
    expire = "CALL ducklake_expire_snapshots('lake', versions => getvariable('lake_old'))"
    yield Step("old snapshots expired", expire, _OLD.format(seconds))
    yield Step("files of no snapshot deleted", f"CALL ducklake_cleanup_old_files('lake', {old})")
    yield Step(
        "files of runs that were killed deleted",
        f"CALL ducklake_delete_orphaned_files('lake', older_than => now() - INTERVAL {orphans} SECOND)",
    )


def maintain(engine: Engine, keep: timedelta) -> Iterator[tuple[str, int]]:
    """Run each step under the lock of the whole lake, so that no writer waits for more than one; what, and how many things.

    Raises UserError.
    """
    for step in steps(keep):
        with engine.writing():
            if step.before:
                engine.run(step.before)
            found = engine.rows(step.statement)
        yield step.does, len(found)
