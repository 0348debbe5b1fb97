"""What people get wrong at every level of every model: one message, at the exact place.

Each row changes one piece of a lake that has no problems. `«` marks where the message has to point.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.lake.documents import why_refused
from infra.lake.documents.types import check_id
from tests.support.full_lake import DISCOVERED, FULL, LAKE, STREAM, TEXTS, full_lake, marked, place, position_of, told
from tests.support.lakes import run


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
        "this secret is in plain text",
    ),
    "secret without a name": (LAKE, "{secret: dev_token}", "{secret: «}", "must be text"),
    "backend": (
        LAKE,
        "        kubernetes:\n          secret_suffix: lotus-lake\n          namespace: flux-system",
        "        «- kubernetes",
        "backend",
    ),
    "backend settings": (
        LAKE,
        "kubernetes:\n          secret_suffix: lotus-lake\n          namespace: flux-system",
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
    "fields": (STREAM, '{"id": {"type": "integer"},', '«{"id": "integer",', "must be a mapping"),
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
    rule = "secret-in-clear" if says == "this secret is in plain text" else "wrong-type"
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


def test_a_check_says_why_it_refuses_a_value_before_there_is_an_entry() -> None:
    assert why_refused(check_id, "orders") is None
    assert why_refused(check_id, "Orders By Day") == (
        '"Orders By Day" is not an id: lower-case letters, digits and _, beginning with a letter',
        'for example "orders_by_day"',
    )
