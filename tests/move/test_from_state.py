"""What a Terraform state tells, and what becomes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.airbyte.server.remote_settings import RemoteSettings, RemoteStream
from infra.base.errors import UserError
from infra.move.found import FoundWorkspace
from infra.move.terraform.from_state import read_state
from tests.move.states import (
    AIRBYTE,
    SECRET,
    SHOPIFY,
    WORKSPACE,
    connection,
    destination,
    resource,
    shown,
    source,
    state,
    stream,
    uuid,
)

GENERIC = (
    resource("airbyte_source", "shop", source()),
    resource("airbyte_destination", "lake", destination()),
    resource("airbyte_connection", "shop_to_lake", connection()),
)


def untold(found: FoundWorkspace) -> list[str]:
    return [f"{one.what}: {one.why}" for one in found.untold]


@pytest.mark.parametrize("text", [state(*GENERIC), shown(*GENERIC)])
def test_generic_resources_keep_their_addresses(text: str) -> None:
    found = read_state(text, "terraform.tfstate")
    lake, shop = found.workspace.actors
    assert (lake.kind, lake.id, lake.name, lake.address) == ("destination", uuid(2), "Lake", "airbyte_destination.lake")
    assert (shop.key, shop.connector, shop.definition_id) == (uuid(1), "source-shopify", SHOPIFY)
    assert shop.configuration == {
        "shop": "acme",
        "credentials": {"auth_method": "api_password", "api_password": SECRET},
    }
    assert shop.allocation == {"default": {"memory_limit": "2Gi"}}
    (sync,) = found.workspace.connections
    assert (sync.key, sync.remote.source_id, sync.remote.destination_id) == (uuid(3), uuid(1), uuid(2))
    assert (sync.remote.status, sync.remote.cron) == ("active", "0 0 6 * * ? UTC")
    orders = RemoteStream(
        *(
            "orders",
            None,
            "incremental_append",
            ("updated_at",),
            (("id",),),
            (("id",), ("updated_at",)),
            (),
            False,
            None,
        )
    )
    assert sync.remote.settings == RemoteSettings("custom_format", "shop", "", "ignore", (orders,))
    assert found.workspace.workspace_id == WORKSPACE
    assert found.workspace.untold == ()
    assert found.removals == ()
    assert found.generic == dict.fromkeys([one["type"] + "." + one["name"] for one in GENERIC], True)


def test_no_secret_is_in_what_is_printed() -> None:
    key = {"algorithm": "AES", "target_field": "email", "field_name_suffix": "_x", "key": SECRET, "mode": "CBC"}
    mapper = {"type": "encryption", "id": "x", "mapper_configuration": {"encryption": {"aes": key, "rsa": None}}}
    mapped = connection(configurations={"streams": [stream(mappers=[mapper])]})
    found = read_state(state(*GENERIC[:2], resource("airbyte_connection", "c", mapped)), "x")
    assert SECRET not in repr(found)
    settings = found.workspace.connections[0].remote.settings
    assert settings is not None
    assert settings.streams[0].mappers[0] == {
        "type": "encryption",
        "mapperConfiguration": {
            "algorithm": "AES",
            "targetField": "email",
            "fieldNameSuffix": "_x",
            "key": "**********",
            "mode": "CBC",
        },
    }


def test_what_no_entry_can_have_leaves_the_state() -> None:
    found = read_state(
        state(
            resource("airbyte_source", "shop", source(1), index="eu"),
            resource("airbyte_source", "shop", source(4), index=0),
            resource("airbyte_source", "my-shop", source(5)),
            resource("airbyte_source", "shop", source(6), module='module.shops["it\'s"]'),
            resource("airbyte_source", "broken", source(7), status="tainted"),
            resource("airbyte_source_postgres", "db", {**source(8), "configuration": {"host": "db", "port": None}}),
            resource("airbyte_workspace", "main", {"workspace_id": WORKSPACE, "name": "Main"}),
            resource("null_resource", "backfill", {"id": "1"}, provider="hashicorp/null"),
            resource("airbyte_source", "kept", source(9)),
            resource("airbyte_workspace", "read", {}, mode="data"),
        ),
        "terraform.tfstate",
    )
    assert [address for address, carried in found.generic.items() if carried] == ["airbyte_source.kept"]
    assert found.removals == (
        "tofu state rm 'airbyte_source.shop[\"eu\"]'",
        "tofu state rm 'airbyte_source.shop[0]'",
        "tofu state rm 'module.shops[\"it'\"'\"'s\"].airbyte_source.shop'",
        "tofu state rm airbyte_source.broken",
        "tofu state rm airbyte_source.my-shop",
        "tofu state rm airbyte_source_postgres.db",
        "tofu state rm airbyte_workspace.main",
        "tofu state rm null_resource.backfill",
    )
    assert found.typed == {uuid(8)}
    assert untold(found.workspace) == [
        "airbyte_source.broken: it is tainted: Terraform would destroy it and make it anew, so it leaves the state",
        "airbyte_workspace.main: lakeform does not manage this: it stays in Airbyte as it is",
    ]


def test_modules_of_show_json_are_unrolled() -> None:
    inner = {"address": 'module.a.module.b["x"]', **json.loads(shown(GENERIC[0]))["values"]["root_module"]}
    text = shown(modules=({"address": "module.a", "resources": [], "child_modules": [inner]},))
    found = read_state(text, "state.json")
    assert [one.address for one in found.workspace.actors] == ['module.a.module.b["x"].airbyte_source.shop']


def test_a_state_with_more_than_airbyte_carries_nothing_over() -> None:
    found = read_state(state(*GENERIC, resource("aws_s3_bucket", "lake", {}, provider="hashicorp/aws")), "live.tfstate")
    assert set(found.generic.values()) == {False}
    assert found.removals == (
        "tofu state rm airbyte_connection.shop_to_lake",
        "tofu state rm airbyte_destination.lake",
        "tofu state rm airbyte_source.shop",
    )
    assert untold(found.workspace) == [
        (
            "live.tfstate: it also holds 1 resource of other providers (aws_s3_bucket), which the lake's first apply would "
            "destroy with this state: give the lake a state of its own, and run the state rm commands with the old one"
        )
    ]


def test_the_other_provider_is_read_by_the_configuration_api() -> None:
    oss = "aballiet/airbyte-oss"
    catalog = {
        "streams": [
            {
                "stream": {
                    "name": "applications",
                    "json_schema": '{"type": "object", "properties": {"id": {"type": "string"}}}',
                    "supported_sync_modes": ["full_refresh"],
                    "default_cursor_field": [""],
                },
                "config": {
                    "selected": True,
                    "sync_mode": "full_refresh",
                    "destination_sync_mode": "overwrite",
                    "cursor_field": [""],
                    "primary_key": [["id"]],
                },
            },
            {"stream": {"name": "off"}, "config": {"selected": False}},
        ]
    }
    values = {
        "connection_id": uuid(3),
        "name": "Ashby",
        "source_id": uuid(1),
        "destination_id": uuid(2),
        "status": "active",
        "namespace_definition": "customformat",
        "namespace_format": "ashby",
        "non_breaking_changes_preference": "disable",
        "schedule_type": "basic",
        "schedule_data": {"basic_schedule": {"units": 6, "time_unit": "hours"}, "cron": None},
        "notify_schema_changes": True,
        "resource_requirements": {"cpu_limit": "100m", "cpu_request": None},
        "sync_catalog": catalog,
    }
    ashby = {
        "source_id": uuid(1),
        "name": "Ashby",
        "source_definition_id": uuid(7),
        "connection_configuration": '{"api_key": "x"}',
        "workspace_id": WORKSPACE,
    }
    found = read_state(
        state(
            resource("airbyte_source_definition", "ashby", {}, provider=oss),
            resource("airbyte_source", "ashby", ashby, provider=oss),
            resource("airbyte_connection", "ashby", values, provider=oss),
        ),
        "x",
    )
    (actor,), (sync,) = found.workspace.actors, found.workspace.connections
    assert (actor.definition_id, actor.configuration) == (uuid(7), {"api_key": "x"})
    assert sync.remote.schedule == "every 6 hours"
    assert sync.further == {"notifySchemaChanges": True, "resourceRequirements": {"cpu_limit": "100m"}}
    applications = RemoteStream("applications", None, "full_refresh_overwrite", (), (("id",),), (), (), False, None)
    assert sync.remote.settings == RemoteSettings("custom_format", "ashby", "", "disable_connection", (applications,))
    offered = {stream.name: stream.json_schema for stream in found.workspace.catalogs[uuid(1)]}
    assert offered == {"applications": {"type": "object", "properties": {"id": {"type": "string"}}}, "off": {}}
    assert set(found.generic.values()) == {False}
    assert found.removals == (
        "tofu state rm airbyte_connection.ashby",
        "tofu state rm airbyte_source.ashby",
        "tofu state rm airbyte_source_definition.ashby",
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"configurations": None}, "it names no streams, so it syncs all that its source offers"),
        ({"source_id": None}, "its source or its destination is not there"),
        ({"configurations": {"streams": [{"name": 7}]}}, "its streams cannot be read"),
        ({"configurations": {"streams": [{"name": "orders"}]}}, "its state is of a provider before 1.0"),
    ],
)
def test_what_a_connection_leaves_open_is_told(values: dict[str, Any], said: str) -> None:
    found = read_state(state(*GENERIC[:2], resource("airbyte_connection", "c", connection(**values))), "x")
    (line,) = untold(found.workspace)
    assert line.startswith(f"airbyte_connection.c: {said}")


def test_a_configuration_that_is_null_after_an_import_is_told() -> None:
    found = read_state(state(resource("airbyte_source", "shop", source(configuration=None))), "x")
    assert found.workspace.actors[0].configuration is None
    assert untold(found.workspace) == ["airbyte_source.shop: its configuration is not there, or is no JSON object"]


def test_two_workspaces_are_told() -> None:
    other = "99999999-2222-3333-4444-555555555555"
    found = read_state(state(GENERIC[0], resource("airbyte_source", "b", source(4, workspace_id=other))), "x")
    assert (found.workspace.workspace_id, found.workspaces) == (None, (WORKSPACE, other))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "x:1:2 is not JSON: expecting property name enclosed in double quotes"),
        ("[]", "x is no Terraform state: it is not a JSON object"),
        ("{}", "x is no Terraform state: expected terraform.tfstate, or what tofu show -json prints"),
        ("[" * 100_000, "x is not JSON that can be read: a number too long, or nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "x is not JSON that can be read: a number too long, or nested too deeply"),
        ('{"a": NaN}', "x is not JSON that can be read: a number too long, or nested too deeply"),
        (
            '{"version": 3, "lineage": "x", "modules": []}',
            "x is a state of version 3: run any plan or apply with Terraform 0.12 or later first",
        ),
        (
            '{"serial": 1, "encrypted_data": "x", "meta": {}}',
            "x is encrypted: run tofu show -json > state.json where its key is, and give that file",
        ),
    ],
)
def test_what_is_no_state_is_refused(text: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        read_state(text, "x")
    assert str(caught.value) == said


def test_a_broken_resource_does_not_stop_the_rest() -> None:
    document = json.loads(state(GENERIC[0]))
    document["resources"] += [{"mode": "managed"}, 7, {**GENERIC[1], "instances": [{"attributes": None}]}]
    found = read_state(json.dumps(document), "x")
    assert [one.name for one in found.workspace.actors] == ["Shop"]
    assert untold(found.workspace) == [
        "airbyte_destination.lake: the state holds no attributes of it",
        "x: a resource in it is malformed",
    ]


def test_the_provider_is_the_one_of_the_pin() -> None:
    assert AIRBYTE == "airbytehq/airbyte"
    found = read_state(state(resource("airbyte_source", "shop", source(), provider="acme/airbyte")), "x")
    assert found.removals == ("tofu state rm airbyte_source.shop",)


def test_a_deposed_object_is_told_and_the_current_one_read() -> None:
    old = {**source(9), "name": "Old"}
    document = json.loads(shown(*GENERIC))
    rows = document["values"]["root_module"]["resources"]
    rows.append({**rows[0], "values": old, "deposed_key": "abcd1234"})
    found = read_state(json.dumps(document), "x")
    assert [one.name for one in found.workspace.actors] == ["Lake", "Shop"]
    (line,) = untold(found.workspace)
    assert line.endswith("the state holds a second object of it, which is to be destroyed (deposed); apply that first")


def test_an_index_stands_in_a_command_as_terraform_reads_it() -> None:
    found = read_state(state(resource("airbyte_source", "m", source(), index="${a}%{b}")), "x")
    assert found.removals == ("""tofu state rm 'airbyte_source.m["$${a}%%{b}"]'""",)
