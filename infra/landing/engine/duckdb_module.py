"""duckdb, which is an extra: imported here alone, with the words that say how to install it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from infra.base.errors import UserError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

try:
    import duckdb
    from duckdb import Error as DuckDBError
except ImportError:
    raise UserError("this needs DuckDB: install lakeform with its extra `landing`") from None

__all__ = ["DuckDBError", "connect"]


def connect(options: Mapping[str, str]) -> DuckDBPyConnection:
    """A DuckDB of its own, in memory. Raises UserError where an option cannot be."""
    try:
        return duckdb.connect(":memory:", config=dict(options))
    except DuckDBError as error:
        raise UserError(f"DuckDB cannot start: {str(error).splitlines()[0]}") from None
