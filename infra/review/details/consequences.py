"""What each kind of change does to the data: the one table, with the source of every row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from infra.review.details.detail_kind import DetailKind

Label = Literal[
    "none",
    "next-sync-differs",
    "new-data-only",
    "not-judged",
    "full-resync",
    "lands-elsewhere",
    "stops-syncing",
    "state-lost",
]

# Gravest last.
LABELS: tuple[Label, ...] = get_args(Label)

# From here on a reviewer should stop and think.
_DANGEROUS = LABELS.index("full-resync")


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
        """True for what a reviewer should read first: from `full-resync` on, and what says so itself."""
        return self.always_first or LABELS.index(self.label) >= _DANGEROUS


_PATCH = "Airbyte ConnectionsHandler.updateConnection: an update replaces the catalog and starts nothing"
_REPLACE = "provider airbytehq/airbyte: RequiresReplace; Airbyte keeps sync state with the connection"
_PLATFORM = "Airbyte destinations v2: the final table is named by namespace, prefix and stream"
_TERRAFORM = "Terraform language"
_BACKFILL = "Airbyte StreamRefreshesHandler, CatalogGenerationSetter"
_LOCK = "Terraform: dependency lock file"
_CONNECTOR = "Airbyte protocol: the connector decides what its options mean"

CONSEQUENCES: Mapping[DetailKind, Consequence] = {
    # Whole objects.
    "source-created": Consequence("none", "a source by itself moves no data", _TERRAFORM),
    "destination-created": Consequence("none", "a destination by itself moves no data", _TERRAFORM),
    "connection-created": Consequence("none", "its first sync reads all of its streams in full", _PATCH),
    "source-deleted": Consequence(
        "state-lost", "the source and the sync state of its connections are gone; rows that arrived stay", _REPLACE
    ),
    "destination-deleted": Consequence(
        "state-lost", "the destination and the sync state of its connections are gone; rows that arrived stay", _REPLACE
    ),
    "connection-deleted": Consequence(
        "state-lost", "syncing ends and the sync state is gone; rows that arrived stay", _REPLACE
    ),
    "source-replaced": Consequence(
        "state-lost", "Airbyte gets another source; its connections start from scratch and read everything", _REPLACE
    ),
    "destination-replaced": Consequence(
        "state-lost", "Airbyte gets another destination; its connections start from scratch", _REPLACE
    ),
    "connection-replaced": Consequence(
        "state-lost", "Airbyte gets another connection; it starts from scratch and reads everything", _REPLACE
    ),
    "replacing-change": Consequence("state-lost", "the provider cannot change this in place", _REPLACE),
    "adopted-and-replaced": Consequence(
        "state-lost",
        "what is taken over is destroyed at once and created again, because its other end is new: adopt that too",
        _REPLACE,
    ),
    "moved": Consequence(
        "none", "the same object under another address; nothing is destroyed", "Terraform: moved blocks"
    ),
    "adopted": Consequence(
        "next-sync-differs",
        "an existing object is taken over, and its settings become those of the registry; what they were cannot be known from "
        "the files: tofu plan shows it, except for the configuration",
        "Terraform: import blocks; the provider reads no configuration back",
    ),
    "connection-adopted": Consequence(
        "next-sync-differs",
        "an existing connection is taken over with its sync state; its streams and settings become those of the registry; "
        "what they were cannot be known from the files: tofu plan shows it",
        "Terraform: import blocks",
    ),
    "forgotten": Consequence(
        "none", "Airbyte keeps it and carries on; it is no longer managed here", "Terraform: removed blocks"
    ),
    # Sources and destinations.
    "actor-renamed": Consequence("none", "the name is a label in Airbyte", "Airbyte public API: PUT"),
    "configuration-changed": Consequence(
        "next-sync-differs", "the next sync uses the new setting; sync state stays", _CONNECTOR
    ),
    "start-date-changed": Consequence(
        "new-data-only",
        "incremental streams continue from their cursor; rows before it arrive only with a backfill",
        "Airbyte protocol: stored state wins over a start date",
    ),
    "secret-changed": Consequence(
        "next-sync-differs", "the value comes from another secret, which must exist before the apply", _CONNECTOR
    ),
    "place-changed": Consequence(
        "lands-elsewhere", "new rows are written to the new place; old rows stay in the old one", _CONNECTOR
    ),
    "default-namespace-changed": Consequence(
        "lands-elsewhere",
        "connections whose namespace is the destination's write to new tables there; old tables stay and no longer grow",
        _PLATFORM,
    ),
    "resources-changed": Consequence(
        "none", "the connector's pods get different resources", "Airbyte resource_allocation"
    ),
    "lock-changed": Consequence(
        "none",
        "checks follow the options of that version; the server decides which version runs",
        "provider airbytehq/airbyte: there is no version on a source or destination",
    ),
    # Connections.
    "connection-renamed": Consequence("none", "the name is a label in Airbyte", _PATCH),
    "schedule-changed": Consequence("next-sync-differs", "syncs start at other times; sync state stays", _PATCH),
    "schedule-removed": Consequence("stops-syncing", "nothing starts on its own any more", _PATCH),
    "schedule-of-inactive": Consequence("none", "the connection is inactive, so nothing starts", _PATCH),
    "activated": Consequence("next-sync-differs", "it can sync again, and continues from the stored state", _PATCH),
    "deactivated": Consequence("stops-syncing", "no sync starts any more; sync state stays", _PATCH),
    "namespace-changed": Consequence(
        "lands-elsewhere", "new rows go to tables in the new namespace; old tables stay and no longer grow", _PLATFORM
    ),
    "prefix-changed": Consequence(
        "lands-elsewhere", "new rows go to tables with the new prefix; old tables stay and no longer grow", _PLATFORM
    ),
    "schema-changes-changed": Consequence(
        "next-sync-differs", "nothing changes now; Airbyte reacts differently when the source's schema changes", _PATCH
    ),
    # Streams.
    "stream-added": Consequence(
        "next-sync-differs", "the next sync reads all of it; the other streams continue as before", _PATCH
    ),
    "stream-removed": Consequence("stops-syncing", "no new rows; those that arrived stay", _PATCH),
    "stream-file-renamed": Consequence("none", "the same stream, described by another file", _PATCH),
    "stream-namespace-known": Consequence(
        "none",
        "Airbyte finds a stream by its name if no other has it; the namespace is the one that the source gives it",
        "Airbyte AirbyteCatalogHelper: the namespace is looked at only where the name is ambiguous",
    ),
    "full-refresh-to-incremental": Consequence(
        "next-sync-differs",
        "nothing is re-read at the apply and old rows keep their values; a first incremental sync that finds no cursor "
        "reads everything once, and where it appends, rows that are there arrive a second time",
        _PATCH,
    ),
    "incremental-to-full-refresh": Consequence(
        "full-resync",
        "from now on each sync reads everything; where it appends, it adds all rows again each time",
        _PATCH,
    ),
    "to-deduplicated": Consequence(
        "new-data-only", "new rows replace their older versions; duplicates that are there stay until a refresh", _PATCH
    ),
    "from-deduplicated": Consequence("next-sync-differs", "each version of a row is kept from now on", _PATCH),
    "append-to-overwrite": Consequence(
        "full-resync", "the next sync replaces the table: rows that earlier syncs appended are deleted", _PATCH
    ),
    "overwrite-to-append": Consequence(
        "next-sync-differs",
        "the table is no longer emptied: rows are added to those that are there, or merged into them by their key",
        _PATCH,
    ),
    "destination-sync-mode-changed": Consequence(
        "next-sync-differs", "the next sync writes differently; old rows stay as they are", _PATCH
    ),
    "cursor-changed": Consequence(
        "new-data-only",
        "nothing is re-read, and the stored cursor is a value of the old field: rows may be missed until a backfill",
        _PATCH,
    ),
    "primary-key-changed": Consequence(
        "new-data-only", "nothing is re-read; old rows were told apart by the old key and stay as they are", _PATCH
    ),
    "field-added": Consequence(
        "new-data-only", "the column is empty in old rows until a backfill", "Airbyte operator guide: refreshes"
    ),
    "field-removed": Consequence(
        "next-sync-differs", "the column stays with its old values; new rows have none", "Airbyte: field selection"
    ),
    "fields-named": Consequence(
        "none",
        "the same fields as before; one that the source adds later is no longer synced automatically",
        "Airbyte: field selection",
    ),
    "replaced-table": Consequence(
        "next-sync-differs", "each sync replaces the table, so after the next one it applies to every row", _PATCH
    ),
    "all-fields": Consequence(
        "new-data-only", "every field is synced; those that are new are empty in old rows until a backfill", _PATCH
    ),
    "mapper-added": Consequence(
        "new-data-only", "rows that arrived keep the original values in plain text until a backfill", "Airbyte mappers"
    ),
    "mapper-removed": Consequence(
        "next-sync-differs",
        "from the next sync on, the original values arrive in plain text",
        "Airbyte mappers",
        always_first=True,
    ),
    "mapper-with-field": Consequence(
        "none", "its field comes or goes together with it, so no row gets the original value", "Airbyte mappers"
    ),
    "renaming-changed": Consequence(
        "new-data-only", "new rows have the value in another column; old rows keep it where it is", "Airbyte mappers"
    ),
    "row-filter-removed": Consequence(
        "new-data-only", "rows that were filtered out before arrive only with a backfill", "Airbyte mappers"
    ),
    "row-filter-added": Consequence(
        "next-sync-differs", "rows that arrived stay; fewer arrive from the next sync on", "Airbyte mappers"
    ),
    "mapper-changed": Consequence(
        "new-data-only",
        "new rows have another form; old rows keep theirs, and the two may not be comparable",
        "Airbyte mappers",
    ),
    "mappers-reordered": Consequence("next-sync-differs", "mappers run in another order", "Airbyte mappers"),
    "files-changed": Consequence(
        "next-sync-differs",
        "files that arrived stay; the change applies from the next sync on",
        "Airbyte: syncing files and records",
    ),
    "destination-object-changed": Consequence(
        "next-sync-differs", "rows go to the other object from the next sync on; those that arrived stay", _PATCH
    ),
    "stream-setting-kept": Consequence(
        "none",
        "what is no longer written stays as it is in Airbyte; to undo it, write the value that it should have",
        _PATCH,
    ),
    # Backfills.
    "backfill": Consequence(
        "full-resync",
        "after the apply the stream is read again from the start, over the rows that are there",
        _BACKFILL,
    ),
    "backfill-appends": Consequence(
        "full-resync",
        "after the apply the stream is read again from the start and appended: every row is there twice, told apart by "
        "`_airbyte_generation_id`",
        _BACKFILL,
    ),
    "backfill-truncates": Consequence(
        "full-resync",
        "after the apply the stream is read again, and at the end what earlier syncs wrote is deleted: rows that the "
        "source no longer has are lost",
        _BACKFILL,
    ),
    "backfill-clears": Consequence(
        "full-resync",
        "after the apply all rows of the stream are deleted, then read again: the table is empty in between",
        _BACKFILL,
    ),
    # What holds for a whole stack.
    "stack-forgotten": Consequence(
        "none",
        "Airbyte keeps all of it, and connections keep syncing; they are no longer managed here",
        "tofu-controller: destroyResourcesOnDeletion is false",
        always_first=True,
    ),
    "stack-destroyed": Consequence(
        "state-lost",
        "destroy_on_deletion: when its Terraform object is deleted, everything that it created in Airbyte is destroyed",
        "tofu-controller: destroyResourcesOnDeletion",
    ),
    "variable-changed": Consequence("next-sync-differs", "the setting gets another value", _TERRAFORM),
    "server-changed": Consequence(
        "state-lost",
        "if another Airbyte answers there, it has none of the objects and Terraform creates all of them again; if it is the "
        "same under another address, nothing happens",
        _TERRAFORM,
    ),
    "backend-changed": Consequence(
        "state-lost",
        "the new place contains no Terraform state: unless it is migrated first, every object is created a second time",
        _TERRAFORM,
    ),
    "authentication-changed": Consequence("none", "the same objects, reached with other credentials", _TERRAFORM),
    "provider-changed": Consequence("none", "another release of the provider plans and applies", _TERRAFORM),
    # Files beside the document.
    "extra-file-changed": Consequence(
        "not-judged",
        "Terraform of your own: what it does cannot be known from here, so read it",
        _TERRAFORM,
        always_first=True,
    ),
    "extra-file-removed": Consequence(
        "not-judged",
        "Terraform of your own is gone: the next apply destroys the resources that it declared, unless another file says otherwise",
        _TERRAFORM,
        always_first=True,
    ),
    "provider-locked": Consequence("none", "the plan takes this release of the provider and no other", _LOCK),
    "provider-lock-changed": Consequence("none", "another release of the provider plans and applies", _LOCK),
    "provider-hashes-changed": Consequence(
        "not-judged",
        "the version is the same and the program may be another one, which gets every credential of the stack: compare the "
        "hashes with those of the release",
        _LOCK,
        always_first=True,
    ),
    "provider-unlocked": Consequence(
        "not-judged", "which program is used for the provider is no longer pinned", _LOCK, always_first=True
    ),
    "provider-lock-unreadable": Consequence(
        "not-judged", "which programs it allows cannot be known", _LOCK, always_first=True
    ),
    "attribute-changed": Consequence("next-sync-differs", "the object is changed in place", _TERRAFORM),
}


def gravest(labels: Iterable[Label]) -> Label:
    """The gravest of some labels; `none` of none."""
    return max(labels, key=LABELS.index, default="none")
