"""Lakes whose sources read the log of a database."""

from __future__ import annotations

import json
from typing import Any

STACK = """\
    {id}:
      server_url: https://{id}.example.com/api/public/v1
      workspace_id: {workspace}
      auth: none
"""
DESTINATIONS = """\
destinations:
  lake:
    connector: destination-s3
    configuration:
      s3_bucket_name: {var: bucket}
      s3_bucket_path: raw
      s3_bucket_region: eu-central-1
      format: {format_type: Parquet}
"""
WORKSPACES = {"airbyte": 1, "prod": 1, "staging": 2}
ID = "1111111{}-2222-3333-4444-555555555555"
CDC = "{method: CDC, replication_slot: airbyte_slot, publication: shop}"

ORDERS = {
    "name": "orders",
    "namespace": "public",
    "json_schema": {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "status": {"type": "string"},
            "_ab_cdc_lsn": {"type": "number"},
            "_ab_cdc_updated_at": {"type": "string"},
            "_ab_cdc_deleted_at": {"type": "string"},
        },
    },
    "supported_sync_modes": ["full_refresh", "incremental"],
    "source_defined_cursor": True,
    "default_cursor_field": ["_ab_cdc_lsn"],
    "source_defined_primary_key": [["id"]],
}


def database(id_: str, options: str = "", *, method: str = CDC, more: str = "", host: str = "db.example.com") -> str:
    """A source that reads a PostgreSQL database; it borrows the streams of `shop` if it is another one."""
    borrowed = "" if id_ == "shop" else "    streams_from: shop\n"
    return (
        f"  {id_}:\n    connector: source-postgres\n{borrowed}{more}    configuration:\n"
        f"      {{host: {host}, port: 5432, database: shop, username: reader{options},\n"
        f"       replication_method: {method}}}\n"
    )


def log_lake(
    sources: str, connections: str, *, stacks: tuple[str, ...] = ("airbyte",), more: str = "", stream: Any = None
) -> dict[str, str | bytes]:
    """The files of a lake with `sources` and `connections` as YAML, and the stream public.orders of `shop`."""
    described = "".join(STACK.format(id=id_, workspace=ID.format(WORKSPACES[id_])) for id_ in stacks)
    defaults = ""
    if len(stacks) > 1:
        everywhere = f"{{stack: [{', '.join(stacks)}]}}"
        defaults = "  defaults:\n" + "".join(
            f"    {kind}: {everywhere}\n" for kind in ("source", "destination", "connection")
        )
    text = (
        f"version: 1\nlake:\n  name: shop\n  stacks:\n{described}{defaults}{more}{DESTINATIONS}"
        f"sources:\n{sources}connections:\n{connections}"
    )
    return {
        "dag/registry/lake.yaml": text,
        "dag/sources/shop/public.orders.json": json.dumps(ORDERS),
        "dag/streams/shop/public.orders.json": json.dumps(
            {"stream": "orders", "namespace": "public", **(stream or {})}
        ),
    }
