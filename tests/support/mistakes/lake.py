"""The good small lake that every mistake is an edit of: two stacks, a database, a shop's mails, a bucket."""

from __future__ import annotations

import json

LAKE_FILE, SHOP_FILE, MAIL_FILE = "dag/registry/lake.yaml", "dag/registry/shop.yaml", "dag/registry/mail.yaml"
ORDERS_FILE, CUSTOMERS_FILE = "dag/streams/shop/orders.json", "dag/streams/shop/customers.json"
PROFILES_FILE, EVENTS_FILE = "dag/streams/klaviyo/profiles.json", "dag/streams/klaviyo/events.json"

_LAKE = """\
version: 1
lake:
  name: acme
  stacks:
    staging:
      server_url: https://airbyte.staging.acme.io/api/public/v1
      workspace_id: 11111111-2222-3333-4444-555555555555
      auth: none
      backend: {local: {path: staging.tfstate}}
    prod:
      server_url: https://airbyte.acme.io/api/public/v1
      workspace_id: {var: workspace_id}
      auth:
        client_id: {secret: airbyte_client_id}
        client_secret: {secret: airbyte_client_secret}
      backend: {local: {path: prod.tfstate}}
  defaults:
    source: {stack: [staging, prod]}
    destination: {stack: [staging, prod]}
    connection: {stack: [staging, prod]}
destinations:
  lake:
    connector: destination-s3
    configuration:
      s3_bucket_name: acme-lake
      s3_bucket_path: raw
      s3_bucket_region: eu-central-1
      format: {format_type: Parquet}
    overrides:
      staging:
        configuration: {s3_bucket_name: acme-lake-staging}
"""

_SHOP = """\
sources:
  shop:
    connector: source-postgres
    configuration:
      host: db.acme.io
      port: 5432
      database: shop
      schemas: [public]
      username: airbyte
      password: {secret: shop_password}
      ssl_mode: {mode: require}
      replication_method: {method: Standard}
connections:
  shop_to_lake:
    source: shop
    destination: lake
    schedule: {cron: "0 0 6 * * ?"}
    namespace: {format: shop}
    streams: [orders, customers]
"""

_MAIL = """\
sources:
  klaviyo:
    connector: source-klaviyo
    configuration:
      api_key: {secret: klaviyo_api_key}
      start_date: "2026-01-01T00:00:00Z"
connections:
  klaviyo_to_lake:
    source: klaviyo
    destination: lake
    schedule: {every: 6h}
    namespace: {format: klaviyo}
"""

_ORDERS = """\
{
  "namespace": "public",
  "sync_mode": "incremental",
  "destination_sync_mode": "append",
  "cursor_field": ["updated_at"],
  "primary_key": [["id"]],
  "fields": ["id", "customer_id", "total", "updated_at"]
}
"""

_CUSTOMERS = """\
{
  "namespace": "public",
  "sync_mode": "full_refresh",
  "destination_sync_mode": "overwrite",
  "mappers": [
    {
      "type": "hashing",
      "mapper_configuration": {
        "hashing": {"target_field": "email", "method": "SHA-256", "field_name_suffix": "_hashed"}
      }
    }
  ]
}
"""


def _offered(name: str, **fields: str) -> str:
    stream = {
        "name": name,
        "namespace": "public",
        "json_schema": {
            "type": "object",
            "properties": {field: _schema(kind) for field, kind in fields.items()},
        },
        "supported_sync_modes": ["full_refresh", "incremental"],
    }
    return json.dumps(stream, indent=2) + "\n"


def _schema(kind: str) -> dict[str, str]:
    return {"type": "string", "format": "date-time"} if kind == "timestamp" else {"type": kind}


_KLAVIYO = """\
{
  "name": "%s",
  "json_schema": {
    "type": "object",
    "properties": {"id": {"type": "string"}, "updated": {"type": "string", "format": "date-time"}}
  },
  "supported_sync_modes": ["full_refresh", "incremental"],
  "source_defined_cursor": true,
  "default_cursor_field": ["updated"],
  "source_defined_primary_key": [["id"]]
}
"""

FILES: dict[str, str | bytes] = {
    LAKE_FILE: _LAKE,
    SHOP_FILE: _SHOP,
    MAIL_FILE: _MAIL,
    ORDERS_FILE: _ORDERS,
    CUSTOMERS_FILE: _CUSTOMERS,
    PROFILES_FILE: "{}\n",
    EVENTS_FILE: "{}\n",
    "dag/sources/shop/public.orders.json": _offered(
        "orders", id="integer", customer_id="integer", total="number", note="string", updated_at="timestamp"
    ),
    "dag/sources/shop/public.customers.json": _offered("customers", id="integer", email="string", address="object"),
    "dag/sources/klaviyo/profiles.json": _KLAVIYO % "profiles",
    "dag/sources/klaviyo/events.json": _KLAVIYO % "events",
}
