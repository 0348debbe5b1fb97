"""Options that a connector may have missed: its spec does not require them, and a login can be in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.base.json_value import leaves
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.spec import flat
from infra.lake.registry.entries import Source
from infra.lake.registry.entry import Entry


def unset_logins(source: Entry[Source], lock: ConnectorLock | None) -> list[str]:
    """Names of the top-level options with a secret anywhere in them that the entry does not set, sorted."""
    properties = flat(lock.spec).get("properties", {}) if lock else {}
    given = source.settings.configuration or {}
    return sorted(name for name, schema in properties.items() if name not in given and _has_secret(schema))


def _has_secret(schema: Any) -> bool:
    found = leaves(schema) if isinstance(schema, Mapping) else ()
    return any(path[-1:] == ("airbyte_secret",) and value is True for path, value in found)
