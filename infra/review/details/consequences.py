"""What each kind of change does to the data: the one table, with the source of every row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from infra.review.details.detail_kind import DETAIL_KINDS, DetailKind
from infra.review.details.replication_rows import REPLICATION
from infra.review.details.schema_rows import SCHEMAS
from infra.review.details.secret_rows import SECRETS

_Mild = Literal["none", "next-sync-differs", "new-data-only"]
# A reviewer should stop and think.
_Grave = Literal["not-judged", "full-resync", "lands-elsewhere", "stops-syncing", "state-lost"]
Label = Literal[_Mild, _Grave]

# Gravest last.
LABELS: tuple[Label, ...] = get_args(Label)


@dataclass(frozen=True)
class Consequence:
    """One row.

    Attributes:
        label: how grave it is.
        why: one sentence for the reviewer.
        source: where that is known from.
        always_first: True for what should be read first although its label is a mild one.

    """

    label: Label
    why: str
    source: str
    always_first: bool = False

    @property
    def is_dangerous(self) -> bool:
        """True for what a reviewer should read first: every grave label, and what says so itself."""
        return self.always_first or self.label in get_args(_Grave)


_PATCH = "Airbyte ConnectionsHandler.updateConnection: an update replaces the catalog and starts nothing"
_REPLACE = "provider airbytehq/airbyte: RequiresReplace; Airbyte keeps sync state with the connection"
_PLATFORM = "Airbyte destinations v2: the final table is named by namespace, prefix and stream"
_TERRAFORM = "Terraform language"
_BACKFILL = "Airbyte StreamRefreshesHandler, CatalogGenerationSetter"
_LOCK = "Terraform: dependency lock file"
_RELEASES = "Airbyte connector registry: releases.breakingChanges, supportLevel"
_SPEC = "Airbyte protocol: the spec of a connector says which options it takes"
_CONNECTOR = "Airbyte protocol: the connector decides what its options mean"
_STATE_WINS = "Airbyte protocol: stored state wins over a start date"
_MAPPERS = "Airbyte mappers"
_LEDGER = "lakeform landing: the ledger of a table says which files were fed"
_CATALOG = "DuckLake: DATA_PATH is kept in the catalog"
_GENERATIONS = "Airbyte: the generation of a stream is counted with its connection"
_DAGSTER = "Dagster: an asset is known by its key"
_DISABLED = "Airbyte: reset-stream-state-on-disable is off by default; airbytehq/airbyte#32699"
_TYPES = "DuckLake: ALTER TABLE promotes types, where nothing is lost"

# Label -> kind -> where it is known from, and why.
_TABLE: Mapping[Label, Mapping[DetailKind, tuple[str, str]]] = {
    "none": {
        "source-created": (_TERRAFORM, "a source by itself moves no data"),
        "asset-renamed": (_DAGSTER,
            "where Dagster feeds the landing, its history, and what selects it by the old key, stay with the old one"),
        "destination-created": (_TERRAFORM, "a destination by itself moves no data"),
        "inactive-connection-created": (_PATCH,
            "it is inactive, so nothing is read; once it is activated, its first sync reads all of its streams in full"),
        "moved": ("Terraform: moved blocks", "the same object under another address; nothing is destroyed"),
        "forgotten": ("Terraform: removed blocks", "Airbyte keeps it and carries on; it is no longer managed here"),
        "actor-renamed": ("Airbyte public API: PUT", "the name is a label in Airbyte"),
        "resources-changed": ("Airbyte resource_allocation", "the connector's pods get different resources"),
        "lock-changed": ("provider airbytehq/airbyte: there is no version on a source or destination",
            "checks follow the options of that version; the server decides which version runs"),
        "release-elsewhere": (_RELEASES, "it is about streams that nothing here syncs"),
        "connector-archived": (_RELEASES, "Airbyte no longer maintains the connector; what runs goes on"),
        "option-appeared": (_SPEC, "it may be written from that version on"),
        "option-gone": (_SPEC, "`check` refuses it from now on where it is written"),
        "option-required": (_SPEC, "`check` demands it from now on where it applies"),
        "option-changed": (_SPEC, "`check` judges what is written by it from now on"),
        "connection-renamed": (_PATCH, "the name is a label in Airbyte"),
        "schedule-of-inactive": (_PATCH, "the connection is inactive, so nothing starts"),
        "stream-file-renamed": (_PATCH, "the same stream, described by another file"),
        "stream-namespace-known": ("Airbyte AirbyteCatalogHelper: the namespace is looked at only where the name is ambiguous",
            "Airbyte finds a stream by its name if no other has it; the namespace is the one that the source gives it"),
        "fields-named": ("Airbyte: field selection",
            "the same fields as before; one that the source adds later is no longer synced automatically"),
        "mapper-with-field": (_MAPPERS, "its field comes or goes together with it, so no row gets the original value"),
        "stream-setting-kept": (_PATCH,
            "what is no longer written stays as it is in Airbyte; to undo it, write the value that it should have"),
        "stack-forgotten": ("tofu-controller: destroyResourcesOnDeletion is false",
            "Airbyte keeps all of it, and connections keep syncing; they are no longer managed here"),
        "backend-reached-otherwise": (_TERRAFORM, "Terraform's state stays where it is"),
        "authentication-changed": (_TERRAFORM, "the same objects, reached with other credentials"),
        "provider-changed": (_TERRAFORM, "another release of the provider plans and applies"),
        "provider-locked": (_LOCK, "the plan takes this release of the provider and no other"),
        "provider-lock-changed": (_LOCK, "another release of the provider plans and applies"),
    },
    "next-sync-differs": {
        "connection-created": (_PATCH, "its first sync reads all of its streams in full"),
        "adopted": ("Terraform: import blocks; the provider reads no configuration back",
            ("an existing object is taken over, and its settings become those of the registry; what they were cannot "
             "be known from the files: tofu plan shows it, except for the configuration")),
        "connection-adopted": ("Terraform: import blocks",
            ("an existing connection is taken over with its sync state; its streams and settings become those of the "
             "registry; what they were cannot be known from the files: tofu plan shows it")),
        "set-by-adoption": ("Terraform: import blocks",
            "the apply sets it so, whatever it is in Airbyte now, which cannot be known from the files"),
        "configuration-changed": (_CONNECTOR, "the next sync uses the new setting; sync state stays"),
        "start-date-later": (_STATE_WINS,
            ("incremental streams continue from their cursor and keep what arrived; whatever is read anew, by a full refresh, a "
             "first sync or a backfill, begins at the new date")),
        "start-date-to-come": (_STATE_WINS,
            ("the date is still to come: until then a first sync, a full refresh or a backfill may read nothing; incremental "
             "streams may continue from their cursor")),
        "filter-narrowed": (_CONNECTOR,
            "rows of what is no longer read may stay without updates and deletions; a table that each sync replaces loses them"),
        "default-changed": (_CONNECTOR,
            "where the option is not written, the connector takes the other default once the server runs that version"),
        "secret-changed": (_CONNECTOR, "the value comes from another secret, which must exist before the apply"),
        "schedule-changed": (_PATCH, "syncs start at other times"),
        "activated": (_PATCH, "it can sync again, and continues from the stored state"),
        "schema-changes-changed": (_PATCH,
            "Airbyte reacts differently when the source's schema changes; nothing starts because of it"),
        "stream-added": (_PATCH, "the next sync reads all of it"),
        "incremental-stream-added": (_DISABLED,
            ("the next sync reads it from the start, unless the connection had it before: then Airbyte kept where it was, "
             "and goes on from there; which of the two cannot be known from the files")),
        "full-refresh-to-incremental": (_PATCH,
            ("nothing is re-read at the apply and old rows keep their values; a first incremental sync that finds no "
             "cursor reads everything once, and where it appends, rows that are there arrive a second time")),
        "from-deduplicated": (_PATCH, "each version of a row is kept from now on"),
        "overwrite-to-append": (_PATCH,
            "the table is no longer emptied: rows are added to those that are there, or merged into them by their key"),
        "destination-sync-mode-changed": (_PATCH, "the next sync writes differently; old rows stay as they are"),
        "field-removed": ("Airbyte: field selection", "the column stays with its old values; new rows have none"),
        "replaced-table": (_PATCH, "each sync replaces the table, so after the next one it applies to every row"),
        "mapper-removed": (_MAPPERS, "from the next sync on, the original values arrive in plain text"),
        "row-filter-added": (_MAPPERS, "rows that arrived stay; fewer arrive from the next sync on"),
        "mappers-reordered": (_MAPPERS, "mappers run in another order"),
        "files-changed": ("Airbyte: syncing files and records",
            "files that arrived stay; the change applies from the next sync on"),
        "destination-object-changed": (_PATCH,
            "rows go to the other object from the next sync on; those that arrived stay"),
        "landing-begun": (_LEDGER,
            "files are fed into tables, also those that are there already; a table that is not there yet begins empty"),
        "landing-mode-changed": (_LEDGER,
            "files that are not fed yet are taken in the other way, if the table allows it; what is in it stays"),
        "landing-types-changed": (_TYPES,
            "a table that is there keeps its types where they cannot be widened, and what does not fit is put aside and told"),
        "variable-changed": (_TERRAFORM, "the setting gets another value"),
        "overruled": (_TERRAFORM, "another change here decides what becomes of the rows"),
        "attribute-changed": (_TERRAFORM, "the object is changed in place"),
    },
    "new-data-only": {
        "stream-returned": (_DISABLED,
            ("Airbyte kept its sync state, and the next sync goes on from there; where the source's log is read, what "
             "changed in between arrives only with a backfill")),
        "start-date-changed": (_STATE_WINS,
            "incremental streams continue from their cursor; the date counts where reading begins anew, with a first sync or a backfill"),
        "start-date-earlier": (_STATE_WINS,
            "incremental streams continue from their cursor; rows from before the old date arrive only with a backfill"),
        "filter-opened": (_CONNECTOR,
            ("incremental streams may continue from the cursor that they have: rows of the new part that are older than it "
             "arrive only with a backfill")),
        "to-deduplicated": (_PATCH,
            "new rows replace their older versions; duplicates that are there stay until a refresh"),
        "cursor-changed": (_PATCH,
            "nothing is re-read, and the stored cursor is a value of the old field: rows may be missed until a backfill"),
        "primary-key-changed": (_PATCH,
            "nothing is re-read; old rows were told apart by the old key and stay as they are"),
        "field-added": ("Airbyte operator guide: refreshes", "the column is empty in old rows until a backfill"),
        "all-fields": (_PATCH, "every field is synced; those that are new are empty in old rows until a backfill"),
        "mapper-added": (_MAPPERS, "rows that arrived keep the original values in plain text until a backfill"),
        "renaming-changed": (_MAPPERS, "new rows have the value in another column; old rows keep it where it is"),
        "row-filter-removed": (_MAPPERS, "rows that were filtered out before arrive only with a backfill"),
        "mapper-changed": (_MAPPERS,
            "new rows have another form; old rows keep theirs, and the two may not be comparable"),
    },
    "not-judged": {
        "extra-file-changed": (_TERRAFORM, "Terraform of your own: what it does cannot be known from here, so read it"),
        "backend-unclear": (_TERRAFORM,
            ("whether Terraform's state is at the new place cannot be known from the files: if there is one and it is "
             "elsewhere, move it first, or every object is created a second time")),
        "extra-file-removed": (_TERRAFORM,
            "Terraform of your own is gone: the next apply destroys the resources that it declared, unless another file says otherwise"),
        "provider-hashes-changed": (_LOCK,
            ("the version is the same and the program may be another one, which gets every credential of the stack: "
             "compare the hashes with those of the release")),
        "provider-unlocked": (_LOCK, "which program is used for the provider is no longer pinned"),
        "provider-lock-unreadable": (_LOCK, "which programs it allows cannot be known"),
        "release-breaking": (_RELEASES,
            ("the connector's developers say that it breaks something of these streams, and the files do not say what: "
             "read what they ask for before the server runs that version")),
        "lock-older": (_CONNECTOR,
            ("checks follow the options of an earlier version; if the server goes back to it too, it may not understand "
             "the position that the later one stored")),
    },
    "full-resync": {
        "landing-read-again": (_GENERATIONS,
            "it is read from the beginning, with generations counted anew, beside the rows that are there"),
        "incremental-to-full-refresh": (_PATCH,
            "from now on each sync reads everything; where it appends, it adds all rows again each time"),
        "append-to-overwrite": (_PATCH,
            "the next sync replaces the table: rows that earlier syncs appended are deleted"),
        "backfill": (_BACKFILL,
            "after the apply the stream is read again from the start, over the rows that are there"),
        "backfill-appends": (_BACKFILL,
            ("after the apply the stream is read again from the start and appended: every row is there twice, told "
             "apart by `_airbyte_generation_id`")),
        "backfill-truncates": (_BACKFILL,
            ("after the apply the stream is read again, and at the end what earlier syncs wrote is deleted: rows that "
             "the source no longer has are lost")),
        "backfill-clears": (_BACKFILL,
            "after the apply all rows of the stream are deleted, then read again: the table is empty in between"),
        "backfill-elsewhere": (_BACKFILL,
            "after the apply the stream is read from the start into the new table; the old one stays as it is"),
    },
    "lands-elsewhere": {
        "landing-changed": (_LEDGER,
            ("tables of the other landing that are not there yet begin empty, and are fed with every file that is there; "
             "those of the old one stay as they are")),
        "landing-catalog-changed": (_LEDGER,
            ("if nothing is in that catalog, all tables begin empty in it and every file that is there is fed again; if "
             "it is the same one under another address, nothing happens")),
        "landing-raw-moved": (_LEDGER, "files are looked for in the other place only; rows that were fed stay"),
        "landing-files-renamed": (_LEDGER,
            ("files with the old names are not looked for any more, so that those not fed by then never are; rows that "
             "were fed stay until a sync replaces them")),
        "landing-table-renamed": (_LEDGER,
            ("the new table is fed with every file that is there, and begins empty unless there was one before; the old "
             "one stays as it is and no longer grows; where Dagster feeds it, it is another asset, without the history")),
        "place-changed": (_CONNECTOR, "new rows are written to the new place; old rows stay in the old one"),
        "default-namespace-changed": (_PLATFORM,
            "connections whose namespace is the destination's write to new tables there; old tables stay and no longer grow"),
        "namespace-changed": (_PLATFORM,
            "new rows go to tables in the new namespace; old tables stay and no longer grow"),
        "prefix-changed": (_PLATFORM, "new rows go to tables with the new prefix; old tables stay and no longer grow"),
    },
    "stops-syncing": {
        "landing-ended": (_LEDGER, "nothing of the stack is fed any more; the tables stay as they are"),
        "landing-table-orphaned": (_LEDGER,
            "the table stays as it is and no longer grows; where Dagster fed it, its asset goes"),
        "landing-tables-moved": (_CATALOG,
            ("a catalog keeps the place that it was made with: nothing is fed while the registry names another one, unless "
             "it is a folder that was moved there with all that is in it")),
        "schedule-removed": (_PATCH, "nothing starts on its own any more"),
        "deactivated": (_PATCH, "no sync starts any more"),
        "stream-removed": (_PATCH, "no new rows; those that arrived stay"),
    },
    "state-lost": {
        "actor-created-twice": (_TERRAFORM,
            "Airbyte gets a second one beside the first one, which nobody manages here any more"),
        "connection-created-twice": (_TERRAFORM,
            ("Airbyte gets a second one, without sync state, that reads everything; the first one goes on beside it, and "
             "nobody manages it here any more")),
        "source-deleted": (_REPLACE,
            "the source and the sync state of its connections are gone; rows that arrived stay"),
        "destination-deleted": (_REPLACE,
            "the destination and the sync state of its connections are gone; rows that arrived stay"),
        "connection-deleted": (_REPLACE, "syncing ends and the sync state is gone; rows that arrived stay"),
        "source-replaced": (_REPLACE,
            "Airbyte gets another source; its connections start from scratch and read everything"),
        "destination-replaced": (_REPLACE, "Airbyte gets another destination; its connections start from scratch"),
        "connection-replaced": (_REPLACE,
            "Airbyte gets another connection; it starts from scratch and reads everything"),
        "replacing-change": (_REPLACE, "the provider cannot change this in place"),
        "adopted-and-replaced": (_REPLACE,
            "what is taken over is destroyed at once and created again, because its other end is new: adopt that too"),
        "stack-destroyed": ("tofu-controller: destroyResourcesOnDeletion",
            "destroy_on_deletion: when its Terraform object is deleted, everything that it created in Airbyte is destroyed"),
        "server-changed": (_TERRAFORM,
            ("if another Airbyte answers there, it has none of the objects, and Terraform creates all of them again while those "
             "of the old one go on; if it is the same under another address, nothing happens")),
        "backend-changed": (_TERRAFORM,
            "unless the Terraform state is in the new place before the apply, every object is created a second time"),
    },
}  # fmt: skip
# What should be read first although its label is a mild one.
_ALWAYS_FIRST: frozenset[DetailKind] = frozenset(
    {"mapper-removed", "delete-marker-removed", "stack-forgotten", "start-date-to-come"}
)

_ROWS = {
    kind: Consequence(label, why, source, kind in _ALWAYS_FIRST)
    for label, kinds in (*_TABLE.items(), *REPLICATION.items(), *SCHEMAS.items(), *SECRETS.items())
    for kind, (source, why) in kinds.items()
}

CONSEQUENCES: Mapping[DetailKind, Consequence] = {kind: _ROWS[kind] for kind in DETAIL_KINDS}


def gravest(labels: Iterable[Label]) -> Label:
    """The gravest of some labels; `none` of none."""
    return max(labels, key=LABELS.index, default="none")
