"""Statements that make a table what a file needs: columns and fields added, types widened."""

from __future__ import annotations

from collections.abc import Iterator

from infra.landing.types.column_type import ColumnType
from infra.landing.types.sql import identifier


def add_column(table: str, name: str, type_: ColumnType) -> str:
    """The statement that adds a column; `table`: as SQL has it."""
    return f"ALTER TABLE {table} ADD COLUMN {identifier(name)} {type_.sql()}"


def alterations(table: str, name: str, old: ColumnType, new: ColumnType) -> Iterator[str] | None:
    """The statements that make a column's type `old` into `new`; None where DuckLake has none: a type in a struct."""
    if old == new:
        return iter(())
    if not old.nested:
        return iter([f"ALTER TABLE {table} ALTER {identifier(name)} TYPE {new.sql()}"])
    added = list(_added((name,), old, new))
    return None if None in added else (f"ALTER TABLE {table} ADD COLUMN {what}" for what in added if what)


def _added(path: tuple[str, ...], old: ColumnType, new: ColumnType) -> Iterator[str | None]:
    if old == new:
        return
    if old.name == "LIST":
        yield from _added((*path, "element"), old.of[0], new.of[0])
    elif old.name == "STRUCT":
        known = dict(old.fields)
        for name, type_ in new.fields:
            if name in known:
                yield from _added((*path, name), known[name], type_)
            else:
                yield f"{identifier(*path, name)} {type_.sql()}"
    else:
        yield None
