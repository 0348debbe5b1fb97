"""WarehouseSources: the tables that destinations land by themselves, as sources of dbt.

Source: docs of dbt 1.10 and newer, "Source properties" (`meta` and `loaded_at_field` stand below `config`), and dagster-dbt, which
takes an asset's key from `meta.dagster.asset_key`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.lake.catalog.fields import properties_of
from infra.lake.files.tables import schema_word
from infra.lake.files.warehouse_places import DATA_LAKE, NotKnown
from infra.lake.files.warehouse_tables import WarehouseTable, warehouse_table
from infra.lake.model.find import chosen_stacks
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack

_QUOTED = {"database": True, "schema": True, "identifier": True}


@dataclass(frozen=True)
class WarehouseSource:
    """The tables of one destination that are in one schema.

    Attributes:
        name: in dbt, `<destination>__<schema>`.
        tables: by their name in dbt.
    """

    name: str
    destination: str
    connector: str
    database: str | None
    schema: str
    tables: tuple[WarehouseTable, ...]


@dataclass(frozen=True)
class Unplaced:
    """A stream whose table the files do not tell.

    Attributes:
        stack, connection: ids.
        stem: name of the stream file, without `.json`.
    """

    stack: str
    connection: str
    stem: str
    why: str


@dataclass(frozen=True)
class WarehouseSources:
    """The sources by name, and what is in none of them, by stack, connection and stream."""

    sources: tuple[WarehouseSource, ...]
    unplaced: tuple[Unplaced, ...]


def warehouse_sources(model: LakeModel, stack: str | None = None) -> WarehouseSources:
    """The tables of a stack, or of all, where one that is the same everywhere stands once.

    A name that would stand for two tables, such as that of staging and that of production, stands for none and is told.
    Raises UserError with the near matches for a stack that does not exist.
    """
    placed: dict[tuple[str, ...], list[WarehouseTable]] = {}
    unplaced: list[Unplaced] = []
    for one in chosen_stacks(model, stack):
        for found in _of_stack(model, one):
            if isinstance(found, Unplaced):
                unplaced.append(found)
            else:
                placed.setdefault(found.asset_key, []).append(found)
    sources: dict[str, list[WarehouseTable]] = {}
    for key in sorted(placed):
        if len(places := sorted({_place(table) for table in placed[key]})) == 1:
            table = placed[key][0]
            sources.setdefault(_name(table), []).append(table)
        else:
            unplaced += [_ambiguous(table, places) for table in placed[key]]
    order = sorted(unplaced, key=lambda found: (found.stack, found.connection, found.stem))
    return WarehouseSources(tuple(_source(name, sources[name]) for name in sorted(sources)), tuple(order))


def render_warehouse_sources(found: WarehouseSources) -> list[dict[str, Any]]:
    """The items of `sources:` of a properties file of dbt, as plain values."""
    return [_rendered(source) for source in found.sources]


def _of_stack(model: LakeModel, stack: Stack) -> Iterator[WarehouseTable | Unplaced]:
    for connection in stack.connections.values():
        for stream in stack.streams.get(connection.id, ()):
            found = warehouse_table(model, stack, connection, stream)
            if isinstance(found, NotKnown):
                yield Unplaced(stack.id, connection.id, stream.stem, found.why)
            elif found is not None:
                yield found


def _place(table: WarehouseTable) -> str:
    return ".".join(part for part in (table.database, table.schema, table.name) if part is not None)


def _ambiguous(table: WarehouseTable, places: Sequence[str]) -> Unplaced:
    name = f"{table.place.destination.id}.{table.called.dbt_name}"
    why = f"{name} would be {' and '.join(places)}"
    return Unplaced(table.stack, table.connection.id, table.stream.stem, why)


def _name(table: WarehouseTable) -> str:
    schema = table.schema.lower() if table.place.naming.shouts and table.schema.isupper() else table.schema
    return f"{table.place.destination.id}__{schema_word(schema)}"


def _source(name: str, tables: Sequence[WarehouseTable]) -> WarehouseSource:
    destination = tables[0].place.destination
    ordered = tuple(sorted(tables, key=lambda table: table.called.dbt_name))
    connector = destination.settings.connector or ""
    return WarehouseSource(name, destination.id, connector, tables[0].database, tables[0].schema, ordered)


def _rendered(source: WarehouseSource) -> dict[str, Any]:
    item: dict[str, Any] = {"name": source.name, "schema": source.schema}
    item["description"] = f"what Airbyte's {source.connector} lands in {source.schema}"
    if source.database is not None:
        item["database"] = source.database
    # The names are exact; how an engine of a data lake quotes is its own affair.
    if source.connector != DATA_LAKE:
        item["quoting"] = dict(_QUOTED)
    item["tables"] = [_table(table) for table in source.tables]
    return item


def _table(table: WarehouseTable) -> dict[str, Any]:
    item: dict[str, Any] = {"name": table.called.dbt_name, "identifier": table.name}
    schema = table.offered.json_schema if table.offered else table.stream.json_schema
    if isinstance(about := schema.get("description"), str):
        item["description"] = about
    meta = {
        "dagster": {"asset_key": list(table.asset_key)},
        "deduplicates": table.deduplicates,
        "key": None if table.key is None else list(table.key),
    }
    item["config"] = {"loaded_at_field": _in_sql(table, table.extracted_at), "meta": meta}
    if table.key:
        item["columns"] = [_column(table, column, schema) for column in table.key]
    return item


def _column(table: WarehouseTable, column: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = {"name": column}
    if not table.place.naming.is_plain(column):
        item["quote"] = True
    field = next((field for field in properties_of(schema) if table.column(field) == column), None)
    about = properties_of(schema).get(field or "")
    if isinstance(about, Mapping) and isinstance(text := about.get("description"), str):
        item["description"] = text
    return item


def _in_sql(table: WarehouseTable, column: str) -> str:
    return column if table.place.naming.is_plain(column) else f'"{column}"'
