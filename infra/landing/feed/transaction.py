"""One transaction of feeding: rows, ledger and view of a table, all or nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from infra.landing.engine.engine import ConflictError, Engine, EngineError, Row
from infra.landing.feed.fed import Fed
from infra.landing.feed.found_file import FoundFile
from infra.landing.feed.generations import Age, age_of, epoch_of
from infra.landing.feed.group import Group, Unreadable
from infra.landing.feed.ledger import append, last_batches, living_since, next_batch, note_batch, read_ledgers
from infra.landing.feed.ledger_entry import Contents, LedgerEntry
from infra.landing.feed.listing import look_again
from infra.landing.feed.register import is_kept_out, make_table, misfit, register_files
from infra.landing.feed.tables import columns_of, renew_view, view_is_current
from infra.landing.types.column_type import JSON, ColumnType
from infra.landing.types.insert_plan import InsertPlan, Refused, new_columns, plan
from infra.landing.types.sql import identifier
from infra.landing.types.statements import create_statement
from infra.landing.types.target import Target


@dataclass(frozen=True)
class Batch:
    """Files for one transaction, all of one connection.

    Attributes:
        again: paths whose rows are taken out first, for a replay.
    """

    connection: str
    groups: Sequence[Group]
    unreadable: Sequence[Unreadable] = ()
    again: Sequence[str] = ()


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


class _OtherEpochsError(Exception):
    """The rows say that files are of other epochs than was thought."""

    def __init__(self, epochs: Mapping[str, int]) -> None:
        super().__init__()
        self.epochs = epochs


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


def write_batch(engine: Engine, target: Target, batch: Batch, fed: Fed, known: State) -> State:
    """Commit the files of a batch and the lines about them, or nothing; returns what the ledger says then.

    `known`: what it said when it was last looked at; it is looked at again where somebody has written since. Raises ConflictError where another writer was first, EngineError where
    something in the files cannot be read.
    """
    if target.register and batch.groups and not is_kept_out(engine, target):
        make_table(engine, target, batch.groups[0].stored)
    epochs: Mapping[str, int] = {}
    while True:
        done = Fed(target.name)
        try:
            with engine.writing(target.name):
                known = _write(engine, target, batch, epochs, done, known)
        except _OtherEpochsError as error:
            epochs = error.epochs
            continue
        fed.add(done)
        return known


def _write(
    engine: Engine,
    target: Target,
    batch: Batch,
    epochs: Mapping[str, int],
    fed: Fed,
    known: State,
) -> State:
    number = next_batch(engine, target.name)
    state = known if known.batch == number - 1 else read_state(engine, target.name)
    files = [file for group in batch.groups for file in group.files]
    if any(_is_known(file, state.ledger) for file in files if file.path not in batch.again):
        raise ConflictError("another process fed these files meanwhile")
    fed.deleted += _take_out(engine, target, batch.again)
    current = _epoch(state.ledger, batch.connection)
    refused = _insert(engine, target, batch, number, current, epochs)
    if batch.again and refused:
        raise EngineError(refused[0].reason)
    kept = [file for file in files if file.path not in {unreadable.file.path for unreadable in refused}]
    contents = _contents(engine, target, batch, number, kept)
    _check_epochs(state, batch.connection, contents, epochs, current)
    if written := sorted(look_again(engine, kept)):
        raise EngineError(f"{written[0]} was written while it was read")
    at = now()
    entries = [
        LedgerEntry(file, "fed", number, at, batch.connection, epochs.get(file.path, current), contents[file.path])
        for file in kept
    ]
    entries = _bury(engine, target, entries, state.since.get(batch.connection))
    bad = [*batch.unreadable, *refused]
    lines = [*entries, *_quarantined(bad, number, at, batch.connection, current, state.ledger)]
    append(engine, target.name, lines)
    _count(entries, bad, fed)
    event = "fed" if fed.files or not bad else "quarantined"
    counted = {"files": fed.files, "bytes": fed.bytes, "rows": fed.rows, "deleted": fed.deleted}
    own = {"table_name": target.name, "batch": number, "written_at": at, "event": event, "connection": batch.connection}
    note_batch(engine, {**own, **counted})
    return State({**state.ledger, **{line.file.path: line for line in lines}}, number, state.since)


def _is_known(file: FoundFile, ledger: Mapping[str, LedgerEntry]) -> bool:
    entry = ledger.get(file.path)
    return entry is not None and (entry.has_rows or (entry.event == "dead" and entry.file.identity == file.identity))


def _epoch(ledger: Mapping[str, LedgerEntry], connection: str) -> int:
    return max((entry.epoch for entry in ledger.values() if entry.connection == connection), default=1)


def _take_out(engine: Engine, target: Target, paths: Sequence[str]) -> int:
    """Delete the rows of files that are fed anew; how many there were. A table that somebody dropped has none."""
    if not paths or columns_of(engine, target) is None:
        return 0
    return int(engine.rows(f"DELETE FROM {target.table} WHERE list_contains(?, _lake_file)", [list(paths)])[0][0])


def _insert(
    engine: Engine, target: Target, batch: Batch, number: int, current: int, epochs: Mapping[str, int]
) -> list[Unreadable]:
    """Put the rows into the table, which is made or altered first; returns the files that do not fit."""
    if target.register:
        return _register(engine, target, batch)
    plans: list[tuple[Group, InsertPlan]] = []
    refused: list[Unreadable] = []
    columns: Mapping[str, ColumnType] | None = columns_of(engine, target)
    renewed = columns is None
    if columns is None and batch.groups:
        columns = new_columns(batch.groups[0].columns, target.declared, target.asked, json=target.json)
        engine.run(create_statement(target, columns))
    for group in batch.groups:
        assert columns is not None, "made for the first group"
        made = plan(target.table, columns, group.columns, target.declared, target.asked, json=target.json)
        if isinstance(made, Refused):
            refused += [Unreadable(file, _told(made)) for file in group.files]
            continue
        columns, renewed = made.columns, renewed or bool(made.alterations)
        plans.append((group, made))
    # All alterations before any row: DuckLake cannot alter what has rows of the same transaction in the catalog.
    for _, made in plans:
        for statement in made.alterations:
            engine.run(statement)
    for group, made in plans:
        for epoch, files in _by_epoch(group.files, current, epochs):
            _insert_group(engine, target, group, made, files, (number, epoch, batch.connection))
    if columns is not None and (renewed or not view_is_current(engine, target, columns)):
        renew_view(engine, target, columns)
    return refused


def _register(engine: Engine, target: Target, batch: Batch) -> list[Unreadable]:
    refused: list[Unreadable] = []
    columns = columns_of(engine, target) or {}
    for group in batch.groups:
        if (reason := misfit(columns, group)) is not None:
            refused += [Unreadable(file, _told(reason)) for file in group.files]
        else:
            register_files(engine, target, group.files)
    if columns and not view_is_current(engine, target, columns):
        renew_view(engine, target, columns)
    return refused


def _told(refused: Refused) -> str:
    run = "; ".join(statement.replace('"lake".', "") for statement in refused.statements)
    return f"{refused.reason}; run: {run}; and feed again" if run else refused.reason


def _by_epoch(
    files: Sequence[FoundFile], current: int, epochs: Mapping[str, int]
) -> Iterator[tuple[int, list[FoundFile]]]:
    for epoch in sorted({epochs.get(file.path, current) for file in files}):
        yield epoch, [file for file in files if epochs.get(file.path, current) == epoch]


def _insert_group(
    engine: Engine,
    target: Target,
    group: Group,
    made: InsertPlan,
    files: Sequence[FoundFile],
    own: tuple[int, int, str],
) -> None:
    names = [*made.values, "_lake_file", "_lake_row", "_lake_batch", "_lake_epoch", "_lake_connection"]
    values = [*made.values.values(), "_lake_file", "_lake_row", "?::BIGINT", "?::INTEGER", "?::VARCHAR"]
    engine.run(
        f"INSERT INTO {target.table} ({', '.join(map(identifier, names))}) SELECT {', '.join(values)} FROM {group.relation(engine, files)}",
        own,
    )


def _contents(
    engine: Engine, target: Target, batch: Batch, number: int, files: Sequence[FoundFile]
) -> dict[str, Contents]:
    """What is in the files, counted in the rows that are in the table now, or where they lie if they stay there."""
    if not files:
        return {}
    if target.register:
        found = [
            row
            for group in batch.groups
            for row in _counted(engine, group.columns, group.relation(engine, group.files))
        ]
    else:
        rows = f"(SELECT * FROM {target.table} WHERE _lake_batch = {number})"
        found = _counted(engine, columns_of(engine, target) or {}, rows)
    known = {
        path: Contents(n, _pair(g0, g1), _pair(e0, e1), sync, int(c or 0)) for path, n, g0, g1, e0, e1, sync, c in found
    }
    return {file.path: known.get(file.path, Contents()) for file in files}


def _counted(engine: Engine, columns: Mapping[str, ColumnType], relation: str) -> list[Row]:
    wanted = ", ".join(_aggregates(columns))
    return engine.rows(f"SELECT _lake_file, count(*), {wanted} FROM {relation} GROUP BY _lake_file")


def _pair(low: int | None, high: int | None) -> tuple[int, int] | None:
    return None if low is None or high is None else (low, high)


def _aggregates(columns: Mapping[str, ColumnType]) -> Iterator[str]:
    has = columns.keys()
    generation = "_airbyte_generation_id" if "_airbyte_generation_id" in has else "NULL::BIGINT"
    yield f"min({generation})"
    yield f"max({generation})"
    extracted = "epoch_us(_airbyte_extracted_at)" if "_airbyte_extracted_at" in has else "NULL::BIGINT"
    yield f"min({extracted})"
    yield f"max({extracted})"
    meta = columns.get("_airbyte_meta")
    fields = {name for name, _ in meta.fields} if meta else set()
    if meta == JSON:
        yield "max(CAST(_airbyte_meta->>'$.sync_id' AS BIGINT))"
        yield "sum(json_array_length(_airbyte_meta, '$.changes'))"
        return
    yield "max(_airbyte_meta.sync_id)" if "sync_id" in fields else "NULL"
    yield "sum(len(_airbyte_meta.changes))" if "changes" in fields else "0"


def _check_epochs(
    state: State, connection: str, contents: Mapping[str, Contents], epochs: Mapping[str, int], current: int
) -> None:
    """Raise _OtherEpochsError where the rows say that the counter of generations began anew."""
    seen: dict[Age, int] = {}
    for entry in state.ledger.values():
        if entry.connection == connection:
            _see(seen, entry.epoch, entry.contents)
    found: dict[str, int] = {}
    for path, content in sorted(contents.items(), key=lambda item: (item[1].extracted or (0, 0), item[0])):
        current = found[path] = epoch_of(content, current, seen)
        _see(seen, current, content)
    thought = {path: epochs.get(path, _epoch(state.ledger, connection)) for path in found}
    if found != thought:
        raise _OtherEpochsError(found)


def _see(seen: dict[Age, int], epoch: int, contents: Contents) -> None:
    if contents.generations and contents.extracted:
        age = (epoch, contents.generations[1])
        seen[age] = max(seen.get(age, 0), contents.extracted[1])


def _bury(engine: Engine, target: Target, entries: Sequence[LedgerEntry], since: Age | None) -> list[LedgerEntry]:
    """Take out the rows of files that came after their generation had been replaced."""
    dead = {entry.file.path for entry in entries if since and (age := age_of(entry)) is not None and age < since}
    _take_out(engine, target, sorted(dead))
    return [
        replace(entry, event="dead", reason="its generation was replaced before it came")
        if entry.file.path in dead
        else entry
        for entry in entries
    ]


def _quarantined(
    bad: Sequence[Unreadable], number: int, at: int, connection: str, epoch: int, ledger: Mapping[str, LedgerEntry]
) -> Iterator[LedgerEntry]:
    for unreadable in bad:
        before = ledger.get(unreadable.file.path)
        same = before is not None and before.file == unreadable.file
        attempt = before.attempt + 1 if before is not None and same else 1
        yield LedgerEntry(
            unreadable.file, "quarantined", number, at, connection, epoch, attempt=attempt, reason=unreadable.reason
        )


def _count(entries: Sequence[LedgerEntry], bad: Sequence[Unreadable], fed: Fed) -> None:
    alive = [entry for entry in entries if entry.event == "fed"]
    fed.batches, fed.files = 1, len(alive)
    fed.rows = sum(entry.contents.rows for entry in alive)
    fed.bytes = sum(entry.file.size for entry in alive)
    fed.changes = sum(entry.contents.changes for entry in alive)
    fed.problems = {unreadable.file.path: unreadable.reason for unreadable in bad}
