"""Workbench: a DuckDB without a landing, for making and looking at files of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.base.errors import UserError
from infra.base.redactor import Redactor
from infra.lake.registry.landing import Landing, bytes_of
from infra.landing.engine.duckdb_module import DuckDBError, connect

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Workbench:
    """A connection that reaches neither catalog nor network."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """All rows of a query. Raises UserError, in one line."""
        try:
            return self._connection.execute(statement).fetchall()
        except DuckDBError as error:
            raise UserError(Redactor().one_line(str(error).split("\n\nLINE ", 1)[0])) from None


@contextmanager
def open_workbench(landing: Landing, spill: Path) -> Iterator[Workbench]:
    """With the limits of a landing; `spill`: the folder for what does not fit into memory."""
    limits = {
        "memory_limit": f"{bytes_of(landing.memory)}B",
        "temp_directory": str(spill),
        "max_temp_directory_size": f"{bytes_of(landing.spill_limit)}B",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    if landing.threads:
        limits["threads"] = str(landing.threads)
    connection = connect(limits)
    try:
        connection.execute("SET TimeZone = 'UTC'")
        yield Workbench(connection)
    finally:
        connection.close()
