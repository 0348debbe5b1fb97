"""The kinds of differences, in the order of docs/review.md; mypy knows them, so that none is misspelt."""

from __future__ import annotations

from typing import Literal, get_args

_Created = Literal["source-created", "destination-created", "connection-created", "inactive-connection-created"]
_Twice = Literal["actor-created-twice", "connection-created-twice"]
_Deleted = Literal["source-deleted", "destination-deleted", "connection-deleted"]
_Replaced = Literal["source-replaced", "destination-replaced", "connection-replaced"]
_Moved = Literal["replacing-change", "adopted-and-replaced", "moved", "adopted", "connection-adopted", "forgotten"]
_Set = Literal["set-by-adoption"]
_Actor = Literal["actor-renamed", "configuration-changed", "start-date-changed", "secret-changed", "place-changed"]
_Log = Literal["replication-slot-changed", "replication-slot-resynced", "replication-publication-changed"]
_Server = Literal["replication-server-changed", "postgres-server-changed", "mysql-server-changed"]
_Database = Literal[
    "replication-slot-elsewhere", "replication-database-changed", "postgres-database-changed", "source-moved"
]
_Method = Literal["replication-method-changed", "replication-recovery-changed"]
_Start = Literal["start-date-earlier", "start-date-later", "start-date-to-come"]
_Filter = Literal["filter-opened", "filter-narrowed"]
_Beside = Literal["default-namespace-changed", "resources-changed"]
_Version = Literal["lock-changed", "lock-older", "release-breaking", "release-elsewhere", "connector-archived"]
_Option = Literal["option-appeared", "option-gone", "option-required", "option-changed", "default-changed"]
_Schedule = Literal["connection-renamed", "schedule-changed", "schedule-removed", "schedule-of-inactive"]
_Status = Literal[
    "activated", "replication-resumed", "deactivated", "namespace-changed", "prefix-changed", "schema-changes-changed"
]
_Stream = Literal["stream-added", "stream-removed", "stream-file-renamed", "stream-namespace-known"]
_Added = Literal["incremental-stream-added", "stream-returned"]
_Reading = Literal["full-refresh-to-incremental", "incremental-to-full-refresh", "to-deduplicated", "from-deduplicated"]
_Writing = Literal["append-to-overwrite", "overwrite-to-append", "destination-sync-mode-changed"]
_Fields = Literal["cursor-changed", "primary-key-changed", "field-added", "field-removed", "fields-named"]
_Seen = Literal["column-enters", "column-gone", "column-renamed", "column-type-changed"]
_Inside = Literal["type-inside-changed", "key-may-be-null", "written-type-changed", "unused-key-changed"]
_Table = Literal["delete-marker-added", "delete-marker-removed", "replaced-table", "all-fields"]
_Mapper = Literal["mapper-added", "mapper-removed", "mapper-with-field", "renaming-changed"]
_Mappers = Literal["row-filter-removed", "row-filter-added", "mapper-changed", "mappers-reordered"]
_Kept = Literal["files-changed", "destination-object-changed", "stream-setting-kept"]
_Backfill = Literal["backfill", "backfill-appends", "backfill-truncates", "backfill-clears", "backfill-elsewhere"]
_Overruled = Literal["overruled"]
_Stack = Literal["stack-forgotten", "stack-destroyed", "variable-changed", "server-changed", "backend-changed"]
_State = Literal["backend-unclear", "backend-reached-otherwise"]
_Provider = Literal["authentication-changed", "provider-changed"]
_File = Literal["extra-file-changed", "extra-file-removed"]
_Lock = Literal["provider-locked", "provider-lock-changed", "provider-hashes-changed"]
_Unlock = Literal["provider-unlocked", "provider-lock-unreadable", "attribute-changed"]
_Landing = Literal["landing-begun", "landing-ended", "landing-changed", "landing-catalog-changed"]
_Place = Literal["landing-tables-moved", "landing-raw-moved", "landing-files-renamed", "landing-read-again"]
_Fed = Literal[
    "landing-table-renamed", "landing-table-orphaned", "landing-mode-changed", "landing-types-changed", "asset-renamed"
]
_Secret = Literal["secret-value-changed", "secret-reencrypted", "secret-key-added", "secret-key-removed"]
_SecretFile = Literal["secret-file-changed", "secret-checksum-changed", "secret-file-unreadable"]

_Object = Literal[_Created, _Twice, _Deleted, _Replaced, _Moved, _Set]
_Position = Literal[_Log, _Server, _Database, _Method]
_Connection = Literal[_Schedule, _Status]
_Synced = Literal[
    _Stream, _Added, _Reading, _Writing, _Fields, _Seen, _Inside, _Table, _Mapper, _Mappers, _Kept, _Backfill
]
_Lake = Literal[_Landing, _Place, _Fed]
_Connector = Literal[_Version, _Option]
_Whole = Literal[_Stack, _State, _Provider, _File, _Lock, _Unlock, _Secret, _SecretFile, _Lake]
_Configured = Literal[_Actor, _Start, _Filter, _Position]
DetailKind = Literal[_Object, _Configured, _Beside, _Connector, _Connection, _Synced, _Overruled, _Whole]

DETAIL_KINDS: tuple[DetailKind, ...] = get_args(DetailKind)
