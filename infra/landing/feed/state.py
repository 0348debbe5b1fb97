"""State: what the ledger says of a table, read at once for many."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.landing.engine.engine import Engine
from infra.landing.feed.generations import Age
from infra.landing.feed.ledger import last_batches, living_since, read_ledgers
from infra.landing.feed.ledger_entry import LedgerEntry


@dataclass(frozen=True)
class State:
    """What the ledger says of a table.

    Attributes:
        ledger: path -> its last entry.
        batch: number of the last transaction.
        since: connection -> the (epoch, generation) that older rows are dead by.
    """

    ledger: Mapping[str, LedgerEntry]
    batch: int
    since: Mapping[str, Age]


def now() -> int:
    """Now, in microseconds since 1970."""
    return time.time_ns() // 1000


def look_up(engine: Engine, tables: Sequence[str]) -> dict[str, State]:
    """Landing table -> what the ledger says of it now."""
    with engine.reading():
        return _states(engine, tables)


def read_state(engine: Engine, table: str) -> State:
    """What it says of one, inside of a transaction."""
    return _states(engine, [table])[table]


def _states(engine: Engine, tables: Sequence[str]) -> dict[str, State]:
    ledgers, batches, since = read_ledgers(engine, tables), last_batches(engine, tables), living_since(engine, tables)
    return {table: State(ledgers[table], batches.get(table, 0), since[table]) for table in tables}
