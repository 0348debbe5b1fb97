"""The ledger: tables beside the landing tables, in the same catalog, so that rows and ledger are one transaction.

`_lake.files`: what became of each file. `_lake.batches`: each transaction of a table, and, without a table, each connection
that has another id. `_lake.listings`: what was looked at.
`_lake.<table>__head`: the number of a table's last batch. It is updated by each transaction, and DuckLake refuses the later of
two that update one row: so two writers that both believe to have the lock can never both commit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from infra.base.errors import UserError
from infra.landing.engine.engine import Engine
from infra.landing.feed.found_file import FoundFile
from infra.landing.feed.ledger_entry import Contents, LedgerEntry
from infra.landing.types.sql import identifier

VERSION = 1

# The rows of the ledger stay in the catalog until `maintain` writes them into files.
INLINED_ROWS = 1000

_FILES = {
    "table_name": "VARCHAR",
    "batch": "BIGINT",
    "written_at": "BIGINT",
    "path": "VARCHAR",
    "size": "BIGINT",
    "modified": "BIGINT",
    "event": "VARCHAR",
    "connection": "VARCHAR",
    "epoch": "INTEGER",
    "rows": "BIGINT",
    "generation_from": "BIGINT",
    "generation_to": "BIGINT",
    "extracted_from": "BIGINT",
    "extracted_to": "BIGINT",
    "sync_id": "BIGINT",
    "changes": "BIGINT",
    "attempt": "INTEGER",
    "reason": "VARCHAR",
}
_BATCHES = {
    "table_name": "VARCHAR",
    "batch": "BIGINT",
    "written_at": "BIGINT",
    "event": "VARCHAR",
    "connection": "VARCHAR",
    "epoch": "INTEGER",
    "generation": "BIGINT",
    "files": "BIGINT",
    "bytes": "BIGINT",
    "rows": "BIGINT",
    "deleted": "BIGINT",
    "note": "VARCHAR",
}
_LISTINGS = {
    "written_at": "BIGINT",
    "table_name": "VARCHAR",
    "connection": "VARCHAR",
    "everything": "BOOLEAN",
    "files": "BIGINT",
    "bytes": "BIGINT",
    "unfinished": "BIGINT",
    "unknown": "BIGINT",
    "example": "VARCHAR",
}
_TABLES = {"files": _FILES, "batches": _BATCHES, "listings": _LISTINGS, "version": {"ledger": "INTEGER"}}


def prepare(engine: Engine) -> None:
    """Make the ledger, once, under the lock. Raises UserError for one of a newer lakeform."""
    if (known := _version(engine)) is None:
        with engine.writing():
            for schema in ("_lake", "landing"):
                engine.run(f"CREATE SCHEMA IF NOT EXISTS lake.{schema}")
        # Options of a schema can be set once it is committed; a run that ends in between is continued by the next one.
        with engine.writing():
            known = _version(engine)
            if known is None:
                _create(engine)
                known = VERSION
    if known > VERSION:
        raise UserError(f"the ledger has version {known}, and this lakeform knows {VERSION}: install a newer lakeform")


def _version(engine: Engine) -> int | None:
    found = engine.rows(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = 'lake' AND schema_name = '_lake' AND table_name = 'version'"
    )
    return int(engine.rows("SELECT max(ledger) FROM lake._lake.version")[0][0]) if found else None


def _create(engine: Engine) -> None:
    # Rows that are kept in the catalog and a column that is added in the same transaction end DuckLake 1.0 with an internal
    # error; so only the ledger, whose columns never change, keeps them there.
    engine.run("CALL lake.set_option('data_inlining_row_limit', 0, schema => 'landing')")
    engine.run(f"CALL lake.set_option('data_inlining_row_limit', {INLINED_ROWS}, schema => '_lake')")
    for name, columns in _TABLES.items():
        engine.run(f"CREATE TABLE lake._lake.{name} ({', '.join(f'{key} {type_}' for key, type_ in columns.items())})")
    engine.run("INSERT INTO lake._lake.version VALUES (?)", [VERSION])


def head(table: str) -> str:
    """The table with the number of a landing table's last batch, as SQL has it."""
    return identifier("lake", "_lake", f"{table}__head")


def last_batches(engine: Engine, tables: Sequence[str]) -> dict[str, int]:
    """Table -> the number of its last transaction, for those that had one."""
    found = engine.rows(
        "SELECT table_name, max(batch) FROM lake._lake.batches WHERE list_contains(?, table_name) GROUP BY table_name",
        [list(tables)],
    )
    return dict(found)


def next_batch(engine: Engine, table: str) -> int:
    """The number of the transaction that this is; counted up in the table's head, which keeps others out."""
    engine.run(f"CREATE TABLE IF NOT EXISTS {head(table)} (batch BIGINT)")
    found = engine.rows(f"SELECT batch FROM {head(table)}")
    if not found:
        engine.run(f"INSERT INTO {head(table)} VALUES (1)")
        return 1
    number = int(found[0][0]) + 1
    engine.run(f"UPDATE {head(table)} SET batch = ?", [number])
    return number


def read_ledgers(
    engine: Engine, tables: Sequence[str], paths: Sequence[str] | None = None
) -> dict[str, dict[str, LedgerEntry]]:
    """Landing table -> path -> its last entry. `paths`: of these alone, since a ledger holds every file there ever was."""
    columns = ", ".join(_FILES)
    found: dict[str, dict[str, LedgerEntry]] = {table: {} for table in tables}
    among = "" if paths is None else "AND path IN (SELECT unnest(from_json(?::JSON, '[\"VARCHAR\"]')))"
    for table, *row in engine.rows(
        f"SELECT {columns} FROM lake._lake.files WHERE list_contains(?, table_name) {among} "
        "QUALIFY row_number() OVER (PARTITION BY table_name, path ORDER BY batch DESC) = 1",
        [list(tables), *([] if paths is None else [json.dumps(list(paths))])],
    ):
        entry = _entry(row)
        found[table][entry.file.path] = entry
    return found


def known_paths(engine: Engine, paths: Iterable[str]) -> set[str]:
    """Those of the paths that the ledger of any table has a line about, other than that they are forgotten."""
    found = engine.rows(
        "SELECT path FROM lake._lake.files SEMI JOIN (SELECT unnest(from_json(?::JSON, '[\"VARCHAR\"]')) AS path) USING (path)"
        " QUALIFY row_number() OVER (PARTITION BY table_name, path ORDER BY batch DESC) = 1 AND event <> 'forgotten'",
        [json.dumps(sorted(paths))],
    )
    return {path for (path,) in found}


def living_tables(engine: Engine, prefix: str) -> set[str]:
    """The tables that have rows of files whose path begins so, also where those are gone."""
    found = engine.rows(
        "SELECT table_name FROM lake._lake.files WHERE starts_with(path, ?)"
        " QUALIFY row_number() OVER (PARTITION BY table_name, path ORDER BY batch DESC) = 1"
        " AND event IN ('fed', 'changed', 'vanished')",
        [prefix],
    )
    return {table for (table,) in found}


def _entry(row: Sequence[Any]) -> LedgerEntry:
    batch, at, path, size, modified, event, connection, epoch, *contents, attempt, reason = row
    rows, generation_from, generation_to, extracted_from, extracted_to, sync_id, changes = contents
    return LedgerEntry(
        FoundFile(path, size, modified),
        event,
        batch,
        at,
        connection,
        epoch,
        Contents(rows, _pair(generation_from, generation_to), _pair(extracted_from, extracted_to), sync_id, changes),
        attempt,
        reason,
    )


def _pair(low: int | None, high: int | None) -> tuple[int, int] | None:
    return None if low is None or high is None else (low, high)


def living_since(engine: Engine, tables: Sequence[str]) -> dict[str, dict[str, tuple[int, int]]]:
    """Landing table -> connection -> the (epoch, generation) that the rows of older ones are dead by."""
    found: dict[str, dict[str, tuple[int, int]]] = {table: {} for table in tables}
    for table, connection, age in engine.rows(
        "SELECT table_name, connection, max(row(epoch, generation)) FROM lake._lake.batches"
        " WHERE list_contains(?, table_name) AND event IN ('replaced', 'emptied') GROUP BY table_name, connection",
        [list(tables)],
    ):
        found[table][connection] = age
    return found


def noted_renames(engine: Engine) -> dict[str, str]:
    """Id that a connection had -> the one that it got then."""
    found = engine.rows(
        "SELECT connection, note FROM lake._lake.batches WHERE event = 'renamed' ORDER BY written_at, connection"
    )
    return dict(found)


def append(engine: Engine, table: str, entries: Iterable[LedgerEntry]) -> None:
    """Add lines to the ledger."""
    rows = [_row(table, entry) for entry in entries]
    if not rows:
        return
    # As one text: DuckDB's client takes a millisecond for each number of a list.
    shape = json.dumps([_FILES])
    engine.run(
        f"INSERT INTO lake._lake.files SELECT unnest(from_json(?::JSON, '{shape}'), recursive := true)",
        [json.dumps([dict(zip(_FILES, row, strict=True)) for row in rows])],
    )


def _row(table: str, entry: LedgerEntry) -> tuple[object, ...]:
    file, contents = entry.file, entry.contents
    generations, extracted = contents.generations or (None, None), contents.extracted or (None, None)
    return (
        *(
            table,
            entry.batch,
            entry.at,
            file.path,
            file.size,
            file.modified,
            entry.event,
            entry.connection,
            entry.epoch,
        ),
        *(contents.rows, *generations, *extracted, contents.sync_id, contents.changes, entry.attempt, entry.reason),
    )


def note_batch(engine: Engine, values: Mapping[str, object]) -> None:
    """Add a transaction to `_lake.batches`."""
    _insert(engine, "batches", values)


def note_listing(engine: Engine, values: Mapping[str, object]) -> None:
    """Add a look at folders to `_lake.listings`."""
    _insert(engine, "listings", values)


def _insert(engine: Engine, name: str, values: Mapping[str, object]) -> None:
    columns = _TABLES[name]
    assert values.keys() <= columns.keys(), "a column of the ledger"
    marks = ", ".join("?" for _ in columns)
    engine.run(f"INSERT INTO lake._lake.{name} VALUES ({marks})", [values.get(key) for key in columns])
