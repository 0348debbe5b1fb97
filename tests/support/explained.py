"""A lake in which everything that `explain` tells apart occurs once."""

from __future__ import annotations

from pathlib import Path

from tests.support.lakes import write_lake

FILES: dict[str, str | bytes] = {
    "dag/registry/lake.yaml": """\
version: 1
lake:
  name: shop
  stacks:
    staging:
      server_url: https://airbyte.staging.example.com/api/public/v1
      workspace_id: {var: workspace}
      auth: {bearer_token: {secret: airbyte_token}}
    prod:
      server_url: https://airbyte.example.com/api/public/v1
      workspace_id: {var: workspace}
      auth: {client_id: {secret: airbyte_id}, client_secret: {secret: airbyte_secret}}
      backend: {kubernetes: {secret_suffix: shop}}
  variables:
    workspace: {description: Airbyte workspace}
  defaults:
    source: {stack: [staging, prod]}
    destination: {stack: [staging, prod]}
    connection:
      stack: [staging, prod]
      schema_changes: propagate_columns
""",
    "dag/registry/shop.yaml": """\
sources:
  db:
    connector: source-postgres
    configuration:
      host: db.example.com
      port: 5432
      database: shop
      username: airbyte
      password: {secret: db_password}
    overrides:
      prod: {configuration: {host: db.prod.example.com}}
  elsewhere: {existing: 9da77001-af33-4bcd-be46-6252bf9342b9, stack: prod}
destinations:
  lake:
    connector: destination-s3
    configuration:
      s3_bucket_name: lake
      s3_bucket_path: raw
      s3_bucket_region: eu-central-1
      format: {format_type: Parquet}
    overrides:
      staging: {configuration: {s3_bucket_name: lake-staging}}
connections:
  db_to_lake:
    source: db
    destination: lake
    schedule: {cron: "0 0 * * * ?"}
    namespace: {format: shop}
    streams:
      public.orders: {}
      users:
        cursor_field: [seen_at]
""",
    "dag/registry/history.yaml": """\
retired:
  - {entry: connections.old_to_lake, date: 2026-01-07, reason: nobody used it}
  - {entry: destinations.tape, date: 2026-01-08, reason: given away, stack: prod, keep: true}
renamed:
  - {from: sources.database, to: sources.db}
""",
    "dag/streams/db/public.orders.json": """\
{
  "stream": "orders",
  "namespace": "public",
  "sync_mode": "incremental",
  "cursor_field": ["updated_at"],
  "fields": {
    "id": {"type": "integer"},
    "updated_at": {"type": "string"}
  }
}
""",
    "dag/streams/db/users.json": """\
{
  "sync_mode": "incremental",
  "cursor_field": ["updated_at"],
  "mappers": [
    {"type": "field-filtering", "mapper_configuration": {"field_filtering": {"target_field": "email"}}}
  ]
}
""",
}


def explained_lake(root: Path) -> Path:
    return write_lake(root, FILES)
