"""Which models have batches before them that they have not taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.landing.types.sql import identifier, literal

if TYPE_CHECKING:
    from infra.landing.engine.engine import Engine


@dataclass(frozen=True)
class Merging:
    """A model of the strategy lake_merge, and the landing tables that it reads."""

    schema: str
    name: str
    tables: tuple[str, ...]

    @property
    def marks(self) -> tuple[str, str]:
        """Schema and name of the table of its marks, as the macro `lake_marks` has them."""
        return f"_{self.schema}", self.name


def with_unseen(engine: Engine, models: Iterable[Merging]) -> set[str]:
    """The names of those that have something to take, also since they were never built. Raises UserError."""
    wanted = sorted(models, key=lambda model: (model.schema, model.name))
    with engine.reading():
        known = set(engine.rows("SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'lake'"))
        there = [model for model in wanted if model.marks in known]
        found = engine.rows(" UNION ALL ".join(map(_query, there))) if there else []
    return {model.name for model in wanted if model.marks not in known} | {str(row[0]) for row in found}


def _query(model: Merging) -> str:
    marks = identifier("lake", *model.marks)
    return (
        f"(SELECT {literal(model.name)} FROM lake._lake.batches WHERE table_name IN ({_listed(model.tables)})"
        f" AND (table_name, batch) NOT IN (SELECT (landing_table, batch) FROM {marks}"
        f" WHERE epoch = (SELECT max(epoch) FROM {marks})) LIMIT 1)"
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(literal, names))
