"""Values of text formats (JSON lines, CSV) in the type of a column: exactly, or with an error that names the value's place."""

from __future__ import annotations

from infra.landing.types.column_type import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    JSON,
    TIME,
    TIMESTAMPTZ,
    VARCHAR,
    ColumnType,
)
from infra.landing.types.sql import identifier, literal

# What a text has to look like, where a cast would round or cut it without a word.
_SHAPES = {
    BIGINT: "[-+]?[0-9]+",
    DATE: "[-+]?[0-9]+-[0-9]{1,2}-[0-9]{1,2}( \\(BC\\))?",
    TIME: "[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?Z?",
}
_SCALARS = (BIGINT, BOOLEAN, DATE, DOUBLE, TIME, TIMESTAMPTZ, VARCHAR)


def from_json(place: str, key: str, type_: ColumnType) -> tuple[ColumnType, str]:
    """The type, and the expression, of a key of a JSON object; nested values and types that are not plain stay JSON.

    `place`: the expression of the object.
    """
    path = literal('$."' + key.replace("\\", "\\\\").replace('"', '\\"') + '"')
    if type_ == TIMESTAMPTZ and key.startswith("_airbyte_"):
        return TIMESTAMPTZ, f"make_timestamptz(CAST({place}->>{path} AS BIGINT) * 1000)"
    if type_ not in _SCALARS:
        # JSON's null is no value.
        return JSON, f"CASE WHEN json_type({place}, {path}) <> 'NULL' THEN json_extract({place}, {path}) END"
    return type_, _cast(f"({place}->>{path})", key, type_)


def from_text(column: str, type_: ColumnType) -> tuple[ColumnType, str]:
    """The same of a column that is text, as in CSV."""
    if type_ == TIMESTAMPTZ and column == identifier("_airbyte_extracted_at"):
        return type_, f"make_timestamptz(CAST({column} AS BIGINT) * 1000)"
    if type_ not in _SCALARS:
        return JSON, f"CAST({column} AS JSON)"
    return type_, _cast(column, column, type_)


def _cast(text: str, name: str, type_: ColumnType) -> str:
    if type_ == VARCHAR:
        return text
    cast = f"CAST({text} AS {type_.sql()})"
    if (shape := _SHAPES.get(type_)) is None:
        return cast
    message = literal(f"a value of {name} is no {type_.sql()}")
    return (
        f"CASE WHEN {text} IS NULL OR regexp_full_match({text}, {literal(shape)}) THEN {cast} ELSE error({message}) END"
    )
