"""Nothing of deleted rows is left: files written anew, snapshots expired, and what the catalog itself says of values.

DuckLake deletes rows by a mark. What it keeps beside: the files of older snapshots, small tables as rows of its catalog, and
the smallest and largest value of each column, in each file and in the table. The latter it never narrows where a whole
file goes (DuckLake 1.0); and a column without them takes those of the next file for all, so that rows are missed.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from infra.landing.engine.attach import CATALOG
from infra.landing.engine.engine import ConflictError, Engine, OutsideError
from infra.landing.feed.erase_models import HoldingTable
from infra.landing.feed.maintain import ORPHAN_AGE
from infra.landing.types.sql import literal

_ATTEMPTS = 5

_OLDER = """
SET VARIABLE lake_old = (
  SELECT list_append(coalesce(list(snapshot_id), []), 9223372036854775807) FROM ducklake_snapshots('lake')
  WHERE snapshot_id < (SELECT max(snapshot_id) FROM ducklake_snapshots('lake'))
)
"""

# As DuckLake calls them, where that is not DuckDB's name. Source: ducklake.select, "Data types".
_TYPES = {
    "int8": "TINYINT",
    "int16": "SMALLINT",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "int128": "HUGEINT",
    "uint8": "UTINYINT",
    "uint16": "USMALLINT",
    "uint32": "UINTEGER",
    "uint64": "UBIGINT",
    "uint128": "UHUGEINT",
    "float32": "FLOAT",
    "float64": "DOUBLE",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "timetz": "TIME WITH TIME ZONE",
    "json": "VARCHAR",
    # In hexadecimal digits.
    "blob": "VARCHAR",
}
# Types whose values can be read from what the catalog has of them, and compared as DuckLake does.
_ORDERED = re.compile(
    r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\([0-9]+, ?[0-9]+\)|VARCHAR|UUID|BOOLEAN|DATE|TIME( WITH TIME ZONE)?"
    r"|TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?"
)


def forget(engine: Engine, tables: Sequence[HoldingTable], *, expire: bool) -> Iterator[str]:
    """Let go of everything that is not in the tables any more; says what is being done. Raises UserError.

    `expire`: False to leave older snapshots alone. Each step is a transaction; after one that failed, all may be done again.
    """
    if expire:
        for table in tables:
            yield f"writing files of {table.qualified} anew"
            _rewrite(engine, table)
        yield "expiring older snapshots"
        with engine.writing():
            engine.run(_OLDER)
            engine.run("CALL ducklake_expire_snapshots('lake', versions => getvariable('lake_old'))")
    yield "deleting files of no snapshot"
    _delete_files(engine)
    yield "cleaning the catalog"
    _narrow(engine, tables)
    _vacuum(engine, tables)


def _delete_files(engine: Engine) -> None:
    orphans = f"older_than => now() - INTERVAL {int(ORPHAN_AGE.total_seconds())} SECOND"
    for statement in (
        "CALL ducklake_cleanup_old_files('lake', cleanup_all => true)",
        f"CALL ducklake_delete_orphaned_files('lake', {orphans})",
    ):
        with engine.writing():
            engine.run(statement)


def _rewrite(engine: Engine, table: HoldingTable) -> None:
    name, schema = literal(table.name), literal(table.schema)
    _flush(engine, table)
    with engine.writing():
        engine.run(f"CALL ducklake_rewrite_data_files('lake', {name}, schema => {schema}, delete_threshold => 0)")


def _flush(engine: Engine, table: HoldingTable) -> None:
    """Write its rows that are in the catalog into files."""
    named = f"table_name => {literal(table.name)}, schema_name => {literal(table.schema)}"
    with engine.writing():
        engine.run(f"CALL ducklake_flush_inlined_data('lake', {named})")


def _narrow(engine: Engine, tables: Sequence[HoldingTable]) -> None:
    """Let the catalog say of each column what its files say; again, where another writer came in between."""
    for last in (False,) * (_ATTEMPTS - 1) + (True,):
        try:
            for table in tables:
                _flush(engine, table)
            with _catalog_alone(engine):
                for table in tables:
                    for statement in _narrowing(engine, table):
                        _run_in_catalog(engine, statement)
                # The line about this, as a new file: until there is one, connections that are open go on with what they knew.
                engine.run("CALL ducklake_flush_inlined_data('lake', schema_name => '_lake')")
            return
        except ConflictError:
            if last:
                raise


@contextmanager
def _catalog_alone(engine: Engine) -> Iterator[None]:
    """The lock of the whole lake, for statements about DuckLake's own tables: in SQLite each is a transaction of its own."""
    with engine.outer_lock() if engine.settings.sqlite is not None else engine.writing():
        yield


def _run_in_catalog(engine: Engine, statement: str) -> None:
    if engine.settings.sqlite is not None:
        engine.run(statement.replace("UPDATE ", f"UPDATE {CATALOG}.", 1))
    else:
        engine.run(f"CALL postgres_execute('{CATALOG}', {literal(statement)})")


def _narrowing(engine: Engine, table: HoldingTable) -> list[str]:
    """The statements that make the smallest and largest value of each column what the table's files have."""
    number = engine.rows(
        f"SELECT max(t.table_id) FROM {CATALOG}.ducklake_table t JOIN {CATALOG}.ducklake_schema s USING (schema_id)"
        " WHERE t.end_snapshot IS NULL AND t.table_name = ? AND s.schema_name = ?",
        [table.name, table.schema],
    )[0][0]
    if _has_inlined(engine, number):
        raise ConflictError(f"another process writes into {table.qualified}: erase again")
    return [
        f"UPDATE ducklake_table_column_stats SET min_value = {_text(low)}, max_value = {_text(high)}"
        f" WHERE table_id = {number} AND column_id = {column}"
        for column, low, high in _extremes(engine, number)
    ]


def _text(value: str | None) -> str:
    return "NULL" if value is None else literal(value)


def _has_inlined(engine: Engine, number: int) -> bool:
    tables = engine.rows(f"SELECT table_name FROM {CATALOG}.ducklake_inlined_data_tables WHERE table_id = {number}")
    return any(engine.rows(f"SELECT 1 FROM {CATALOG}.{name} WHERE end_snapshot IS NULL LIMIT 1") for (name,) in tables)


def _extremes(engine: Engine, number: int) -> Iterator[tuple[int, str | None, str | None]]:
    """(column, smallest, largest) of those that the catalog has otherwise than the table's files; nothing in an empty table."""
    types = engine.rows(
        f"SELECT DISTINCT column_id, column_type FROM {CATALOG}.ducklake_column"
        f" WHERE table_id = {number} AND end_snapshot IS NULL ORDER BY 1"
    )
    known = {
        column: (low, high)
        for column, low, high in engine.rows(
            f"SELECT column_id, min_value, max_value FROM {CATALOG}.ducklake_table_column_stats WHERE table_id = {number}"
            " AND (min_value IS NOT NULL OR max_value IS NOT NULL)"
        )
    }
    for column, written in types:
        type_ = _TYPES.get(written, written.upper())
        if column in known and _ORDERED.fullmatch(type_):
            low, high, unsure = engine.rows(_OF_FILES.format(catalog=CATALOG, table=number, column=column, type=type_))[
                0
            ]
            if not unsure and (low, high) != known[column]:
                yield column, low, high


# Of the files that the table has now. Not sure: a file that has values and does not say which, or in another writing.
_OF_FILES = """
SELECT arg_min(min_value, TRY_CAST(min_value AS {type})), arg_max(max_value, TRY_CAST(max_value AS {type})),
  coalesce(bool_or(CASE WHEN min_value IS NULL OR max_value IS NULL THEN value_count IS DISTINCT FROM 0
    ELSE TRY_CAST(min_value AS {type}) IS NULL OR TRY_CAST(max_value AS {type}) IS NULL END), false)
FROM {catalog}.ducklake_file_column_stats s JOIN {catalog}.ducklake_data_file f USING (data_file_id)
WHERE f.table_id = {table} AND f.end_snapshot IS NULL AND s.column_id = {column}
"""


def _vacuum(engine: Engine, tables: Sequence[HoldingTable]) -> None:
    """Databases leave what was deleted in their files until the place is needed."""
    if engine.settings.sqlite is None:
        _vacuum_postgres(engine, tables)
        return
    try:
        with (
            engine.outer_lock(),
            closing(sqlite3.connect(engine.settings.sqlite, timeout=engine.settings.wait)) as catalog,
        ):
            catalog.execute("VACUUM")
    except sqlite3.Error as error:
        raise OutsideError(
            f"the catalog {engine.settings.sqlite} cannot be written anew: {error}; erase again"
        ) from None


def _vacuum_postgres(engine: Engine, tables: Sequence[HoldingTable]) -> None:
    named = "ducklake_file_column_stats", "ducklake_table_column_stats"
    inlined = engine.rows(
        f"SELECT i.table_name FROM {CATALOG}.ducklake_inlined_data_tables i JOIN {CATALOG}.ducklake_table t USING (table_id)"
        " WHERE list_contains(?, t.table_name) ORDER BY 1",
        [[table.name for table in tables]],
    )
    wait = f"SET lock_timeout = {int(engine.settings.wait * 1000)}"
    for statement in (wait, *(f"VACUUM FULL {name}" for name in (*named, *(name for (name,) in inlined)))):
        engine.run(f"CALL postgres_execute('{CATALOG}', {literal(statement)}, use_transaction => false)")
