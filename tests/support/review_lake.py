"""The lake that the reviews of tests/reviews/ begin with, and edits of its text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.lakes import write_files

LAKE = "dag/registry/lake.yaml"
SHOP = "dag/registry/shop.yaml"
ORDERS = "dag/streams/shop/orders.json"
CUSTOMERS = "dag/streams/shop/customers.json"
EVENTS = "dag/streams/shop/events.json"
REFUNDS = "dag/streams/shop/refunds.json"
SOURCE_LOCK = "dag/connectors/source-shop.json"

# Path -> the whole new text, None for a file that is gone, or pairs of an old and a new text.
Edit = Mapping[str, str | Sequence[tuple[str, str]] | None]

SPEC = {
    "type": "object",
    "required": ["api_key"],
    "properties": {
        "api_key": {"type": "string", "airbyte_secret": True},
        "start_date": {"type": "string"},
        "page_size": {"type": "integer"},
        "region": {"type": "string"},
        "retries": {"type": "integer"},
        "projects": {"type": "array", "items": {"type": "string"}},
    },
}

WAREHOUSE = {
    "type": "object",
    "required": ["host"],
    "properties": {
        "host": {"type": "string"},
        "schema": {"type": "string"},
        "password": {"type": "string", "airbyte_secret": True},
        "threads": {"type": "integer"},
    },
}

FIELDS = {
    "id": {"type": "integer"},
    "shop_id": {"type": "integer"},
    "email": {"type": "string"},
    "total": {"type": "number"},
    "created_at": {"type": "string", "format": "date-time"},
    "updated_at": {"type": "string", "format": "date-time"},
}


def lock(connector: str, definition_id: str, spec: Mapping[str, object], **more: object) -> str:
    """A lock file."""
    about = {"connector": connector, "definition_id": definition_id, "image": f"airbyte/{connector}", "tag": "1.0.0"}
    return json.dumps({**about, **more, "spec": spec}) + "\n"


def offered(name: str, fields: Mapping[str, object] = FIELDS) -> str:
    """A discovered stream without a cursor or key of its own."""
    schema = {"type": "object", "properties": fields}
    return (
        json.dumps({"name": name, "json_schema": schema, "supported_sync_modes": ["full_refresh", "incremental"]})
        + "\n"
    )


BASE: dict[str, str] = {
    "cdktf.json": '{"app": "python -m stacks", "language": "python"}\n',
    LAKE: """\
version: 1
lake:
  name: shop
  stacks:
    airbyte:
      server_url: https://airbyte.example.com/api/public/v1
      workspace_id: 11111111-2222-3333-4444-555555555555
      backfills: true
      auth: {client_id: {secret: airbyte_client_id}, client_secret: {secret: airbyte_client_secret}}
      backend: {kubernetes: {namespace: lake, secret_suffix: lake}}
  variables:
    page_size: {default: 100}
""",
    SHOP: """\
sources:
  shop:
    connector: source-shop
    configuration: {api_key: {secret: shop_api_key}, start_date: "2026-01-01", page_size: {var: page_size}, region: eu}
destinations:
  warehouse:
    connector: destination-warehouse
    configuration: {host: db.example.com, schema: raw, password: {secret: warehouse_password}}
connections:
  shop_to_warehouse:
    source: shop
    destination: warehouse
    schedule: {cron: "0 0 * * * ?"}
    namespace: {format: shop}
""",
    ORDERS: """\
{
  "sync_mode": "incremental", "destination_sync_mode": "append",
  "cursor_field": ["updated_at"], "primary_key": [["id"]],
  "fields": ["id", "email", "total", "created_at", "updated_at"],
  "mappers": [
    {"type": "hashing", "mapper_configuration": {"hashing": {"target_field": "email", "method": "SHA-256", "field_name_suffix": "_hashed"}}}
  ]
}
""",
    CUSTOMERS: '{"sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}\n',
    EVENTS: """\
{
  "sync_mode": "incremental", "destination_sync_mode": "append_dedup",
  "cursor_field": ["updated_at"], "primary_key": [["id"]]
}
""",
    REFUNDS: '{"sync_mode": "full_refresh", "destination_sync_mode": "append"}\n',
    **{f"dag/sources/shop/{name}.json": offered(name) for name in ("customers", "events", "orders", "refunds")},
    SOURCE_LOCK: lock("source-shop", "aaaaaaaa-0000-4000-8000-000000000001", SPEC),
    "dag/connectors/destination-warehouse.json": lock(
        "destination-warehouse",
        "aaaaaaaa-0000-4000-8000-000000000002",
        WAREHOUSE,
        supports_refreshes=True,
        destination_sync_modes=["append", "append_dedup", "overwrite", "overwrite_dedup", "update", "soft_delete"],
    ),
}


def edited(files: Mapping[str, str], edit: Edit) -> dict[str, str | None]:
    """Only the files that an edit touches; None for those that it takes away. Every old text must be there."""
    return {path: _edited(files.get(path, ""), change, path) for path, change in edit.items()}


def _edited(text: str, change: str | Sequence[tuple[str, str]] | None, path: str) -> str | None:
    if change is None or isinstance(change, str):
        return change
    for old, new in change:
        assert old in text, f"{path} has no {old!r}"
        text = text.replace(old, new)
    return text


def apply(root: Path, files: Mapping[str, str | None]) -> None:
    """Write and remove files below a folder."""
    write_files(root, {path: text for path, text in files.items() if text is not None})
    for path, text in files.items():
        if text is None:
            (root / path).unlink()
