"""How a source finds what has changed in its database: by the database's log (CDC), or by asking its tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from infra.lake.catalog.cdc_fields import has_cdc_fields
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.catalog.fields import properties_of
from infra.lake.registry.entries import Source

CDC = "cdc"
# They know no other way.
_ALWAYS = frozenset({"source-mongodb-v2"})
# What they do where no option says it. Source: source-postgres PostgresUtils.isCdc, false without `replication_method`.
_UNSAID = {"source-postgres": "standard"}
# An option that says it, and the key in there where that option is an object. Source: the specs of Airbyte's databases:
# Postgres, MySQL, SQL Server; Oracle and SAP HANA, of the enterprise connectors.
METHOD_OPTIONS = {"replication_method": "method", "cursor": "cursor_method"}


def method_of(source: Source) -> str | None:
    """The way in small letters, as the connector calls it: `cdc`, `standard`, `xmin`, ...

    None for a source whose configuration does not say it, unless its connector is known to take one then, and where a
    variable says it.
    """
    if source.connector in _ALWAYS:
        return CDC
    options = source.configuration or {}
    if options.keys().isdisjoint(METHOD_OPTIONS):
        return _UNSAID.get(source.connector or "")
    found = (_word(options.get(option), key) for option, key in METHOD_OPTIONS.items())
    return next((word.lower() for word in found if word), None)


def method_behind(streams: Iterable[DiscoveredStream], sources: Iterable[Source]) -> str | None:
    """The way that shaped what a source offers; None if nobody can say.

    The streams themselves tell whether the log was read, whoever was asked: a server may have older options than the files.
    `sources`: the entry in each of its stacks, which count where they agree.
    """
    if any(has_cdc_fields(properties_of(stream.json_schema)) for stream in streams):
        return CDC
    said = set(map(method_of, sources))
    return said.pop() if len(said) == 1 and CDC not in said else None


def reads_log(source: Source) -> bool:
    """True if the configuration says that changes are read from the database's log (CDC)."""
    return method_of(source) == CDC


def _word(value: Any, key: str) -> str | None:
    inner = value.get(key) if isinstance(value, Mapping) else value
    return inner if isinstance(inner, str) else None
