"""`placeholder`: what somebody has yet to decide is a problem wherever it stands, and the only one there."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.lake.registry.placeholder import is_placeholder
from tests.support.lakes import (
    CONNECTION,
    DESTINATION,
    LAKE,
    MINIMAL,
    REGISTRY,
    SOURCE,
    USERS,
    Result,
    problems_of,
    run,
    write_lake,
)

POSTGRES = """\
  pg:
    connector: source-postgres
    configuration: {host: db, port: 5432, database: shop, username: me}
"""


def told(root: Path, registry: str, stream: str = USERS) -> list[str]:
    """What `check` finds: `rule path`."""
    write_lake(root, {"dag/registry/lake.yaml": registry, "dag/streams/faker/users.json": stream})
    return [f"{problem.rule} {problem.path}" for problem in problems_of(root)]


def changed(old: str, new: str, registry: str = REGISTRY) -> str:
    assert registry.count(old) == 1
    return registry.replace(old, new)


@pytest.mark.parametrize(
    ("registry", "path"),
    [
        (changed("count: 10", "count: CHANGE_ME"), "sources.faker.configuration.count"),
        (changed("s3_bucket_name: lake", "s3_bucket_name: change-me.raw"), "destinations.lake.configuration.s3_bucket_name"),
        (changed("s3_bucket_region: eu-central-1", "s3_bucket_region: CHANGEME"), "destinations.lake.configuration.s3_bucket_region"),
        (changed("format: {format_type: Parquet}", "format: {format_type: CHANGE_ME}"), "destinations.lake.configuration.format.format_type"),
        (changed("format: {format_type: Parquet}", "format: CHANGE_ME"), "destinations.lake.configuration.format"),
        (changed("format: {format_type: Parquet}", "format: {format_type: Parquet}\n      secret_access_key: Change_Me"), "destinations.lake.configuration.secret_access_key"),
        (changed("airbyte.example.com", "CHANGE_ME.example.com"), "lake.stacks.airbyte.server_url"),
        (changed("11111111-2222-3333-4444-555555555555", "CHANGE_ME"), "lake.stacks.airbyte.workspace_id"),
        (changed("auth: none", "auth: {bearer_token: CHANGE_ME}"), "lake.stacks.airbyte.auth.bearer_token"),
        (changed("auth: none", "auth: {bearer_token: {secret: CHANGE_ME}}"), "lake.stacks.airbyte.auth.bearer_token.secret"),
        (REGISTRY + "    schedule: CHANGE_ME\n", "connections.faker_to_lake.schedule"),
        (REGISTRY + '    schedule: {cron: "CHANGE ME"}\n', "connections.faker_to_lake.schedule.cron"),
        (REGISTRY + "    status: change_me\n", "connections.faker_to_lake.status"),
        (REGISTRY + "    namespace: {format: <your schema>}\n", "connections.faker_to_lake.namespace.format"),
        (REGISTRY + "    adopt: CHANGE_ME\n", "connections.faker_to_lake.adopt"),
        (REGISTRY + "    owner: REPLACE_ME\n", "connections.faker_to_lake.owner"),
        (REGISTRY + "    overrides: {airbyte: {prefix: CHANGE-ME_}}\n", "connections.faker_to_lake.overrides.airbyte.prefix"),
        (LAKE + "  defaults: {connection: {prefix: CHANGE_ME}}\n" + SOURCE + DESTINATION + CONNECTION, "lake.defaults.connection.prefix"),
        (LAKE + "      defaults: {source: {configuration: {count: CHANGE_ME}}}\n" + changed("count: 10", "", SOURCE) + DESTINATION + CONNECTION, "lake.stacks.airbyte.defaults.source.configuration.count"),
        (LAKE + "  variables: {region: {default: CHANGE_ME}}\n" + SOURCE + DESTINATION + CONNECTION, "lake.variables.region.default"),
        (LAKE + "      flux: {values: {region: CHANGE_ME}}\n" + SOURCE + DESTINATION + CONNECTION, "lake.stacks.airbyte.flux.values.region"),
        (LAKE + "      backend: {s3: {bucket: CHANGE_ME, key: x}}\n" + SOURCE + DESTINATION + CONNECTION, "lake.stacks.airbyte.backend.s3.bucket"),
        (LAKE + SOURCE + changed("username: me", "username: CHANGE_ME", POSTGRES) + DESTINATION + CONNECTION, "sources.pg.configuration.username"),
        (LAKE + SOURCE + changed("username: me", "username: me, schemas: [CHANGE_ME, CHANGE_ME]", POSTGRES) + DESTINATION + CONNECTION, "sources.pg.configuration.schemas[0]"),
        (LAKE + SOURCE + changed("port: 5432", "port: CHANGE_ME", POSTGRES) + DESTINATION + CONNECTION, "sources.pg.configuration.port"),
        (REGISTRY + "retired:\n  - {entry: sources.old, date: 2026-01-01, reason: CHANGE_ME}\n", "retired[0].reason"),
        (changed("source: faker\n", "source: CHANGE_ME\n"), "connections.faker_to_lake.source"),
    ],
)  # fmt: skip
def test_a_placeholder_is_told_once_and_nothing_else_of_its_place(tmp_path: Path, registry: str, path: str) -> None:
    found = told(tmp_path, registry)
    assert found[0] == f"placeholder {path}"
    assert {line.partition(" ")[0] for line in found} == {"placeholder"}
    assert run(tmp_path, "synth", "--quiet").code == 1
    assert not (tmp_path / "cdktf.out").exists()


@pytest.mark.parametrize(
    ("stream", "path"),
    [
        ('{"fields": ["id"], "sync_mode": "CHANGE_ME"}', "sync_mode"),
        ('{"fields": ["id"], "sync_mode": "incremental", "cursor_field": ["CHANGE_ME"]}', "cursor_field[0]"),
        ('{"fields": ["id", "CHANGE_ME"]}', "fields[1]"),
        ('{"fields": {"id": {}, "CHANGE_ME": {}}}', "fields.CHANGE_ME"),
        ('{"fields": ["id"], "description": "CHANGE_ME"}', "description"),
    ],
)
def test_so_is_one_in_a_stream_file(tmp_path: Path, stream: str, path: str) -> None:
    assert told(tmp_path, REGISTRY, stream) == [f"placeholder {path}"]


def test_other_mistakes_of_the_same_entry_are_told_too(tmp_path: Path) -> None:
    found = told(tmp_path, changed("count: 10", "count: CHANGE_ME, seeed: 1"))
    assert found == [
        "placeholder sources.faker.configuration.count",
        "config-unknown-key sources.faker.configuration.seeed",
    ]


def test_one_in_an_entry_of_two_stacks_is_told_once(tmp_path: Path) -> None:
    other = (
        "    other:\n" + LAKE.partition("    airbyte:\n")[2] + "  defaults: {connection: {stack: [airbyte, other]}}\n"
    )
    both = changed(
        "configuration: {count: 10}", "configuration: {count: CHANGE_ME}\n    stack: [airbyte, other]", SOURCE
    )
    both += DESTINATION + "    stack: [airbyte, other]\n    overrides: {other: {configuration: {s3_bucket_name: o}}}\n"
    assert told(tmp_path, LAKE + other + both + CONNECTION) == ["placeholder sources.faker.configuration.count"]


@pytest.mark.parametrize(
    "text",
    [
        "CHANGE_ME", "change_me", "Change-Me", "CHANGEME", "changeme", "CHANGE ME", "change me", "x-CHANGE_ME", "REPLACE_ME",
        "CHANGE_ME.example.com", "https://change-me.example.com/a", "s3://CHANGE_ME/x", "<CHANGE_ME>", "<your key>",
        "https://<your-host>/api", "<YOUR_TOKEN>",
    ],
)  # fmt: skip
def test_these_are_placeholders(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "exchange_method", "change_mes", "changement", "interchangeme", "do not change me, it breaks", "TODO", "me",
        "change", "<null>", "<tab>", "your key", "a < your b > c", "xxx", "orders_change_metrics",
    ],
)  # fmt: skip
def test_these_are_not(text: str) -> None:
    assert not is_placeholder(text)


def test_a_lake_without_placeholders_has_no_problem(tmp_path: Path) -> None:
    assert problems_of(write_lake(tmp_path, MINIMAL)) == ()


def test_a_connector_is_not_run_with_one(tmp_path: Path) -> None:
    write_lake(tmp_path, {**MINIMAL, "dag/registry/lake.yaml": changed("count: 10", "count: CHANGE_ME")})
    said = "sources.faker.configuration.count is still a placeholder; run: lakeform check"
    assert run(tmp_path, "discover", "faker", "--from", "connector", "--quiet") == Result(
        2, "", f"lakeform discover: {said}\n"
    )
