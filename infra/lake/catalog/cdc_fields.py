"""Fields that a source adds to its streams where it reads its database's log (CDC), and only then.

Source: `MetaField` and `CommonMetaField` of Airbyte's bulk CDK, `DebeziumEventConverter` of the older one.
"""

from __future__ import annotations

from collections.abc import Iterable

_PREFIX = "_ab_cdc_"
# When the source saw that a row was deleted; null for the living.
DELETED_AT = f"{_PREFIX}deleted_at"


def is_cdc_field(name: str) -> bool:
    """True for a field that is no column of the source's table."""
    return name.startswith(_PREFIX)


def has_cdc_fields(names: Iterable[str]) -> bool:
    """True if the fields are those of a stream that was discovered while its source read the log."""
    return any(map(is_cdc_field, names))
