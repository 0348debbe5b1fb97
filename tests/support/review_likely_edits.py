"""Edits in which something has another name, and no line says so."""

from __future__ import annotations

from tests.support.review_lake import BASE, ORDERS, SHOP, Edit, offered
from tests.support.review_texts import CONNECTION, GONE_SCHEMAS, GONE_STREAMS

_MOVED = {path.replace("/shop/", "/webshop/"): BASE[path] for path in (*GONE_STREAMS, *GONE_SCHEMAS)}
_ONLY = BASE[SHOP].index("destinations:")
_NAMED = (
    "  {id}:\n    name: Called {id}\n    source: shop\n    destination: warehouse\n"
    '    schedule: {{cron: "0 0 * * * ?"}}\n    namespace: {{format: shop}}\n'
)

LIKELY_BASES: dict[str, Edit] = {
    "two-connections-may-be-one": {
        "dag/registry/more.yaml": "connections:\n" + _NAMED.format(id="more") + "    prefix: more_\n"
    }
}

LIKELY_EDITS: dict[str, Edit] = {
    "a-connection-has-another-id-without-a-word": {SHOP: [("  shop_to_warehouse:\n", "  webshop_to_warehouse:\n")]},
    "a-source-and-its-connection-have-other-ids-without-a-word": {
        SHOP: [
            ("sources:\n  shop:\n", "sources:\n  webshop:\n"),
            ("  shop_to_warehouse:\n    source: shop\n", "  webshop_to_warehouse:\n    source: webshop\n"),
        ],
        **GONE_STREAMS,
        **GONE_SCHEMAS,
        **_MOVED,
    },
    "a-destination-has-another-id-and-option-without-a-word": {
        SHOP: [("  warehouse:\n", "  big_warehouse:\n"), ("destination: warehouse", "destination: big_warehouse"), ("schema: raw", "schema: landing")],
    },
    "a-connection-may-be-one-of-two": {
        SHOP: [(CONNECTION, f"connections:\n{_NAMED.format(id='one')}{_NAMED.format(id='two')}    prefix: two_\n")],
    },
    "two-connections-may-be-one": {
        SHOP: [("    namespace: {format: shop}\n", "    namespace: {format: shop}\n    prefix: new_\n"), ("  shop_to_warehouse:\n", "  all_to_warehouse:\n")],
        "dag/registry/more.yaml": None,
    },
    "a-stream-has-another-name-at-the-source": {
        ORDERS: None,
        "dag/sources/shop/orders.json": None,
        "dag/streams/shop/shop_orders.json": BASE[ORDERS],
        "dag/sources/shop/shop_orders.json": offered("shop_orders"),
    },
    "another-connector-under-another-id-is-no-rename": {
        SHOP: BASE[SHOP][:_ONLY].replace("  shop:\n", "  store:\n").replace("source-shop", "source-market") + BASE[SHOP][_ONLY:].replace("source: shop", "source: store"),
        "dag/connectors/source-market.json": BASE["dag/connectors/source-shop.json"].replace("source-shop", "source-market").replace("aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000003"),
        **GONE_STREAMS,
        **GONE_SCHEMAS,
        **{path.replace("/webshop/", "/store/"): text for path, text in _MOVED.items()},
    },
}  # fmt: skip
