"""What is set of a connection in Airbyte and no entry can say: it stays there, as nothing is sent for it."""

from __future__ import annotations

from collections.abc import Iterator

from infra.move.entries.told import Told
from infra.move.found import FoundConnection

_KEPT = "nothing, which keeps it"
_WORDS = {
    "notifySchemaChanges": ("notifications", "somebody is notified of schema changes"),
    "notifySchemaChangesByEmail": ("notifications", "somebody is notified of schema changes by e-mail"),
    "resourceRequirements": ("resources", "its jobs have resources of their own"),
    "backfillPreference": ("backfill", "new columns are backfilled by Airbyte itself"),
}


def told_further(connection: FoundConnection) -> Iterator[Told]:
    """One line for each; what Airbyte did by itself, such as a breaking change that it found, is no setting."""
    tags = connection.further.get("tags")
    if tags:
        yield Told("tags", f"it has the tags {', '.join(map(str, tags))}", _KEPT, changes=False)
    for key, (field, there) in _WORDS.items():
        if connection.further.get(key):
            yield Told(field, there, _KEPT, changes=False)
