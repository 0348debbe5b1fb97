"""Edits in which one change decides what another one of the same stream means."""

from __future__ import annotations

from tests.support.review_lake import BASE, EVENTS, ORDERS, REFUNDS, SHOP, SOURCE_LOCK, SPEC, Edit, lock, offered
from tests.support.review_texts import SECOND, SECOND_SOURCE

_FEW = '{\n  "fields": ["id", "updated_at"],\n'
_OTHER_DEFINITION = lock("source-shop", "bbbbbbbb-0000-4000-8000-000000000001", SPEC)

# What the base has besides.
_SECOND: Edit = {
    "dag/registry/branch.yaml": SECOND.replace("source: branch", "source: shop").replace(SECOND_SOURCE, ""),
}
SETTLED_BASES: dict[str, Edit] = {
    "a-field-is-added-and-the-stream-read-again": {EVENTS: [("{\n", _FEW)]},
    "an-option-changes-for-two-connections-of-which-one-is-replaced": _SECOND,
    "an-option-changes-and-one-stream-is-read-again": {},
}

SETTLED_EDITS: dict[str, Edit] = {
    "a-field-is-added-and-the-stream-read-again": {
        EVENTS: [('"updated_at"],\n', '"total", "updated_at"],\n  "backfill": "2026-01",\n')],
    },
    "a-cursor-changes-and-the-stream-is-read-again": {
        EVENTS: [('"cursor_field": ["updated_at"]', '"backfill": "2026-01", "cursor_field": ["created_at"]')],
    },
    "a-source-is-replaced-and-its-start-date-changes": {
        SOURCE_LOCK: _OTHER_DEFINITION,
        SHOP: [('"2026-01-01"', '"2025-01-01"'), ("region: eu", "region: us")],
    },
    "a-connection-is-renamed-and-replaced": {
        SHOP: [
            ("  shop_to_warehouse:\n", "  branch_to_warehouse:\n"),
            ("    source: shop\n", "    source: branch\n"),
        ],
        "dag/registry/branch.yaml": "renamed:\n  - {from: connections.shop_to_warehouse, to: connections.branch_to_warehouse}\n"
        + SECOND_SOURCE.replace("region: us}", "region: us}\n    streams_from: shop"),
    },
    "streams-are-emptied-and-read-again-into-another-table": {
        SHOP: [("{format: shop}", "{format: sales}")],
        EVENTS: [("{\n", '{\n  "backfill": {"token": "2026-02", "mode": "truncate"},\n')],
        REFUNDS: [("{", '{"backfill": {"token": "2026-03", "mode": "clear"}, ')],
        ORDERS: [(', "total"', "")],
    },
    "an-option-changes-for-two-connections-of-which-one-is-replaced": {
        SHOP: [("region: eu", "region: us")],
        "dag/registry/branch.yaml": [("source: shop", "source: branch"), ("connections:", f"{SECOND_SOURCE}connections:")],
        "dag/streams/branch/orders.json": BASE[ORDERS],
        "dag/sources/branch/orders.json": offered("orders"),
    },
    "an-option-changes-and-one-stream-is-read-again": {
        SHOP: [("region: eu", "region: us")],
        EVENTS: [("{\n", '{\n  "backfill": "2026-01",\n')],
    },
    "a-paused-connection-is-new": {
        "dag/registry/branch.yaml": SECOND.replace("source: branch,", "source: branch, status: inactive,"),
        "dag/streams/branch/orders.json": BASE[ORDERS],
        "dag/sources/branch/orders.json": offered("orders"),
    },
}  # fmt: skip
