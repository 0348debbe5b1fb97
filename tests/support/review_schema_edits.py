"""Edits of what was discovered, for streams with `fields`, with `exclude_fields`, and with neither."""

from __future__ import annotations

import json

from tests.support.review_lake import EVENTS, FIELDS, LAKE, ORDERS, SHOP, Edit, offered
from tests.support.review_texts import RENAMED

_SEEN = "dag/sources/shop"
_PASSPORT = {**FIELDS, "passport_number": {"type": "string"}}
_RENAMED = {("email_address" if name == "email" else name): schema for name, schema in FIELDS.items()}
_WITH_OBJECT = {
    **FIELDS,
    "address": {"type": "object", "properties": {"city": {"type": "string"}, "zip": {"type": "string"}}},
}
_OTHER_OBJECT = {
    **FIELDS,
    "address": {"type": "object", "properties": {"city": {"type": "integer"}, "geo": {"type": "string"}}},
}
_ONLY_ID = {"id": FIELDS["id"], "updated_at": FIELDS["updated_at"]}


def _without(field: str) -> dict[str, object]:
    return {name: schema for name, schema in FIELDS.items() if name != field}


def _full_refresh(name: str) -> str:
    return offered(name).replace('["full_refresh", "incremental"]', '["full_refresh"]')


SCHEMA_BASES: dict[str, Edit] = {
    "a-column-appears-where-some-are-excluded": {EVENTS: [("{\n", '{\n  "exclude_fields": ["email"],\n')]},
    "a-column-appears-and-waits-to-be-acknowledged": {
        LAKE: [("  stacks:\n", "  defaults: {connection: {new_columns: acknowledge}}\n  stacks:\n")],
    },
    "what-is-inside-a-column-changes": {f"{_SEEN}/events.json": offered("events", _WITH_OBJECT)},
    "a-column-is-probably-renamed-where-some-are-excluded": {EVENTS: [("{\n", '{\n  "exclude_fields": ["total"],\n')]},
    "a-written-type-changes-where-nothing-was-discovered": {
        ORDERS: [('["id", "email", "total", "created_at", "updated_at"]', json.dumps(FIELDS))],
        **{f"{_SEEN}/{name}.json": None for name in ("customers", "events", "orders", "refunds")},
    },
    "a-stream-would-slip-under-another-file-name": {EVENTS: '{"cursor_field": ["updated_at"]}\n'},
    "a-stream-would-slip-into-another-mode": {EVENTS: '{"cursor_field": ["updated_at"]}\n'},
    "a-stream-would-slip-where-its-file-says-something-else": {EVENTS: '{"cursor_field": ["updated_at"]}\n'},
    "a-stream-gets-another-mode-by-its-file": {EVENTS: '{"cursor_field": ["updated_at"]}\n'},
}

_KEY = '"primary_key": [["id"]],'
SCHEMA_BASES["a-key-changes-that-airbyte-does-not-use"] = {
    ORDERS: [(f'  "cursor_field": ["updated_at"], {_KEY}\n', '  "cursor_field": ["updated_at"],\n')]
}

SCHEMA_EDITS: dict[str, Edit] = {
    "a-column-appears-in-every-stream": {
        f"{_SEEN}/{name}.json": offered(name, _PASSPORT) for name in ("customers", "events", "orders", "refunds")
    },
    "a-column-appears-where-some-are-excluded": {f"{_SEEN}/events.json": offered("events", _PASSPORT)},
    "a-column-appears-and-waits-to-be-acknowledged": {f"{_SEEN}/events.json": offered("events", _PASSPORT)},
    "a-column-appears-and-the-stream-is-read-again": {
        f"{_SEEN}/events.json": offered("events", _PASSPORT),
        EVENTS: [("{\n", '{\n  "backfill": "2026-01",\n')],
    },
    "a-column-is-gone": {
        f"{_SEEN}/events.json": offered("events", _without("total")),
        f"{_SEEN}/customers.json": offered("customers", _without("total")),
    },
    "a-column-is-probably-renamed": {f"{_SEEN}/events.json": offered("events", _RENAMED)},
    "a-column-is-probably-renamed-where-some-are-excluded": {f"{_SEEN}/events.json": offered("events", _RENAMED)},
    "a-selected-column-is-probably-renamed": {
        f"{_SEEN}/orders.json": offered("orders", _RENAMED),
        ORDERS: [('"email"', '"email_address"')],
    },
    "a-stream-is-left-without-columns": {f"{_SEEN}/events.json": offered("events", {})},
    "columns-have-other-types": {
        f"{_SEEN}/{name}.json": offered(name, {**FIELDS, "total": {"type": "integer"}, "email": {"type": "object"}})
        for name in ("customers", "events", "orders")
    },
    "what-is-inside-a-column-changes": {f"{_SEEN}/events.json": offered("events", _OTHER_OBJECT)},
    "a-cursor-may-be-null": {
        f"{_SEEN}/events.json": offered("events", {**FIELDS, "updated_at": {"type": ["null", "string"], "format": "date-time"}})
    },
    "a-written-type-changes-where-nothing-was-discovered": {ORDERS: [('"total": {"type": "number"}', '"total": {"type": "string"}')]},
    "a-discovery-lost-nearly-everything": {
        f"{_SEEN}/{name}.json": offered(name, _ONLY_ID) for name in ("customers", "events", "refunds")
    },
    "a-connection-is-renamed-whose-discovery-lost-nearly-everything": {
        **{f"{_SEEN}/{name}.json": offered(name, _ONLY_ID) for name in ("customers", "events", "refunds")},
        SHOP: [("  shop_to_warehouse:\n", "  webshop_to_warehouse:\n"), ("    namespace: {format: shop}\n", f"    namespace: {{format: shop}}\n{RENAMED}")],
    },
    "a-stream-would-slip-under-another-file-name": {
        f"{_SEEN}/events.json": _full_refresh("events"),
        EVENTS: None,
        "dag/streams/shop/happenings.json": '{"stream": "events", "cursor_field": ["updated_at"]}\n',
        "dag/registry/renamed.yaml": "renamed:\n  - {from: streams.shop.events, to: streams.shop.happenings}\n",
    },
    "a-discovery-lost-much-and-that-is-accepted": {
        **{f"{_SEEN}/{name}.json": offered(name, _ONLY_ID) for name in ("customers", "events", "refunds")},
        "dag/registry/accepted.yaml": "accepted:\n  - {entry: sources.shop, rule: discovery-shrunk, value: 12, "
        "date: 2026-11-26, reason: the old columns are gone for good}\n",
    },
    "a-key-changes-that-airbyte-does-not-use": {
        f"{_SEEN}/orders.json": offered("orders").replace('"name"', '"source_defined_primary_key": [["shop_id"], ["id"]], "name"'),
    },
    "a-stream-would-slip-into-another-mode": {f"{_SEEN}/events.json": _full_refresh("events")},
    "a-stream-would-slip-where-its-file-says-something-else": {
        f"{_SEEN}/events.json": _full_refresh("events"),
        EVENTS: '{"cursor_field": ["updated_at"], "exclude_fields": ["total"]}\n',
    },
    "a-stream-gets-another-mode-by-its-file": {
        f"{_SEEN}/events.json": _full_refresh("events"),
        EVENTS: '{"sync_mode": "full_refresh"}\n',
    },
}  # fmt: skip
