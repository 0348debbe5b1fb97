"""What `SOURCE[.STREAM[.FIELD]]` means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.base.errors import UserError
from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.catalog.fields import is_known, properties_of
from infra.lake.documents import not_found
from infra.lake.models.tables import StreamTable, column_name, column_of


@dataclass(frozen=True)
class Start:
    """Where a reach begins.

    Attributes:
        table: `landing.<table>`.
        path: of the column and the fields in it; empty for all.
        subject: as a person writes it.
    """

    table: str
    path: tuple[str, ...]
    subject: str


def starts_of(text: str, tables: Mapping[str, StreamTable]) -> list[Start]:
    """The tables that are meant, sorted. Raises UserError with the near matches for a name that is not there."""
    source, _, below = text.partition(".")
    own = {name: one for name, one in tables.items() if one.table.source == source}
    if not own:
        raise not_found("synced source", source, {one.table.source for one in tables.values()}, "sources")
    if not below:
        return [Start(name, (), f"{source}.{one.table.stem}") for name, one in own.items()]
    stems = {one.table.stem: name for name, one in own.items()}
    stem = max((one for one in stems if f"{below}.".startswith(f"{one}.")), key=len, default="")
    if not stem:
        raise not_found("synced stream", below.partition(".")[0], stems, "streams")
    field = below[len(stem) + 1 :]
    name = stems[stem]
    return [Start(name, path, text) for path in (_paths(field, own[name]) if field else [()])]


def _paths(field: str, table: StreamTable) -> list[tuple[str, ...]]:
    """The columns that a field arrives in, each once: connections may rename it."""
    found: dict[tuple[str, ...], None] = {}
    for stream, offered in table.streams:
        names = _split(field, stream, offered)
        if top := column_of(stream, names[0]):
            found[top, *map(column_name, names[1:])] = None
    if not found:
        raise UserError(f'a mapper takes "{field}" out of every row: it arrives in no table')
    return list(found)


def _split(field: str, stream: ConfiguredStream, offered: DiscoveredStream | None) -> Sequence[str]:
    """A field's path; a name may hold dots itself."""
    schema = offered.json_schema if offered else stream.json_schema
    known = {*properties_of(schema), *(stream.fields or ())}
    if not known:
        return field.split(".")
    top = max((one for one in known if f"{field}.".startswith(f"{one}.")), key=len, default="")
    if not top:
        raise not_found("field", field, known)
    names = [top, *(part for part in field[len(top) + 1 :].split(".") if part)]
    if top in properties_of(schema):
        _expect(schema, names)
    return names


def _expect(schema: Mapping[str, Any], names: list[str]) -> None:
    """Raise UserError for the first of the names that is not there; lists are passed through."""
    if is_known(schema, names):
        return
    for depth, name in enumerate(names):
        inner = _without_lists(schema)
        fields = properties_of(inner)
        if fields and name not in fields:
            raise not_found("field", ".".join(names[: depth + 1]), [".".join([*names[:depth], one]) for one in fields])
        schema = fields.get(name, {}) if isinstance(fields.get(name, {}), Mapping) else {}


def _without_lists(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while isinstance(schema.get("items"), Mapping):
        schema = schema["items"]
    return schema
