"""How a source finds what has changed in its database: by the database's log (CDC), or by asking its tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.lake.registry.entries import Source

CDC = "cdc"
# They know no other way.
_ALWAYS = frozenset({"source-mongodb-v2"})
# An option that says it, and the key in there where that option is an object. Source: the specs of Airbyte's databases:
# Postgres, MySQL, SQL Server; Oracle and SAP HANA, of the enterprise connectors.
_OPTIONS = {"replication_method": "method", "cursor": "cursor_method"}


def method_of(source: Source) -> str | None:
    """The way in small letters, as the connector calls it: `cdc`, `standard`, `xmin`, ...

    None for a source whose configuration does not say it, or where a variable says it.
    """
    if source.connector in _ALWAYS:
        return CDC
    options = source.configuration or {}
    found = (_word(options.get(option), key) for option, key in _OPTIONS.items())
    return next((word.lower() for word in found if word), None)


def reads_log(source: Source) -> bool:
    """True if the configuration says that changes are read from the database's log (CDC)."""
    return method_of(source) == CDC


def _word(value: Any, key: str) -> str | None:
    inner = value.get(key) if isinstance(value, Mapping) else value
    return inner if isinstance(inner, str) else None
