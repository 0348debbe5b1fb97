"""Erasing: raw files written anew, rows taken out of tables, and then nothing of them kept by the lake."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from infra.base.errors import UserError
from infra.lake.files.tables import SCHEMA
from infra.landing.engine.engine import Engine, OutsideError
from infra.landing.feed.erase_catalog import forget
from infra.landing.feed.erase_key import EraseKey
from infra.landing.feed.erase_models import HoldingTable
from infra.landing.feed.erase_plan import Found, rows_by_file
from infra.landing.feed.erase_raw import file_now, find_rows, write_without
from infra.landing.feed.ledger import append, next_batch, note_batch
from infra.landing.feed.ledger_entry import LedgerEntry
from infra.landing.feed.state import now, read_state
from infra.landing.feed.tables import columns_of
from infra.landing.types.target import Target


@dataclass(frozen=True)
class Erased:
    """What was done.

    Attributes:
        tables: table -> rows that were deleted.
        files: raw file -> rows that were left out of it.
        problems: raw file -> why it was left alone.
    """

    tables: Mapping[str, int]
    files: Mapping[str, int]
    problems: Mapping[str, str] = field(default_factory=dict)


def erase(engine: Engine, target: Target, found: Found, tell: Callable[[str], None]) -> Erased:
    """Do what a plan says. Raises UserError; then all may be done again.

    Raw files first, each in a transaction with its line in the ledger: a feeder never takes one for another file. Where no row
    was found, only what an earlier run has left to do is done: a mistyped key takes no snapshot away.
    """
    files, problems = _out_of_files(engine, target, found, tell)
    tables: Mapping[str, int] = {}
    if found.plan.found:
        tell(f"deleting rows of {target.name}")
        tables = _out_of_tables(engine, target, found)
    columns = columns_of(engine, target)
    own = [HoldingTable(SCHEMA, target.name, columns)] if columns else []
    for step in forget(engine, [*own, *found.models], expire=found.plan.found or found.plan.showing is None):
        tell(step)
    return Erased(tables, files, problems)


def _out_of_files(
    engine: Engine, target: Target, found: Found, tell: Callable[[str], None]
) -> tuple[dict[str, int], dict[str, str]]:
    """Path -> rows, and path -> why it was left alone."""
    files, problems = dict[str, int](), dict[str, str]()
    for file in found.raw.rows:
        tell(f"writing {file.path} anew")
        try:
            files[file.path] = _out_of_file(engine, target, file.path, found.key)
        except OutsideError:
            raise
        except UserError as error:
            problems[file.path] = str(error)
    return files, problems


def _out_of_file(engine: Engine, target: Target, path: str, key: EraseKey) -> int:
    """How many rows were left out. Where they are is looked up again: somebody else may have written the file anew."""
    with engine.writing(target.name):
        number, at = next_batch(engine, target.name), now()
        rows = find_rows(engine, target, list(file_now(engine, path)), key).rows
        for file, numbers in rows.items():
            written = write_without(engine, target, file, numbers)
            entry = read_state(engine, target.name).ledger.get(path)
            # One that was re-written since it was fed goes on to be told.
            if entry is not None and entry.file.identity == file.identity:
                append(engine, target.name, [replace(entry, file=written, batch=number, at=at)])
            note_batch(engine, {**_own(target, number, at), "files": 1, "bytes": written.size})
    return sum(map(len, rows.values()))


def _out_of_tables(engine: Engine, target: Target, found: Found) -> dict[str, int]:
    """Table -> rows, in one transaction. The ledger tells the rows that a file has in the table."""
    deleted: dict[str, int] = {}
    with engine.writing(target.name):
        number, at = next_batch(engine, target.name), now()
        columns = columns_of(engine, target)
        own = [HoldingTable(SCHEMA, target.name, columns)] if columns else []
        counts = rows_by_file(engine, own[0], found.key) if own else {}
        for table in (*own, *found.models):
            if condition := found.key.condition(table.columns):
                rows = engine.rows(f"DELETE FROM {table.sql} WHERE {condition}", found.key.values)
                deleted[table.qualified] = int(rows[0][0])
        ledger = read_state(engine, target.name).ledger
        fewer = [_less(ledger[path], rows, number, at) for path, rows in counts.items() if path in ledger]
        append(engine, target.name, fewer)
        note_batch(engine, {**_own(target, number, at), "files": len(counts), "deleted": sum(counts.values())})
    return deleted


def _own(target: Target, number: int, at: int) -> dict[str, object]:
    return {"table_name": target.name, "batch": number, "written_at": at, "event": "erased"}


def _less(entry: LedgerEntry, rows: int, number: int, at: int) -> LedgerEntry:
    return replace(entry, batch=number, at=at, contents=replace(entry.contents, rows=entry.contents.rows - rows))
