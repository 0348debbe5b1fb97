"""State: what the ledger says of a table, read at once for many."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from infra.landing.engine.engine import Engine
from infra.landing.feed.generations import Age
from infra.landing.feed.ledger import last_batches, living_since, noted_renames, read_ledgers
from infra.landing.feed.ledger_entry import LedgerEntry


@dataclass(frozen=True)
class State:
    """What the ledger says of a table; connections by the ids that they have now.

    Attributes:
        ledger: path -> its last entry.
        batch: number of the last transaction.
        since: connection -> the (epoch, generation) that older rows are dead by.
        renamed: id that a connection had, which older rows hold -> the one that it has.
    """

    ledger: Mapping[str, LedgerEntry]
    batch: int
    since: Mapping[str, Age]
    renamed: Mapping[str, str] = field(default_factory=dict)

    def ids_of(self, connection: str) -> list[str]:
        """Every id that a connection has or had."""
        return [connection, *(before for before, after in self.renamed.items() if after == connection)]


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
    renamed = ids_now({**noted_renames(engine), **engine.settings.renamed}, engine.settings.connections)
    return {
        table: State(_named(ledgers[table], renamed), batches.get(table, 0), _newest(since[table], renamed), renamed)
        for table in tables
    }


def ids_now(renamed: Mapping[str, str], there: Collection[str]) -> dict[str, str]:
    """Id that a connection had -> the one that it has, over any number of steps.

    `there`: the ids of today: one that was given up and is another connection's now is nobody's former one.
    """
    steps = {before: after for before, after in renamed.items() if before not in there}
    return {before: last for before in steps if (last := _last(before, steps)) != before}


def former_ids(renamed: Mapping[str, str], there: Collection[str], connection: str) -> list[str]:
    """The ids that a connection had, those it had last first; `renamed`, `there`: as for `ids_now`."""
    found = [connection]
    for one in found:
        found += sorted(b for b, after in renamed.items() if after == one and b not in there and b not in found)
    return found[1:]


def _last(connection: str, steps: Mapping[str, str]) -> str:
    seen = {connection}
    while (after := steps.get(connection)) is not None and after not in seen:
        connection = after
        seen.add(after)
    return connection


def _named(ledger: Mapping[str, LedgerEntry], renamed: Mapping[str, str]) -> Mapping[str, LedgerEntry]:
    if not renamed:
        return ledger
    return {
        path: replace(entry, connection=renamed.get(entry.connection, entry.connection))
        for path, entry in ledger.items()
    }


def _newest(since: Mapping[str, Age], renamed: Mapping[str, str]) -> dict[str, Age]:
    found: dict[str, Age] = {}
    for connection, age in since.items():
        own = renamed.get(connection, connection)
        found[own] = max(age, found.get(own, age))
    return found
