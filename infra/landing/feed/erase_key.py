"""EraseKey: what tells the rows of one person, as conditions whose text holds no value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from infra.base.errors import UserError
from infra.lake.documents import not_found
from infra.landing.engine.engine import Engine
from infra.landing.types.column_type import JSON, VARCHAR, ColumnType
from infra.landing.types.sql import identifier, literal

# What a text has to look like where a cast would round or cut it: 42.7 is not the person 43.
_WHOLE = "[-+]?[0-9]+"
_SHAPES = {"DATE": "[-+]?[0-9]+-[0-9]{1,2}-[0-9]{1,2}( \\(BC\\))?"}


@dataclass(frozen=True)
class KeyColumn:
    """A column, and the value that it has in the rows that are meant.

    Attributes:
        name: as the table has it.
        value: never shown.
    """

    name: str
    type_: ColumnType
    value: str = field(repr=False)

    def condition(self, column: str, stored: ColumnType) -> str:
        """The condition, with one parameter: the value. `column`: the column's name where its type is `stored`."""
        own = identifier(column)
        if stored == JSON or (self.type_ == JSON and stored == VARCHAR):
            own = f"(TRY_CAST({own} AS JSON) ->> '$')"
        elif self.type_ == JSON:
            own = f"CAST({own} AS VARCHAR)"
        type_ = (VARCHAR if self.type_ == JSON else self.type_).sql()
        return f"TRY_CAST({own} AS {type_}) = CAST(?::VARCHAR AS {type_})"


@dataclass(frozen=True)
class EraseKey:
    """The columns of a key; a row is meant if each of them has its value."""

    columns: tuple[KeyColumn, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def values(self) -> list[str]:
        """The parameters of a condition."""
        return [column.value for column in self.columns]

    def condition(self, stored: Mapping[str, ColumnType]) -> str | None:
        """The condition on rows with these columns, with the parameters `values`; None where one of them is not there."""
        names = {name.casefold(): name for name in stored}
        if any(column.name.casefold() not in names for column in self.columns):
            return None
        found = [(names[column.name.casefold()], column) for column in self.columns]
        return " AND ".join(f"({column.condition(name, stored[name])})" for name, column in found)

    def nulls(self, stored: Mapping[str, ColumnType]) -> str:
        """The condition of rows of which nobody can tell whose they are."""
        names = {name.casefold(): name for name in stored}
        return " OR ".join(f"{identifier(names[column.name.casefold()])} IS NULL" for column in self.columns)


def read_key(engine: Engine, given: Sequence[tuple[str, str]], columns: Mapping[str, ColumnType]) -> EraseKey:
    """The key of what somebody gave: (column, value). `columns`: of the table.

    Raises UserError with the near matches for a column that is not there, and for a value that its type does not have; no
    message shows a value.
    """
    names = {name.casefold(): name for name in columns}
    found: dict[str, KeyColumn] = {}
    for written, value in given:
        name = names.get(written.casefold())
        if name is None:
            raise not_found("column", written, columns)
        if name in found:
            raise UserError(f"--key names {name} twice: a row has one value in a column")
        found[name] = KeyColumn(name, columns[name], value)
        _refuse_misfit(engine, found[name])
    return EraseKey(tuple(found.values()))


def _refuse_misfit(engine: Engine, column: KeyColumn) -> None:
    type_ = column.type_
    if type_.nested or type_.name in ("BLOB", "BIT"):
        raise UserError(f"{column.name} is {type_.sql()}: a key is a column with a plain value")
    if type_ == JSON:
        return
    shape = _shape(type_)
    fits = f"TRY_CAST(?::VARCHAR AS {type_.sql()}) IS NOT NULL" + (
        f" AND regexp_full_match(?::VARCHAR, {literal(shape)})" if shape else ""
    )
    if not engine.rows(f"SELECT {fits}", [column.value, *([column.value] if shape else [])])[0][0]:
        raise UserError(f"{column.name} is {type_.sql()}, and the value that --key gives it is none")


def _shape(type_: ColumnType) -> str:
    if type_.name.removeprefix("U") in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"):
        return _WHOLE
    if type_.name == "DECIMAL":
        scale = type_.numbers[1]
        return f"{_WHOLE}([.][0-9]{{0,{scale}}}0*)?"
    return _SHAPES.get(type_.name, "")
