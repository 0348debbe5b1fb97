"""Facts: what each kind of change says about a stream, so that no two of one stream say the opposite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

from infra.review.details.detail_kind import DetailKind


@dataclass(frozen=True)
class Facts:
    """What the sentence of a row says of each stream that it is about; None where it says nothing.

    Attributes:
        object: whether Airbyte's connection stays the one that it is.
        state: what becomes of the position that Airbyte stored.
        next_sync: whether the next sync reads everything, or only what is new.
        old_rows: whether rows that arrived are brought up to the change, or stay without it.
        table: whether rows go on to the table that they went to.

    """

    object: Literal["kept", "anew"] | None = None
    state: Literal["kept", "unknown", "lost"] | None = None
    next_sync: Literal["new", "unknown", "all"] | None = None
    old_rows: Literal["stale", "filled"] | None = None
    table: Literal["same", "other"] | None = None

    def given(self) -> Mapping[str, str]:
        """Fact -> value, of those that it says."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name)) is not None}


# Of two values of a fact the later one is true of both changes together: a table that is read again is not read from its cursor.
STRENGTH: Mapping[str, tuple[str, ...]] = {
    "object": ("kept", "anew"),
    "state": ("kept", "unknown", "lost"),
    "next_sync": ("new", "unknown", "all"),
    "old_rows": ("stale", "filled"),
    "table": ("same", "other"),
}

_KEPT = Facts(state="kept")
_GONE = Facts(object="anew", state="lost")
_ANEW = Facts(object="anew", state="lost", next_sync="all")
_FROM_THE_START = Facts(state="lost", next_sync="all")
_STAYS = Facts(object="kept", state="kept")
_FROM_CURSOR = Facts(state="kept", next_sync="new")
_UNKNOWN = Facts(state="unknown", next_sync="unknown")
_ONLY_NEW_ROWS = Facts(next_sync="new", old_rows="stale")
_NEW_COLUMN = Facts(next_sync="new", old_rows="stale", table="same")
_STALE = Facts(old_rows="stale")
_SAME_TABLE = Facts(table="same")
_OTHER_TABLE = Facts(table="other")
_READ_AGAIN = Facts(state="lost", next_sync="all", old_rows="filled")
_REWRITTEN = Facts(state="lost", next_sync="all", old_rows="filled", table="same")

_SAID: Mapping[DetailKind, Facts] = {
    "connection-created": Facts(next_sync="all"),
    "inactive-connection-created": Facts(next_sync="all"),
    "connection-created-twice": _ANEW,
    "source-deleted": _GONE,
    "destination-deleted": _GONE,
    "connection-deleted": _GONE,
    "source-replaced": _ANEW,
    "destination-replaced": _ANEW,
    "connection-replaced": _ANEW,
    "replacing-change": _ANEW,
    "adopted-and-replaced": _ANEW,
    "moved": Facts(object="kept"),
    "connection-adopted": _STAYS,
    "forgotten": _STAYS,
    "configuration-changed": _KEPT,
    "start-date-changed": _FROM_CURSOR,
    "replication-slot-changed": _UNKNOWN,
    "replication-slot-resynced": _UNKNOWN,
    "replication-slot-elsewhere": _UNKNOWN,
    "replication-server-changed": _UNKNOWN,
    "postgres-server-changed": _UNKNOWN,
    "mysql-server-changed": _UNKNOWN,
    "replication-database-changed": _UNKNOWN,
    "postgres-database-changed": _FROM_THE_START,
    "source-moved": _FROM_CURSOR,
    "replication-method-changed": _FROM_THE_START,
    "start-date-earlier": _FROM_CURSOR,
    "start-date-later": _FROM_CURSOR,
    "start-date-to-come": Facts(next_sync="unknown"),
    "filter-opened": _FROM_CURSOR,
    "place-changed": _OTHER_TABLE,
    "default-namespace-changed": _OTHER_TABLE,
    "activated": _FROM_CURSOR,
    "replication-resumed": Facts(state="kept", next_sync="unknown"),
    "namespace-changed": _OTHER_TABLE,
    "prefix-changed": _OTHER_TABLE,
    "stream-added": Facts(next_sync="all"),
    "incremental-stream-added": Facts(next_sync="unknown"),
    "stream-returned": _FROM_CURSOR,
    "full-refresh-to-incremental": Facts(state="kept", next_sync="unknown", old_rows="stale"),
    "incremental-to-full-refresh": Facts(next_sync="all"),
    "to-deduplicated": _ONLY_NEW_ROWS,
    "append-to-overwrite": Facts(next_sync="all", table="same"),
    "overwrite-to-append": _SAME_TABLE,
    "destination-sync-mode-changed": _STALE,
    "cursor-changed": _FROM_CURSOR,
    "primary-key-changed": _ONLY_NEW_ROWS,
    "field-added": _NEW_COLUMN,
    "field-removed": Facts(old_rows="stale", table="same"),
    "delete-marker-added": _NEW_COLUMN,
    "all-fields": _NEW_COLUMN,
    "column-enters": _NEW_COLUMN,
    "column-gone": Facts(old_rows="stale", table="same"),
    "column-renamed": _NEW_COLUMN,
    "type-inside-changed": _STALE,
    "replaced-table": Facts(old_rows="filled", table="same"),
    "mapper-added": _NEW_COLUMN,
    "renaming-changed": Facts(old_rows="stale", table="same"),
    "row-filter-removed": Facts(next_sync="new"),
    "row-filter-added": _STALE,
    "mapper-changed": _STALE,
    "files-changed": _STALE,
    "destination-object-changed": _OTHER_TABLE,
    "backfill": _READ_AGAIN,
    "backfill-appends": _FROM_THE_START,
    "backfill-truncates": _REWRITTEN,
    "backfill-clears": _REWRITTEN,
    "backfill-elsewhere": Facts(state="lost", next_sync="all", table="other"),
    "stack-forgotten": _STAYS,
    "stack-destroyed": _GONE,
}

# Kinds whose sentence is about no stream's state, reading, rows or table.
_SILENT: tuple[DetailKind, ...] = (
    "column-type-changed",
    "key-may-be-null",
    "unused-key-changed",
    "written-type-changed",
    "source-created",
    "destination-created",
    "actor-created-twice",
    "adopted",
    "set-by-adoption",
    "actor-renamed",
    "filter-narrowed",
    "secret-changed",
    "replication-publication-changed",
    "replication-recovery-changed",
    "resources-changed",
    "lock-changed",
    "lock-older",
    "release-breaking",
    "release-elsewhere",
    "connector-archived",
    "option-appeared",
    "option-gone",
    "option-required",
    "option-changed",
    "default-changed",
    "connection-renamed",
    "schedule-changed",
    "schedule-removed",
    "schedule-of-inactive",
    "deactivated",
    "schema-changes-changed",
    "stream-removed",
    "stream-file-renamed",
    "stream-namespace-known",
    "from-deduplicated",
    "fields-named",
    "delete-marker-removed",
    "mapper-removed",
    "mapper-with-field",
    "mappers-reordered",
    "stream-setting-kept",
    "overruled",
    "variable-changed",
    "server-changed",
    "backend-changed",
    "backend-unclear",
    "backend-reached-otherwise",
    "authentication-changed",
    "provider-changed",
    "extra-file-changed",
    "extra-file-removed",
    "provider-locked",
    "provider-lock-changed",
    "provider-hashes-changed",
    "provider-unlocked",
    "provider-lock-unreadable",
    "attribute-changed",
    "secret-value-changed",
    "secret-reencrypted",
    "secret-key-added",
    "secret-key-removed",
    "secret-file-changed",
    "secret-checksum-changed",
    "secret-file-unreadable",
    "landing-begun",
    "landing-ended",
    "landing-changed",
    "landing-catalog-changed",
    "landing-tables-moved",
    "landing-raw-moved",
    "landing-files-renamed",
    "landing-read-again",
    "landing-table-renamed",
    "landing-table-orphaned",
    "landing-mode-changed",
    "landing-types-changed",
    "asset-renamed",
)

FACTS: Mapping[DetailKind, Facts] = {**_SAID, **dict.fromkeys(_SILENT, Facts())}
