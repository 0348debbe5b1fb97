"""What is in files, counted where their rows are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from infra.landing.engine.engine import Engine, Row
from infra.landing.feed.batch import Batch
from infra.landing.feed.found_file import FoundFile
from infra.landing.feed.ledger_entry import Contents
from infra.landing.feed.tables import columns_of
from infra.landing.types.column_type import JSON, ColumnType
from infra.landing.types.target import Target


def count_contents(
    engine: Engine, target: Target, batch: Batch, number: int, files: Sequence[FoundFile]
) -> dict[str, Contents]:
    """What is in the files, counted in the rows that are in the table now, or where they lie if they stay there."""
    if not files:
        return {}
    if target.register:
        found = [
            row
            for group in batch.groups
            for row in _counted(engine, group.columns, group.relation(engine, group.files))
        ]
    else:
        rows = f"(SELECT * FROM {target.table} WHERE _lake_batch = {number})"
        found = _counted(engine, columns_of(engine, target) or {}, rows)
    known = {
        path: Contents(n, _pair(g0, g1), _pair(e0, e1), sync, int(c or 0)) for path, n, g0, g1, e0, e1, sync, c in found
    }
    return {file.path: known.get(file.path, Contents()) for file in files}


def _counted(engine: Engine, columns: Mapping[str, ColumnType], relation: str) -> list[Row]:
    wanted = ", ".join(_aggregates(columns))
    return engine.rows(f"SELECT _lake_file, count(*), {wanted} FROM {relation} GROUP BY _lake_file")


def _pair(low: int | None, high: int | None) -> tuple[int, int] | None:
    return None if low is None or high is None else (low, high)


def _aggregates(columns: Mapping[str, ColumnType]) -> Iterator[str]:
    has = columns.keys()
    generation = "_airbyte_generation_id" if "_airbyte_generation_id" in has else "NULL::BIGINT"
    yield f"min({generation})"
    yield f"max({generation})"
    extracted = "epoch_us(_airbyte_extracted_at)" if "_airbyte_extracted_at" in has else "NULL::BIGINT"
    yield f"min({extracted})"
    yield f"max({extracted})"
    meta = columns.get("_airbyte_meta")
    fields = {name for name, _ in meta.fields} if meta else set()
    if meta == JSON:
        yield "max(CAST(_airbyte_meta->>'$.sync_id' AS BIGINT))"
        yield "sum(json_array_length(_airbyte_meta, '$.changes'))"
        return
    yield "max(_airbyte_meta.sync_id)" if "sync_id" in fields else "NULL"
    yield "sum(len(_airbyte_meta.changes))" if "changes" in fields else "0"
