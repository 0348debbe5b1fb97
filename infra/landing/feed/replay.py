"""Replay: files fed anew, each batch in one transaction that takes their old rows out and puts the new ones in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from infra.base.errors import UserError
from infra.landing.engine.engine import ConflictError, Engine, EngineError
from infra.landing.feed.batch import Batch, first_batch
from infra.landing.feed.contents import group_files, rows_in
from infra.landing.feed.fed import Fed
from infra.landing.feed.found_file import FoundFile
from infra.landing.feed.group import Group, Unreadable, why_unreadable
from infra.landing.feed.ledger import append, next_batch, note_batch
from infra.landing.feed.ledger_entry import LedgerEntry
from infra.landing.feed.state import State, look_up, now, read_state
from infra.landing.feed.transaction import write_batch
from infra.landing.types.target import Target


@dataclass(frozen=True)
class Wanted:
    """Which files of a table are meant; every condition that is given has to hold.

    Attributes:
        files: whole paths, or patterns with `*`.
        prefix: what the path begins with.
        since, until: when the file was written, in microseconds since 1970; until is not included.
        epoch: the one that the file was fed in.
    """

    files: tuple[str, ...] = ()
    prefix: str = ""
    since: int | None = None
    until: int | None = None
    epoch: int | None = None

    def means(self, entry: LedgerEntry) -> bool:
        """True for a line of the ledger about such a file."""
        path, modified = entry.file.path, entry.file.modified
        return (
            (not self.files or any(_is_called(path, file) for file in self.files))
            and path.startswith(self.prefix)
            and (self.since is None or modified >= self.since)
            and (self.until is None or modified < self.until)
            and (self.epoch is None or entry.epoch == self.epoch)
        )


def _is_called(path: str, pattern: str) -> bool:
    """True if the pattern means the path; what stands for something else in other patterns, `[` and `?`, is in names of files."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), path, re.DOTALL) is not None


def replay(engine: Engine, target: Target, there: Mapping[str, FoundFile], wanted: Wanted) -> Fed:
    """Feed the wanted files anew; `there`: path -> the file as it lies there now.

    What is gone keeps its rows, and is told. Raises UserError; batches that are committed stay.
    """
    if target.register:
        raise UserError(f"{target.name} reads its files where they are (mode: register): there is nothing to feed anew")
    fed = Fed(target.name)
    state = look_up(engine, [target.name])[target.name]
    _refuse_strange(target, wanted, state)
    entries = [entry for entry in state.ledger.values() if wanted.means(entry)]
    known = [entry for entry in entries if entry.event != "forgotten"]
    for entry in known:
        if entry.file.path not in there:
            fed.problems[entry.file.path] = "it is gone, so its rows stay as they are"
    for connection in sorted({entry.connection for entry in known}):
        files = sorted(there[e.file.path] for e in known if e.connection == connection and e.file.path in there)
        for batch in _batches(engine, target, files):
            state = _again(engine, target, connection, batch, fed, state)
    return fed


def _refuse_strange(target: Target, wanted: Wanted, state: State) -> None:
    """Raise UserError for names that no file of the ledger has."""
    strange = [name for name in wanted.files if not any(_is_called(path, name) for path in state.ledger)]
    if strange:
        raise UserError(
            f"no file that was fed into {target.name} is called {' or '.join(strange)}: a name begins with the bucket, and may "
            "have * in it"
        )


def _batches(engine: Engine, target: Target, files: Sequence[FoundFile]) -> Iterator[Sequence[FoundFile]]:
    while files:
        rows = rows_in(engine, files, target.file_format)
        some = first_batch(files, engine.settings.batch_bytes, engine.settings.batch_rows, rows)
        yield some
        files = files[len(some) :]


def _again(
    engine: Engine, target: Target, connection: str, files: Sequence[FoundFile], fed: Fed, state: State
) -> State:
    """Feed files anew in one transaction; where something in them cannot be fed, in halves, until the file is found."""
    found = list(group_files(engine, files, target.file_format, {**target.declared, **target.asked}))
    groups = [group for group in found if isinstance(group, Group)]
    for unreadable in found:
        if isinstance(unreadable, Unreadable):
            fed.problems[unreadable.file.path] = unreadable.reason
    rest = [file for group in groups for file in group.files]
    if not rest:
        return state
    try:
        return write_batch(engine, target, Batch(connection, groups, again=[file.path for file in rest]), fed, state)
    except ConflictError:
        raise
    except EngineError as error:
        if len(rest) == 1:
            fed.problems[rest[0].path] = f"{why_unreadable(engine, rest[0], error)}; its rows stay as they are"
            return state
    middle = len(rest) // 2
    for half in (rest[:middle], rest[middle:]):
        state = _again(engine, target, connection, half, fed, state)
    return state


def drop_vanished(engine: Engine, target: Target, wanted: Wanted) -> int:
    """Take out the rows of the wanted files that are gone, because somebody says so; how many there were."""
    with engine.writing(target.name):
        ledger = read_state(engine, target.name).ledger
        gone = sorted((e for e in ledger.values() if e.event == "vanished" and wanted.means(e)), key=lambda e: e.file)
        if not gone:
            return 0
        number, at = next_batch(engine, target.name), now()
        paths = [entry.file.path for entry in gone]
        found = engine.rows(*_deletion(engine, target, paths))
        append(engine, target.name, [replace(e, event="dead", batch=number, at=at, reason=_SAID) for e in gone])
        own = {"table_name": target.name, "batch": number, "written_at": at, "event": "dropped"}
        note_batch(engine, {**own, "files": len(gone), "deleted": int(found[0][0])})
        return int(found[0][0])


def _deletion(engine: Engine, target: Target, paths: list[str]) -> tuple[str, list[list[str]]]:
    """The statement, and its parameters: what is registered has no column of ours, and DuckLake's own names whole paths."""
    if target.register:
        whole = [engine.settings.raw + path for path in paths]
        return f"DELETE FROM {target.table} WHERE list_contains(?, filename)", [whole]
    return f"DELETE FROM {target.table} WHERE list_contains(?, _lake_file)", [paths]


_SAID = "its rows were taken out by a replay with --drop-vanished"
