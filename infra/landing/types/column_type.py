"""ColumnType: a type of DuckDB as a value, from its text and back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from infra.landing.types.sql import identifier

_TOKEN = re.compile(r"""\s*("(?:[^"]|"")*"|\[\]|\[[0-9]+\]|[(),]|[^\s"(),\[\]]+)""")

# Two words for one type.
_SYNONYMS = {
    "TEXT": "VARCHAR",
    "STRING": "VARCHAR",
    "INT": "INTEGER",
    "REAL": "FLOAT",
    "BOOL": "BOOLEAN",
    "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
    "TIMETZ": "TIME WITH TIME ZONE",
    "NUMERIC": "DECIMAL",
}


@dataclass(frozen=True)
class ColumnType:
    """A type.

    Attributes:
        name: in capitals, as DuckDB writes it: `BIGINT`, `STRUCT`, `LIST`, `TIMESTAMP WITH TIME ZONE`.
        fields: of a STRUCT, by name, in their order.
        of: of a LIST: what is in it, alone; of a MAP: key, value.
        numbers: width and scale of a DECIMAL.
    """

    name: str
    fields: tuple[tuple[str, ColumnType], ...] = ()
    of: tuple[ColumnType, ...] = ()
    numbers: tuple[int, ...] = ()

    @property
    def nested(self) -> bool:
        """True if there are types in it."""
        return bool(self.fields or self.of) or self.name in ("STRUCT", "LIST", "MAP")

    def sql(self) -> str:
        """The type as SQL has it."""
        if self.name == "LIST":
            return f"{self.of[0].sql()}[]"
        if self.name == "MAP":
            return f"MAP({self.of[0].sql()}, {self.of[1].sql()})"
        if self.name == "STRUCT":
            return f"STRUCT({', '.join(f'{identifier(name)} {type_.sql()}' for name, type_ in self.fields)})"
        return f"{self.name}({','.join(map(str, self.numbers))})" if self.numbers else self.name


VARCHAR = ColumnType("VARCHAR")
BIGINT = ColumnType("BIGINT")
DOUBLE = ColumnType("DOUBLE")
BOOLEAN = ColumnType("BOOLEAN")
JSON = ColumnType("JSON")
DATE = ColumnType("DATE")
TIME = ColumnType("TIME")
TIMESTAMP = ColumnType("TIMESTAMP")
TIMESTAMPTZ = ColumnType("TIMESTAMP WITH TIME ZONE")


def parse_type(text: str) -> ColumnType:
    """The type that a text of DuckDB's means (`DESCRIBE`, `STRUCT(a BIGINT, "b c" VARCHAR[])`). Raises ValueError."""
    tokens = [found[1] for found in _TOKEN.finditer(text)]
    if "".join(tokens) != re.sub(r'\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', "", text):
        raise ValueError(text)
    type_, rest = _type(tokens)
    if rest:
        raise ValueError(text)
    return type_


def _type(tokens: list[str]) -> tuple[ColumnType, list[str]]:
    words: list[str] = []
    while tokens and tokens[0] not in ("(", ")", ",") and not tokens[0].startswith(("[", '"')):
        words.append(tokens[0].upper())
        tokens = tokens[1:]
    if not words or not re.fullmatch("[A-Z0-9_ ]+", " ".join(words)):
        raise ValueError("this is no name of a type")
    name = _SYNONYMS.get(" ".join(words), " ".join(words))
    type_, tokens = _with_arguments(name, tokens)
    while tokens and tokens[0].startswith("["):
        type_, tokens = ColumnType("LIST", of=(type_,)), tokens[1:]
    return type_, tokens


def _with_arguments(name: str, tokens: list[str]) -> tuple[ColumnType, list[str]]:
    if not tokens or tokens[0] != "(":
        return ColumnType(name, numbers=(18, 3) if name == "DECIMAL" else ()), tokens
    tokens = tokens[1:]
    fields: list[tuple[str, ColumnType]] = []
    of: list[ColumnType] = []
    numbers: list[int] = []
    while tokens and tokens[0] != ")":
        if tokens[0] == ",":
            tokens = tokens[1:]
        elif tokens[0].isdigit():
            numbers, tokens = [*numbers, int(tokens[0])], tokens[1:]
        elif name == "STRUCT":
            field = tokens[0][1:-1].replace('""', '"') if tokens[0].startswith('"') else tokens[0]
            type_, tokens = _type(tokens[1:])
            fields.append((field, type_))
        else:
            type_, tokens = _type(tokens)
            of.append(type_)
    if not tokens:
        raise ValueError("a bracket is not closed")
    if name == "DECIMAL" and len(numbers) == 1:
        numbers.append(0)
    return ColumnType(name, tuple(fields), tuple(of), tuple(numbers)), tokens[1:]
