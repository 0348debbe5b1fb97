"""Names of columns and fields: in Parquet files as Airbyte makes them of a source's names, and in tables as DuckDB takes them.

Source of the first: `Transformations.toAvroSafeName` of Airbyte's CDK (airbytehq/airbyte, airbyte-cdk/bulk/core/load).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from infra.lake.files.names import words_only


def safe_names(names: Iterable[str]) -> list[str]:
    """Letters of ASCII, digits and `_` only, no digit first, and apart."""
    return names_apart(map(_safe, names))


def names_apart(names: Iterable[str]) -> list[str]:
    """Names as DuckDB gives them to columns of Parquet and CSV: they have no case, and one that is taken gets `_1`."""
    taken, found = set[str](), list[str]()
    for name in names:
        free, number = name or "column", 0
        while free.casefold() in taken:
            number += 1
            free = f"{name}_{number}"
        taken.add(free.casefold())
        found.append(free)
    return found


def _safe(name: str) -> str:
    safe = words_only(name)
    return safe if re.match("[A-Za-z_]", safe) else f"_{safe}"
