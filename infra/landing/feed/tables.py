"""Landing tables: made, altered, looked at; and their view of one living row a key."""

from __future__ import annotations

from collections.abc import Iterable

from infra.landing.engine.engine import Engine
from infra.landing.types.column_type import ColumnType, parse_type
from infra.landing.types.insert_plan import OWN_COLUMNS
from infra.landing.types.statements import view_statement
from infra.landing.types.target import Target

# What to say of a table that is not there, though files are in it by the ledger.
DROPPED = "somebody dropped the table; what was fed comes back with: lakeform landing replay SOURCE STREAM --all"


def columns_of(engine: Engine, target: Target) -> dict[str, ColumnType] | None:
    """The table's columns without our own; None if there is no table."""
    found = engine.rows(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = 'lake' AND schema_name = 'landing'"
        " AND table_name = ? ORDER BY column_index",
        [target.name],
    )
    return {name: parse_type(type_) for name, type_ in found if name not in OWN_COLUMNS} if found else None


def tables_there(engine: Engine) -> set[str]:
    """The names of all landing tables that there are."""
    found = engine.rows(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake' AND schema_name = 'landing'"
    )
    return {name for (name,) in found}


def renew_view(engine: Engine, target: Target, columns: Iterable[str]) -> None:
    """Make the view what the table is now."""
    engine.run(view_statement(target, columns))


def view_is_current(engine: Engine, target: Target, columns: Iterable[str]) -> bool:
    """True if the view has the table's columns, and goes by the key that the lake's files name."""
    found = engine.rows(
        "SELECT sql FROM duckdb_views() WHERE database_name = 'lake' AND schema_name = 'landing' AND view_name = ?",
        [target.current],
    )
    return bool(found) and _normal(found[0][0]) == _normal(view_statement(target, columns))


def _normal(sql: str) -> str:
    """The query of a view, without what DuckDB writes otherwise than we do: space, parentheses, quotes, capitals."""
    query = " ".join(sql.split()).partition(" AS ")[2]
    return "".join(query.split()).rstrip(";").replace("(", "").replace(")", "").replace('"', "").casefold()
