"""One transaction of feeding: rows, ledger and view of a table, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from infra.landing.engine.engine import ConflictError, Engine, EngineError
from infra.landing.feed.batch import Batch
from infra.landing.feed.count import count_contents
from infra.landing.feed.fed import Fed
from infra.landing.feed.found_file import FoundFile
from infra.landing.feed.generations import Age, age_of, epoch_of
from infra.landing.feed.group import Unreadable
from infra.landing.feed.insert import insert_rows
from infra.landing.feed.ledger import append, next_batch, note_batch
from infra.landing.feed.ledger_entry import Contents, LedgerEntry
from infra.landing.feed.listing import look_again
from infra.landing.feed.register import is_kept_out, make_table
from infra.landing.feed.state import State, now, read_state
from infra.landing.feed.tables import columns_of
from infra.landing.types.target import Target


class _OtherEpochsError(Exception):
    """The rows say that files are of other epochs than was thought."""

    def __init__(self, epochs: Mapping[str, int]) -> None:
        super().__init__()
        self.epochs = epochs


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
    inserted = insert_rows(engine, target, batch, number, current, epochs)
    refused = inserted.refused
    fed.notes += inserted.notes
    if batch.again and refused:
        raise EngineError(refused[0].reason)
    kept = [file for file in files if file.path not in {unreadable.file.path for unreadable in refused}]
    contents = count_contents(engine, target, batch, number, kept)
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
    return replace(state, ledger={**state.ledger, **{line.file.path: line for line in lines}}, batch=number)


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
