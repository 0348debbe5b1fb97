"""The statements that make a landing table, and its view of one living row a key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from infra.lake.catalog.cdc_fields import DELETED_AT
from infra.lake.files.column_names import names_apart
from infra.landing.types.column_type import ColumnType
from infra.landing.types.insert_plan import OWN_COLUMNS, new_columns
from infra.landing.types.schema_types import airbyte_columns
from infra.landing.types.sql import identifier
from infra.landing.types.target import Target

# Positions in the log of a database, as Airbyte's sources for change data capture write them.
_LOG_POSITIONS = ("_ab_cdc_lsn", "_ab_cdc_log_pos", "_ab_cdc_event_serial_no", "_ab_cdc_cursor")


def create_statement(target: Target, columns: Mapping[str, ColumnType]) -> str:
    """The statement that makes the table."""
    parts = [f"{identifier(name)} {type_.sql()}" for name, type_ in {**columns, **OWN_COLUMNS}.items()]
    listed = ",\n  ".join(parts)
    return f"CREATE TABLE {target.table} (\n  {listed}\n)"


def table_statements(target: Target) -> list[str]:
    """What would make table and view for files that have exactly what is declared, for people: without the lake's own name."""
    declared = {**airbyte_columns(target.file_format), **target.declared}
    named = dict(zip(names_apart(declared), declared.values(), strict=True))
    columns = new_columns(named, {}, target.asked, json=target.json)
    made = (create_statement(target, columns), view_statement(target, columns))
    return [statement.replace(f"{identifier('lake')}.", "") for statement in made]


def view_statement(target: Target, columns: Iterable[str]) -> str:
    """The statement that makes the view: of each key the newest row, without what the source has deleted; without a key,
    every row.

    Newer is extracted later, then further in the source's log, then the cursor, then the later file and row.
    """
    known = {name.casefold(): name for name in columns}
    listed = ", ".join(identifier(name) for name in (*known.values(), *OWN_COLUMNS))
    text = f"CREATE OR REPLACE VIEW {target.view} AS\nSELECT {listed}\nFROM {identifier('landing', target.name)}"
    keys = [known[name.casefold()] for name in target.key if name.casefold() in known]
    if not target.key or len(keys) < len(target.key):
        return text
    order = newest_first(target, known.values())
    ranked = ", ".join(f"{identifier(name)} DESC NULLS LAST" for name in order)
    text += f"\nQUALIFY row_number() OVER (PARTITION BY {', '.join(map(identifier, keys))} ORDER BY {ranked}) = 1"
    return text + (f" AND {identifier(known[DELETED_AT])} IS NULL" if DELETED_AT in known else "")


def newest_first(target: Target, columns: Iterable[str]) -> list[str]:
    """The columns, of those that a table has, that tell newer rows, the first one first."""
    known = {name.casefold(): name for name in columns}
    newer = ["_airbyte_extracted_at", *_LOG_POSITIONS, *([target.cursor] if target.cursor else [])]
    return [known[name.casefold()] for name in newer if name.casefold() in known] + ["_lake_file", "_lake_row"]
