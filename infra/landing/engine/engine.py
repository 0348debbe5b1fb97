"""Engine: a DuckDB of its own with a landing attached, its limits set and its secrets hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.base.errors import UserError
from infra.base.redactor import Redactor
from infra.landing.engine.attach import CATALOG
from infra.landing.engine.duckdb_module import DuckDBError
from infra.landing.engine.faults import advice, kind_of
from infra.landing.engine.lock import advisory_key, file_lock
from infra.landing.settings import LandingSettings
from infra.landing.types.sql import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = tuple[Any, ...]

# What follows says nothing about this error: the statement, options, and what is often the cause.
_REPEATED = re.compile(
    r"\n\nLINE |\n\n(?:Authentication Failure|Bad Request) - |\s+(?:Possible (?:Solution|fixes):|The search space used was:)"
)

_CATALOG = re.compile(
    'Failed to (?:attach DuckLake MetaData "[^"]*" at path \\+ "[^"]*"'
    '|probe DuckLake metadata: (?:Failed to prepare query ".*?": )?)'
)


class EngineError(UserError):
    """What DuckDB refused, without secrets."""


class ConflictError(EngineError):
    """Another transaction changed what this one did; nothing of this one is left."""


class OutsideError(UserError):
    """What no file and no statement can help: memory, disk, network, a server. Not an EngineError, so that nobody takes it
    for a file's fault.
    """


@dataclass(frozen=True)
class Engine:
    """A connection to a landing; statements name its tables `lake.<schema>.<table>`."""

    settings: LandingSettings
    connection: DuckDBPyConnection
    redactor: Redactor

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """All rows of a query. Raises EngineError."""
        try:
            found: list[Row] = self.connection.execute(statement, parameters).fetchall()
            return found
        except DuckDBError as error:
            raise self.refused(error) from None

    def described_rows(self, statement: str) -> tuple[list[str], list[Row]]:
        """The names of the columns, and all rows. Raises EngineError."""
        try:
            found = self.connection.execute(statement)
            return [column[0] for column in found.description or ()], found.fetchall()
        except DuckDBError as error:
            raise self.refused(error) from None

    def run(self, statement: str, parameters: Sequence[object] = ()) -> None:
        """Run a statement. Raises EngineError."""
        self.rows(statement, parameters)

    def refuse_several(self, text: str) -> None:
        """Raises EngineError for more than one statement: one may end the transaction that the next one is in."""
        try:
            found = self.connection.extract_statements(text)
        except DuckDBError as error:
            raise self.refused(error) from None
        if len(found) != 1:
            raise EngineError(
                f"this is {len(found)} statements: write one at a time" if found else "there is no statement"
            )

    def refused(self, error: Exception) -> EngineError | OutsideError:
        """The error in one line, for people."""
        text = self.redactor.one_line(_reason(str(error)))
        text = _CATALOG.sub(f"the catalog (lake.landings.{self.settings.id}.catalog) cannot be opened: ", text)
        kind = kind_of(text)
        if kind == "outside":
            return OutsideError(advice(text, self.settings))
        return ConflictError(text) if kind == "conflict" else EngineError(text)

    @contextmanager
    def writing(self, table: str | None = None) -> Iterator[None]:
        """One transaction under the lock: of a table where the catalog can, else, and without a table, of the whole lake.

        Committed at the end, undone by any exception. Raises UserError where the lock cannot be had.
        """
        with self._outer_lock(exclusive=True):
            self.run("BEGIN")
            try:
                # The first thing in the transaction: DuckLake's own connection looks at the catalog after it, and what
                # began first is committed last.
                self._inner_lock(table)
                yield
                self._still_locked()
                self.run("COMMIT")
            except BaseException:
                self._undo()
                raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One view of the lake for all statements inside; writers of SQLite wait for it."""
        with self._outer_lock(exclusive=False):
            self.run("BEGIN")
            try:
                yield
            finally:
                self._undo()

    @contextmanager
    def outer_lock(self) -> Iterator[None]:
        """The lake's file lock alone, where there is one: for statements that are transactions of their own."""
        with self._outer_lock(exclusive=True):
            yield

    @contextmanager
    def _outer_lock(self, *, exclusive: bool) -> Iterator[None]:
        if self.settings.sqlite is None:
            yield
            return
        with file_lock(lock_file(self.settings), exclusive=exclusive, wait=self.settings.wait):
            yield

    def _inner_lock(self, table: str | None) -> None:
        if self.settings.postgres is None:
            return
        lake, own = advisory_key("lakeform"), advisory_key("lakeform", table or "")
        wanted = f"pg_advisory_xact_lock({lake})" if table is None else f"pg_advisory_xact_lock_shared({lake})"
        more = "" if table is None else f", pg_advisory_xact_lock({own})::text AS own"
        self.run(f"CALL postgres_execute('{CATALOG}', 'SET LOCAL lock_timeout = {int(self.settings.wait * 1000)}')")
        self.ask_catalog(f"SELECT {wanted}::text AS lake{more}")

    def _still_locked(self) -> None:
        """The lock goes with its session: raises EngineError where that has ended."""
        if self.settings.postgres is not None:
            self.ask_catalog("SELECT 1 AS alive")

    def ask_catalog(self, query: str) -> list[Row]:
        """The rows of a query of PostgreSQL's own; each column needs a name."""
        return self.rows(f"SELECT * FROM postgres_query('{CATALOG}', {literal(query)})")

    def _undo(self) -> None:
        try:
            self.connection.execute("ROLLBACK")
        except DuckDBError:
            return  # there was no transaction any more


def lock_file(settings: LandingSettings) -> Path:
    """The file that is the lock of a lake on SQLite."""
    assert settings.sqlite is not None, "PostgreSQL has locks of its own"
    return settings.sqlite.with_name(settings.sqlite.name + ".lock")


def _reason(text: str) -> str:
    """DuckDB's message without the class of the error, and without the statement and the options that it repeats."""
    said = _REPEATED.split(text, maxsplit=1)[0]
    return re.sub("^[A-Z][A-Za-z]*(?: [A-Za-z]+)* Error: ", "", said.strip())
