"""InsertPlan: how the columns of files go into those of a table, or why they cannot."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from infra.landing.types.alter import add_column, alterations
from infra.landing.types.column_type import BIGINT, JSON, VARCHAR, ColumnType
from infra.landing.types.sql import identifier, literal
from infra.landing.types.widening import widened

# Our own columns, behind those of the files.
OWN_COLUMNS: Mapping[str, ColumnType] = {
    "_lake_file": VARCHAR,
    "_lake_row": BIGINT,
    "_lake_batch": BIGINT,
    "_lake_epoch": ColumnType("INTEGER"),
    "_lake_connection": VARCHAR,
}

_SIGNED = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_INTEGERS = (*_SIGNED, *(f"U{name}" for name in _SIGNED))
_FRACTIONS = ("FLOAT", "DOUBLE", "DECIMAL")
_MOMENTS = ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NS")


@dataclass(frozen=True)
class Refused:
    """Files that do not fit, why, and the statements after which they do."""

    reason: str
    statements: tuple[str, ...] = ()


@dataclass(frozen=True)
class InsertPlan:
    """How files of one schema go into the table.

    Attributes:
        columns: the table's columns and types afterwards, without our own.
        alterations: statements to run before.
        values: column -> expression over the files' columns; what is not in it becomes null.
    """

    columns: Mapping[str, ColumnType]
    alterations: tuple[str, ...]
    values: Mapping[str, str]


def new_columns(
    file: Mapping[str, ColumnType], declared: Mapping[str, ColumnType], asked: Mapping[str, ColumnType], *, json: bool
) -> dict[str, ColumnType]:
    """The columns of a table that is made for files of these columns: the files' types win, but for what is asked for, and
    texts that are declared as JSON. `json`: nested values become JSON. Fields that the files lack follow, as declared.
    """
    columns = {name: column_type(name, type_, declared, asked, json=json) for name, type_ in file.items()}
    known = {name.casefold() for name in columns}
    missing = {name: asked.get(name) or type_ for name, type_ in declared.items() if name.casefold() not in known}
    return {**columns, **missing}


def column_type(
    name: str, file: ColumnType, declared: Mapping[str, ColumnType], asked: Mapping[str, ColumnType], *, json: bool
) -> ColumnType:
    """The type of a new column for values of the file's type."""
    if name in asked:
        return asked[name]
    if (file == VARCHAR and declared.get(name) == JSON) or (json and file.nested and not name.startswith("_airbyte")):
        return JSON
    return file


def differences(
    file: Mapping[str, ColumnType], declared: Mapping[str, ColumnType], known: Container[str] = ()
) -> list[str]:
    """What the files have otherwise than the schema says, for people; nothing of columns that are `known`."""
    return [
        f"{name} is {type_.sql()} in the files, and {declared[name].sql()} by its schema"
        for name, type_ in file.items()
        if name in declared and name not in known and not _alike(type_, declared[name])
    ]


def _alike(file: ColumnType, declared: ColumnType) -> bool:
    return file == declared or (declared == JSON and (file == VARCHAR or file.nested))


def plan(
    table: str,
    columns: Mapping[str, ColumnType],
    file: Mapping[str, ColumnType],
    declared: Mapping[str, ColumnType],
    asked: Mapping[str, ColumnType],
    *,
    json: bool,
) -> InsertPlan | Refused:
    """How files with the columns `file` go into a table with `columns`; `table`: as SQL has it."""
    reserved = sorted(name for name in file if name.casefold().startswith("_lake_"))
    if reserved:
        return Refused(f"the column {reserved[0]} has a name that lakeform keeps for itself")
    after, statements, values = dict(columns), list[str](), dict[str, str]()
    names = {name.casefold(): name for name in columns}
    for name, type_ in file.items():
        own = names.get(name.casefold())
        if own is None:
            own, after[name] = name, column_type(name, type_, declared, asked, json=json)
            statements.append(add_column(table, name, after[name]))
        elif own not in asked or columns[own] != asked[own]:
            made = _widen(table, own, columns, type_)
            if isinstance(made, Refused):
                return made
            after[own], needed = made
            statements += needed
        values[own] = _value(identifier(name), type_, after[own])
    return InsertPlan(after, tuple(statements), values)


def _widen(
    table: str, name: str, columns: Mapping[str, ColumnType], type_: ColumnType
) -> tuple[ColumnType, list[str]] | Refused:
    own = columns[name]
    wider = widened(own, type_)
    needed = None if wider is None else alterations(table, name, own, wider)
    if wider is None or needed is None:
        old = _free(f"{name}_before", columns)
        return Refused(
            f"the column {name} is {own.sql()} in the table and {type_.sql()} in the file",
            (f"ALTER TABLE {table} RENAME COLUMN {identifier(name)} TO {identifier(old)}",),
        )
    return wider, list(needed)


def _free(name: str, columns: Mapping[str, ColumnType]) -> str:
    """The name, with a number where a column has it."""
    taken = {column.casefold() for column in columns}
    numbered = (f"{name}_{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (name, *numbered) if one.casefold() not in taken)


def _value(column: str, file: ColumnType, table: ColumnType) -> str:
    """The expression of a value of the table's type; it fails, rather than lose something on the way."""
    if file == table:
        return column
    if table == JSON and file.nested:
        return f"to_json({column})"
    cast = f"CAST({column} AS {table.sql()})"
    if (condition := _exactly(column, cast, file, table)) is None:
        return cast
    message = literal(f"a value of {column} is no {table.sql()}")
    return f"CASE WHEN {column} IS NULL OR {condition} THEN {cast} ELSE error({message}) END"


def _exactly(column: str, cast: str, file: ColumnType, table: ColumnType) -> str | None:
    """What has to hold for a value where a cast of DuckDB's would round or cut it; None where it would fail by itself."""
    if table.name in _INTEGERS and file.name in _FRACTIONS:
        return f"{column} = trunc({column})"
    if table.name in _INTEGERS and file == VARCHAR:
        return f"regexp_full_match({column}, '[-+]?[0-9]+')"
    if table.name == "DATE" and file == VARCHAR:
        return f"regexp_full_match({column}, '[-+0-9]+')"
    if table.name == "DATE" and file.name in _MOMENTS:
        return f"{column} = CAST({cast} AS {file.sql()})"
    return None
