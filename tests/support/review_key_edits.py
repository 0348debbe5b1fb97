"""Edits with schedules that say how often, patterns, excluded fields, overrides of a stack, and `accepted:` lines."""

from __future__ import annotations

from tests.support.review_lake import BASE, EVENTS, LAKE, REFUNDS, SHOP, Edit, lock, offered
from tests.support.review_texts import PROTECTED, RENAMED, SCHEDULE, many

EVERY = "schedule: {every: 6h}"
ACCEPTED = "dag/registry/accepted.yaml"
# A column that the source has since yesterday.
CURRENCY: Edit = {
    f"dag/sources/shop/{name}.json": [
        ('"id": {"type": "integer"}', '"id": {"type": "integer"}, "currency": {"type": "string"}')
    ]
    for name in ("events", "customers")
}
PINNED = "  defaults: {connection: {new_columns: acknowledge}}\n"
NAMED = "    streams: [orders, customers, events]\n"
PATTERN = '    streams: ["*s"]\n'


def accepted(entry: str, rule: str, more: str = "") -> str:
    """A file with one line."""
    return f"accepted:\n  - {{entry: {entry}, rule: {rule}{more}, date: 2026-11-25, reason: closed}}\n"


def _schedule(text: str) -> Edit:
    return {SHOP: [(SCHEDULE, text)]}


VANISHED = accepted("connections.shop_to_warehouse.streams.refunds", "unacknowledged-stream")
UNPROTECTED = PROTECTED.replace("shop_to", "webshop_to").replace("    protect: true\n", "") + RENAMED

# A source that reads its database's log, and a second reader of its slot.
LOG_LOCK = "dag/connectors/source-postgres.json"
LOG: Edit = {
    LOG_LOCK: lock("source-postgres", "5a5a5a5a-5a5a-4a5a-8a5a-5a5a5a5a5a5a", {"type": "object"}),
    "dag/registry/log.yaml": (
        "sources:\n  log:\n    connector: source-postgres\n    configuration:\n      host: db.example.com\n      database: shop\n"
        "      replication_method: {method: CDC, replication_slot: airbyte_slot, publication: shop}\n"
        "connections:\n  log_to_warehouse: {source: log, destination: warehouse, prefix: log_}\n"
    ),
    "dag/sources/log/items.json": offered("items"),
    "dag/streams/log/items.json": '{"cursor_field": ["updated_at"]}\n',
}
SECOND_READER = "connections:\n  log_again: {source: log, destination: warehouse, prefix: again_}\n"
READER = accepted("connections.log_again", "replication-shared", ", value: airbyte_slot")

KEY_EDITS: dict[str, Edit] = {
    "a-second-reader-of-a-slot-is-accepted": {"dag/registry/again.yaml": SECOND_READER, ACCEPTED: READER},
    "a-reader-of-a-slot-is-accepted-that-has-it-alone": {ACCEPTED: READER},
    "a-schedule-says-how-often": _schedule(EVERY),
    "a-schedule-says-how-often-and-when": _schedule('schedule: {every: 24h, at: "06:30"}'),
    "a-cron-becomes-the-same-times": _schedule('schedule: {every: 1h, at: "00:00"}'),
    "a-connection-with-a-period-is-renamed": {SHOP: [("  shop_to_warehouse:\n", "  store_to_warehouse:\n")]}
    | {"dag/registry/renamed.yaml": RENAMED.replace("webshop_to", "store_to")},
    "a-stack-makes-everything-manual": {
        LAKE: [
            ("      backfills: true\n", "      backfills: true\n      overrides: {connection: {schedule: manual}}\n")
        ]
    },
    "a-stream-enters-by-a-pattern": {
        "dag/streams/shop/taxes.json": BASE[REFUNDS],
        "dag/sources/shop/taxes.json": offered("taxes"),
    },
    "a-new-connection-takes-streams-by-a-pattern": {
        "dag/registry/second.yaml": "connections:\n  second:\n    source: shop\n    destination: warehouse\n    prefix: second_\n"
        '    streams: ["*s", orders]\n'
    },
    "a-pattern-takes-the-place-of-names": {SHOP: [(NAMED, PATTERN)]},
    "a-field-is-excluded": {EVENTS: [("{\n", '{\n  "exclude_fields": ["email"],\n')]},
    "nothing-is-excluded-and-columns-are-pinned": {EVENTS: [("{\n", '{\n  "exclude_fields": [],\n')]},
    "a-column-comes-to-a-stream-with-excluded-fields": CURRENCY,
    "new-columns-wait-for-a-commit": {LAKE: [("  variables:\n", f"{PINNED}  variables:\n")]},
    "a-column-comes-that-was-waited-for": CURRENCY,
    "files-are-included-and-an-object-is-named": {
        EVENTS: [("{\n", '{\n  "include_files": true, "destination_object_name": "Event",\n')]
    },
    "files-and-an-object-are-not-written-any-more": {
        EVENTS: [('"include_files": true, "destination_object_name": "Event",\n', "")]
    },
    "a-stream-vanishes-and-that-is-accepted": {REFUNDS: None, ACCEPTED: VANISHED},
    "a-stream-vanishes-again-and-the-line-is-old": {REFUNDS: None},
    "a-line-accepts-what-does-not-happen": {ACCEPTED: VANISHED},
    "a-line-accepts-a-value-in-quotes-twice": {
        "dag/registry/many.yaml": many(8),
        ACCEPTED: accepted("lake.stacks.airbyte", "mass-deletion", ', value: "6"')
        + accepted("lake.stacks.airbyte", "mass-deletion", ', value: "6"').partition("\n")[2],
    },
    "a-line-accepts-another-stream": {REFUNDS: None, ACCEPTED: VANISHED.replace("refunds", "customers")},
    "many-entries-vanish-and-another-number-is-accepted": {
        "dag/registry/many.yaml": many(8),
        ACCEPTED: accepted("lake.stacks.airbyte", "mass-deletion", ", value: 5"),
    },
    "many-entries-vanish-and-that-is-accepted": {
        "dag/registry/many.yaml": many(8),
        ACCEPTED: accepted("lake.stacks.airbyte", "mass-deletion", ", value: 6"),
    },
    "a-protected-connection-is-renamed-and-its-protection-goes-on-purpose": {
        SHOP: [(PROTECTED, UNPROTECTED)],
        ACCEPTED: accepted("connections.webshop_to_warehouse", "protected-entry"),
    },
    "a-protected-connection-is-deleted-and-only-accepted": {
        SHOP: [(PROTECTED, "")],
        ACCEPTED: accepted("connections.shop_to_warehouse", "protected-entry"),
    },
}

# What their bases have.
KEY_BASES: dict[str, Edit] = {
    **dict.fromkeys(("a-second-reader-of-a-slot-is-accepted", "a-reader-of-a-slot-is-accepted-that-has-it-alone"), LOG),
    "a-connection-with-a-period-is-renamed": _schedule(EVERY),
    "a-stream-enters-by-a-pattern": {SHOP: [("    source: shop\n", f"    source: shop\n{PATTERN}")]},
    "a-pattern-takes-the-place-of-names": {SHOP: [("    source: shop\n", f"    source: shop\n{NAMED}")]},
    "a-column-comes-to-a-stream-with-excluded-fields": {EVENTS: [("{\n", '{\n  "exclude_fields": ["email"],\n')]},
    "a-column-comes-that-was-waited-for": {LAKE: [("  variables:\n", f"{PINNED}  variables:\n")]},
    "a-stream-vanishes-again-and-the-line-is-old": {ACCEPTED: VANISHED},
    "files-and-an-object-are-not-written-any-more": {
        EVENTS: [("{\n", '{\n  "include_files": true, "destination_object_name": "Event",\n')]
    },
    "many-entries-vanish-and-another-number-is-accepted": {"dag/registry/many.yaml": many(14)},
    "many-entries-vanish-and-that-is-accepted": {"dag/registry/many.yaml": many(14)},
    "a-line-accepts-a-value-in-quotes-twice": {"dag/registry/many.yaml": many(14)},
}
