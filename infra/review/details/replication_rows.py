"""The rows of the table of consequences that are about a database's log, or about where stored cursors are from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from infra.review.details.detail_kind import DetailKind

if TYPE_CHECKING:
    from infra.review.details.consequences import Label  # which takes these rows

_SLOT = "source-postgres PostgresDebeziumStateUtil.isSavedOffsetAfterReplicationSlotLSN, PostgresCdcCtidInitializer"
_MODES = "Airbyte CDK StateManagerFactory, of databases in Java and in Kotlin: it refuses the state of the other method"
_FAILOVER = (
    "Airbyte: MySQL troubleshooting, after a failover, Blue/Green cutover or restore; airbyte#85782, airbyte#85783"
)
_DELETIONS = "Airbyte: CDC; SqlGenerator of destinations that dedup: they delete where there is `_ab_cdc_deleted_at`; airbyte#8830"

# Label -> kind -> where it is known from, and why: a part of the one table.
REPLICATION: Mapping[Label, Mapping[DetailKind, tuple[str, str]]] = {
    "next-sync-differs": {
        "replication-recovery-changed": ("Airbyte specs: invalid_cdc_cursor_position_behavior",
            ("where the log no longer has the stored position, the sync fails or reads everything, as the option says; "
             "a position that it has is not touched")),
        "replication-resumed": ("Airbyte: CDC, a database keeps its log for a limited time; invalid_cdc_cursor_position_behavior",
            ("it can sync again, from the stored position if the database's log still has it; else the sync fails, or "
             "reads everything, as `invalid_cdc_cursor_position_behavior` says")),
        "delete-marker-removed": (_DELETIONS,
            "a deletion looks like any other row: what the source deletes from now on stays, and may lose its values"),
    },
    "new-data-only": {
        "source-moved": ("Airbyte protocol: stored state wins; connectors compare cursors, and not where they are from",
            ("if the same rows are there, nothing is missed; otherwise incremental streams go on from the stored cursor, and "
             "rows below it are missed until a backfill")),
        "delete-marker-added": (_DELETIONS,
            ("where rows are merged by their key, deletions remove them from now on; what the source deleted before stays "
             "until a backfill that truncates or clears")),
    },
    "not-judged": {
        "replication-slot-elsewhere": (f"{_SLOT}; airbyte#46571",
            ("whether the other slot keeps what comes after the stored position cannot be known from the files: the sync goes "
             "on, fails, reads everything, or is green and misses rows")),
        "replication-publication-changed": ("PostgreSQL: a publication decides what a slot sends; source-postgres PostgresCatalogHelper",
            ("which tables it has cannot be known from here: those that it lacks get no more changes; discover the source "
             "again, which offers full refresh only for them")),
        "replication-database-changed": ("Debezium: an offset is kept under the name of its database",
            ("the stored position is of the old database; whether the connector finds it for the other one cannot be known "
             "from here: the sync goes on, fails, reads everything or misses rows")),
        "replication-server-changed": ("Debezium: an offset is a place in the log of one server; airbyte#85783",
            ("if the same server answers there, nothing happens; on another one the stored position is of another log: the "
             "sync fails, reads everything, or is green and misses rows")),
        "postgres-server-changed": (_SLOT,
            ("if the same server answers there, nothing happens; on another one the stored position is a number of the old "
             "log: below that of the slot the sync fails or reads everything, above it syncs are green and miss rows")),
        "mysql-server-changed": (_FAILOVER,
            ("if the same server answers there, nothing happens; on another one, also a promoted or restored copy, syncs "
             "fail, or are green and read no rows: clear the connection, then sync")),
    },
    "full-resync": {
        "replication-slot-resynced": (f"{_SLOT}; airbyte#46571",
            ("a slot that is newer than the last sync begins after the stored position: everything is read again "
             "(`Re-sync data`), and deletions in between are missed; from an older slot it goes on without a gap")),
    },
    "stops-syncing": {
        "replication-slot-changed": (f"{_SLOT}; airbyte#46571",
            ("a slot that is newer than the last sync begins after the stored position: syncs fail (`Fail sync`) until the "
             "connection is cleared; from an older slot it goes on without a gap")),
        "postgres-database-changed": ("source-postgres PostgresSource.getReplicationSlot, PostgresDebeziumStateUtil.parseSavedOffset, PostgresCdcCtidInitializer",
            ("the stored position bears the name of the old database, and a slot belongs to one database: syncs fail, also "
             "with `Re-sync data`, until the new one has a slot of that name and the connection is cleared and reads everything")),
        "replication-method-changed": (f"{_MODES}; airbyte#26807",
            ("the connector refuses the position of the other method: syncs fail until the connection is cleared and reads "
             "everything; cursors and columns are others too, so discover the source again")),
    },
}  # fmt: skip
