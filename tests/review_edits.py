"""One edit for every row of the table of consequences, and some that touch several."""

from __future__ import annotations

from tests.review_lake import (
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

_SECOND_SOURCE = """\
sources:
  branch:
    connector: source-shop
    configuration: {api_key: {secret: branch_api_key}, region: us}
"""
_SECOND = (
    _SECOND_SOURCE
    + """\
connections:
  branch_to_warehouse: {source: branch, destination: warehouse, schedule: {cron: "0 30 2 ? * MON-FRI"}, namespace: {format: branch}}
"""
)
_ID = "99999999-8888-4777-8666-555555555555"
_HASH = '{"type": "hashing", "mapper_configuration": {"hashing": {"target_field": "email", "method": "SHA-256", "field_name_suffix": "_hashed"}}}'
_OTHER_HASH = _HASH.replace("SHA-256", "SHA-512")
_FILTER = (
    '{"type": "row-filtering", "mapper_configuration": {"row_filtering": {"conditions": "{\\"type\\": \\"EQUAL\\", '
    '\\"fieldName\\": \\"total\\", \\"comparisonValue\\": \\"0\\"}"}}}'
)
_RENAME = (
    '{"type": "field-renaming", "mapper_configuration": {"field_renaming": '
    '{"original_field_name": "total", "new_field_name": "amount"}}}'
)
_SCHEDULE = 'schedule: {cron: "0 0 * * * ?"}'
_CONNECTION = BASE[SHOP][BASE[SHOP].index("connections:") :]
_GONE_STREAMS: Edit = dict.fromkeys((ORDERS, CUSTOMERS, EVENTS, REFUNDS))
_GONE_SCHEMAS: Edit = {f"dag/sources/shop/{name}.json": None for name in ("customers", "events", "orders", "refunds")}
_RETIRED = "retired:\n"


_STAGING = """\
    staging:
      server_url: https://airbyte.staging.example.com/api/public/v1
      workspace_id: 11111111-2222-3333-4444-666666666666
      auth: none
  variables:
"""
_PROTECTED = _CONNECTION.replace("    source: shop\n", "    protect: true\n    source: shop\n")
_RENAMED = "renamed:\n  - {from: connections.shop_to_warehouse, to: connections.webshop_to_warehouse}\n"


def _many(count: int) -> str:
    """As many more sources."""
    configuration = "{api_key: {secret: shop_api_key}}"
    sources = [f"  s{number}: {{connector: source-shop, configuration: {configuration}}}\n" for number in range(count)]
    return "sources:\n" + "".join(sources)


def _retired(*entries: str, more: str = "") -> str:
    return _RETIRED + "".join(f"  - {{entry: {e}, date: 2026-11-23, reason: closed{more}}}\n" for e in entries)


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
    "a-source-is-new": {"dag/registry/branch.yaml": _SECOND_SOURCE},
    "a-connection-is-new-with-its-source": {
        "dag/registry/branch.yaml": _SECOND,
        "dag/streams/branch/orders.json": BASE[ORDERS],
        "dag/sources/branch/orders.json": offered("orders"),
    },
    "a-destination-is-new": {
        "dag/registry/archive.yaml": "destinations:\n  archive:\n    connector: destination-warehouse\n"
        "    configuration: {host: archive.example.com}\n"
    },
    "a-connection-is-deleted-without-a-word": {SHOP: [(_CONNECTION, "")]},
    "a-connection-is-retired": {SHOP: [(_CONNECTION, _retired("connections.shop_to_warehouse"))]},
    "everything-is-deleted-without-a-word": {SHOP: None, **_GONE_STREAMS, **_GONE_SCHEMAS},
    "everything-is-retired": {
        SHOP: _retired("sources.shop", "destinations.warehouse", "connections.shop_to_warehouse"),
        **_GONE_STREAMS,
        **_GONE_SCHEMAS,
    },
    "a-connection-is-kept-in-airbyte-and-forgotten-here": {
        SHOP: [(_CONNECTION, _retired("connections.shop_to_warehouse", more=", keep: true"))]
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
        "dag/registry/branch.yaml": _SECOND_SOURCE.replace("region: us}", "region: us}\n    streams_from: shop"),
    },
    "a-source-is-renamed": {
        SHOP: [
            ("sources:\n  shop:\n", "renamed:\n  - {from: sources.shop, to: sources.webshop}\nsources:\n  webshop:\n"),
            ("    source: shop\n", "    source: webshop\n"),
        ],
        **_GONE_STREAMS,
        **_GONE_SCHEMAS,
        **{path.replace("/shop/", "/webshop/"): BASE[path] for path in (*_GONE_STREAMS, *_GONE_SCHEMAS)},
    },
    "a-connection-is-renamed": {
        SHOP: [
            ("  shop_to_warehouse:\n", "  webshop_to_warehouse:\n"),
            (
                "    namespace: {format: shop}\n",
                ("    namespace: {format: shop}\nrenamed:\n"
                "  - {from: connections.shop_to_warehouse, to: connections.webshop_to_warehouse}\n"),
            ),
        ]
    },
    "a-connection-is-renamed-and-changed": {
        SHOP: [
            ("  shop_to_warehouse:\n", "  webshop_to_warehouse:\n"),
            (_SCHEDULE, "schedule: manual"),
            (
                "    namespace: {format: shop}\n",
                ("    namespace: {format: shop}\nrenamed:\n"
                "  - {from: connections.shop_to_warehouse, to: connections.webshop_to_warehouse}\n"),
            ),
        ]
    },
    "an-existing-source-is-adopted": {
        "dag/registry/branch.yaml": _SECOND_SOURCE.replace(
            "    connector: source-shop\n", f"    connector: source-shop\n    adopt: {_ID}\n"
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
    "a-lock-is-upgraded-together-with-an-option": {
        SOURCE_LOCK: lock("source-shop", "aaaaaaaa-0000-4000-8000-000000000001", SPEC).replace("1.0.0", "1.1.0"),
        SHOP: [("region: eu", "region: us")],
    },
    "a-lock-is-upgraded": {
        SOURCE_LOCK: lock("source-shop", "aaaaaaaa-0000-4000-8000-000000000001", SPEC).replace("1.0.0", "1.1.0")
    },
    "a-connection-has-another-name-in-airbyte": {
        SHOP: [("    source: shop\n", "    name: Shop to warehouse\n    source: shop\n")]
    },
    "a-schedule-changes": {SHOP: [("0 0 * * * ?", "0 0/15 6-20 ? * MON-FRI")]},
    "a-schedule-goes": {SHOP: [(_SCHEDULE, "schedule: manual")]},
    "a-connection-is-paused": {SHOP: [(_SCHEDULE, f"{_SCHEDULE}\n    status: inactive")]},
    "a-namespace-changes": {SHOP: [("{format: shop}", "source")]},
    "a-prefix-changes": {SHOP: [(_SCHEDULE, f"{_SCHEDULE}\n    prefix: shop_")]},
    "the-answer-to-schema-changes-changes": {
        SHOP: [(_SCHEDULE, f"{_SCHEDULE}\n    schema_changes: disable_connection")]
    },
    "a-stream-is-added": {
        "dag/streams/shop/carts.json": '{"sync_mode": "full_refresh"}\n',
        "dag/sources/shop/carts.json": offered("carts"),
    },
    "a-stream-vanishes-without-a-word": {REFUNDS: None},
    "a-stream-is-retired": {
        REFUNDS: None,
        "dag/registry/retired.yaml": _retired("connections.shop_to_warehouse.streams.refunds"),
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
    "a-mapper-is-added": {CUSTOMERS: [("}\n", f', "mappers": [{_HASH}]}}\n')]},
    "a-mapper-is-removed": {ORDERS: [(_HASH, "")]},
    "a-mapper-changes": {ORDERS: [(_HASH, _OTHER_HASH)]},
    "a-row-filter-is-added": {ORDERS: [(_HASH, f"{_HASH}, {_FILTER}")]},
    "two-mappers-are-added": {ORDERS: [(_HASH, f"{_RENAME}, {_HASH}, {_FILTER}")]},
    "a-variable-has-another-default": {LAKE: [("default: 100", "default: 500")]},
    "another-server": {LAKE: [("airbyte.example.com", "airbyte2.example.com")]},
    "another-backend": {LAKE: [("secret_suffix: lake", "secret_suffix: other")]},
    "other-credentials": {LAKE: [("{secret: airbyte_client_id}", "{secret: other_client_id}")]},
    "another-release-of-the-provider": {LAKE: [("  name: shop\n", "  name: shop\n  provider: {version: 1.1.0}\n")]},
    "a-connection-is-resumed": {SHOP: [("    status: inactive\n", "")]},
    "a-schedule-comes": {SHOP: [("schedule: manual", _SCHEDULE)]},
    "a-row-filter-is-removed": {ORDERS: [(f", {_FILTER}", "")]},
    "mappers-change-places": {ORDERS: [(f"{_HASH}, {_RENAME}", f"{_RENAME}, {_HASH}")]},
    "protection-is-taken-away": {SHOP: [("    protect: true\n", "")]},
    "a-protected-connection-is-deleted-without-a-word": {SHOP: [(_PROTECTED, "")]},
    "a-protected-connection-is-retired": {SHOP: [(_PROTECTED, _retired("connections.shop_to_warehouse"))]},
    "a-protected-connection-loses-a-stream": {REFUNDS: None},
    "a-protected-connection-is-renamed-without-its-protection": {
        SHOP: [(_PROTECTED, _PROTECTED.replace("shop_to", "webshop_to").replace("    protect: true\n", "") + _RENAMED)]
    },
    "a-protected-connection-is-renamed": {SHOP: [(_PROTECTED, _PROTECTED.replace("shop_to", "webshop_to") + _RENAMED)]},
    "a-protected-source-is-replaced": {LAKE: [("11111111-2222", "22222222-2222")]},
    "a-third-of-many-entries-vanishes": {"dag/registry/many.yaml": _many(8)},
    "a-third-of-many-entries-is-retired": {
        "dag/registry/many.yaml": _many(8) + _retired(*(f"sources.s{number}" for number in range(8, 14)))
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
        SHOP: [(_SCHEDULE, "schedule: manual\n    overrides: {staging: {prefix: x_}}")]
    },
    "a-stack-is-new": {
        LAKE: [("  variables:\n", _STAGING)],
        SHOP: [
            ("    connector", "    stack: [airbyte, staging]\n    connector"),
            ("    source: shop\n", "    stack: [airbyte, staging]\n    source: shop\n"),
            (
                "host: db.example.com, schema: raw, password: {secret: warehouse_password}}",
                "host: db.example.com, schema: raw, password: {secret: warehouse_password}}\n    overrides: {staging: {configuration: {host: staging.example.com}}}",
            ),
        ],
    },
}

# What the base has that the lake of the other reviews has not.
BEFORE: dict[str, Edit] = {
    "a-connection-is-resumed": {SHOP: [(_SCHEDULE, f"{_SCHEDULE}\n    status: inactive")]},
    "a-schedule-comes": {SHOP: [(_SCHEDULE, "schedule: manual")]},
    "a-row-filter-is-removed": {ORDERS: [(_HASH, f"{_HASH}, {_FILTER}")]},
    "mappers-change-places": {ORDERS: [(_HASH, f"{_HASH}, {_RENAME}")]},
    "protection-is-taken-away": {SHOP: [("  shop:\n", "  shop:\n    protect: true\n")]},
    **{name: {SHOP: [(_CONNECTION, _PROTECTED)]} for name in EDITS if name.startswith("a-protected-connection")},
    "a-protected-source-is-replaced": {SHOP: [("  shop:\n", "  shop:\n    protect: true\n")]},
    "a-third-of-many-entries-vanishes": {"dag/registry/many.yaml": _many(14)},
    "a-third-of-many-entries-is-retired": {"dag/registry/many.yaml": _many(14)},
    **{
        name: {
            LAKE: [("  variables:\n", _STAGING)],
            SHOP: [
                (
                    "    connector: source-shop\n",
                    "    connector: source-shop\n    stack: [airbyte, staging]  # source\n",
                ),
                ("    source: shop\n", "    stack: [airbyte, staging]  # connection\n    source: shop\n"),
                (
                    "    connector: destination-warehouse\n",
                    ("    connector: destination-warehouse\n    stack: [airbyte, staging]\n"
                    "    overrides: {staging: {configuration: {host: staging.example.com}}}\n"),
                ),
            ],
        }
        for name in (
            "an-entry-leaves-one-of-two-stacks",
            "the-same-change-in-two-stacks-stands-side-by-side",
            "stacks-that-differ-stand-below-each-other",
        )
    },
}
