"""A lake without problems that uses every model, and the marks with which tests change one piece of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.lakes import run, write_files, write_lake

LAKE = "dag/registry/lake.yaml"
STREAM = "dag/streams/faker/users.json"
DISCOVERED = "dag/sources/faker/users.json"
LOCK = "dag/connectors/source-faker.json"

FULL = """\
version: 1
lake:
  name: lotus
  provider:
    version: 1.2.0
  stacks:
    prod:
      server_url: https://airbyte.example.com/api/public/v1
      workspace_id: 11111111-2222-3333-4444-555555555555
      auth:
        client_id: {secret: airbyte_client_id}
        client_secret: {secret: airbyte_client_secret}
        token_url: https://airbyte.example.com/token
      backend:
        kubernetes:
          secret_suffix: lotus-lake
          namespace: flux-system
      minimum_sync_interval: 1m
      defaults:
        connection:
          schema_changes: ignore
      flux:
        namespace: flux-system
        git:
          url: ssh://git@example.com/lake
          branch: main
        approve: auto
        interval: 10m
        secrets:
          - name: lake-secrets
            file: secrets/lake.yaml
            key_prefix: TF_VAR_
        values:
          faker_seed: 7
    staging:
      server_url: {var: staging_url}
      workspace_id: {var: staging_workspace}
      auth:
        username: airbyte
        password: {secret: staging_password}
    dev:
      server_url: https://dev.example.com/api/public/v1
      workspace_id: 33333333-2222-3333-4444-555555555555
      auth:
        bearer_token: {secret: dev_token}
  variables:
    faker_seed:
      description: Seed of the sample data
      default: 8
    staging_url: {description: Address of the trial}
    staging_workspace: {description: Its workspace}
  defaults:
    source:
      owner: backend
    destination:
      owner: data-platform
    connection:
      prefix: raw_
destinations:
  lake:
    name: Data Lake
    connector: destination-s3
    configuration:
      s3_bucket_name: lake
      s3_bucket_path: raw
      s3_bucket_region: eu-central-1
      secret_access_key: {secret: s3_key}
      format: {format_type: Parquet}
    stack: [prod, staging]
    overrides:
      staging:
        configuration: {s3_bucket_name: lake-staging}
  old_lake:
    existing: 66666666-2222-3333-4444-555555555555
    stack: prod
sources:
  faker:
    description: Sample data
    stack: [prod, staging]
    connector: source-faker
    configuration:
      count: 10
      seed: {var: faker_seed}
    protect: true
    resource_allocation:
      default:
        cpu_request: 250m
      job_specific:
        - job_type: sync
          resource_requirements:
            memory_limit: 2Gi
    overrides:
      staging:
        name: Sample
  faker_us:
    connector: source-faker
    configuration: {}
    streams_from: faker
    adopt: 77777777-2222-3333-4444-555555555555
    stack: prod
  custom:
    connector: source-faker
    definition_id: 88888888-2222-3333-4444-555555555555
    configuration: {}
    stack: prod
  events:
    external: dlt
    stack: [prod]
connections:
  faker_to_lake:
    source: faker
    destination: lake
    stack: [prod, staging]
    schedule:
      cron: "0 0 * * * ?"
    namespace:
      format: faker
    status: active
    streams:
      users:
        sync_mode: full_refresh
  faker_us_to_lake:
    source: faker_us
    destination: old_lake
    stack: prod
    schedule: manual
    exclude: [orders]
  custom_to_lake:
    source: custom
    destination: old_lake
    prefix: custom_
    stack: prod
retired:
  - entry: sources.gone
    date: 2026-05-04
    reason: nobody used it
    stack: prod
    keep: false
renamed:
  - from: sources.fake
    to: sources.faker
"""

STREAM_FILE = """\
{
  "stream": "users",
  "sync_mode": "incremental",
  "destination_sync_mode": "append",
  "primary_key": [["id"]],
  "cursor_field": ["updated_at"],
  "fields": {"id": {"type": "integer"}, "email": {"type": "string"}, "updated_at": {"type": "string"}},
  "selected": true,
  "backfill": false,
  "mappers": [
    {
      "type": "hashing",
      "mapper_configuration": {"hashing": {"method": "SHA-256", "target_field": "email", "field_name_suffix": "_h"}}
    }
  ],
  "description": "Who signed up",
  "owner": "growth"
}
"""

DISCOVERED_FILE = """\
{
  "name": "users",
  "json_schema": {
    "type": "object",
    "properties": {
      "id": {"type": "integer"},
      "email": {"type": "string"},
      "updated_at": {"type": "string", "format": "date-time"}
    }
  },
  "supported_sync_modes": ["full_refresh", "incremental"],
  "source_defined_cursor": false,
  "default_cursor_field": ["updated_at"],
  "source_defined_primary_key": [["id"]]
}
"""

LOCK_FILE = """\
{
  "connector": "source-faker",
  "definition_id": "dfd88b22-b603-4c3d-aad7-3701784586b1",
  "image": "airbyte/source-faker",
  "tag": "6.2.24",
  "supports_refreshes": false,
  "destination_sync_modes": [],
  "spec": {"type": "object", "properties": {"count": {"type": "integer"}, "seed": {"type": "integer"}}}
}
"""

TEXTS = {LAKE: FULL, STREAM: STREAM_FILE, DISCOVERED: DISCOVERED_FILE, LOCK: LOCK_FILE}


def full_lake(root: Path, changed: dict[str, str | bytes] | None = None) -> Path:
    """The lake above, with other texts for some of its files."""
    texts: dict[str, str | bytes] = {**TEXTS, "dag/streams/faker/orders.json": "{}\n"}
    texts["dag/sources/faker/orders.json"] = DISCOVERED_FILE.replace('"users"', '"orders"')
    texts["dag/streams/custom/users.json"] = "{}\n"
    texts |= changed or {}
    lock = texts.pop(LOCK)
    write_lake(root, texts)
    write_files(root, {LOCK: lock})
    return root


def marked(text: str, old: str, new: str) -> tuple[str, int, int]:
    """`text` with `old`, which stands in it once, replaced by `new`, and the line and column of the `«` in `new`."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the text"
    before, _, after = text.replace(old, new).partition("«")
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n")


def told(root: Path) -> list[dict[str, Any]]:
    """The problems of `check --format json`, which must have found errors and said nothing else."""
    result = run(root, "check", "--format", "json")
    assert result.err == ""
    problems: list[dict[str, Any]] = json.loads(result.out)["problems"]
    assert result.code == (1 if any(p["severity"] == "error" for p in problems) else 0)
    return problems


def place(problem: dict[str, Any]) -> str:
    return "{file}:{line}:{column}  {rule}".format_map(problem)


def position_of(text: str, token: str, skip: int = 0) -> tuple[int, int]:
    """Line and column of the only `token`, `skip` characters into it."""
    assert text.count(token) == 1
    offset = text.index(token) + skip
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
