"""What people click together, and what Airbyte does by itself: the stand-in shows it as the real one does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.standin import StandIn
from tests.standin.client import Client

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

Json = dict[str, Any]

BUILDER = "airbyte/source-declarative-manifest"
SPEC: Json = {"spec": {"type": "object"}}
CONNECTORS: dict[str, Json] = {
    "source-db": {**SPEC, "dockerImageTag": "2.0.0"},
    "source-weather": {**SPEC, "dockerRepository": BUILDER, "custom": True},
    "destination-lake": SPEC,
}
USERS = {
    "name": "users",
    "json_schema": {"type": "object", "properties": {"id": {"type": "integer"}, "email": {"type": "string"}}},
    "supported_sync_modes": ["full_refresh"],
}


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn(CONNECTORS, {"source-db": [USERS]}) as running:
        running.add_source("Shop", "source-db", {})
        running.add_destination("Lake", "destination-lake", {})
        yield running


@pytest.fixture
def client(server: StandIn) -> Client:
    return Client(server)


def connect(server: StandIn, **fields: Any) -> str:
    [source], [destination] = server.state.sources, server.state.destinations
    return server.add_connection(source, destination, **fields)


def listed(server: StandIn, client: Client, what: str, **more: Any) -> Any:
    status, body = client.config(f"/{what}s/list", {"workspaceId": server.workspace_id, **more})
    assert status == 200, body
    return body[f"{what}s"]


def test_an_interval_is_a_basic_schedule_in_both_apis(server: StandIn, client: Client) -> None:
    connection = connect(server)
    server.state.connections[connection].interval = (24, "hours")
    assert client.get("/connections")["data"][0]["schedule"] == {
        "scheduleType": "basic",
        "basicTiming": "Every 24 HOURS",
    }
    [body] = listed(server, client, "connection")
    assert (body["scheduleType"], body["scheduleData"]) == (
        "basic",
        {"basicSchedule": {"units": 24, "timeUnit": "hours"}},
    )


def test_a_patch_of_the_schedule_ends_an_interval_and_a_zone(server: StandIn, client: Client) -> None:
    connection = connect(server)
    clicked = server.state.connections[connection]
    clicked.interval, clicked.zone = (1, "days"), "Europe/Berlin"
    client.public("PATCH", f"/connections/{connection}", {"prefix": "x"})
    assert clicked.interval == (1, "days")
    cron = {"scheduleType": "cron", "cronExpression": "0 0 6 * * ?"}
    _, body = client.public("PATCH", f"/connections/{connection}", {"schedule": cron})
    assert body["schedule"] == {"scheduleType": "cron", "cronExpression": "0 0 6 * * ? UTC"}


def test_notifications_are_in_the_configuration_api_only(server: StandIn, client: Client) -> None:
    connection = connect(server)
    clicked = server.state.connections[connection]
    clicked.notify, clicked.notify_by_email, clicked.backfill, clicked.breaking_change = True, True, True, True
    clicked.resources, clicked.status_reason = {"cpu_limit": "1"}, "SCHEMA_CHANGED"
    [body] = listed(server, client, "connection")
    assert {key: body[key] for key in sorted(body) if key not in client.get("/connections")["data"][0]} == {
        "backfillPreference": "enabled",
        "breakingChange": True,
        "created_at": server.clock.seconds,
        "nonBreakingChangesPreference": "ignore",
        "notifySchemaChanges": True,
        "notifySchemaChangesByEmail": True,
        "resourceRequirements": {"cpu_limit": "1"},
        "scheduleType": "manual",
        "statusReason": "SCHEMA_CHANGED",
        "syncCatalog": body["syncCatalog"],
    }


def test_a_stored_catalog_has_only_the_fields_that_are_selected(server: StandIn, client: Client) -> None:
    connect(server, configurations={"streams": [{"name": "users", "selectedFields": [{"fieldPath": ["id"]}]}]})
    [body] = listed(server, client, "connection")
    [stream] = body["syncCatalog"]["streams"]
    assert stream["stream"]["jsonSchema"]["properties"] == {"id": {"type": "integer"}}
    assert server.airbyte.discovery.offered["source-db"][0]["jsonSchema"]["properties"].keys() == {"id", "email"}


def test_the_configuration_api_lists_actors_behind_a_cursor(server: StandIn, client: Client) -> None:
    ids = [*server.state.sources, *(server.add_source(f"Shop {number}", "source-db", {}) for number in range(24))]
    assert [one["sourceId"] for one in listed(server, client, "source")] == ids[:20]
    assert [one["sourceId"] for one in listed(server, client, "source", cursor=ids[19])] == ids[20:]
    assert [one["sourceId"] for one in listed(server, client, "source", cursor=ids[4], pageSize=3)] == ids[5:8]


@pytest.mark.parametrize(("support", "override"), [("supported", True), ("deprecated", False)])
def test_a_pin_of_airbytes_own_is_no_override(server: StandIn, client: Client, support: str, override: bool) -> None:
    [source] = server.state.sources.values()
    source.version, source.support_state = "1.0.0", support
    [body] = listed(server, client, "source")
    assert (body["isVersionOverrideApplied"], body["supportState"]) == (override, support)
    _, version = client.config("/actor_definition_versions/get_for_source", {"sourceId": source.id})
    assert (version["dockerRepository"], version["dockerImageTag"]) == ("airbyte/source-db", "1.0.0")


def test_a_connector_of_the_builder_has_no_type_and_no_place_in_the_public_list(
    server: StandIn, client: Client
) -> None:
    server.add_source("Weather", "source-weather", {})
    assert [one["sourceType"] for one in client.get("/sources")["data"]] == ["db", ""]
    public = client.get(f"/workspaces/{server.workspace_id}/definitions/sources")["data"]
    assert [one["name"] for one in public] == ["source-db"]
    _, body = client.config("/source_definitions/list")
    assert [(one["dockerRepository"], one["custom"]) for one in body["sourceDefinitions"]] == [
        ("airbyte/source-db", False),
        (BUILDER, True),
    ]


def test_a_spoiled_object_fails_every_list_that_has_it(server: StandIn, client: Client) -> None:
    first, second = connect(server), connect(server)
    server.spoil(first)
    assert client.public("GET", "/connections?limit=2")[0] == 500
    assert [one["connectionId"] for one in client.get("/connections?limit=1&offset=1")["data"]] == [second]
    assert client.public("GET", f"/connections/{first}")[0] == 500
    assert len(listed(server, client, "connection")) == 2
