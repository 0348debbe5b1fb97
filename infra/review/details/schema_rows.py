"""The rows of the table of consequences that are about what a committed discovery changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from infra.review.details.detail_kind import DetailKind

if TYPE_CHECKING:
    from infra.review.details.consequences import Label  # which takes these rows

_SCHEMA = "Airbyte: a connection reads by the schema that was discovered last; a source changes on its own"
_TYPE_OF_COLUMN = "Airbyte destinations: how a column follows its schema differs by destination and version"
_UPDATE = "Airbyte ConnectionsHandler.updateConnection: an update replaces the catalog and starts nothing"

# Label -> kind -> where it is known from, and why: a part of the one table.
SCHEMAS: Mapping[Label, Mapping[DetailKind, tuple[str, str]]] = {
    "none": {
        "written-type-changed": (_SCHEMA,
            "Airbyte goes by the types that it discovered itself; the catalog and tables of a landing follow the file"),
        "unused-key-changed": (_UPDATE,
            "Airbyte tells no rows of the stream apart; whoever does so behind it has to follow"),
    },
    "next-sync-differs": {
        "column-gone": (_SCHEMA, "rows that are read from now on have no value in it; those that arrived keep theirs"),
        "type-inside-changed": (_SCHEMA, "rows that are read from now on have the other form; those that arrived keep theirs"),
    },
    "new-data-only": {
        "column-enters": (_SCHEMA,
            ("what no file leaves out arrives once Airbyte takes the new schema, at the latest when the connection is "
             "updated; old rows lack it until a backfill")),
        "column-renamed": (_SCHEMA,
            "if it was, new rows have the value in another column, and old rows lack it there until a backfill"),
    },
    "not-judged": {
        "column-type-changed": (_TYPE_OF_COLUMN,
            "whether the destination changes its column, writes null or fails cannot be known from the files"),
        "key-may-be-null": (_SCHEMA,
            "a cursor or key needs a value in every row; what becomes of rows without one cannot be known from the files"),
    },
}  # fmt: skip
