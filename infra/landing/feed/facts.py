"""TableFacts: what a landing table holds, for those who look at it after it was fed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infra.landing.engine.engine import Engine
from infra.landing.types.sql import identifier
from infra.landing.types.target import Target

_LONGEST = 100


@dataclass(frozen=True)
class TableFacts:
    """What is in a landing table.

    Attributes:
        rows: that are in it; None for a table that is not there.
        told: that the ledger says are in it.
        files, bytes: that they came from, by the ledger.
        extracted: the newest row's extraction, in microseconds since 1970; None where no row says it.
        columns: name -> type, in the table's order.
        sample: some of its newest rows, without our columns, each value as a short text.
    """

    rows: int | None
    told: int
    files: int
    bytes: int
    extracted: int | None
    columns: Mapping[str, str]
    sample: tuple[Mapping[str, str], ...] = ()

    def lag(self, now: int) -> int | None:
        """The age of the newest row in whole seconds; `now`: in microseconds since 1970."""
        return None if self.extracted is None else max(0, now - self.extracted) // 1_000_000


_TOLD = """
SELECT coalesce(sum(rows), 0), count(*), coalesce(sum(size), 0), max(extracted_to) FROM (
  SELECT * FROM lake._lake.files WHERE table_name = ?
  QUALIFY row_number() OVER (PARTITION BY path ORDER BY batch DESC) = 1
) WHERE event IN ('fed', 'changed', 'vanished')
"""


def read_facts(engine: Engine, target: Target, sample: int) -> TableFacts:
    """The facts of a table, with at most `sample` of its rows. Raises UserError."""
    with engine.reading():
        told, files, size, extracted = engine.rows(_TOLD, [target.name])[0]
        found = engine.rows(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = 'lake'"
            " AND schema_name = 'landing' AND table_name = ? ORDER BY column_index",
            [target.name],
        )
        columns = {str(name): str(type_) for name, type_ in found}
        rows = int(engine.rows(f"SELECT count(*) FROM {target.table}")[0][0]) if columns else None
        shown = _sample(engine, target, columns, sample) if columns and sample else ()
    return TableFacts(rows, int(told), int(files), int(size), extracted and int(extracted), columns, shown)


def _sample(engine: Engine, target: Target, columns: Mapping[str, str], most: int) -> tuple[Mapping[str, str], ...]:
    """Rows of the newest batch, which lie together."""
    own = [name for name in columns if not name.startswith(("_lake_", "_airbyte_"))]
    if not own or "_lake_batch" not in columns:
        return ()
    values = ", ".join(f"left({identifier(name)}::VARCHAR, {_LONGEST})" for name in own)
    newest = f"(SELECT max(_lake_batch) FROM {target.table})"
    order = "ORDER BY _lake_file, _lake_row"
    rows = engine.rows(f"SELECT {values} FROM {target.table} WHERE _lake_batch = {newest} {order} LIMIT {int(most)}")
    return tuple(
        {name: "" if value is None else str(value) for name, value in zip(own, row, strict=True)} for row in rows
    )
