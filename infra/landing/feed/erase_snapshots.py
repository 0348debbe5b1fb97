"""Older snapshots that still show rows: until they are expired, anybody can look at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from infra.landing.engine.attach import CATALOG
from infra.landing.engine.engine import Engine, EngineError
from infra.landing.feed.erase_key import EraseKey
from infra.landing.feed.erase_models import HoldingTable
from infra.landing.types.sql import literal


def snapshots_with(engine: Engine, tables: Sequence[HoldingTable], key: EraseKey) -> tuple[int, int | None]:
    """How many snapshots there are before the last one, and how many of them show such rows in one of the tables; None where
    they cannot be asked, such as from before a column was there.
    """
    numbers = [int(one) for (one,) in engine.rows("SELECT snapshot_id FROM ducklake_snapshots('lake') ORDER BY 1")]
    try:
        shown = {number for table in tables for number in _showing(engine, table, key, numbers)}
    except EngineError:
        return len(numbers) - 1, None
    return len(numbers) - 1, len(shown & set(numbers[:-1]))


def _showing(engine: Engine, table: HoldingTable, key: EraseKey, numbers: Sequence[int]) -> Iterator[int]:
    """Counted from the first snapshot that has the table, by the rows that came and went since: to look at each would read
    every file once a snapshot.
    """
    if (condition := key.condition(table.columns)) is None:
        return
    own = [number for number in numbers if number >= _born(engine, table)]
    first, last = own[0], own[-1]
    there = engine.rows(f"SELECT count(*) FROM {table.sql} AT (VERSION => {first}) WHERE {condition}", key.values)[0][0]
    changes = dict.fromkeys(own, 0)
    for kind, sign in (("insertions", 1), ("deletions", -1)) if last > first else ():
        of = f"ducklake_table_{kind}('lake', {literal(table.schema)}, {literal(table.name)}, {first + 1}::BIGINT, {last}::BIGINT)"
        for number, rows in engine.rows(
            f"SELECT snapshot_id, count(*) FROM {of} WHERE {condition} GROUP BY 1", key.values
        ):
            changes[number] = changes.get(number, 0) + sign * rows
    counts = accumulate((changes[number] for number in sorted(changes)), initial=there)
    next(counts)
    yield from (number for number, rows in zip(sorted(changes), counts, strict=True) if rows > 0)


def _born(engine: Engine, table: HoldingTable) -> int:
    """The snapshot that made the table."""
    found = engine.rows(
        f"SELECT max(t.begin_snapshot) FROM {CATALOG}.ducklake_table t JOIN {CATALOG}.ducklake_schema s USING (schema_id)"
        " WHERE t.end_snapshot IS NULL AND t.table_name = ? AND s.schema_name = ?",
        [table.name, table.schema],
    )
    return int(found[0][0])
