"""Texts that the edits of the reviews are made of."""

from __future__ import annotations

from tests.support.review_lake import BASE, CUSTOMERS, EVENTS, ORDERS, REFUNDS, SHOP, Edit

SECOND_SOURCE = """\
sources:
  branch:
    connector: source-shop
    configuration: {api_key: {secret: branch_api_key}, region: us}
"""
SECOND = (
    SECOND_SOURCE
    + """\
connections:
  branch_to_warehouse: {source: branch, destination: warehouse, schedule: {cron: "0 30 2 ? * MON-FRI"}, namespace: {format: branch}}
"""
)
ID = "99999999-8888-4777-8666-555555555555"
HASH = '{"type": "hashing", "mapper_configuration": {"hashing": {"target_field": "email", "method": "SHA-256", "field_name_suffix": "_hashed"}}}'
OTHER_HASH = HASH.replace("SHA-256", "SHA-512")
FILTER = (
    '{"type": "row-filtering", "mapper_configuration": {"row_filtering": {"conditions": "{\\"type\\": \\"EQUAL\\", '
    '\\"fieldName\\": \\"total\\", \\"comparisonValue\\": \\"0\\"}"}}}'
)
RENAME = (
    '{"type": "field-renaming", "mapper_configuration": {"field_renaming": '
    '{"original_field_name": "total", "new_field_name": "amount"}}}'
)
LEAVE_OUT = '{"type": "field-filtering", "mapper_configuration": {"field_filtering": {"target_field": "email"}}}'
ENCRYPT = (
    '{"type": "encryption", "mapper_configuration": {"encryption": {"aes": {"algorithm": "AES", "target_field": "email", '
    '"field_name_suffix": "_secret", "key": {"secret": "old_key"}, "mode": "GCM", "padding": "NoPadding"}}}}'
)
ENCRYPT_FOR_OTHERS = (
    '{"type": "encryption", "mapper_configuration": {"encryption": {"rsa": {"algorithm": "RSA", "target_field": "email", '
    '"field_name_suffix": "_secret", "public_key": {"var": "public_key"}}}}}'
)
OTHER_ID = "88888888-8888-4777-8666-555555555555"
WORKSPACE = "11111111-2222-3333-4444-555555555555"
SOURCE = BASE[SHOP][: BASE[SHOP].index("destinations:")]
EXISTING = f"sources:\n  shop:\n    existing: {ID}\n"
BACKEND = "      backend: {kubernetes: {namespace: lake, secret_suffix: lake}}\n"
FLUX = "flux: {git: {url: ssh://git@example.com/team/lake}, namespace: lake}"
SCHEDULE = 'schedule: {cron: "0 0 * * * ?"}'
CONNECTION = BASE[SHOP][BASE[SHOP].index("connections:") :]
GONE_STREAMS: Edit = dict.fromkeys((ORDERS, CUSTOMERS, EVENTS, REFUNDS))
GONE_SCHEMAS: Edit = {f"dag/sources/shop/{name}.json": None for name in ("customers", "events", "orders", "refunds")}
RETIRED = "retired:\n"


STAGING = """\
    staging:
      server_url: https://airbyte.staging.example.com/api/public/v1
      workspace_id: 11111111-2222-3333-4444-666666666666
      auth: none
  variables:
"""
PROTECTED = CONNECTION.replace("    source: shop\n", "    protect: true\n    source: shop\n")
RENAMED = "renamed:\n  - {from: connections.shop_to_warehouse, to: connections.webshop_to_warehouse}\n"


def many(count: int) -> str:
    """As many more sources."""
    configuration = "{api_key: {secret: shop_api_key}}"
    sources = [f"  s{number}: {{connector: source-shop, configuration: {configuration}}}\n" for number in range(count)]
    return "sources:\n" + "".join(sources)


def retired(*entries: str, more: str = "") -> str:
    return RETIRED + "".join(f"  - {{entry: {e}, date: 2026-11-23, reason: closed{more}}}\n" for e in entries)
