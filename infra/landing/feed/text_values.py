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
from infra.landing.types.sql import literal

# What a text has to look like, where a cast would round or cut it without a word.
_SHAPES = {
    BIGINT: "[-+]?[0-9]+([.]0+)?",
    DATE: "[-+]?[0-9]+-[0-9]{1,2}-[0-9]{1,2}( \\(BC\\))?",
    TIME: "[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6}0*)?)?(Z| ?[-+][0-9]{2}(:?[0-9]{2})?)?",
}
_SCALARS = (BIGINT, BOOLEAN, DATE, DOUBLE, TIME, TIMESTAMPTZ, VARCHAR)


def from_json(place: str, key: str, type_: ColumnType) -> tuple[ColumnType, str]:
    """The type, and the expression, of a key of a JSON object; nested values stay JSON, those of other types text.

    `place`: the expression of the object.
    """
    # A pointer: in a path, the key `*` would mean all keys, and an empty one none.
    path = literal("/" + key.replace("~", "~0").replace("/", "~1"))
    if type_ == JSON or type_.nested:
        # JSON's null is no value.
        return JSON, f"CASE WHEN json_type({place}, {path}) <> 'NULL' THEN json_extract({place}, {path}) END"
    return _typed(f"({place}->>{path})", key, type_)


def from_text(column: str, key: str, type_: ColumnType) -> tuple[ColumnType, str]:
    """The same of a column that is text, as in CSV; `column`: its expression."""
    return (JSON, f"CAST({column} AS JSON)") if type_ == JSON or type_.nested else _typed(column, key, type_)


def _typed(text: str, key: str, type_: ColumnType) -> tuple[ColumnType, str]:
    if type_ == TIMESTAMPTZ and key == "_airbyte_extracted_at":
        # Milliseconds, or a timestamp: it is an option of Airbyte's writers.
        milliseconds = f"make_timestamptz(CAST({text} AS BIGINT) * 1000)"
        return (
            type_,
            f"CASE WHEN regexp_full_match({text}, '[0-9]+') THEN {milliseconds} ELSE {_cast(text, key, type_)} END",
        )
    # Whatever else somebody asked for is made of the text where it goes into the table.
    return (type_, _cast(text, key, type_)) if type_ in _SCALARS else (VARCHAR, text)


def _cast(text: str, name: str, type_: ColumnType) -> str:
    if type_ == VARCHAR:
        return text
    cast = f"CAST({text} AS {type_.sql()})"
    if type_ == TIME:
        # By UTC, as in Parquet; a date-time needs its seconds.
        whole = f"regexp_replace({text}, '^([0-9]+:[0-9]+)([^:0-9].*)?$', '\\1:00\\2')"
        cast = f"CAST(CAST('2000-01-02 ' || {whole} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS TIME)"
    if (shape := _SHAPES.get(type_)) is None:
        return cast
    message = literal(f"a value of {name} is no {type_.sql()}")
    return (
        f"CASE WHEN {text} IS NULL OR regexp_full_match({text}, {literal(shape)}) THEN {cast} ELSE error({message}) END"
    )
