"""Widening: the type that holds what a table has and what a file brings, where nothing is lost on the way.

What a table can become is what DuckLake promotes (`ALTER ... TYPE`, DuckLake 1.0): integers, floats and decimals of more
digits with the same scale; fields may be added to structs. Its promotion of integers to DOUBLE is left out: it loses digits.
"""

from __future__ import annotations

from infra.landing.types.column_type import JSON, VARCHAR, ColumnType

_LADDERS = (
    ("TINYINT", "SMALLINT", "INTEGER", "BIGINT"),
    ("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
    ("FLOAT", "DOUBLE"),
)

# Whole numbers that a DOUBLE holds exactly.
_EXACT_IN_DOUBLE = {"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"}
_UNSIGNED_IN = {"UTINYINT": "SMALLINT", "USMALLINT": "INTEGER", "UINTEGER": "BIGINT"}
_DIGITS = {"TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "BIGINT": 19, "UTINYINT": 3, "USMALLINT": 5, "UINTEGER": 10}


def widened(table: ColumnType, file: ColumnType) -> ColumnType | None:
    """What the table's type has to be so that the file's values fit: the same, a wider one, or None where none will do."""
    if _fits(file, table):
        return table
    if table.name == "STRUCT" and file.name == "STRUCT":
        return _struct(table, file)
    if table.name == "LIST" and file.name == "LIST":
        inner = widened(table.of[0], file.of[0])
        return None if inner is None else ColumnType("LIST", of=(inner,))
    return _promoted(table, file)


def _fits(file: ColumnType, table: ColumnType) -> bool:
    """True if each value of the file's type is one of the table's, written in the same way."""
    if file == table:
        return True
    if table == JSON:
        return file == VARCHAR or file.nested
    if table == VARCHAR:
        return file.name in ("JSON", "UUID", "ENUM")
    if table.name == "DOUBLE":
        return file.name == "FLOAT" or file.name in _EXACT_IN_DOUBLE
    if table.name == "DECIMAL":
        return _fits_decimal(file, table)
    return _climbs(file.name, table.name) or _climbs(_UNSIGNED_IN.get(file.name, ""), table.name)


def _climbs(low: str, high: str) -> bool:
    return any(low in ladder and high in ladder[ladder.index(low) :] for ladder in _LADDERS)


def _fits_decimal(file: ColumnType, table: ColumnType) -> bool:
    width, scale = table.numbers
    if file.name == "DECIMAL":
        return file.numbers[1] <= scale and file.numbers[0] - file.numbers[1] <= width - scale
    return file.name in _DIGITS and _DIGITS[file.name] <= width - scale


def _promoted(table: ColumnType, file: ColumnType) -> ColumnType | None:
    if _climbs(table.name, file.name):
        return file
    if table.name == file.name == "DECIMAL" and table.numbers[1] >= file.numbers[1]:
        scale = table.numbers[1]
        width = max(table.numbers[0] - scale, file.numbers[0] - file.numbers[1]) + scale
        return ColumnType("DECIMAL", numbers=(width, scale)) if width <= 38 else None
    return None


def _struct(table: ColumnType, file: ColumnType) -> ColumnType | None:
    """The table's fields, those of the file widened into them or put behind them."""
    incoming = {name.casefold(): (name, type_) for name, type_ in file.fields}
    fields: list[tuple[str, ColumnType]] = []
    for name, type_ in table.fields:
        other = incoming.pop(name.casefold(), None)
        merged = widened(type_, other[1]) if other else type_
        if merged is None:
            return None
        fields.append((name, merged))
    return ColumnType("STRUCT", (*fields, *incoming.values()))
