"""ErasePlan: where the rows of one person are, and what would become of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.base.errors import UserError
from infra.lake.files.tables import SCHEMA
from infra.landing.engine.engine import Engine
from infra.landing.feed.erase_key import EraseKey, read_key
from infra.landing.feed.erase_models import Downstream, HoldingTable, model_tables
from infra.landing.feed.erase_raw import RawRows, find_rows
from infra.landing.feed.erase_snapshots import snapshots_with
from infra.landing.feed.found_file import FoundFile
from infra.landing.feed.listing import list_files
from infra.landing.feed.tables import columns_of
from infra.landing.types.target import Target


@dataclass(frozen=True)
class EraseWish:
    """What somebody wants to be erased.

    Attributes:
        given: (column, value), as they were written.
        raw: True if raw files are to be written anew.
    """

    given: tuple[tuple[str, str], ...]
    raw: bool = False


@dataclass(frozen=True)
class Held:
    """The rows in a table.

    Attributes:
        rows: that are meant; None where the table has no such columns.
        nulls: rows that have no value in a column of the key.
    """

    table: str
    rows: int | None
    nulls: int = 0


@dataclass(frozen=True)
class FileRows:
    """The rows of a raw file.

    Attributes:
        there: False for a file that is gone.
    """

    path: str
    rows: int
    there: bool = True


@dataclass(frozen=True)
class ErasePlan:
    """What there is, and what it would become.

    Attributes:
        key: its columns.
        primary: the table's primary key.
        landing: None where the table is not there.
        files: raw files that hold the rows: by the table, or, where they are written anew, by reading every one.
        unread: raw file -> why nobody knows what is in it.
        models: the tables of the own model.
        older: snapshots before the last one.
        showing: those of them that show the rows; None where nobody can tell.
    """

    table: str
    key: tuple[str, ...]
    primary: tuple[str, ...]
    raw: bool
    landing: Held | None
    files: tuple[FileRows, ...]
    unread: Mapping[str, str]
    models: tuple[Held, ...]
    downstream: Downstream
    older: int
    showing: int | None

    @property
    def tables(self) -> tuple[Held, ...]:
        """What was looked at in the lake."""
        return ((self.landing,) if self.landing else ()) + self.models

    @property
    def found(self) -> bool:
        """True if there is a row anywhere, as far as it was looked."""
        return bool(self.showing) or any(held.rows for held in self.tables) or any(file.there for file in self.files)

    @property
    def troubled(self) -> bool:
        """True if something that may hold the rows stays as it is."""
        return bool(self.unread) or any(held.rows is None for held in self.models)


@dataclass(frozen=True)
class Found:
    """A plan, with what it takes to do it; nothing of it is shown."""

    plan: ErasePlan
    key: EraseKey
    raw: RawRows
    models: tuple[HoldingTable, ...]


def look_for(
    engine: Engine, target: Target, wish: EraseWish, listed: Sequence[FoundFile], downstream: Downstream
) -> Found:
    """Where the rows are. `listed`: the table's raw files as they lie there. Raises UserError for a key that cannot be."""
    _refuse_registered(target)
    with engine.reading():
        columns = columns_of(engine, target)
        key = read_key(engine, wish.given, columns or {**target.declared, **target.asked})
        models = model_tables(engine, target.name)
        own = (HoldingTable(SCHEMA, target.name, columns),) if columns is not None else ()
        held = tuple(_held(engine, table, key) for table in (*own, *models))
        fed = rows_by_file(engine, own[0], key) if own else {}
        snapshots = snapshots_with(engine, [*own, *models], key)
    there = [*listed, *_elsewhere(engine, listed, fed)]
    raw = find_rows(engine, target, there, key) if wish.raw else RawRows({}, {})
    files = _files(fed, raw, there, searched=wish.raw)
    landing, rest = (held[0], held[1:]) if own else (None, held)
    seen = (target.name, key.names, target.key, wish.raw, landing, files, raw.problems, rest)
    return Found(ErasePlan(*seen, downstream, *snapshots), key, raw, models)


def _refuse_registered(target: Target) -> None:
    if target.register:
        raise UserError(
            f"{target.name} reads its files where they are (mode: register), so its rows are those files: say mode: copy, drop "
            "the table, feed it anew with: lakeform landing replay SOURCE STREAM --all; and erase then"
        )


def _held(engine: Engine, table: HoldingTable, key: EraseKey) -> Held:
    if (condition := key.condition(table.columns)) is None:
        return Held(table.qualified, None)
    counted = f"count(*) FILTER (WHERE {condition}), count(*) FILTER (WHERE {key.nulls(table.columns)})"
    rows, nulls = engine.rows(f"SELECT {counted} FROM {table.sql}", key.values)[0]
    return Held(table.qualified, int(rows), int(nulls))


def rows_by_file(engine: Engine, table: HoldingTable, key: EraseKey) -> dict[str, int]:
    """Raw file -> its rows in the landing's own table that are meant."""
    asked = f"SELECT _lake_file, count(*) FROM {table.sql} WHERE {key.condition(table.columns)} GROUP BY 1"
    return dict(engine.rows(asked, key.values))


def _elsewhere(engine: Engine, listed: Sequence[FoundFile], fed: Mapping[str, int]) -> list[FoundFile]:
    """Files with such rows that are called otherwise than those of the stream are by now."""
    strange = fed.keys() - {file.path for file in listed}
    return [file for file in list_files(engine, sorted(strange)) if file.path in strange]


def _files(fed: Mapping[str, int], raw: RawRows, there: Sequence[FoundFile], *, searched: bool) -> tuple[FileRows, ...]:
    """By the table for what is gone, or where nothing was searched; else by the files themselves."""
    paths = {file.path for file in there}
    gone = [FileRows(path, rows, there=False) for path, rows in fed.items() if path not in paths]
    if searched:
        own = [FileRows(file.path, len(numbers)) for file, numbers in raw.rows.items()]
    else:
        own = [FileRows(path, rows) for path, rows in fed.items() if path in paths]
    return tuple(sorted([*own, *gone], key=lambda file: file.path))
