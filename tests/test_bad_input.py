"""What people get wrong in files, at every level of every model: one message, at the exact place, and never a crash.

Each row changes one piece of a lake that has no problems. `«` marks where the message has to point.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.lakes import MINIMAL, REGISTRY, REPOSITORY, SOURCE, run, write_files, write_lake

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


def test_the_lake_of_this_module_has_no_problems(tmp_path: Path) -> None:
    root = full_lake(tmp_path)
    assert run(root, "catalog").err == ""
    assert told(root) == []


# (file, what stands there, what somebody writes instead, the key that was meant)
MISSPELT: dict[str, tuple[str, str, str, str]] = {
    "registry file": (LAKE, "renamed:", "«renamd:", "renamed"),
    "lake": (LAKE, "  name: lotus", "  «nmae: lotus", "name"),
    "lake.provider": (LAKE, "    version: 1.2.0", "    «versoin: 1.2.0", "version"),
    "stack": (LAKE, "minimum_sync_interval:", "«minimum_sync_intervall:", "minimum_sync_interval"),
    "stack, a required key": (LAKE, "server_url: https://airbyte", "«sever_url: https://airbyte", "server_url"),
    "auth by client": (LAKE, "client_id:", "«clientid:", "client_id"),
    "auth by client, optional": (LAKE, "token_url:", "«token_ulr:", "token_url"),
    "auth by password": (
        LAKE,
        "password: {secret: staging_password}",
        "«passwort: {secret: staging_password}",
        "password",
    ),
    "auth by token": (LAKE, "bearer_token:", "«barer_token:", "bearer_token"),
    "reference": (LAKE, "client_id: {secret:", "client_id: {«secrt:", "secret"),
    "reference to a variable": (LAKE, "workspace_id: {var:", "workspace_id: {«vr:", "var"),
    "flux": (LAKE, "        interval:", "        «intervall:", "interval"),
    "flux.git": (LAKE, "branch:", "«brnch:", "branch"),
    "flux.secrets": (LAKE, "key_prefix:", "«key_prefx:", "key_prefix"),
    "variable": (LAKE, "      default: 8", "      «defualt: 8", "default"),
    "defaults of the lake": (LAKE, "    connection:\n      prefix", "    «conection:\n      prefix", "connection"),
    "defaults of a connection": (LAKE, "      prefix: raw_", "      «prefixx: raw_", "prefix"),
    "defaults of a stack": (LAKE, "        connection:", "        «connections:", "connection"),
    "defaults of a connection in a stack": (LAKE, "schema_changes:", "«schema_change:", "schema_changes"),
    "destination": (LAKE, "    name: Data Lake", "    «nmae: Data Lake", "name"),
    "source": (LAKE, "    protect: true", "    «protected: true", "protect"),
    "source that borrows streams": (LAKE, "streams_from:", "«stream_from:", "streams_from"),
    "external source": (LAKE, "    external: dlt", "    external: dlt\n    «ownr: x", "owner"),
    "existing destination": (LAKE, "    existing: 6", "    «exsting: 6", "existing"),
    "resource_allocation": (LAKE, "      job_specific:", "      «job_specifics:", "job_specific"),
    "resource_allocation.default": (LAKE, "cpu_request:", "«cpu_requests:", "cpu_request"),
    "resource_allocation.job_specific": (LAKE, "- job_type:", "- «jobtype:", "job_type"),
    "job_specific.resource_requirements": (LAKE, "memory_limit:", "«memory_limits:", "memory_limit"),
    "override": (LAKE, "        name: Sample", "        «nmae: Sample", "name"),
    "connection": (LAKE, "    status: active", "    «statuss: active", "status"),
    "connection, a required key": (LAKE, "    source: faker\n", "    «sorce: faker\n", "source"),
    "schedule": (LAKE, "      cron:", "      «corn:", "cron"),
    "namespace": (LAKE, "      format: faker", "      «fromat: faker", "format"),
    "streams mapping": (LAKE, "        sync_mode:", "        «sync_mod:", "sync_mode"),
    "retired": (LAKE, "    reason:", "    «reson:", "reason"),
    "renamed": (LAKE, "  - from:", "  - «form:", "from"),
    "stream file": (STREAM, '"primary_key"', '«"primary_keys"', "primary_key"),
    "mapper": (STREAM, '"mapper_configuration"', '«"mapper_config"', "mapper_configuration"),
    "external stream file": (STREAM, '"owner"', '«"onwer"', "owner"),
    "discovered schema": (DISCOVERED, '"default_cursor_field"', '«"default_cursor_fields"', "default_cursor_field"),
}


@pytest.mark.parametrize("row", MISSPELT.values(), ids=MISSPELT)
def test_a_misspelt_key_is_one_problem_at_the_key_with_the_key_that_was_meant(
    row: tuple[str, str, str, str], tmp_path: Path
) -> None:
    file, old, new, meant = row
    text, line, column = marked(TEXTS[file], old, new)
    problems = told(full_lake(tmp_path, {file: text}))
    assert [place(p) for p in problems] == [f"{file}:{line}:{column}  unknown-key"]
    assert f'"{meant}"' in problems[0]["fix"]
    assert problems[0]["fix"].startswith("did you mean ")


# (file, what stands there, what somebody writes instead, what the message says)
WRONG_TYPES: dict[str, tuple[str, str, str, str]] = {
    "version": (LAKE, "version: 1\n", "version: «2\n", "must be 1"),
    "version as text": (LAKE, "version: 1\n", 'version: «"1"\n', "must be 1"),
    "lake name": (LAKE, "name: lotus", "name: «7", "must be text"),
    "lake name is empty": (LAKE, "name: lotus", 'name: «""', "must not be empty"),
    "lake name is nothing": (LAKE, "name: lotus", "name: «~", "must be text"),
    "provider": (LAKE, "  provider:\n    version: 1.2.0", "  provider: «1.2.0", "must be a mapping"),
    "provider version": (LAKE, "version: 1.2.0", "version: «1.2", "must be text, not a number"),
    "provider version range": (LAKE, "version: 1.2.0", 'version: «">= 1.2"', "must be one exact version"),
    "server_url": (LAKE, "server_url: https://dev", "server_url: «[https://dev]\n#", "must be text"),
    "workspace_id": (LAKE, "workspace_id: 3", "workspace_id: «7 #", "must be text"),
    "workspace_id that is no UUID": (LAKE, "workspace_id: 33333333-", "workspace_id: «my-", "UUID"),
    "auth": (
        LAKE,
        "      auth:\n        bearer_token: {secret: dev_token}",
        "      auth: «basic",
        "must be none, or a mapping",
    ),
    "auth is a list": (LAKE, "      auth:\n        bearer_token:", "      auth:\n        «- bearer_token:", "must be"),
    "secret in clear": (
        LAKE,
        "bearer_token: {secret: dev_token}",
        "bearer_token: «hunter2",
        "a secret stands here in clear",
    ),
    "secret without a name": (LAKE, "{secret: dev_token}", "{secret: «}", "must be text"),
    "backend": (LAKE, "        kubernetes:\n          secret_suffix: lotus-lake", "        «- kubernetes", "backend"),
    "backend settings": (
        LAKE,
        "kubernetes:\n          secret_suffix: lotus-lake",
        "kubernetes: «yes",
        "must be a mapping",
    ),
    "two backends": (LAKE, "        kubernetes:", "        «s3: {}\n        kubernetes:", "exactly one backend"),
    "minimum_sync_interval": (LAKE, "interval: 1m", "interval: «1 minute", "must be a duration"),
    "flux approve": (LAKE, "approve: auto", "approve: «never", '"auto" or "manual"'),
    "flux interval": (LAKE, "interval: 10m", "interval: «10", "must be"),
    "flux git": (
        LAKE,
        "        git:\n          url: ssh://git@example.com/lake\n          branch: main\n",
        "        git: «main\n",
        "must be a mapping",
    ),
    "flux secrets": (
        LAKE,
        "          - name: lake-secrets\n            file: secrets/lake.yaml\n            key_prefix: TF_VAR_\n",
        "          «lake: secrets/lake.yaml\n",
        "must be a list",
    ),
    "flux value": (LAKE, "faker_seed: 7", "faker_seed: «[7]", "must be"),
    "variable": (
        LAKE,
        "    faker_seed:\n      description: Seed of the sample data\n      default: 8\n",
        "    faker_seed: «8\n",
        "must be a mapping",
    ),
    "variable default": (LAKE, "default: 8", "default: «{}", "must be"),
    "defaults": (LAKE, "    destination:\n      owner: data-platform", "    destination: «none", "must be a mapping"),
    "prefix in defaults": (LAKE, "prefix: raw_", "prefix: «1", "must be text"),
    "existing": (LAKE, "    existing: 66666666-", "    existing: «6-", "must be a UUID"),
    "no stack": (
        LAKE,
        "adopt: 77777777-2222-3333-4444-555555555555\n    stack: prod",
        "adopt: 77777777-2222-3333-4444-555555555555\n    stack: «[]",
        "stack",
    ),
    "connector": (LAKE, "connector: destination-s3", "connector: «[destination-s3]", "must be text"),
    "configuration": (
        LAKE,
        "    configuration: {}\n    streams_from",
        "    configuration: «[]\n    streams_from",
        "must be a mapping",
    ),
    "protect": (LAKE, "protect: true", 'protect: «"true"', "must be true or false"),
    "protect as an old YAML word": (LAKE, "protect: true", "protect: «yes", "must be true or false"),
    "cpu_request": (LAKE, "cpu_request: 250m", "cpu_request: «1", "must be text"),
    "job_type": (LAKE, "job_type: sync", "job_type: «syncs", "must be"),
    "overrides": (LAKE, "      staging:\n        name: Sample", "      staging: «none", "must be a mapping"),
    "override": (LAKE, "name: Sample", "name: «[]", "must be text"),
    "adopt": (LAKE, "adopt: 77777777-", "adopt: «x-", "must be a UUID"),
    "definition_id": (LAKE, "definition_id: 88888888-", "definition_id: «8-", "must be a UUID"),
    "external": (LAKE, "external: dlt", "external: «airflow", 'must be "dlt"'),
    "source of a connection": (LAKE, "    source: faker_us", "    source: «{id: faker_us}", "must be text"),
    "schedule": (LAKE, "    schedule: manual", "    schedule: «hourly", "must be"),
    "cron": (LAKE, 'cron: "0 0 * * * ?"', "cron: «5", "must be text"),
    "namespace": (LAKE, "    namespace:\n      format: faker", "    namespace: «shop", "must be"),
    "namespace format": (LAKE, "format: faker", "format: «1", "must be text"),
    "status": (LAKE, "status: active", "status: «paused", '"active" or "inactive"'),
    "streams": (
        LAKE,
        "    streams:\n      users:\n        sync_mode: full_refresh",
        "    streams: «users",
        "must be a list",
    ),
    "stream of a mapping": (
        LAKE,
        "      users:\n        sync_mode: full_refresh",
        "      users: «full",
        "must be a mapping",
    ),
    "streams mapping": (LAKE, "sync_mode: full_refresh", "sync_mode: «full", "must be"),
    "exclude": (LAKE, "exclude: [orders]", "exclude: «orders", "must be a list"),
    "name in exclude": (LAKE, "exclude: [orders]", "exclude: [«1]", "must be text"),
    "retired": (LAKE, "  - entry: sources.gone\n    date", "    «entry: sources.gone\n    date", "must be a list"),
    "retired date": (LAKE, "date: 2026-05-04", "date: «05/04/26", "must be a date"),
    "retired keep": (LAKE, "keep: false", "keep: «maybe", "must be true or false"),
    "stream": (STREAM, '"stream": "users"', '"stream": «7', "must be text"),
    "sync_mode": (STREAM, '"sync_mode": "incremental"', '"sync_mode": «"cdc"', "must be"),
    "primary_key": (STREAM, '[["id"]]', '[«"id"]', "must be a list"),
    "primary_key with an empty path": (STREAM, '[["id"]]', '[["id"], «[]]', ""),
    "cursor_field": (STREAM, '["updated_at"]', '«"updated_at"', "must be a list"),
    "fields": (STREAM, '{"id": {"type": "integer"},', '{"id": «"integer",', "must be a mapping"),
    "selected": (STREAM, '"selected": true', '"selected": «1', "must be true or false"),
    "backfill": (STREAM, '"backfill": false', '"backfill": «1', "must be"),
    "mapper type": (STREAM, '"hashing",', '«"hash",', "must be"),
    "discovered name": (DISCOVERED, '"name": "users"', '"name": «null', "must be text"),
    "discovered modes": (DISCOVERED, '["full_refresh", "incremental"]', "«[]", "must not be empty"),
    "discovered schema": (
        DISCOVERED,
        '"source_defined_primary_key": [["id"]]',
        '"source_defined_primary_key": [«"id"]',
        "list",
    ),
}


@pytest.mark.parametrize("row", WRONG_TYPES.values(), ids=WRONG_TYPES)
def test_a_wrong_type_is_told_at_the_value(row: tuple[str, str, str, str], tmp_path: Path) -> None:
    file, old, new, says = row
    text, line, column = marked(TEXTS[file], old, new)
    problems = told(full_lake(tmp_path, {file: text}))
    at_value = [p for p in problems if (p["file"], p["line"], p["column"]) == (file, line, column)]
    rule = "secret-in-clear" if says == "a secret stands here in clear" else "wrong-type"
    assert [place(p) for p in at_value] == [f"{file}:{line}:{column}  {rule}"], problems
    assert says in f"{at_value[0]['message']} {at_value[0]['fix']}"
    assert at_value == problems, "one mistake, one message"


# (file, what is taken out, what stays, the key that is missing)
MISSING: dict[str, tuple[str, str, str, str]] = {
    "lake": (LAKE, "lake:\n  name: lotus\n", "«lake:\n", "name"),
    "stack server_url": (
        LAKE,
        "    dev:\n      server_url: https://dev.example.com/api/public/v1\n",
        "    «dev:\n",
        "server_url",
    ),
    "stack auth": (LAKE, "      auth:\n        bearer_token: {secret: dev_token}\n", "", "auth"),
    "auth by client": (
        LAKE,
        "      auth:\n        client_id: {secret: airbyte_client_id}\n",
        "      «auth:\n",
        "client_id",
    ),
    "auth by password": (LAKE, "      auth:\n        username: airbyte\n", "      «auth:\n", "username"),
    "flux.git": (LAKE, "        git:\n          url: ssh://git@example.com/lake\n", "        «git:\n", "url"),
    "flux.secrets": (LAKE, "- name: lake-secrets\n            file", "- «file", "name"),
    "source connector": (LAKE, "  faker_us:\n    connector: source-faker\n", "  «faker_us:\n", "connector"),
    "source configuration": (
        LAKE,
        "  faker_us:\n    connector: source-faker\n    configuration: {}\n",
        "  «faker_us:\n    connector: source-faker\n",
        "configuration",
    ),
    "destination connector": (
        LAKE,
        "  lake:\n    name: Data Lake\n    connector: destination-s3\n",
        "  «lake:\n",
        "connector",
    ),
    "job_specific": (LAKE, "- job_type: sync\n          resource", "- «resource", "job_type"),
    "connection source": (LAKE, "  faker_to_lake:\n    source: faker\n", "  «faker_to_lake:\n", "source"),
    "connection destination": (
        LAKE,
        "  faker_us_to_lake:\n    source: faker_us\n    destination: old_lake\n",
        "  «faker_us_to_lake:\n    source: faker_us\n",
        "destination",
    ),
    "schedule": (LAKE, '    schedule:\n      cron: "0 0 * * * ?"\n', "    «schedule: {}\n", "cron"),
    "namespace": (LAKE, "    namespace:\n      format: faker\n", "    «namespace: {}\n", "format"),
    "retired entry": (LAKE, "  - entry: sources.gone\n    date", "  - «date", "entry"),
    "retired reason": (
        LAKE,
        "  - entry: sources.gone\n    date: 2026-05-04\n    reason: nobody used it\n",
        "  - «entry: sources.gone\n    date: 2026-05-04\n",
        "reason",
    ),
    "renamed to": (LAKE, "  - from: sources.fake\n    to: sources.faker\n", "  - «from: sources.fake\n", "to"),
    "mapper": (STREAM, '    {\n      "type": "hashing",\n', "    «{\n", "type"),
    "discovered": (DISCOVERED, '{\n  "name": "users",\n', "«{\n", "name"),
}


@pytest.mark.parametrize("row", MISSING.values(), ids=MISSING)
def test_a_missing_key_is_told_at_what_lacks_it(row: tuple[str, str, str, str], tmp_path: Path) -> None:
    file, old, new, missing = row
    text, line, column = marked(TEXTS[file], old, new or "«")
    if not new:
        line, column = position_of(text, "    dev:", 4)
    problems = told(full_lake(tmp_path, {file: text}))
    assert [place(p) for p in problems] == [f"{file}:{line}:{column}  missing-key"]
    assert problems[0]["message"] == f'the key "{missing}" is missing'
    assert problems[0]["fix"].startswith(f"add {missing}")


def position_of(text: str, token: str, skip: int = 0) -> tuple[int, int]:
    """Line and column of the only `token`, `skip` characters into it."""
    assert text.count(token) == 1
    offset = text.index(token) + skip
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


# (file, the key's first line, the second line with the key again)
REPEATED: dict[str, tuple[str, str, str]] = {
    "registry file": (LAKE, "renamed:\n", "«retired:\nrenamed:\n"),
    "lake": (LAKE, "  provider:\n", "  «name: other\n  provider:\n"),
    "stacks": (LAKE, "    staging:\n      server_url", "    «prod:\n      server_url"),
    "stack": (LAKE, "      minimum_sync_interval:", "      «workspace_id: x\n      minimum_sync_interval:"),
    "auth": (LAKE, "        token_url:", "        «client_id: x\n        token_url:"),
    "flux": (LAKE, "        approve: auto\n", "        approve: auto\n        «approve: manual\n"),
    "flux.git": (LAKE, "          branch: main\n", "          branch: main\n          «url: x\n"),
    "sources": (LAKE, "  faker_us:\n    connector", "  «faker:\n    connector"),
    "source": (LAKE, "    protect: true\n", "    protect: true\n    «connector: source-x\n"),
    "configuration": (LAKE, "      count: 10\n", "      count: 10\n      «count: 11\n"),
    "flow mapping": (LAKE, "{format_type: Parquet}", "{format_type: Parquet, «format_type: CSV}"),
    "connection": (LAKE, "    status: active\n", "    status: active\n    «source: faker\n"),
    "schedule": (LAKE, '"0 0 * * * ?"\n', '"0 0 * * * ?"\n      «cron: x\n'),
    "retired": (LAKE, "    reason:", "    «entry: sources.other\n    reason:"),
    "stream file": (STREAM, '  "owner": "growth"\n', '  "owner": "growth",\n  «"stream": "x"\n'),
    "stream file, deeper": (STREAM, '"method": "SHA-256",', '"method": "SHA-256", «"method": "MD5",'),
    "discovered": (DISCOVERED, '"format": "date-time"', '"format": "date-time", «"type": "number"'),
}


@pytest.mark.parametrize("row", REPEATED.values(), ids=REPEATED)
def test_a_repeated_key_is_told_at_the_second_one_and_names_the_first(
    row: tuple[str, str, str], tmp_path: Path
) -> None:
    file, old, new = row
    text, line, column = marked(TEXTS[file], old, new)
    problems = [p for p in told(full_lake(tmp_path, {file: text})) if p["rule"] == "duplicate-key"]
    assert [place(p) for p in problems] == [f"{file}:{line}:{column}  duplicate-key"]
    first = problems[0]["related"][0]
    assert first["message"] == "first given here"
    assert (first["file"], first["line"]) == (file, first["line"])
    assert (first["line"], first["column"]) < (line, column)
    key = problems[0]["message"].split('"')[1]
    assert text.splitlines()[first["line"] - 1][first["column"] - 1 :].startswith((key, f'"{key}"'))


# (what stands there, what somebody writes instead, what the message proposes)
BAD_NAMES: dict[str, tuple[str, str, str]] = {
    "stack": ("    dev:\n", "    «Dev:\n", '"dev"'),
    "stack that ends in a number": ("    dev:\n", "    «dev_1:\n", '"dev1"'),
    "source": ("  events:\n", "  «my-events:\n", '"my_events"'),
    "source that starts with a digit": ("  events:\n", "  «1events:\n", ""),
    "destination": ("  old_lake:\n", "  «oldLake:\n", '"old_lake"'),
    "connection": ("  faker_us_to_lake:\n", "  «faker us to lake:\n", '"faker_us_to_lake"'),
    "secret of a stack": ("{secret: dev_token}", "{secret: «DEV_TOKEN}", ""),
    "secret of a configuration": ("{secret: s3_key}", "{secret: «s3-key}", ""),
    "name that Terraform reserves": ("{secret: s3_key}", "{secret: «providers}", '"providers_value"'),
    "variable of a stack": ("{var: staging_url}", "{var: «source}", '"source_value"'),
    "described variable": ("    faker_seed:\n      desc", "    «Faker-Seed:\n      desc", '"faker_seed"'),
    "value of flux": ("          faker_seed: 7", "          «Faker-Seed: 7", '"faker_seed"'),
    "empty id": ("  events:\n", '  «"":\n', ""),
    "accents": ("  events:\n", "  «événements:\n", ""),
}


@pytest.mark.parametrize("row", BAD_NAMES.values(), ids=BAD_NAMES)
def test_a_bad_id_is_told_at_the_id_with_one_that_is_good(row: tuple[str, str, str], tmp_path: Path) -> None:
    old, new, proposal = row
    text, line, column = marked(FULL, old, new)
    problems = [p for p in told(full_lake(tmp_path, {LAKE: text})) if p["rule"] == "bad-name"]
    assert [place(p) for p in problems] == [f"{LAKE}:{line}:{column}  bad-name"]
    assert proposal in problems[0]["fix"]


# (file, what stands there, what somebody writes instead, what the message proposes)
UNKNOWN: dict[str, tuple[str, str, str, str]] = {
    "source of a connection": (LAKE, "    source: faker\n", "    source: «fakr\n", '"faker"'),
    "destination of a connection": (LAKE, "    destination: lake\n", "    destination: «lakes\n", '"lake"'),
    "stack of an entry": (
        LAKE,
        "    existing: 66666666-2222-3333-4444-555555555555\n    stack: prod",
        "    existing: 66666666-2222-3333-4444-555555555555\n    stack: «prd",
        '"prod"',
    ),
    "one stack of a list": (
        LAKE,
        "    description: Sample data\n    stack: [prod, staging]",
        "    description: Sample data\n    stack: [prod, «stagin]",
        '"staging"',
    ),
    "streams_from": (LAKE, "streams_from: faker", "streams_from: «fakker", '"faker"'),
    "stream in a mapping": (LAKE, "      users:\n", "      «user:\n", '"users"'),
    "stream in exclude": (LAKE, "exclude: [orders]", "exclude: [«order]", '"orders"'),
}


@pytest.mark.parametrize("row", UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_reference_is_told_at_the_name_with_the_close_match(
    row: tuple[str, str, str, str], tmp_path: Path
) -> None:
    file, old, new, proposal = row
    text, line, column = marked(TEXTS[file], old, new)
    problems = [p for p in told(full_lake(tmp_path, {file: text})) if p["severity"] == "error"]
    assert place(problems[0]) == f"{file}:{line}:{column}  unknown-reference"
    assert [place(p) for p in problems] == [place(problems[0])]
    assert f"did you mean {proposal}" in problems[0]["fix"]


# (text of a registry file beside a good lake, with « where the message has to point; what it says)
BROKEN_YAML: dict[str, tuple[str, str]] = {
    "unclosed bracket": ("sources: [a«", "the file ends before a list or mapping is closed"),
    "unclosed list of a whole file": ("retired: [a«\n", "the file ends before a list or mapping is closed"),
    "unclosed quote": ('lake: "name\n\nsources: {}\n', "quote"),
    "tab": ("sources:\n«\tfaker: {}\n", "YAML does not allow tabs"),
    "colon in text": ("lake:\n  name: a«: b\n", "a colon starts a second mapping on this line"),
    "two documents": ("retired: []\n«---\nrenamed: []\n", "one file holds one document"),
    "not a number": ("lake: {name: «.nan}\n", ".nan is not a number"),
    "infinity": ("lake: {name: «-.inf}\n", "-.inf is not a number"),
    "overflow": ("lake: {name: «1e999}\n", "1e999 is too large"),
    "many digits": (f"lake: {{name: «{'9' * 5000}}}\n", "more than 154 digits"),
    "custom tag": ("lake: {name: «!vault x}\n", "the tag !vault is not understood"),
    "python tag": ("lake: «!!python/object:os.system {}\n", "is not understood"),
    "set tag": ("lake: «!!set {a, b}\n", "is not understood"),
    "binary tag": ("lake: {name: «!!binary aGk=}\n", "is not understood"),
    "recursive alias": ("lake: &a {name: «*a}\n", "*a stands inside &a itself"),
    "unknown alias": ("lake: «*a\n", "*a is used before &a is defined"),
    "list as key": ("lake:\n  ? «[a, b]\n  : c\n", "a mapping key must be text"),
    "merge of text": ("lake:\n  <<: «name\n", "<< takes a mapping"),
    "control character": ("lake: {name: a«\x07b}\n", "U+0007"),
    "deep brackets": ("lake: " + "[" * 99 + "«" + "[" * 99_901, "nested more than 100 levels deep"),
    "deep braces": ("{a: " * 100 + "«" + "{a: " * 99_900, "nested more than 100 levels deep"),
    "deep indentation": (
        "\n".join(" " * i + "a:" for i in range(100)) + "\n" + " " * 100 + "«a:\n" + " " * 101 + "b: c",
        "deep",
    ),
    "billion laughs": (
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
        "aliases expand to more than",
    ),
}


@pytest.mark.parametrize("row", BROKEN_YAML.values(), ids=BROKEN_YAML)
def test_broken_yaml_is_one_problem_and_hides_nothing_else(row: tuple[str, str], tmp_path: Path) -> None:
    before, mark, after = row[0].partition("«")
    root = write_lake(tmp_path, {**MINIMAL, "dag/registry/broken.yaml": before + after, STREAM: '{"selectd": true}'})
    problems = told(root)
    broken = [p for p in problems if p["file"] == "dag/registry/broken.yaml"]
    assert [p["rule"] for p in broken] == ["yaml-syntax"]
    assert row[1] in f"{broken[0]['message']} {broken[0]['fix']}"
    if mark:
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        assert (broken[0]["line"], broken[0]["column"]) == (line, column)
    lines = len((before + after).splitlines())
    assert all(1 <= other["line"] <= lines for other in broken[0]["related"])
    assert [place(p) for p in problems if p not in broken] == [f"{STREAM}:1:2  unknown-key"]


BROKEN_JSON: dict[str, tuple[str, str]] = {
    "empty": ("«", "write {} to accept every default"),
    "blank": ("\n\n", "write {} to accept every default"),
    "trailing comma": ('{"selected": true«,}', "remove it"),
    "single quotes": ("{«'selected': true}", "JSON has only"),
    "comment": ("{\n  «// why\n}", "JSON has no comments"),
    "unquoted key": ("{«selected: true}", ""),
    "two values": ("{}«{}", ""),
    "NaN": ('{"backfill": «NaN}', "NaN is not JSON"),
    "Infinity": ('{"backfill": «-Infinity}', "Infinity is not JSON"),
    "overflow": ('{"backfill": «1e999}', "1e999 is too large"),
    "many digits": (f'{{"backfill": «{"9" * 5000}}}', "more than 154 digits"),
    "lone surrogate": ('{"owner": «"\\ud83d"}', "half of a surrogate pair"),
    "lone surrogate in a key": ('{«"\\udc00": 1}', "half of a surrogate pair"),
    "deep brackets": ('{"fields": ' + "[" * 100_000, ""),
    "deep and closed": ('{"fields": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested more than 100 levels deep"),
    "deep objects": ('{"a": ' * 100_000, ""),
    "control character": ('{"owner": "a\n«b"}', ""),
}


@pytest.mark.parametrize("row", BROKEN_JSON.values(), ids=BROKEN_JSON)
def test_broken_json_is_one_problem_and_hides_nothing_else(row: tuple[str, str], tmp_path: Path) -> None:
    before, mark, after = row[0].partition("«")
    registry = REGISTRY + "    sttus: active\n"
    problems = told(write_lake(tmp_path, {LAKE: registry, STREAM: before + after}))
    broken = [p for p in problems if p["file"] == STREAM]
    assert [p["rule"] for p in broken] == ["json-syntax"]
    assert row[1] in f"{broken[0]['message']} {broken[0]['fix']}"
    if mark and row[1]:
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        assert (broken[0]["line"], broken[0]["column"]) == (line, column)
    line, column = position_of(registry, "sttus")
    assert [place(p) for p in problems if p not in broken] == [f"{LAKE}:{line}:{column}  unknown-key"]


def test_a_surrogate_pair_is_a_character(tmp_path: Path) -> None:
    root = write_lake(tmp_path, {**MINIMAL, STREAM: '{"owner": "\\ud83d\\udc0e"}'})
    assert run(root, "catalog").code == 0
    assert told(root) == []


@pytest.mark.parametrize("text", ["\ufeff" + REGISTRY, REGISTRY.replace("\n", "\r\n")], ids=["BOM", "CRLF"])
def test_a_byte_order_mark_and_windows_line_ends_change_nothing(text: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path, {**MINIMAL, LAKE: text})
    assert run(root, "catalog").code == 0
    assert told(root) == []


@pytest.mark.parametrize("change", ["\ufeff{}", "{}"], ids=["BOM", "none"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_positions_do_not_depend_on_byte_order_mark_and_line_ends(change: str, end: str, tmp_path: Path) -> None:
    yaml = (REGISTRY + "    sttus: active\n").replace("\n", end)
    json_text = '{\n  "owner": "é",\n  "selectd": true\n}\n'.replace("\n", end)
    mark = change.removesuffix("{}")
    problems = told(write_lake(tmp_path, {LAKE: mark + yaml, STREAM: mark + json_text}))
    line, column = position_of(REGISTRY + "    sttus: active\n", "sttus")
    assert [place(p) for p in problems] == [f"{LAKE}:{line}:{column}  unknown-key", f"{STREAM}:3:3  unknown-key"]


def test_columns_count_characters_not_bytes(tmp_path: Path) -> None:
    text = REGISTRY.replace("  faker_to_lake:\n", '  faker_to_lake:\n    {name: "žluťoučký 🐎", sttus: active}\n#')
    problems = told(write_lake(tmp_path, {**MINIMAL, LAKE: text.split("#")[0]}))
    line, column = position_of(text, "sttus")
    assert f"{LAKE}:{line}:{column}  unknown-key" in [place(p) for p in problems]


@pytest.mark.parametrize(
    "text", ["", "\n", "# nothing yet\n", "---\n", "{}\n", "sources:\nconnections: {}\nretired:\n"]
)
def test_a_registry_file_may_be_empty(text: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path, {**MINIMAL, "dag/registry/later.yaml": text})
    assert run(root, "catalog").code == 0
    assert told(root) == []


@pytest.mark.parametrize("text", ["- a\n", "text\n", "7\n"])
def test_a_registry_file_that_is_no_mapping_is_a_problem(text: str, tmp_path: Path) -> None:
    problems = told(write_lake(tmp_path, {**MINIMAL, "dag/registry/other.yaml": text}))
    assert [place(p) for p in problems] == ["dag/registry/other.yaml:1:1  wrong-type"]


@pytest.mark.parametrize("text", ["[]", '"users"', "7", "null", "true"])
def test_a_stream_file_that_is_no_object_is_a_problem(text: str, tmp_path: Path) -> None:
    problems = told(write_lake(tmp_path, {**MINIMAL, STREAM: text}))
    assert [place(p) for p in problems] == [f"{STREAM}:1:1  wrong-type"]


def test_folders_named_like_files_are_folders(tmp_path: Path) -> None:
    root = write_lake(tmp_path, MINIMAL)
    for name in (
        "dag/registry/old.yaml",
        "dag/streams/faker/x.json",
        "dag/connectors/y.json",
        "dag/sources/faker/z.json",
    ):
        (root / name).mkdir(parents=True)
    write_files(root, {"dag/registry/old.yaml/inside.yaml": "retired: []\n"})
    assert run(root, "catalog").code == 0
    assert told(root) == []


@pytest.mark.parametrize("name", ["dag/registry/x.yaml", "dag/streams/faker/x.json", "dag/sources/faker/x.json"])
def test_a_broken_link_is_a_problem(name: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path, MINIMAL)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).symlink_to(root / "nowhere")
    assert [place(p) for p in told(root)] == [f"{name}:1:1  file-unreadable"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="cannot run here: no named pipes")
@pytest.mark.parametrize("name", ["dag/registry/x.yaml", "dag/streams/faker/x.json", "dag/sources/faker/x.json"])
def test_a_named_pipe_is_a_problem_and_does_not_hang(name: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path, MINIMAL)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(root / name)
    problems = told(root)
    assert [place(p) for p in problems] == [f"{name}:1:1  file-unreadable"]
    assert problems[0]["message"] == "is not a regular file"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="cannot run here: root may read everything")
def test_a_file_without_read_rights_is_a_problem(tmp_path: Path) -> None:
    root = write_lake(tmp_path, MINIMAL)
    (root / STREAM).chmod(0)
    assert [place(p) for p in told(root)] == [f"{STREAM}:1:1  file-unreadable"]


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b"owner: caf\xe9\n", 1, 11),
        (b"# \xc3\xa9\n# \xc3\xa9 \xff\n", 2, 5),
        ("sources: {}\n".encode("utf-16"), 1, 1),
        (b"\x00\xff\xfe", 1, 2),
    ],
    ids=["latin-1", "after good UTF-8", "utf-16", "binary"],
)
def test_a_file_that_is_not_utf_8_is_told_at_the_first_bad_byte(
    data: bytes, line: int, column: int, tmp_path: Path
) -> None:
    problems = told(write_lake(tmp_path, {**MINIMAL, "dag/registry/x.yaml": data}))
    assert [place(p) for p in problems] == [f"dag/registry/x.yaml:{line}:{column}  file-unreadable"]


def test_ten_megabytes_of_yaml_are_read(tmp_path: Path) -> None:
    line = "  - {entry: sources.gone_%06d, date: 2026-05-04, reason: %s}\n"
    text = "retired:\n" + "".join(line % (i, "x" * 1000) for i in range(10_000))
    assert len(text) > 10_000_000
    root = write_lake(tmp_path, {**MINIMAL, "dag/registry/graveyard.yaml": text})
    started = time.monotonic()
    assert run(root, "catalog").code == 0
    assert told(root) == []
    assert time.monotonic() - started < 20


def test_anchors_aliases_and_merge_keys_work_and_a_problem_points_at_the_alias_or_where_it_was_written(
    tmp_path: Path,
) -> None:
    text = REGISTRY.replace(
        SOURCE,
        """\
sources:
  faker: &base
    connector: source-faker
    configuration: {count: 10}
    ownr: me
  other: {<<: *base, name: Other}
""",
    )
    problems = told(write_lake(tmp_path, {**MINIMAL, LAKE: text}))
    line, column = position_of(text, "ownr")
    assert {place(p) for p in problems if p["severity"] == "error"} == {f"{LAKE}:{line}:{column}  unknown-key"}


@pytest.mark.parametrize(
    "word",
    ["on", "yes", "no", "off", "Yes", "TRUE", "Null", "010", "0x1F", "0o17", "1_000", "1:30", "2026-01-01", "=", "<<x"],
)
def test_words_of_old_yaml_stay_the_text_that_was_typed(word: str, tmp_path: Path) -> None:
    text = REGISTRY.replace("source: faker\n", f"source: faker\n    prefix: {word}\n")
    root = write_lake(tmp_path, {**MINIMAL, LAKE: text})
    assert run(root, "synth").code == 0
    synthesized = json.loads((root / "cdktf.out/stacks/airbyte/cdk.tf.json").read_text("utf-8"))
    assert synthesized["resource"]["airbyte_connection"]["faker_to_lake"]["prefix"] == word


@pytest.mark.parametrize("word", ["1", "-1", "1.5", "1e3", "true", "false"])
def test_numbers_and_true_and_false_are_not_text(word: str, tmp_path: Path) -> None:
    text = REGISTRY.replace("source: faker\n", f"source: faker\n    prefix: {word}\n")
    line, column = position_of(text, f"prefix: {word}", len("prefix: "))
    problems = told(write_lake(tmp_path, {**MINIMAL, LAKE: text}))
    assert [place(p) for p in problems] == [f"{LAKE}:{line}:{column}  wrong-type"]
    assert problems[0]["fix"] == "put it in quotes"


def test_one_bad_file_never_hides_the_problems_of_another(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "dag/registry/a.yaml": "sources: [",
        "dag/registry/b.yaml": b"\xff",
        "dag/registry/c.yaml": "sources:\n  other: {conector: source-faker, configuration: {}}\n",
        "dag/registry/d.yaml": "- no\n",
        "dag/connectors/source-broken.json": "{",
        "dag/streams/faker/broken.json": "{",
        STREAM: '{"selectd": true}',
        "dag/sources/faker/broken.json": "[",
    }
    root = write_lake(tmp_path, MINIMAL)
    write_files(root, files)
    assert [p["file"] for p in told(root)] == sorted(files)


def test_a_lake_without_any_file_says_what_is_missing(tmp_path: Path) -> None:
    result = run(tmp_path, "check")
    assert (result.code, result.err) == (1, "")
    assert result.out == (
        'dag/registry/lake.yaml:1:1  missing-key  no registry file has the key "lake"\n'
        "    add lake with a name and its stacks\n"
        "1 problem\n"
    )


def lock_with(spec: str) -> str:
    return LOCK_FILE.replace(LOCK_FILE[LOCK_FILE.index('"spec"') : -2], f'"spec": {spec}\n')


# (file of the lake, what somebody or some tool put there)
NONSENSE: dict[str, tuple[str, str]] = {
    "spec with a list of properties": (LOCK, lock_with('{"properties": [1]}')),
    "spec with numbers for branches": (LOCK, lock_with('{"oneOf": 7}')),
    "spec with text for branches": (LOCK, lock_with('{"properties": {"count": {"oneOf": ["x"]}}}')),
    "spec with a broken pattern": (LOCK, lock_with('{"properties": {"count": {"type": "string", "pattern": "(["}}}')),
    "spec with an unknown type": (LOCK, lock_with('{"properties": {"count": {"type": "any"}}}')),
    "spec that refers to itself": (LOCK, lock_with('{"$ref": "#"}')),
    "schema with a list of properties": (DISCOVERED, '{"name": "users", "json_schema": {"properties": [1]}}'),
    "schema with text for a property": (
        DISCOVERED,
        '{"name": "users", "json_schema": {"properties": {"id": "integer", "email": 7, "updated_at": []}}}',
    ),
    "schema with a number for required": (
        DISCOVERED,
        '{"name": "users", "json_schema": {"properties": {"id": {"type": "integer"}}, "required": 7}}',
    ),
    "schema with a mapping for a type": (
        DISCOVERED,
        '{"name": "users", "json_schema": {"properties": {"id": {"type": {"a": 1}}, "email": {"type": [["a"]]}}}}',
    ),
}


@pytest.mark.parametrize("row", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_in_a_machine_written_file_is_a_problem_and_no_crash(row: tuple[str, str], tmp_path: Path) -> None:
    file, text = row
    assert any(p["severity"] == "error" for p in told(full_lake(tmp_path, {file: text})))


CATALOG = "dag/streams/faker/_catalog.json"
SYNTHESIZED = "cdktf.out/stacks/airbyte/cdk.tf.json"

# (verb, what stands where lakeform writes)
IN_THE_WAY: dict[str, tuple[list[str], str, bytes | None]] = {
    "folder for a catalog, check": (["check"], CATALOG, None),
    "folder for a catalog, catalog": (["catalog"], CATALOG, None),
    "binary for a catalog": (["check"], CATALOG, b"\xff"),
    "file for cdktf.out": (["synth"], "cdktf.out", b"x"),
    "folder for Terraform JSON": (["synth"], SYNTHESIZED, None),
    "folder for Terraform JSON, check": (["check", "--synth"], SYNTHESIZED, None),
    "binary for Terraform JSON": (["synth", "--check"], SYNTHESIZED, b"\xff"),
}


@pytest.mark.parametrize("row", IN_THE_WAY.values(), ids=IN_THE_WAY)
def test_what_stands_in_the_way_of_an_output_is_told_and_no_crash(
    row: tuple[list[str], str, bytes | None], tmp_path: Path
) -> None:
    words, name, data = row
    root = write_lake(tmp_path, MINIMAL)
    if name != CATALOG:
        assert run(root, "catalog").code == 0
    if data is None:
        (root / name).mkdir(parents=True)
    else:
        write_files(root, {name: data})
    result = run(root, *words)
    assert result.code in (1, 2)
    assert Path(name).name in result.out + result.err


def test_binary_where_terraform_json_belongs_is_replaced(tmp_path: Path) -> None:
    root = write_lake(tmp_path, {**MINIMAL, SYNTHESIZED: b"\xff"})
    assert run(root, "synth").code == 0
    assert json.loads((root / SYNTHESIZED).read_text("utf-8"))["resource"]


@pytest.mark.parametrize("folder", ["dag/registry", "dag/streams/faker", "dag/streams", "dag/connectors"])
def test_a_folder_that_holds_a_link_to_itself_does_not_crash_or_hang(folder: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path, MINIMAL)
    (root / folder / "again").symlink_to(root / folder, target_is_directory=True)
    assert run(root, "check").code in (0, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="cannot run here: file names are text")
@pytest.mark.parametrize("verb", ["check", "catalog"])
def test_a_file_name_that_is_not_utf_8_is_a_problem_and_no_crash(verb: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path, MINIMAL)
    Path(os.fsdecode(os.fsencode(root) + b"/dag/streams/faker/\xff.json")).write_text("{}")
    assert run(root, verb).code == 1


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_terminal_that_cannot_show_a_character_still_gets_the_message(encoding: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path, {**MINIMAL, LAKE: REGISTRY + "    sttüs→: active\n"})
    command = [sys.executable, "-m", "infra", "check", "--root", str(root)]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, env=environment, cwd=REPOSITORY, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"unknown-key" in done.stdout


def test_no_fix_proposes_what_stands_there(tmp_path: Path) -> None:
    text = STREAM_FILE.replace('{"hashing": {', '{"encryption": {')
    for problem in told(full_lake(tmp_path, {STREAM: text})):
        assert "did you mean" not in problem["fix"] or '"encryption"' not in problem["fix"]


def test_json_output_has_exactly_the_shape_of_the_design_and_agrees_with_the_text(tmp_path: Path) -> None:
    text = REGISTRY + "    sttus: active\n    owner: me\n    owner: you\n"
    root = write_lake(tmp_path, {**MINIMAL, LAKE: text, "dag/registry/late.yaml": "version: 2\n"})
    problems = told(root)
    assert {key: type(value) for key, value in problems[0].items()} == {
        "rule": str,
        "severity": str,
        "file": str,
        "line": int,
        "column": int,
        "path": str,
        "message": str,
        "fix": str,
        "related": list,
    }
    assert [list(p) for p in problems] == [list(problems[0])] * 3
    related = [other for p in problems for other in p["related"]]
    assert [list(other) for other in related] == [["file", "line", "column", "message"]]
    lines = []
    for p in problems:
        subject = f"{p['path']}: " if p["path"] else ""
        lines += [f"{p['file']}:{p['line']}:{p['column']}  {p['rule']}  {subject}{p['message']}"]
        lines += [f"    {line}" for line in p["fix"].splitlines()]
        lines += [f"    {o['file']}:{o['line']}:{o['column']}  {o['message']}" for o in p["related"]]
    assert run(root, "check").out == "\n".join([*lines, "3 problems", ""])


def test_json_output_of_a_lake_without_problems_is_an_empty_list(tmp_path: Path) -> None:
    root = write_lake(tmp_path, MINIMAL)
    run(root, "catalog")
    assert run(root, "check", "--format", "json").out == '{\n  "problems": []\n}\n'


def test_warnings_pass_unless_they_are_asked_to_be_errors(tmp_path: Path) -> None:
    text = REGISTRY.replace("      auth: none\n", "      auth: none\n  variables: {nobody_uses_it: {}}\n")
    root = write_lake(tmp_path, {**MINIMAL, LAKE: text})
    run(root, "catalog")
    assert run(root, "check").code == 0
    assert run(root, "check").out.endswith("\n1 warning\n")
    strict = run(root, "check", "--strict")
    assert strict.code == 1
    assert strict.out.endswith("\n1 problem\n")


def test_no_secret_value_reaches_the_output(tmp_path: Path) -> None:
    value = "hunter2hunter2"
    text = FULL.replace("{secret: s3_key}", value).replace("{secret: dev_token}", value)
    result = run(full_lake(tmp_path, {LAKE: text, STREAM: STREAM_FILE.replace('"SHA-256"', f'"{value}"')}), "check")
    assert result.code == 1
    assert value not in result.out + result.err


# (what stands in a lock, what somebody made of it, what the message says)
BROKEN_LOCKS: dict[str, tuple[str, str, str]] = {
    "misspelt key": ('"tag"', '«"tagg"', 'unknown key "tagg"'),
    "wrong type": ('"tag": "6.2.24"', '"tag": «6', "must be text"),
    "bad uuid": ('"dfd88b22-b603-4c3d-aad7-3701784586b1"', '«"dfd88b22"', "must be a UUID"),
    "missing key": ('{\n  "connector": "source-faker",\n', "«{\n", 'the key "connector" is missing'),
    "repeated key": ('"supports_refreshes": false,', '"supports_refreshes": false,\n  «"tag": "1",', "given twice"),
    "name of another connector": ('"connector": "source-faker"', '"connector": «"source-fake"', "unlike its file name"),
    "no JSON": ('  "image"', "<<<<<<< HEAD\n  «image", ""),
    "no object": (LOCK_FILE, "«[]\n", "must be a mapping"),
    "empty": (LOCK_FILE, "«", "is empty"),
}


@pytest.mark.parametrize("row", BROKEN_LOCKS.values(), ids=BROKEN_LOCKS)
def test_a_broken_lock_is_one_problem_with_the_command_that_writes_it_again(
    row: tuple[str, str, str], tmp_path: Path
) -> None:
    old, new, says = row
    text, line, column = marked(LOCK_FILE, old, new)
    problems = told(full_lake(tmp_path, {LOCK: text}))
    assert [(p["rule"], p["file"], p["fix"]) for p in problems] == [
        ("lock-invalid", LOCK, "write it again: lakeform lock source-faker"),
    ]
    assert says in problems[0]["message"]
    if says:
        assert (problems[0]["line"], problems[0]["column"]) == (line, column)


EXTERNAL_STREAM = '{"connector": "dlt", "schedule": "0 5 * * *", "initial_value": "2026-01-01"}\n'


def test_a_stream_of_an_external_source_says_how_it_is_loaded(tmp_path: Path) -> None:
    root = full_lake(tmp_path, {"dag/streams/events/clicks.json": EXTERNAL_STREAM})
    assert run(root, "catalog").err == ""
    assert told(root) == []


def test_a_stream_that_airbyte_loads_does_not_say_how_it_is_loaded(tmp_path: Path) -> None:
    problems = told(full_lake(tmp_path, {"dag/streams/faker/orders.json": EXTERNAL_STREAM}))
    assert [place(p) for p in problems] == [
        f"dag/streams/faker/orders.json:1:{column}  unknown-key" for column in (2, 22, 47)
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"connector"', '«"conector"'),
        ('"dlt"', '«"airflow"'),
        ('"0 5 * * *"', "«5"),
        ('"2026-01-01"', "«[]"),
    ],
)
def test_a_mistake_in_a_stream_file_of_an_external_source_is_told(old: str, new: str, tmp_path: Path) -> None:
    text, line, column = marked(EXTERNAL_STREAM, old, new)
    problems = told(full_lake(tmp_path, {"dag/streams/events/clicks.json": text}))
    rule = "unknown-key" if old == '"connector"' else "wrong-type"
    assert [place(p) for p in problems] == [f"dag/streams/events/clicks.json:{line}:{column}  {rule}"]


def test_the_schedule_of_a_stream_of_an_external_source_is_crontab(tmp_path: Path) -> None:
    text, line, column = marked(EXTERNAL_STREAM, '"0 5 * * *"', '«"0 0 5 * * ?"')
    problems = told(full_lake(tmp_path, {"dag/streams/events/clicks.json": text}))
    assert [(p["line"], p["column"], p["rule"][:5]) for p in problems] == [(line, column, "cron-")]


@pytest.mark.parametrize("line", ["0 5 * * *", "*/15 8-18 * * 1-5", "0 0 1 1,7 *", "5 4 * * sun"])
def test_a_crontab_line_of_an_external_source_passes(line: str, tmp_path: Path) -> None:
    text = EXTERNAL_STREAM.replace("0 5 * * *", line)
    root = full_lake(tmp_path, {"dag/streams/events/clicks.json": text})
    run(root, "catalog")
    assert told(root) == []
