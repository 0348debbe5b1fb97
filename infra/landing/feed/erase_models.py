"""What is made of a landing table: the tables of its own model, and models further down, which are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from infra.lake.files.tables import CURRENT, SCHEMA
from infra.lake.model.lake_model import LakeModel
from infra.lake.models.extra import NOT_READ, can_read_models
from infra.lake.models.project import has_models
from infra.landing.engine.engine import Engine
from infra.landing.types.column_type import ColumnType, parse_type
from infra.landing.types.sql import identifier


@dataclass(frozen=True)
class HoldingTable:
    """A table that rows of a stream are in: the landing's own, or one that a model has made.

    Attributes:
        schema, name: in the lake.
    """

    schema: str
    name: str
    columns: Mapping[str, ColumnType]

    @property
    def sql(self) -> str:
        """The table as SQL has it."""
        return identifier("lake", self.schema, self.name)

    @property
    def qualified(self) -> str:
        """The table as people read it."""
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class Downstream:
    """Models that are built on a landing table, other than its own.

    Attributes:
        models: that are surely reached, sorted.
        unknown: models of which it cannot be known, sorted.
        unread: why none were looked at; "" if they were.
    """

    models: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    unread: str = ""


def own_model(table: str) -> str:
    """The name of the model that is made of a landing table alone: its tables have the landing's key columns."""
    return f"int_{table}"


def model_tables(engine: Engine, table: str) -> tuple[HoldingTable, ...]:
    """The tables of the own model, also what a run of dbt left behind; in any schema but the landing's.

    Schemas that begin with `_` are the ledger and the marks of models: numbers of batches, no row of the stream.
    """
    found: dict[tuple[str, str], dict[str, ColumnType]] = {}
    for schema, name, column, type_ in engine.rows(
        "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() SEMI JOIN duckdb_tables()"
        " USING (database_name, schema_name, table_name)"
        f" WHERE database_name = 'lake' AND schema_name <> '{SCHEMA}' AND NOT starts_with(schema_name, '_')"
        " AND (table_name = ? OR starts_with(table_name, ?)) ORDER BY schema_name, table_name, column_index",
        [own_model(table), f"{own_model(table)}__dbt_"],
    ):
        found.setdefault((schema, name), {})[column] = parse_type(type_)
    return tuple(HoldingTable(schema, name, columns) for (schema, name), columns in found.items())


def downstream_of(model: LakeModel, table: str) -> Downstream:
    """The models that read a landing table, directly or not, by their text."""
    if not has_models(model.root):
        return Downstream()
    if not can_read_models():
        return Downstream(unread=NOT_READ)
    from infra.lake.models.lake_graph import lake_graph  # noqa: PLC0415  # the parsers are an extra
    from infra.lake.models.reach import reach_of  # noqa: PLC0415

    reach = reach_of(lake_graph(model), f"{SCHEMA}.{table}".lower())
    return Downstream(tuple(_others(reach.models, table)), tuple(_others((name for name, _ in reach.unknown), table)))


def _others(names: Iterable[str], table: str) -> Iterator[str]:
    own = own_model(table)
    return (name for name in names if name not in (own, own + CURRENT))
