"""Which sources read their database's log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.lake.registry.entries import Source

# They know no other way.
_ALWAYS = frozenset({"source-mongodb-v2"})


def reads_log(source: Source) -> bool:
    """True if the configuration says that changes are read from the database's log (CDC).

    Source: specs of Airbyte's databases: `replication_method: {method: CDC}` (Postgres, MySQL, SQL Server),
    `cursor: {cursor_method: cdc}` (Oracle, SAP HANA).
    """
    configuration = source.configuration or {}
    return source.connector in _ALWAYS or any(
        _is_cdc(inner)
        for value in configuration.values()
        for inner in (value.values() if isinstance(value, Mapping) else (value,))
    )


def _is_cdc(value: Any) -> bool:
    return isinstance(value, str) and value.upper() == "CDC"
