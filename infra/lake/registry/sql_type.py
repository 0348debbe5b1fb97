"""The types that a stream file may give to a column of its landing table."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from infra.lake.documents import near_matches, question, refuse

_PLAIN = (
    *("BIGINT", "BOOLEAN", "DATE", "DOUBLE", "FLOAT", "INTEGER", "JSON", "SMALLINT"),
    *("TIME", "TIMESTAMP", "TIMESTAMPTZ", "UUID", "VARCHAR"),
)
_DECIMAL = re.compile(r"DECIMAL\(\s*([0-9]{1,2})\s*,\s*([0-9]{1,2})\s*\)", re.IGNORECASE)

# DuckDB's widest.
_DIGITS = 38


def _sql_type(text: str) -> str:
    if text.upper() in _PLAIN:
        return text.upper()
    decimal = _DECIMAL.fullmatch(text)
    if decimal is None:
        near = question(near_matches(text, (*_PLAIN, "DECIMAL(18,2)"))[:1])
        raise refuse("wrong-type", "must be a type of SQL", near or f"one of {', '.join(_PLAIN)} or DECIMAL(18,2)")
    digits, scale = int(decimal[1]), int(decimal[2])
    if not 1 <= digits <= _DIGITS or scale > digits:
        raise refuse("wrong-type", f"must have 1 to {_DIGITS} digits, and no more of them behind the point")
    return f"DECIMAL({digits},{scale})"


SqlType = Annotated[
    str,
    AfterValidator(_sql_type),
    WithJsonSchema(
        {"type": "string", "pattern": f"^({'|'.join(_PLAIN)}|DECIMAL\\([1-9][0-9]?, ?[0-9][0-9]?\\))$"},
    ),
]
