"""`lakeform explain ADDRESS`: the lines behind an address."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.terraform.explain.explain import parse_address
from tests.support.explained import FILES, explained_lake
from tests.support.lakes import MINIMAL, REPOSITORY, run, write_files, write_lake


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return explained_lake(tmp_path_factory.mktemp("explain") / "lake")


def explained(lake: Path, address: str, *words: str) -> str:
    result = run(lake, "explain", address, *words)
    assert (result.code, result.err) == (0, "")
    return result.out


def refused(lake: Path, address: str, *words: str) -> str:
    result = run(lake, "explain", address, *words)
    assert (result.code, result.out) == (2, "")
    assert len(result.err.splitlines()) == 1
    return result.err.removeprefix("lakeform explain: ").rstrip()


CONNECTION = """\
    dag/registry/shop.yaml:24:3  connections.db_to_lake
    dag/registry/lake.yaml:19:5  lake.defaults.connection  decides schema_changes, stack
    dag/registry/shop.yaml:2:3  sources.db  its source
    dag/registry/shop.yaml:14:3  destinations.lake  its destination
    dag/streams/db/users.json:1:1  stream users
    dag/registry/shop.yaml:31:7  connections.db_to_lake.streams.users  stream users
    dag/streams/db/public.orders.json:1:1  stream public.orders
    dag/registry/shop.yaml:30:7  connections.db_to_lake.streams.public.orders  stream public.orders
"""


@pytest.mark.parametrize("address", ["airbyte_connection.db_to_lake", "connections.db_to_lake"])
def test_a_connection_is_its_entry_its_defaults_both_ends_and_its_streams(lake: Path, address: str) -> None:
    title = "airbyte_connection.db_to_lake in prod, staging: connections.db_to_lake\n"
    assert explained(lake, address) == title + CONNECTION
    assert explained(lake, "output.db_to_lake").partition("\n")[2] == CONNECTION


SOURCE = """\
    dag/registry/shop.yaml:2:3  sources.db
    dag/registry/lake.yaml:17:5  lake.defaults.source  decides stack
"""


def test_stacks_with_other_lines_are_told_one_by_one(lake: Path) -> None:
    lock = "    dag/connectors/source-postgres.json:1:1  definition_id  its locked connector\n"
    assert explained(lake, "airbyte_source.db") == (
        f"airbyte_source.db in prod: sources.db\n{SOURCE}"
        "    dag/registry/shop.yaml:11:7  sources.db.overrides.prod  decides configuration\n"
        f"{lock}airbyte_source.db in staging: sources.db\n{SOURCE}{lock}"
    )


def test_one_stack_may_be_asked_for(lake: Path) -> None:
    out = explained(lake, "sources.db", "--stack", "staging")
    assert out.splitlines()[0] == "airbyte_source.db in staging: sources.db"
    assert "prod" not in out


# Address -> place, and what is said about it; in both stacks the same.
ONE_LINE = {
    "airbyte_connection.db_to_lake.schedule": "dag/registry/shop.yaml:27:5  connections.db_to_lake.schedule",
    "airbyte_connection.db_to_lake.schedule.cron_expression": (
        "dag/registry/shop.yaml:27:16  connections.db_to_lake.schedule.cron"
    ),
    "airbyte_connection.db_to_lake.source_id": "dag/registry/shop.yaml:25:5  connections.db_to_lake.source",
    "airbyte_connection.db_to_lake.destination_id": "dag/registry/shop.yaml:26:5  connections.db_to_lake.destination",
    "airbyte_connection.db_to_lake.namespace_format": "dag/registry/shop.yaml:28:5  connections.db_to_lake.namespace",
    "airbyte_connection.db_to_lake.namespace_definition": (
        "dag/registry/shop.yaml:28:5  connections.db_to_lake.namespace"
    ),
    "airbyte_connection.db_to_lake.non_breaking_schema_updates_behavior": (
        "dag/registry/lake.yaml:21:7  lake.defaults.connection.schema_changes"
    ),
    "connections.db_to_lake.schema_changes": "dag/registry/lake.yaml:21:7  lake.defaults.connection.schema_changes",
    "airbyte_connection.db_to_lake.status": (
        "dag/registry/shop.yaml:24:3  connections.db_to_lake  says nothing about it: the default applies"
    ),
    "connections.db_to_lake.prefix": (
        "dag/registry/shop.yaml:24:3  connections.db_to_lake  says nothing about it: the default applies"
    ),
    'airbyte_connection.db_to_lake.configurations.streams["public.orders"]': (
        "dag/streams/db/public.orders.json:1:1  stream public.orders"
    ),
    'airbyte_connection.db_to_lake.configurations.streams["orders"].name': (
        "dag/streams/db/public.orders.json:2:3  stream  stream public.orders"
    ),
    "airbyte_connection.db_to_lake.configurations.streams[1].selected_fields[1].field_path": (
        "dag/streams/db/public.orders.json:8:5  fields.updated_at  stream public.orders"
    ),
    'airbyte_connection.db_to_lake.configurations.streams["users"].cursor_field': (
        "dag/registry/shop.yaml:32:9  connections.db_to_lake.streams.users.cursor_field  stream users"
    ),
    'airbyte_connection.db_to_lake.configurations.streams["users"].mappers[0].type': (
        "dag/streams/db/users.json:5:6  mappers[0].type  stream users"
    ),
    "connections.db_to_lake.streams.public.orders": "dag/streams/db/public.orders.json:1:1  stream public.orders",
    "local.source_db.password": "dag/registry/shop.yaml:9:7  sources.db.configuration.password",
    "locals.destination_lake.format.format_type": (
        "dag/registry/shop.yaml:20:16  destinations.lake.configuration.format.format_type"
    ),
    "airbyte_source.db.definition_id": "dag/registry/shop.yaml:3:5  sources.db.connector",
    "airbyte_source.db.name": "dag/registry/shop.yaml:2:3  sources.db  says nothing about it: the default applies",
    "var.db_password": "dag/registry/shop.yaml:9:7  sources.db.configuration.password  used by sources.db",
    "sources.db.configuration.port": "dag/registry/shop.yaml:6:7  sources.db.configuration.port",
}


@pytest.mark.parametrize("address", ONE_LINE)
def test_an_attribute_is_the_line_that_decided_it(lake: Path, address: str) -> None:
    title, *lines = explained(lake, address).splitlines()
    assert " in prod, staging" in title
    assert lines == [f"    {ONE_LINE[address]}"]


def test_an_override_decides_in_its_stack_only(lake: Path) -> None:
    assert explained(lake, "local.source_db.host") == (
        "local.source_db.host in prod: sources.db.configuration.host\n"
        "    dag/registry/shop.yaml:11:30  sources.db.overrides.prod.configuration.host\n"
        "local.source_db.host in staging: sources.db.configuration.host\n"
        "    dag/registry/shop.yaml:5:7  sources.db.configuration.host\n"
    )


def test_what_a_stack_says_of_itself_is_found_through_its_resources(lake: Path) -> None:
    assert explained(lake, "var.workspace", "--stack", "prod") == (
        "var.workspace in prod\n"
        "    dag/registry/lake.yaml:11:7  lake.stacks.prod.workspace_id  used by lake.stacks.prod\n"
        "    dag/registry/lake.yaml:15:5  lake.variables.workspace  its description or default\n"
    )
    assert explained(lake, "airbyte_source.db.workspace_id", "--stack", "prod").endswith(
        "    dag/registry/lake.yaml:11:7  lake.stacks.prod.workspace_id\n"
    )
    assert explained(lake, "provider.airbyte", "--stack", "prod").endswith(
        "    dag/registry/lake.yaml:9:5  lake.stacks.prod\n"
    )


def test_an_object_that_is_not_managed_here_is_told_so(lake: Path) -> None:
    assert explained(lake, "sources.elsewhere") == (
        "airbyte_source.elsewhere in prod: sources.elsewhere\n"
        "    dag/registry/shop.yaml:12:3  sources.elsewhere  existing: not an object of Terraform\n"
    )


# What is gone


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        (
            "airbyte_connection.old_to_lake",
            (
                "airbyte_connection.old_to_lake in prod, staging: connections.old_to_lake\n"
                "    dag/registry/history.yaml:2:5  retired  retired 2026-01-07, destroyed: nobody used it\n"
            ),
        ),
        (
            "destinations.tape",
            (
                "airbyte_destination.tape in prod: destinations.tape\n"
                "    dag/registry/history.yaml:3:5  retired  retired 2026-01-08 in prod, kept in Airbyte: given away\n"
            ),
        ),
        (
            "airbyte_source.database",
            (
                "airbyte_source.database in prod, staging: sources.database\n"
                "    dag/registry/history.yaml:5:5  renamed  renamed to sources.db\n"
                "    dag/registry/shop.yaml:2:3  sources.db  what it is now\n"
            ),
        ),
    ],
)
def test_the_line_that_acknowledges_it_explains_what_is_gone(lake: Path, address: str, lines: str) -> None:
    assert explained(lake, address) == lines


# Nothing there


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("airbyte_source.bd", 'nothing is called "airbyte_source.bd"; in airbyte_source: db, elsewhere'),
        ("connections.db_to_lak", 'did you mean "db_to_lake" or "old_to_lake"?'),
        ("var.db_pasword", 'did you mean "db_password"?'),
        ("sources.databse", 'did you mean "database"'),
        ("sources.db.configuration.hst", 'did you mean "host"?'),
        ("local.source_db.prt", 'did you mean "port"?'),
        ("sources.db.conector", 'did you mean "connector"?'),
        ("airbyte_connection.db_to_lake.shedule", 'did you mean "schedule"?'),
        ('airbyte_connection.db_to_lake.configurations.streams["user"]', 'did you mean "users"?'),
        ("connections.db_to_lake.streams.user", 'did you mean "users"?'),
        ("airbyte_connection.db_to_lake.configurations.streams[9]", "in airbyte_connection.db_to_lake.configurations"),
        ("module.x.airbyte_source.db", "lakeform writes neither modules nor data sources"),
        ("airbyte_source.db; rm", 'nothing is called "airbyte_source.db; rm"'),
        ("", 'nothing is called ""'),
        ("airbyte_sources.db", 'did you mean "airbyte_source.db"'),
        ("airbyte_source", 'nothing is called "airbyte_source"'),
        ("provider.airbyt", 'nothing is called "provider.airbyt"'),
    ],
)
def test_an_unknown_address_exits_2_with_what_may_be_meant(lake: Path, address: str, said: str) -> None:
    assert said in refused(lake, address)


def test_an_entry_of_another_stack_is_not_there(lake: Path) -> None:
    said = refused(lake, "airbyte_source.elsewhere", "--stack", "staging")
    assert said.startswith('nothing in the stack staging is called "airbyte_source.elsewhere"')


def test_an_unknown_stack_exits_2(lake: Path) -> None:
    assert refused(lake, "sources.db", "--stack", "prd") == 'there is no stack "prd"; did you mean "prod"?'


def test_an_address_or_diagnostics_but_not_both(lake: Path) -> None:
    assert run(lake, "explain").code == 2
    assert run(lake, "explain", "sources.db", "--diagnostics", "x").code == 2


# Lakes with problems


def test_an_entry_with_problems_is_explained_all_the_same(tmp_path: Path) -> None:
    lake = write_lake(
        tmp_path, {**MINIMAL, "dag/registry/extra.yaml": "sources:\n  bad: {connector: 7, colour: red}\n"}
    )
    out = explained(lake, "airbyte_source.bad")
    assert out == "airbyte_source.bad in airbyte: sources.bad\n    dag/registry/extra.yaml:2:3  sources.bad\n"


def test_a_registry_file_that_cannot_be_read_may_hold_what_is_asked_for(tmp_path: Path) -> None:
    lake = write_lake(tmp_path, {**MINIMAL, "dag/registry/zzz.yaml": "sources: [\n"})
    said = refused(lake, "airbyte_source.other")
    assert said.startswith("dag/registry/zzz.yaml:")
    assert said.endswith("; run: lakeform check")


def test_a_literal_is_looked_through_as_in_terraform(tmp_path: Path) -> None:
    text = str(FILES["dag/registry/shop.yaml"]).replace(
        "port: 5432", "ssl_mode: {literal: {mode: {literal: {secret: x}}}}"
    )
    lake = explained_lake(tmp_path / "lake")
    write_files(lake, {"dag/registry/shop.yaml": text})
    out = explained(lake, "local.source_db.ssl_mode.mode", "--stack", "staging")
    assert (
        out.splitlines()[1].strip().startswith("dag/registry/shop.yaml:6:28  sources.db.configuration.ssl_mode.literal")
    )


# JSON


def test_json_has_a_line_each(lake: Path) -> None:
    value = json.loads(explained(lake, "airbyte_connection.db_to_lake.schedule", "--format", "json"))
    assert value == {
        "problems": [],
        "explained": [
            {
                "address": "airbyte_connection.db_to_lake.schedule",
                "entry": "connections.db_to_lake",
                "stacks": ["prod", "staging"],
                "places": [
                    {
                        "file": "dag/registry/shop.yaml",
                        "line": 27,
                        "column": 5,
                        "path": "connections.db_to_lake.schedule",
                        "note": "",
                    }
                ],
            }
        ],
    }


def test_every_address_of_the_example_is_explained() -> None:
    for path in sorted((REPOSITORY / "cdktf.out/stacks").glob("*/cdk.tf.json")):
        document = json.loads(path.read_text("utf-8"))
        names = [f"{kind}.{name}" for kind, resources in document["resource"].items() for name in resources]
        names += [f"var.{name}" for name in document["variable"]] + [f"local.{name}" for name in document["locals"]]
        names += [f"{kind}.{key}" for kind in names if kind in document for key in document[kind]]
        for name in names:
            assert explained(REPOSITORY, name, "--stack", path.parent.name).count("\n") > 1, name


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("airbyte_source.x", ("resource", "airbyte_source", "x")),
        ("resource.airbyte_source.x.name", ("resource", "airbyte_source", "x", "name")),
        ("var.x", ("variable", "x")),
        ("locals.source_x", ("locals", "source_x")),
        ('a["b.c"][0].d', ("a", "b.c", 0, "d")),
        ('a["b\\"c"]', ("a", 'b"c')),
        ("sources.x", ("sources", "x")),
        ("a b", None),
        ("", None),
        ("a[", None),
    ],
)
def test_an_address_is_a_path(text: str, path: tuple[str | int, ...] | None) -> None:
    assert parse_address(text) == path


@pytest.mark.parametrize("kind", ["backfill", "resync"])
def test_a_backfill_is_the_flag_in_its_stream_file(tmp_path: Path, kind: str) -> None:
    lake = write_lake(tmp_path, {**MINIMAL, "dag/streams/faker/users.json": '{\n  "backfill": "w1"\n}\n'})
    address = f"restful_operation.{kind}_faker_to_lake--users--w1"
    flag = "    dag/streams/faker/users.json:2:3  backfill  stream users\n"
    assert explained(lake, address) == f"{address} in airbyte\n{flag}"
    assert "did you mean" in refused(lake, address.replace("w1", "w2"))
