"""Names in SQL that people read: quoted only where they have to be."""

from __future__ import annotations

import re

from infra.landing.types.sql import identifier

# What DuckDB 1.5 keeps for itself: its keywords but those that it calls unreserved
# (`duckdb_keywords()`).
_WORDS = """
all analyse analyze and anti any array as asc asof asymmetric at authorization between bigint binary bit
boolean both by case cast char character check coalesce collate collation column columns concurrently
constraint create cross dec decimal default deferrable desc describe distinct do else end except exists
extract false fetch float for foreign freeze from full generated glob group grouping grouping_id having ilike
in initially inner inout int integer intersect interval into is isnull join lambda lateral leading left like
limit map national natural nchar none not notnull null nullif numeric offset on only or order out outer
overlaps overlay pivot pivot_longer pivot_wider placing position positional precision primary qualify real
references returning right row select semi setof show similar smallint some struct substring summarize
symmetric table tablesample then time timestamp to trailing treat trim true try_cast union unique unpack
unpivot using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement
xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
"""
RESERVED = frozenset(_WORDS.split())


def sql_name(name: str) -> str:
    """`city` -> `city`, `Odd name` -> `"Odd name"`, `order` -> `"order"`."""
    return name if re.fullmatch("[a-z_][a-z0-9_]*", name) and name not in RESERVED else identifier(name)
