"""FlowColumn: a column of a flow's model, and where in landing its value is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from infra.lake.files.column_names import names_apart, safe_names
from infra.lake.files.feeds import Feed
from infra.lake.files.layout import FileFormat
from infra.landing.flows.names import sql_name
from infra.landing.types.airbyte_type import AirbyteType, root_fields
from infra.landing.types.column_type import JSON, ColumnType
from infra.landing.types.schema_types import column_names, file_type
from infra.landing.types.sql import literal
from infra.landing.types.target import Target


@dataclass(frozen=True)
class FlowColumn:
    """A column.

    Attributes:
        name: its own; that of a nested field has the names above it before, `address__city`.
        value: the expression of its value, over the columns of landing.
        path: of its field, as the columns and fields of landing are called.
        description: as the source describes the field.
    """

    name: str
    value: str
    path: tuple[str, ...]
    description: str = ""

    @property
    def text(self) -> str:
        """As it stands in a SELECT."""
        return f"{self.value} as {sql_name(self.name)}"


def flow_columns(feed: Feed, target: Target) -> tuple[FlowColumn, ...]:
    """The columns of a stream, nested fields unfolded as far as its schema tells; one whose name is taken gets `_1`."""
    schema, found = feed.stream.json_schema, list[FlowColumn]()
    names = column_names(schema, target.file_format)
    for name, type_ in root_fields(schema):
        column = names[name]
        table = target.asked.get(column) or target.declared[column]
        place = _Place((column,), sql_name(column), (), target.file_format)
        found += _unfolded(place, type_, table, _properties(schema).get(name))
    # What is a column of landing keeps its name.
    order = sorted(range(len(found)), key=lambda index: len(found[index].path) > 1)
    apart = dict(zip(order, names_apart(found[index].name for index in order), strict=True))
    return tuple(replace(one, name=apart[index]) for index, one in enumerate(found))


@dataclass(frozen=True)
class _Place:
    """Where a value is: a column or a field of a struct, and in JSON a path below it."""

    names: tuple[str, ...]
    value: str
    path: tuple[str, ...]
    file_format: FileFormat

    @property
    def name(self) -> str:
        return "__".join(self.names)

    def field(self, name: str) -> _Place:
        return replace(self, names=(*self.names, name), value=f"{self.value}[{literal(name)}]")

    def member(self, name: str) -> _Place:
        return replace(self, names=(*self.names, _plain(name)), path=(*self.path, name))

    def cast(self, type_: ColumnType) -> str:
        if not self.path:
            return f"cast({self.value} as {_type_text(type_)})"
        arrow = "->" if type_ == JSON else "->>"
        return f"cast({self.value} {arrow} {literal(_json_path(self.path))} as {_type_text(type_)})"


def _unfolded(place: _Place, type_: AirbyteType, table: ColumnType, schema: Any) -> Iterator[FlowColumn]:
    if type_.kind != "object" or table.name not in ("STRUCT", "JSON"):
        yield FlowColumn(place.name, place.cast(table), place.names, _description(schema))
        return
    inner = _properties(schema)
    for (name, field), safe in zip(type_.fields, safe_names([name for name, _ in type_.fields]), strict=True):
        if table.name == "STRUCT":
            below, own = place.field(safe), dict(table.fields).get(safe, JSON)
        else:
            below, own = place.member(safe if place.file_format == "parquet" else name), _in_json(field)
        yield from _unfolded(below, field, own, inner.get(name))


def _in_json(type_: AirbyteType) -> ColumnType:
    """The type of a value that comes out of JSON: what is nested stays JSON."""
    found = file_type(type_)
    return JSON if found.nested or type_.kind in ("any_array", "any_object", "unknown") else found


def _json_path(path: tuple[str, ...]) -> str:
    return "$" + "".join(
        f".{one}" if re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", one) else '."' + one.replace('"', '\\"') + '"'
        for one in path
    )


def _plain(name: str) -> str:
    return safe_names([name])[0]


def _type_text(type_: ColumnType) -> str:
    return type_.sql() if type_.nested else type_.sql().lower()


def _properties(schema: Any) -> Mapping[str, Any]:
    found = schema.get("properties") if isinstance(schema, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _description(schema: Any) -> str:
    found = schema.get("description") if isinstance(schema, Mapping) else None
    return " ".join(found.split()) if isinstance(found, str) else ""
