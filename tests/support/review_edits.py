"""One edit for every row of the table of consequences, and some that touch several."""

from __future__ import annotations

from tests.support.review_file_edits import FILE_EDITS
from tests.support.review_hard_edits import HARD_EDITS
from tests.support.review_key_edits import KEY_EDITS
from tests.support.review_lake import (
    BASE,
    CUSTOMERS,
    EVENTS,
    LAKE,
    ORDERS,
    REFUNDS,
    SHOP,
    SOURCE_LOCK,
    SPEC,
    Edit,
    lock,
    offered,
)
from tests.support.review_landing_edits import LANDING_EDITS
from tests.support.review_likely_edits import LIKELY_EDITS
from tests.support.review_lock_edits import LOCK_EDITS
from tests.support.review_option_edits import OPTION_EDITS
from tests.support.review_plan_edits import PLAN_EDITS
from tests.support.review_replication_edits import REPLICATION_EDITS
from tests.support.review_schedule_edits import SCHEDULE_EDITS
from tests.support.review_schema_edits import SCHEMA_EDITS
from tests.support.review_secret_edits import SECRET_EDITS
from tests.support.review_settled_edits import SETTLED_EDITS
from tests.support.review_state_edits import STATE_EDITS
from tests.support.review_texts import (
    CONNECTION,
    FILTER,
    GONE_SCHEMAS,
    GONE_STREAMS,
    HASH,
    ID,
    OTHER_HASH,
    PROTECTED,
    RENAME,
    RENAMED,
    SCHEDULE,
    SECOND,
    SECOND_SOURCE,
    STAGING,
    many,
    retired,
)

# Name of the case -> what is edited. The review is in tests/reviews/<name>.txt.
EDITS: dict[str, Edit] = {
    "comments-key-order-and-formatting-are-no-change": {
        SHOP: [
            ("sources:\n", "# The shop.\nsources:\n"),
            ("    source: shop\n    destination: warehouse\n", "    destination: warehouse\n    source: shop\n"),
        ],
        CUSTOMERS: '{\n  "destination_sync_mode": "overwrite",\n  "sync_mode": "full_refresh"\n}\n',
    },
    "description-and-owner-are-no-change": {SHOP: [("  shop:\n", "  shop:\n    owner: commerce\n")]},
    "a-source-is-new": {"dag/registry/branch.yaml": SECOND_SOURCE},
    "a-connection-is-new-with-its-source": {
        "dag/registry/branch.yaml": SECOND,
        "dag/streams/branch/orders.json": BASE[ORDERS],
        "dag/sources/branch/orders.json": offered("orders"),
    },
    "a-destination-is-new": {
        "dag/registry/archive.yaml": "destinations:\n  archive:\n    connector: destination-warehouse\n"
        "    configuration: {host: archive.example.com}\n"
    },
    "a-connection-is-deleted-without-a-word": {SHOP: [(CONNECTION, "")]},
    "a-connection-is-retired": {SHOP: [(CONNECTION, retired("connections.shop_to_warehouse"))]},
    "everything-is-deleted-without-a-word": {SHOP: None, **GONE_STREAMS, **GONE_SCHEMAS},
    "everything-is-retired": {
        SHOP: retired("sources.shop", "destinations.warehouse", "connections.shop_to_warehouse"),
        **GONE_STREAMS,
        **GONE_SCHEMAS,
    },
    "a-connection-is-kept-in-airbyte-and-forgotten-here": {
        SHOP: [(CONNECTION, retired("connections.shop_to_warehouse", more=", keep: true"))]
    },
    "another-workspace-replaces-everything": {
        LAKE: [("11111111-2222-3333-4444-555555555555", "22222222-2222-3333-4444-555555555555")]
    },
    "another-definition-replaces-a-source-and-its-connections": {
        SOURCE_LOCK: lock("source-shop", "bbbbbbbb-0000-4000-8000-000000000001", SPEC)
    },
    "another-connector-replaces-a-source": {
        SHOP: [("connector: source-shop", "connector: source-market")],
        "dag/connectors/source-market.json": lock("source-market", "bbbbbbbb-0000-4000-8000-000000000003", SPEC),
    },
    "another-source-replaces-a-connection": {
        SHOP: [("    source: shop\n", "    source: branch\n")],
        "dag/registry/branch.yaml": SECOND_SOURCE.replace("region: us}", "region: us}\n    streams_from: shop"),
    },
    "a-source-is-renamed": {
        SHOP: [
            ("sources:\n  shop:\n", "renamed:\n  - {from: sources.shop, to: sources.webshop}\nsources:\n  webshop:\n"),
            ("    source: shop\n", "    source: webshop\n"),
        ],
        **GONE_STREAMS,
        **GONE_SCHEMAS,
        **{path.replace("/shop/", "/webshop/"): BASE[path] for path in (*GONE_STREAMS, *GONE_SCHEMAS)},
    },
    "a-connection-is-renamed": {
        SHOP: [
            ("  shop_to_warehouse:\n", "  webshop_to_warehouse:\n"),
            (
                "    namespace: {format: shop}\n",
                (
                    "    namespace: {format: shop}\nrenamed:\n"
                    "  - {from: connections.shop_to_warehouse, to: connections.webshop_to_warehouse}\n"
                ),
            ),
        ]
    },
    "a-connection-is-renamed-and-changed": {
        SHOP: [
            ("  shop_to_warehouse:\n", "  webshop_to_warehouse:\n"),
            (SCHEDULE, "schedule: manual"),
            (
                "    namespace: {format: shop}\n",
                (
                    "    namespace: {format: shop}\nrenamed:\n"
                    "  - {from: connections.shop_to_warehouse, to: connections.webshop_to_warehouse}\n"
                ),
            ),
        ]
    },
    "an-existing-source-is-adopted": {
        "dag/registry/branch.yaml": SECOND_SOURCE.replace(
            "    connector: source-shop\n", f"    connector: source-shop\n    adopt: {ID}\n"
        )
    },
    "a-source-has-another-name-in-airbyte": {SHOP: [("  shop:\n", "  shop:\n    name: Webshop\n")]},
    "an-option-of-a-source-changes": {SHOP: [("region: eu", "region: us")]},
    "options-of-a-source-come-and-go": {SHOP: [("region: eu", "retries: 3")]},
    "the-start-date-of-a-source-changes": {SHOP: [('"2026-01-01"', '"2025-01-01"')]},
    "a-secret-of-a-source-changes": {SHOP: [("shop_api_key", "shop_token")]},
    "a-destination-writes-to-another-place": {SHOP: [("schema: raw", "schema: landing")]},
    "an-option-of-a-destination-changes": {SHOP: [("schema: raw,", "schema: raw, threads: 4,")]},
    "resources-of-a-source-change": {
        SHOP: [("  shop:\n", "  shop:\n    resource_allocation: {default: {memory_limit: 2Gi}}\n")]
    },
    "a-connection-has-another-name-in-airbyte": {
        SHOP: [("    source: shop\n", "    name: Shop to warehouse\n    source: shop\n")]
    },
    "a-schedule-changes": {SHOP: [("0 0 * * * ?", "0 0/15 6-20 ? * MON-FRI")]},
    "a-schedule-goes": {SHOP: [(SCHEDULE, "schedule: manual")]},
    "a-connection-is-paused": {SHOP: [(SCHEDULE, f"{SCHEDULE}\n    status: inactive")]},
    "a-namespace-changes": {SHOP: [("{format: shop}", "source")]},
    "a-prefix-changes": {SHOP: [(SCHEDULE, f"{SCHEDULE}\n    prefix: shop_")]},
    "the-answer-to-schema-changes-changes": {SHOP: [(SCHEDULE, f"{SCHEDULE}\n    schema_changes: disable_connection")]},
    "a-stream-is-added": {
        "dag/streams/shop/carts.json": '{"sync_mode": "full_refresh"}\n',
        "dag/sources/shop/carts.json": offered("carts"),
    },
    "a-stream-vanishes-without-a-word": {REFUNDS: None},
    "a-stream-is-retired": {
        REFUNDS: None,
        "dag/registry/retired.yaml": retired("connections.shop_to_warehouse.streams.refunds"),
    },
    "a-stream-file-is-renamed-and-another-setting-changes": {
        REFUNDS: None,
        "dag/streams/shop/returns.json": '{"stream": "refunds", "sync_mode": "full_refresh", "destination_sync_mode": "append"}\n',
        CUSTOMERS: '{"sync_mode": "full_refresh", "destination_sync_mode": "append"}\n',
    },
    "a-stream-is-replaced-by-another-under-renamed": {
        REFUNDS: None,
        "dag/streams/shop/returns.json": '{"sync_mode": "full_refresh"}\n',
        "dag/sources/shop/returns.json": offered("returns"),
        "dag/registry/renamed.yaml": "renamed:\n  - {from: streams.shop.refunds, to: streams.shop.returns}\n",
    },
    "full-refresh-becomes-incremental": {
        CUSTOMERS: '{"sync_mode": "incremental", "destination_sync_mode": "append", "cursor_field": ["updated_at"]}\n'
    },
    "incremental-becomes-full-refresh": {ORDERS: [('"incremental"', '"full_refresh"')]},
    "append-becomes-deduplicated": {ORDERS: [('"append"', '"append_dedup"')]},
    "deduplicated-becomes-append": {EVENTS: [('"append_dedup"', '"append"')]},
    "append-becomes-overwrite": {REFUNDS: [('"append"', '"overwrite"')]},
    "overwrite-becomes-append": {CUSTOMERS: [('"overwrite"', '"append"')]},
    "one-way-of-deduplication-becomes-another": {EVENTS: [('"append_dedup"', '"update"')]},
    "a-cursor-changes": {ORDERS: [('["updated_at"], "primary', '["created_at"], "primary')]},
    "a-primary-key-changes": {EVENTS: [('[["id"]]', '[["shop_id"], ["id"]]')]},
    "a-field-is-added": {ORDERS: [('"id", "email"', '"id", "shop_id", "email"')]},
    "a-field-is-added-that-the-server-does-not-know": {
        ORDERS: [('"id", "email"', '"id", "currency", "email"')],
        "dag/sources/shop/orders.json": BASE["dag/sources/shop/orders.json"].replace(
            '"id": {"type": "integer"}', '"id": {"type": "integer"}, "currency": {"type": "string"}'
        ),
    },
    "a-field-is-removed": {ORDERS: [('"total", ', "")]},
    "all-fields-instead-of-some": {
        ORDERS: [('  "fields": ["id", "email", "total", "created_at", "updated_at"],\n', "")]
    },
    "some-fields-instead-of-all": {EVENTS: [("{\n", '{\n  "fields": ["id", "updated_at"],\n')]},
    "a-mapper-is-added": {REFUNDS: [("}\n", f', "mappers": [{HASH}]}}\n')]},
    "a-mapper-is-removed": {ORDERS: [(HASH, "")]},
    "a-mapper-changes": {ORDERS: [(HASH, OTHER_HASH)]},
    "a-row-filter-is-added": {ORDERS: [(HASH, f"{HASH}, {FILTER}")]},
    "two-mappers-are-added": {ORDERS: [(HASH, f"{RENAME}, {HASH}, {FILTER}")]},
    "a-variable-has-another-default": {LAKE: [("default: 100", "default: 500")]},
    "a-variable-has-its-default-in-other-words": {LAKE: [("default: 100", 'default: "1e2"')]},
    "another-server": {LAKE: [("airbyte.example.com", "airbyte2.example.com")]},
    "another-backend": {LAKE: [("secret_suffix: lake", "secret_suffix: other")]},
    "other-credentials": {LAKE: [("{secret: airbyte_client_id}", "{secret: other_client_id}")]},
    "another-release-of-the-provider": {LAKE: [("  name: shop\n", "  name: shop\n  provider: {version: 1.1.0}\n")]},
    "a-connection-is-resumed": {SHOP: [("    status: inactive\n", "")]},
    "a-schedule-comes": {SHOP: [("schedule: manual", SCHEDULE)]},
    "a-row-filter-is-removed": {ORDERS: [(f", {FILTER}", "")]},
    "mappers-change-places": {ORDERS: [(f"{HASH}, {RENAME}", f"{RENAME}, {HASH}")]},
    "protection-is-taken-away": {SHOP: [("    protect: true\n", "")]},
    "a-protected-connection-is-deleted-without-a-word": {SHOP: [(PROTECTED, "")]},
    "a-protected-connection-is-retired": {SHOP: [(PROTECTED, retired("connections.shop_to_warehouse"))]},
    "a-protected-connection-loses-a-stream": {REFUNDS: None},
    "a-protected-connection-is-renamed-without-its-protection": {
        SHOP: [(PROTECTED, PROTECTED.replace("shop_to", "webshop_to").replace("    protect: true\n", "") + RENAMED)]
    },
    "a-protected-connection-is-renamed": {SHOP: [(PROTECTED, PROTECTED.replace("shop_to", "webshop_to") + RENAMED)]},
    "a-protected-source-is-replaced": {LAKE: [("11111111-2222", "22222222-2222")]},
    "a-third-of-many-entries-vanishes": {"dag/registry/many.yaml": many(8)},
    "a-third-of-many-entries-is-retired": {
        "dag/registry/many.yaml": many(8) + retired(*(f"sources.s{number}" for number in range(8, 14)))
    },
    "an-entry-leaves-one-of-two-stacks": {
        SHOP: [
            ("    stack: [airbyte, staging]  # source\n", "    stack: [airbyte]\n"),
            ("    stack: [airbyte, staging]  # connection\n", "    stack: [airbyte]\n"),
        ]
    },
    "the-same-change-in-two-stacks-stands-side-by-side": {
        SHOP: [("0 0 * * * ?", "0 30 * * * ?"), ("region: eu", "region: us")]
    },
    "stacks-that-differ-stand-below-each-other": {
        SHOP: [(SCHEDULE, "schedule: manual\n    overrides: {staging: {prefix: x_}}")]
    },
    "a-stack-is-new": {
        LAKE: [("  variables:\n", STAGING)],
        SHOP: [
            ("    connector", "    stack: [airbyte, staging]\n    connector"),
            ("    source: shop\n", "    stack: [airbyte, staging]\n    source: shop\n"),
            (
                "host: db.example.com, schema: raw, password: {secret: warehouse_password}}",
                "host: db.example.com, schema: raw, password: {secret: warehouse_password}}\n    overrides: {staging: {configuration: {host: staging.example.com}}}",
            ),
        ],
    },
    **HARD_EDITS,
    **FILE_EDITS,
    **PLAN_EDITS,
    **SECRET_EDITS,
    **SETTLED_EDITS,
    **LIKELY_EDITS,
    **SCHEMA_EDITS,
    **KEY_EDITS,
    **LANDING_EDITS,
    **REPLICATION_EDITS,
    **STATE_EDITS,
    **SCHEDULE_EDITS,
    **OPTION_EDITS,
    **LOCK_EDITS,
}
