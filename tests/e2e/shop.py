"""The lake that the edits in `edits.py` start from: two sources, two destinations, three connections, one stack."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.support.lakes import locks

Files = dict[str, str]

LAKE = "dag/registry/lake.yaml"
DESTINATIONS = "dag/registry/destinations.yaml"
SHOPIFY = "dag/registry/shopify.yaml"
POSTGRES = "dag/registry/postgres.yaml"
ORDERS = "dag/streams/shopify/orders.json"
CUSTOMERS = "dag/streams/shopify/customers.json"
AUDIT = "dag/streams/postgres/audit.orders.json"
PUBLIC = "dag/streams/postgres/public.orders.json"

SERVER = """\
version: 1
lake:
  name: shop
  stacks:
    airbyte:
      server_url: {var: server_url}
      workspace_id: {var: workspace_id}
      auth:
        client_id: {secret: airbyte_client_id}
        client_secret: {secret: airbyte_client_secret}
"""

TO = """\
destinations:
  lake:
    name: Lake
    connector: destination-s3
    configuration:
      s3_bucket_name: lake
      s3_bucket_region: eu-central-1
      s3_bucket_path: raw
      s3_path_format: ${NAMESPACE}/${STREAM_NAME}/
      secret_access_key: {secret: s3_secret_access_key}
      format: {format_type: Parquet}
  warehouse:
    name: Warehouse
    connector: destination-warehouse
    configuration: {host: warehouse.example.com, password: {secret: warehouse_password}}
"""

FROM_SHOPIFY = """\
sources:
  shopify:
    name: Shopify
    connector: source-shopify
    configuration:
      shop: example
      start_date: "2026-01-01"
      credentials: {auth_method: api_password, api_password: {secret: shopify_api_password}}
connections:
  shopify_to_lake:
    name: Shopify to lake
    source: shopify
    destination: lake
    schedule: {cron: "0 0,20,40 * * * ?"}
    namespace: {format: "shopify_${SOURCE_NAMESPACE}"}
  shopify_to_warehouse:
    name: Shopify to warehouse
    source: shopify
    destination: warehouse
    streams:
      orders: {destination_sync_mode: append_dedup}
      customers: {destination_sync_mode: append_dedup}
"""

FROM_POSTGRES = """\
sources:
  postgres:
    name: Postgres
    connector: source-postgres
    configuration:
      host: db.example.com
      port: {var: postgres_port}
      database: shop
      username: airbyte
      password: {secret: postgres_password}
    resource_allocation:
      default: {memory_limit: 2Gi, cpu_limit: "1"}
      job_specific:
        - {job_type: sync, resource_requirements: {cpu_limit: "2"}}
        - {job_type: check_connection, resource_requirements: {memory_limit: 3Gi}}
connections:
  postgres_to_lake:
    name: Postgres to lake
    source: postgres
    destination: lake
    schedule: {cron: "0 30 * * * ?"}
    namespace: source
    prefix: shop_
"""

# A destination that tells rows apart by a key, which the locked ones of the example do not.
WAREHOUSE = {
    "connector": "destination-warehouse",
    "definition_id": "5b0a5b0a-0000-4000-8000-00000000000a",
    "destination_sync_modes": ["append", "overwrite", "append_dedup", "overwrite_dedup"],
    "image": "example/destination-warehouse",
    "spec": {
        "type": "object",
        "required": ["host", "password"],
        "properties": {
            "host": {"type": "string"},
            "password": {"type": "string", "airbyte_secret": True},
            "schema": {"type": "string"},
        },
    },
    "supports_refreshes": True,
    "tag": "1.0.0",
}

# Values as tofu-controller passes them: text. The server's own come from where it runs.
VARIABLES = {
    "s3_secret_access_key": "s3-secret-value",
    "warehouse_password": "warehouse-secret-value",
    "shopify_api_password": "shopify-secret-value",
    "postgres_password": "postgres-secret-value",
    "postgres_port": "5432",
}


def stream(name: str, fields: str, **more: Any) -> dict[str, Any]:
    """A discovered stream; `fields` are names with spaces between them, `a.b` is inside the object `a`."""
    properties: dict[str, Any] = {}
    for path in fields.split():
        field, _, inner = path.partition(".")
        text = {"type": ["null", "string"]}
        properties[field] = {"type": "object", "properties": {inner: text}} if inner else text
    return {
        "name": name,
        "json_schema": {"type": "object", "properties": properties},
        "supported_sync_modes": ["full_refresh", "incremental"],
        **more,
    }


def source_defined(name: str, fields: str, cursor: str, key: str) -> dict[str, Any]:
    """A stream whose cursor and primary key the source defines."""
    defined = {"source_defined_cursor": True, "default_cursor_field": [cursor], "source_defined_primary_key": [[key]]}
    return stream(name, fields, **defined)


def hashing(field: str) -> dict[str, Any]:
    """A mapper in a stream file."""
    configuration = {"hashing": {"method": "SHA-256", "target_field": field, "field_name_suffix": "_hashed"}}
    return {"type": "hashing", "mapper_configuration": configuration}


# Several sources of values: each stream has a cursor and a key of its own, so that one taken for another shows.
DISCOVERED: Mapping[str, list[dict[str, Any]]] = {
    "shopify": [
        stream("orders", "id email created_at updated_at total_price customer.id"),
        source_defined("customers", "id email changed_at", "changed_at", "id"),
        source_defined("products", "product_id title modified_at", "modified_at", "product_id"),
    ],
    "postgres": [
        stream("orders", "id customer_id status updated_at", namespace="public"),
        stream("orders", "order_id changed_by changed_at change.id", namespace="audit"),
    ],
}

STREAM_FILES = {
    ORDERS: {
        "sync_mode": "incremental",
        "cursor_field": ["updated_at"],
        "primary_key": [["id"]],
        "fields": ["id", "email", "updated_at", "total_price"],
    },
    CUSTOMERS: {},
    PUBLIC: {
        "stream": "orders",
        "namespace": "public",
        "cursor_field": ["updated_at"],
        "primary_key": [["id"]],
        "mappers": [hashing("status")],
    },
    AUDIT: {
        "stream": "orders",
        "namespace": "audit",
        "sync_mode": "full_refresh",
        "fields": ["order_id", "changed_by", "changed_at"],
    },
}


def discovered_file(source: str, stream: Mapping[str, Any]) -> str:
    """The path of a discovered schema."""
    namespace = f"{stream['namespace']}." if "namespace" in stream else ""
    return f"dag/sources/{source}/{namespace}{stream['name']}.json"


def base() -> Files:
    """The files of the lake, without what commands generate."""
    files = {f"dag/connectors/{lock.name}": lock.read_text("utf-8") for lock in locks()}
    files["dag/connectors/destination-warehouse.json"] = as_text(WAREHOUSE)
    files |= {LAKE: SERVER, DESTINATIONS: TO, SHOPIFY: FROM_SHOPIFY, POSTGRES: FROM_POSTGRES}
    files |= {
        discovered_file(source, stream): as_text(stream) for source, streams in DISCOVERED.items() for stream in streams
    }
    return files | {path: as_text(file) for path, file in STREAM_FILES.items()}


def as_text(value: Any) -> str:
    return json.dumps(value, indent=2) + "\n"
