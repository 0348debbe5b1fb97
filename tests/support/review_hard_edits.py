"""Edits that are easily misread: of ids, stacks, variables, mappers and backfills."""

from __future__ import annotations

from tests.support.review_lake import BASE, CUSTOMERS, EVENTS, FIELDS, LAKE, ORDERS, REFUNDS, SHOP, Edit, offered
from tests.support.review_texts import (
    EXISTING,
    FLUX,
    GONE_SCHEMAS,
    GONE_STREAMS,
    HASH,
    ID,
    LEAVE_OUT,
    OTHER_ID,
    RENAMED,
    SCHEDULE,
    SOURCE,
    WORKSPACE,
    retired,
)

HARD_EDITS: dict[str, Edit] = {
    "an-unmanaged-source-is-taken-over": {SHOP: [(EXISTING, SOURCE.replace("    conn", f"    adopt: {ID}\n    conn"))]},
    "an-unmanaged-source-is-created-anew-for-a-connection-that-is-adopted": {
        SHOP: BASE[SHOP].replace("    source: shop\n", f"    adopt: {ID}\n    source: shop\n")
    },
    "a-paused-connection-is-adopted": {
        SHOP: BASE[SHOP].replace("    source: shop\n", f"    adopt: {ID}\n    status: inactive\n    source: shop\n")
    },
    "an-existing-connection-is-adopted": {
        SHOP: BASE[SHOP].replace("    source: shop\n", f"    adopt: {ID}\n    source: shop\n")
    },
    "the-id-of-an-unmanaged-source-changes": {SHOP: [(ID, OTHER_ID)]},
    "a-source-is-not-managed-any-more": {SHOP: [(SOURCE, EXISTING)]},
    "a-stack-is-gone": {LAKE: BASE[LAKE], SHOP: BASE[SHOP]},
    "a-stack-is-gone-that-destroys": {LAKE: BASE[LAKE], SHOP: BASE[SHOP]},
    "a-stack-is-renamed": {LAKE: [("    airbyte:\n", "    prod:\n")]},
    "a-stack-is-renamed-without-its-state": {LAKE: [("    airbyte:\n", "    prod:\n")]},
    "a-connection-moves-to-another-stack": {
        SHOP: [("    stack: [airbyte, staging]  # connection\n", "    stack: [airbyte]\n")],
        "dag/registry/retired.yaml": retired("connections.shop_to_warehouse", more=", stack: staging, keep: true"),
    },
    "a-stream-is-excluded-in-one-stack": {
        SHOP: [("    source: shop\n", "    overrides: {staging: {exclude: [refunds]}}\n    source: shop\n")]
    },
    "a-stream-file-describes-another-stream": {
        REFUNDS: '{"stream": "returns", "sync_mode": "full_refresh", "destination_sync_mode": "append"}\n',
        "dag/sources/shop/returns.json": offered("returns"),
    },
    "the-namespace-of-a-stream-is-discovered": {
        "dag/sources/shop/refunds.json": offered("refunds").replace('"name"', '"namespace": "public", "name"')
    },
    "the-source-defines-the-key-itself": {
        "dag/sources/shop/events.json": offered("events").replace(
            '"name"', '"source_defined_primary_key": [["id"]], "name"'
        )
    },
    "another-mapper-hides-the-same-field": {ORDERS: [(HASH, LEAVE_OUT)]},
    "a-field-goes-with-its-mapper": {ORDERS: [('"id", "email"', '"id"'), (HASH, "")]},
    "a-field-comes-with-its-mapper": {ORDERS: BASE[ORDERS]},
    "a-mapper-writes-to-another-field": {ORDERS: [("_hashed", "_sha")]},
    "a-mapper-has-another-key": {ORDERS: [("old_key", "new_key")]},
    "a-number-becomes-one": {SHOP: [("retries: 0", "retries: 1")]},
    "the-provider-goes-with-the-last-backfill": {
        EVENTS: [('  "backfill": "2025-01",\n', "")],
        LAKE: [("      backfills: true\n", "")],
    },
    "the-provider-goes-after-the-last-backfill": {LAKE: [("      backfills: true\n", "")]},
    "a-backfill-is-asked-for": {EVENTS: [("{\n", '{\n  "backfill": "2026-01",\n')]},
    "backfills-are-asked-for": {
        ORDERS: [("{\n", '{\n  "backfill": {"token": "2026-01", "reason": "new fields"},\n')],
        EVENTS: [("{\n", '{\n  "backfill": {"token": "2026-02", "mode": "truncate"},\n')],
        REFUNDS: [("{", '{"backfill": {"token": "2026-03", "mode": "clear"}, ')],
    },
    "a-backfill-was-sent-before": {EVENTS: [('"append_dedup"', '"append"')]},
    "a-connection-with-a-backfill-is-renamed": {
        SHOP: [("  shop_to_warehouse:\n", "  webshop_to_warehouse:\n")],
        "dag/registry/renamed.yaml": RENAMED,
    },
    "a-stack-is-renamed-that-destroys": {LAKE: [("    airbyte:\n", "    prod:\n")]},
    "a-mapper-is-removed-where-nobody-knows-the-fields": {ORDERS: [(HASH, "")]},
    "a-backfill-is-over": {EVENTS: BASE[EVENTS]},
    "overwrite-becomes-overwrite-deduplicated": {
        CUSTOMERS: '{"sync_mode": "full_refresh", "destination_sync_mode": "overwrite_dedup", "primary_key": [["id"]]}\n'
    },
    "a-field-is-added-to-a-table-that-each-sync-replaces": {CUSTOMERS: [('["id"]', '["id", "email"]')]},
    "fields-are-named-instead-of-all": {
        EVENTS: [("{\n", '{\n  "fields": ["id", "shop_id", "email", "total", "created_at", "updated_at"],\n')]
    },
    "a-place-changes-by-a-variable": {LAKE: [("default: db.example.com", "default: db2.example.com")]},
    "a-literal-becomes-a-variable-of-the-same-value": {
        SHOP: [("region: eu", "region: {var: region}")],
        LAKE: [
            (
                "    page_size:",
                f"    workspace: {{default: {WORKSPACE}}}\n    region: {{default: eu}}\n    page_size:",
            ),
            (f"workspace_id: {WORKSPACE}", "workspace_id: {var: workspace}"),
        ],
    },
    "a-literal-becomes-a-variable-that-is-not-known": {
        LAKE: [(f"workspace_id: {WORKSPACE}", "workspace_id: {var: workspace}")]
    },
    "the-value-of-a-variable-comes-from-the-registry": {LAKE: [("{description: rows}", "{default: 100}")]},
    "the-value-of-a-variable-comes-from-elsewhere": {LAKE: [("default: 100", "description: rows")]},
    "a-key-of-a-mapper-is-another-variable-value": {LAKE: [("default: one", "default: two")]},
    "a-connection-is-renamed-twice": {
        SHOP: [("  market_to_warehouse:\n", "  webshop_to_warehouse:\n")],
        "dag/registry/renamed.yaml": RENAMED,
    },
    "a-connection-is-renamed-and-a-stream-retired-under-its-new-id": {
        SHOP: [("  shop_to_warehouse:\n", "  webshop_to_warehouse:\n")],
        "dag/registry/renamed.yaml": RENAMED + retired("connections.webshop_to_warehouse.streams.refunds"),
        REFUNDS: None,
    },
    "settings-of-flux-change": {LAKE: [(FLUX, f"{FLUX[:-1]}, destroy_on_deletion: true, interval: 5m}}")]},
    "a-new-connection-syncs-a-stream-that-the-server-does-not-know": {
        SHOP: BASE[SHOP],
        "dag/sources/shop/carts.json": offered("carts"),
        "dag/streams/shop/carts.json": '{"sync_mode": "full_refresh"}\n',
    },
    "a-cursor-changes-to-a-field-that-the-server-does-not-know": {
        "dag/sources/shop/events.json": offered("events", {"seq": {"type": "integer"}, **FIELDS}),
        EVENTS: [('["updated_at"], "primary', '["seq"], "primary')],
    },
    "the-schedule-of-a-paused-connection-changes": {SHOP: [(SCHEDULE, "schedule: manual")]},
    "a-mapping-of-streams-changes-a-mode": {
        SHOP: [
            (
                SCHEDULE,
                (
                    f"{SCHEDULE}\n    streams: {{orders: {{destination_sync_mode: append_dedup}}, "
                    "customers: {}, events: {}, refunds: {}}"
                ),
            )
        ]
    },
    "a-default-changes-every-connection": {
        LAKE: [("  variables:\n", "  defaults: {connection: {schema_changes: disable_connection}}\n  variables:\n")]
    },
    "a-server-has-a-slash-more": {LAKE: [("com/api/public/v1", "com/api/public/v1/")]},
    "another-server-by-a-variable": {LAKE: [("default: https://a", "default: https://b")]},
    "another-database-of-the-backend": {LAKE: [("postgres://h/shop", "postgres://h/lake")]},
    "a-source-is-given-away": {
        SHOP: [
            (
                SOURCE.replace("    conn", f"    adopt: {ID}\n    conn"),
                EXISTING.replace("shop", "theirs") + retired("sources.shop", more=", keep: true"),
            ),
            ("    source: shop\n", "    source: theirs\n"),
        ],
        **GONE_STREAMS,
        **GONE_SCHEMAS,
        **{path.replace("/shop/", "/theirs/"): BASE[path] for path in (*GONE_STREAMS, *GONE_SCHEMAS)},
    },
}
