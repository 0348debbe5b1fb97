"""What the base of some edits has that the lake of the other reviews has not."""

from __future__ import annotations

from tests.support.review_edits import EDITS
from tests.support.review_file_edits import FILES_BEFORE
from tests.support.review_key_edits import KEY_BASES
from tests.support.review_lake import CUSTOMERS, EVENTS, LAKE, ORDERS, SHOP, Edit
from tests.support.review_landing_edits import LANDING_BASES
from tests.support.review_likely_edits import LIKELY_BASES
from tests.support.review_lock_edits import LOCK_BASES
from tests.support.review_option_edits import OPTION_BASES
from tests.support.review_plan_edits import PLAN_BASES
from tests.support.review_replication_edits import REPLICATION_BASES
from tests.support.review_schema_edits import SCHEMA_BASES
from tests.support.review_secret_edits import SECRET_BASES
from tests.support.review_settled_edits import SETTLED_BASES
from tests.support.review_state_edits import STATE_BASES
from tests.support.review_texts import (
    BACKEND,
    CONNECTION,
    ENCRYPT,
    ENCRYPT_FOR_OTHERS,
    EXISTING,
    FILTER,
    FLUX,
    GONE_SCHEMAS,
    HASH,
    ID,
    PROTECTED,
    RENAME,
    RENAMED,
    SCHEDULE,
    SOURCE,
    STAGING,
    many,
)

# What the base has that the lake of the other reviews has not.
BEFORE: dict[str, Edit] = {
    **FILES_BEFORE,
    **PLAN_BASES,
    **SECRET_BASES,
    **KEY_BASES,
    **LANDING_BASES,
    **STATE_BASES,
    **OPTION_BASES,
    **LOCK_BASES,
    **SETTLED_BASES,
    **LIKELY_BASES,
    **SCHEMA_BASES,
    **REPLICATION_BASES,
    "a-connection-is-resumed": {SHOP: [(SCHEDULE, f"{SCHEDULE}\n    status: inactive")]},
    "a-schedule-comes": {SHOP: [(SCHEDULE, "schedule: manual")]},
    "a-row-filter-is-removed": {ORDERS: [(HASH, f"{HASH}, {FILTER}")]},
    "mappers-change-places": {ORDERS: [(HASH, f"{HASH}, {RENAME}")]},
    "protection-is-taken-away": {SHOP: [("  shop:\n", "  shop:\n    protect: true\n")]},
    **{name: {SHOP: [(CONNECTION, PROTECTED)]} for name in EDITS if name.startswith("a-protected-connection")},
    "a-protected-source-is-replaced": {SHOP: [("  shop:\n", "  shop:\n    protect: true\n")]},
    "a-third-of-many-entries-vanishes": {"dag/registry/many.yaml": many(14)},
    "a-third-of-many-entries-is-retired": {"dag/registry/many.yaml": many(14)},
    "a-source-is-given-away": {
        SHOP: [("    connector: source-shop\n", f"    adopt: {ID}\n    connector: source-shop\n")]
    },
    "an-unmanaged-source-is-taken-over": {SHOP: [(SOURCE, EXISTING)]},
    "an-unmanaged-source-is-created-anew-for-a-connection-that-is-adopted": {
        SHOP: [(SOURCE, EXISTING), (CONNECTION, "")]
    },
    "a-paused-connection-is-adopted": {SHOP: [(CONNECTION, "")]},
    "an-existing-connection-is-adopted": {SHOP: [(CONNECTION, "")]},
    "the-id-of-an-unmanaged-source-changes": {SHOP: [(SOURCE, EXISTING)]},
    "a-stack-is-renamed-without-its-state": {LAKE: [(BACKEND, "")]},
    "a-field-comes-with-its-mapper": {ORDERS: [('"id", "email"', '"id"'), (HASH, "")]},
    "a-mapper-has-another-key": {ORDERS: [(HASH, ENCRYPT)]},
    "a-number-becomes-one": {SHOP: [("region: eu", "retries: 0")]},
    "the-provider-goes-with-the-last-backfill": {EVENTS: [("{\n", '{\n  "backfill": "2025-01",\n')]},
    "a-backfill-was-sent-before": {EVENTS: [("{\n", '{\n  "backfill": "2025-01",\n')]},
    "a-connection-with-a-backfill-is-renamed": {EVENTS: [("{\n", '{\n  "backfill": "2025-01",\n')]},
    "a-stack-is-renamed-that-destroys": {
        LAKE: [(BACKEND, f"      {FLUX[:-1]}, destroy_on_deletion: true}}\n{BACKEND}")]
    },
    "a-mapper-is-removed-where-nobody-knows-the-fields": {
        **GONE_SCHEMAS,
        ORDERS: [('  "fields": ["id", "email", "total", "created_at", "updated_at"],\n', "")],
    },
    "a-backfill-is-over": {EVENTS: [("{\n", '{\n  "backfill": "2025-01",\n')]},
    "a-field-is-added-to-a-table-that-each-sync-replaces": {CUSTOMERS: [("{", '{"fields": ["id"], ')]},
    "a-place-changes-by-a-variable": {
        SHOP: [("host: db.example.com", "host: {var: host}")],
        LAKE: [("    page_size:", "    host: {default: db.example.com}\n    page_size:")],
    },
    "the-value-of-a-variable-comes-from-the-registry": {LAKE: [("{default: 100}", "{description: rows}")]},
    "a-key-of-a-mapper-is-another-variable-value": {
        ORDERS: [(HASH, ENCRYPT_FOR_OTHERS)],
        LAKE: [("    page_size:", "    public_key: {default: one}\n    page_size:")],
    },
    "a-connection-is-renamed-twice": {
        SHOP: [("  shop_to_warehouse:\n", "  market_to_warehouse:\n")],
        "dag/registry/renamed.yaml": RENAMED.replace("webshop", "market"),
    },
    "settings-of-flux-change": {LAKE: [(BACKEND, f"      {FLUX}\n{BACKEND}")]},
    "a-new-connection-syncs-a-stream-that-the-server-does-not-know": {SHOP: [(CONNECTION, "")]},
    "the-schedule-of-a-paused-connection-changes": {SHOP: [(SCHEDULE, f"{SCHEDULE}\n    status: inactive")]},
    "another-server-by-a-variable": {
        LAKE: [
            ("server_url: https://airbyte.example.com/api/public/v1", "server_url: {var: server}"),
            ("    page_size:", "    server: {default: https://a.example.com/api/public/v1}\n    page_size:"),
        ]
    },
    "another-database-of-the-backend": {LAKE: [(BACKEND, "      backend: {pg: {conn_str: postgres://h/shop}}\n")]},
    **{
        name: {
            LAKE: [("  variables:\n", STAGING)],
            SHOP: [
                (
                    "    connector: source-shop\n",
                    "    connector: source-shop\n    stack: [airbyte, staging]  # source\n",
                ),
                ("    source: shop\n", "    stack: [airbyte, staging]  # connection\n    source: shop\n"),
                (
                    "    connector: destination-warehouse\n",
                    (
                        "    connector: destination-warehouse\n    stack: [airbyte, staging]\n"
                        "    overrides: {staging: {configuration: {host: staging.example.com}}}\n"
                    ),
                ),
            ],
        }
        for name in (
            "an-entry-leaves-one-of-two-stacks",
            "the-same-change-in-two-stacks-stands-side-by-side",
            "stacks-that-differ-stand-below-each-other",
            "a-connection-moves-to-another-stack",
            "a-stream-is-excluded-in-one-stack",
            "a-stack-is-gone",
            "a-stack-is-gone-that-destroys",
        )
    },
}
_DESTROYS = f"    staging:\n      {FLUX[:-1]}, destroy_on_deletion: true}}\n"
BEFORE["a-stack-is-gone-that-destroys"] = {
    **BEFORE["a-stack-is-gone"],
    LAKE: [("  variables:\n", STAGING.replace("    staging:\n", _DESTROYS))],
}
