"""The stand-in for an Airbyte server behaves as the real one is known to."""

from __future__ import annotations

import ast
import http.client
import json
import re
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.standin import StandIn
from tests.standin.client import Client
from tests.standin.connectors import MASK
from tests.support.lakes import REPOSITORY

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

FOLDER = REPOSITORY / "tests/standin"

Json = dict[str, Any]

FIELDS = {
    "id": {"type": "integer"},
    "email": {"type": "string"},
    "updated_at": {"type": "string"},
    "address": {"type": "object", "properties": {"city": {"type": "string"}}},
}

BOTH = ["full_refresh", "incremental"]


def stream(name: str, **more: Any) -> Json:
    schema = {"type": "object", "properties": FIELDS}
    return {"name": name, "json_schema": schema, "supported_sync_modes": BOTH, **more}


USERS = stream("users")
ORDERS = stream(
    "orders",
    source_defined_cursor=True,
    default_cursor_field=["updated_at"],
    source_defined_primary_key=[["id"]],
)
CATALOG = {"streams": [USERS, ORDERS, stream("log", namespace="a"), stream("log", namespace="b")]}

SPEC = {
    "type": "object",
    "required": ["host"],
    "properties": {
        "host": {"type": "string"},
        "password": {"type": "string", "airbyte_secret": True},
        "tunnel": {"oneOf": [{"properties": {"key": {"type": "string", "airbyte_secret": True}}}, {"type": "null"}]},
        "keys": {"type": "array", "items": {"type": "string", "airbyte_secret": True}},
    },
}

CONNECTORS: dict[str, Json] = {
    "source-db": {
        "sourceDefinitionId": "5b0a5b0a-0000-4000-8000-000000000001",
        "spec": {"connectionSpecification": SPEC},
    },
    "destination-lake": {
        "definition_id": "5b0a5b0a-0000-4000-8000-000000000002",
        "destination_sync_modes": ["append", "overwrite", "append_dedup", "overwrite_dedup"],
        "supports_refreshes": True,
        "spec": {"type": "object"},
    },
    "destination-csv": {"destination_sync_modes": ["append", "overwrite"], "spec": {"type": "object"}},
    "destination-log": {"destination_sync_modes": ["append"], "spec": {"type": "object"}},
}

SECRETS = {"host": "h", "password": "p4ss", "tunnel": {"key": "k3y"}, "keys": ["one"]}


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn(CONNECTORS, {"source-db": CATALOG}) as running:
        yield running


@pytest.fixture
def client(server: StandIn) -> Client:
    return Client(server)


class Lake:
    """A source and a destination on a server, to connect."""

    def __init__(self, server: StandIn, client: Client) -> None:
        self.client = client
        self.source = server.add_source("Shop", "source-db", {"host": "h"})
        self.destination = server.add_destination("Lake", "destination-lake", {})

    def create(self, *streams: Json, **fields: Any) -> tuple[int, Any]:
        body = {"sourceId": self.source, "destinationId": self.destination, **fields}
        if streams:
            body["configurations"] = {"streams": list(streams)}
        return self.client.public("POST", "/connections", body)

    def created(self, *streams: Json, **fields: Any) -> Any:
        status, body = self.create(*streams, **fields)
        assert status == 200, body
        return body

    def refused(self, *streams: Json, **fields: Any) -> str:
        status, body = self.create(*streams, **fields)
        assert (status, body["title"]) == (400, "bad-request")
        return str(body["data"]["message"])


@pytest.fixture
def lake(server: StandIn, client: Client) -> Lake:
    return Lake(server, client)


def cron(text: str) -> Json:
    return {"scheduleType": "cron", "cronExpression": text}


# Authentication and places


def test_a_token_is_given_for_a_form_and_for_json(server: StandIn) -> None:
    client = Client(server)
    fields = {"client_id": server.client_id, "client_secret": server.client_secret, "grant_type": "client_credentials"}
    client.authorization = None
    form = "&".join(f"{key}={value}" for key, value in fields.items())
    for body in (fields, form):
        status, answer = client.send("POST", server.token_url, body)
        assert (status, answer["token_type"], answer["expires_in"]) == (200, "Bearer", 900)
    client.authorization = f"Bearer {answer['access_token']}"
    assert client.get("/workspaces")["data"][0]["workspaceId"] == server.workspace_id


def test_the_configuration_api_gives_tokens_too(server: StandIn, client: Client) -> None:
    credentials = {"client_id": server.client_id, "client_secret": server.client_secret}
    status, answer = client.config("/applications/token", credentials)
    client.authorization = f"Bearer {answer['access_token']}"
    assert (status, list(answer)) == (200, ["access_token"])
    assert client.config("/connections/list", {"workspaceId": server.workspace_id})[0] == 200


def test_a_token_is_good_for_fifteen_minutes(server: StandIn, client: Client) -> None:
    server.clock.advance(15 * 60 - 1)
    assert client.public("GET", "/sources")[0] == 200
    server.clock.advance(1)
    assert client.public("GET", "/sources")[0] == 401
    assert client.config("/connections/list", {"workspaceId": server.workspace_id})[0] == 401


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic dXNlcjpwYXNz"], ids=["none", "wrong", "basic"])
def test_nobody_else_gets_in(client: Client, header: str | None) -> None:
    client.authorization = header
    assert client.public("GET", "/workspaces")[0] == 401


def test_wrong_credentials_get_no_token(server: StandIn, client: Client) -> None:
    fields = {"client_id": server.client_id, "client_secret": "no", "grant_type": "client_credentials"}
    assert client.send("POST", server.token_url, fields)[0] == 401


def test_an_old_server_takes_http_basic_and_an_open_one_everybody() -> None:
    with StandIn(basic=("user", "pass")) as server:
        client = Client(server)
        client.authorization = "Basic dXNlcjpwYXNz"
        assert client.public("GET", "/workspaces")[0] == 200
    with StandIn(require_auth=False) as server:
        client = Client(server)
        client.authorization = None
        assert client.public("GET", "/workspaces")[0] == 200


def test_outside_the_api_a_post_is_not_allowed(server: StandIn, client: Client) -> None:
    # What a relative `token_url` hits on a self-managed server.
    assert client.send("POST", f"{server.host}/v1/applications/token", {})[0] == 405
    assert client.public("GET", "/nonsense")[0] == 404


def test_a_workspace_asks_for_the_right_role(server: StandIn, client: Client) -> None:
    theirs, readable = server.add_workspace("Theirs", None), server.add_workspace("Readable", "reader")
    shown = [item["workspaceId"] for item in client.get("/workspaces")["data"]]
    assert shown == [server.workspace_id, readable]
    assert client.public("GET", f"/workspaces/{theirs}")[0] == 403
    assert client.public("GET", f"/sources?workspaceIds={theirs}")[0] == 403
    body = {"name": "x", "workspaceId": readable, "definitionId": CONNECTORS["source-db"]["sourceDefinitionId"]}
    assert client.public("POST", "/sources", {**body, "configuration": {"host": "h"}})[0] == 403
    assert client.config("/connections/list", {"workspaceId": theirs})[0] == 403


def test_ids_are_the_same_in_every_run() -> None:
    ids = []
    for _ in range(2):
        server = StandIn(CONNECTORS)
        ids.append((server.workspace_id, server.add_source("x", "source-db", {"host": "h"})))
        server._transport.server_close()
    assert ids[0] == ids[1]


# Sources and destinations


def test_a_source_is_created_read_put_and_deleted(server: StandIn, client: Client) -> None:
    definition = CONNECTORS["source-db"]["sourceDefinitionId"]
    body = {"name": "Shop", "workspaceId": server.workspace_id, "definitionId": definition}
    created = client.post("/sources", {**body, "configuration": SECRETS})
    path = f"/sources/{created['sourceId']}"
    assert client.get(path) == created
    assert (created["sourceType"], created["definitionId"]) == ("db", definition)
    allocation = {"default": {"cpu_limit": "1"}}
    put = {"name": "Shop 2", "configuration": {"host": "new"}, "resourceAllocation": allocation}
    assert client.public("PUT", path, put)[0] == 200
    read = client.get(path)
    assert (read["name"], read["configuration"], read["resourceAllocation"]) == ("Shop 2", {"host": "new"}, allocation)
    assert client.public("DELETE", path) == (204, None)
    assert client.public("GET", path)[0] == 404
    assert client.public("DELETE", path)[0] == 404


def test_a_connector_may_be_named_by_its_type(server: StandIn, client: Client) -> None:
    body = {"name": "Shop", "workspaceId": server.workspace_id, "configuration": {"host": "h"}}
    assert client.public("POST", "/sources", body)[0] == 400
    named = {**body, "configuration": {"host": "h", "sourceType": "db"}}
    assert client.post("/sources", named)["configuration"] == {"host": "h"}


def test_secrets_are_masked_wherever_the_spec_has_them(server: StandIn, client: Client) -> None:
    source = server.add_source("Shop", "source-db", SECRETS)
    masked = {"host": "h", "password": MASK, "tunnel": {"key": MASK}, "keys": [MASK]}
    assert client.get(f"/sources/{source}")["configuration"] == masked
    _, listed = client.config("/sources/list", {"workspaceId": server.workspace_id})
    assert listed["sources"][0]["connectionConfiguration"] == masked
    assert server.state.sources[source].configuration == SECRETS


def test_a_masked_secret_that_is_sent_back_keeps_its_value(server: StandIn, client: Client) -> None:
    source = server.add_source("Shop", "source-db", SECRETS)
    configuration = {**client.get(f"/sources/{source}")["configuration"], "host": "new"}
    client.public("PUT", f"/sources/{source}", {"name": "Shop", "configuration": configuration})
    assert server.state.sources[source].configuration == {**SECRETS, "host": "new"}
    client.public("PATCH", f"/sources/{source}", {"configuration": {"password": "rotated"}})
    assert server.state.sources[source].configuration == {**SECRETS, "host": "new", "password": "rotated"}


def test_lock_files_are_connectors_as_they_are() -> None:
    folder = REPOSITORY / "dag/connectors"
    connectors = {path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}
    credentials = {"auth_method": "api_password", "api_password": "shpat"}
    with StandIn(connectors) as server:
        source = server.add_source("Shop", "source-shopify", {"shop": "lotus", "credentials": credentials})
        read = Client(server).get(f"/sources/{source}")
    assert read["definitionId"] == connectors["source-shopify"]["definition_id"]
    assert read["configuration"]["credentials"] == {"auth_method": "api_password", "api_password": MASK}


def test_a_configuration_that_breaks_the_spec_is_refused_without_telling_its_values(
    server: StandIn, client: Client
) -> None:
    body = {"name": "x", "workspaceId": server.workspace_id, "configuration": {"password": 31337, "sourceType": "db"}}
    status, answer = client.public("POST", "/sources", body)
    assert status == 422
    assert "$.password: type" in answer["data"]["message"]
    assert "31337" not in str(answer)


def test_deleting_a_source_deletes_its_connections(lake: Lake) -> None:
    connection = lake.created()["connectionId"]
    lake.client.public("DELETE", f"/sources/{lake.source}")
    assert lake.client.public("GET", f"/connections/{connection}")[0] == 404


def test_definitions_are_listed_by_both_apis(server: StandIn, client: Client) -> None:
    public = client.get(f"/workspaces/{server.workspace_id}/definitions/destinations")["data"]
    _, config = client.config("/destination_definitions/list")
    assert [item["id"] for item in public] == [
        item["destinationDefinitionId"] for item in config["destinationDefinitions"]
    ]
    assert len(public) == 3


# Connections


def test_a_connection_without_streams_overwrites_everything(lake: Lake) -> None:
    created = lake.created()
    assert created["name"] == "Shop <> Lake"
    assert (created["status"], created["prefix"], created["namespaceDefinition"]) == ("active", "", "destination")
    assert (created["schedule"], created["tags"]) == ({"scheduleType": "manual"}, [])
    streams = created["configurations"]["streams"]
    assert [(one["name"], one["syncMode"]) for one in streams] == [
        (name, "full_refresh_overwrite") for name in ("users", "orders", "log", "log")
    ]
    assert lake.client.get(f"/connections/{created['connectionId']}") == created


def test_a_schedule_is_stored_without_its_zone_and_read_with_it(server: StandIn, lake: Lake) -> None:
    for text in ("0 0,20,40 * * * ? UTC", "0 0,20,40 * * * ?"):
        created = lake.created(schedule=cron(text))
        assert created["schedule"] == cron("0 0,20,40 * * * ? UTC")
        assert server.state.connections[created["connectionId"]].cron == "0 0,20,40 * * * ?"


def test_an_expression_on_a_manual_schedule_is_forgotten(lake: Lake) -> None:
    schedule = {"scheduleType": "manual", "cronExpression": "0 0 * * * ? UTC"}
    assert lake.created(schedule=schedule)["schedule"] == {"scheduleType": "manual"}


GOOD_CRONS = [
    "0 15 10 * * ? * UTC",
    "0 */15 * * * ?",
    "0 * * * * ?",
    "0 0 6 ? * MON-FRI",
    "0 0 12 L * ?",
    "0 0 12 L-3 * ?",
    "0 0 12 LW * ?",
    "0 0 12 15W * ?",
    "0 0 12 ? * 6L",
    "0 0 12 ? * 2#1",
    "0 0/30 8-18 1 JAN,JUL ?",
]

BAD_CRONS = [
    ("0 * * * *", "contains 5 parts"),
    ("0 0 12 * * ? Europe/Paris", "in year"),
    ("0 0 12 * * ? * Europe/Paris", "contains 8 parts"),
    ("UTC 0 0 12 * ? *", "Invalid chars"),
    ("* * * * * ?", "cannot be `\\*`"),
    ("0/30 0 12 * * ?", "cannot be `\\*`"),
    ("0,30 0 12 * * ?", "cannot be `\\*`"),
    ("0 0,20,40 * * * ? *", "cannot be `\\*`"),
    ("0 60 * * * ?", "not in range"),
    ("0 0 12 * * *", "not supported"),
    ("0 0 12 ? * ?", "not supported"),
    ("0 0 22-2 * * ?", "Invalid range"),
    ("0 0/0 * * * ?", "Invalid period"),
    ("every day", "contains 2 parts"),
]


@pytest.mark.parametrize("text", GOOD_CRONS)
def test_an_expression_is_accepted(lake: Lake, text: str) -> None:
    assert lake.created(schedule=cron(text))["schedule"]["scheduleType"] == "cron"


@pytest.mark.parametrize(("text", "reason"), BAD_CRONS, ids=[text for text, _ in BAD_CRONS])
def test_an_expression_is_refused(lake: Lake, text: str, reason: str) -> None:
    message = lake.refused(schedule=cron(text))
    assert re.search(reason, message), message


def test_a_cron_schedule_needs_an_expression(lake: Lake) -> None:
    assert lake.refused(schedule={"scheduleType": "cron"}) == "Missing cron expression in the schedule."


@pytest.mark.parametrize(
    ("floor", "text", "status"),
    [
        (1, "0 0,20,40 * * * ?", 200),
        (15, "0 0,20,40 * * * ?", 200),
        (15, "0 5,15,25,35,45,55 * * * ?", 400),
        (60, "0 0,20,40 * * * ?", 400),
        (60, "0 0 * * * ?", 200),
        # Only the next three executions are looked at: from midnight on they are an hour apart.
        (60, "0 0 0-6 * * ?", 200),
    ],
)
def test_a_plan_has_a_shortest_interval(floor: int, text: str, status: int) -> None:
    with StandIn(CONNECTORS, minimum_minutes=floor) as server:
        answer, body = Lake(server, Client(server)).create(schedule=cron(text))
        assert answer == status
        assert status == 200 or body["title"].startswith("cron-validation/under-")


@pytest.mark.parametrize("text", ["0 0 12 ? * 6L", "0 0 12 15W * ?", "0 0 12 L * ?", "0 0 12 ? * 2#1"])
def test_next_executions_are_described(client: Client, text: str) -> None:
    # January 2026: the last Friday is the 30th, the 15th a Thursday, the first Monday the 5th.
    days = {"0 0 12 ? * 6L": 30, "0 0 12 15W * ?": 15, "0 0 12 L * ?": 31, "0 0 12 ? * 2#1": 5}
    status, answer = client.config("/web_backend/describe_cron_expression", {"cronExpression": text})
    assert status == 200
    assert time.gmtime(answer["nextExecutions"][0])[:4] == (2026, 1, days[text], 12)
    assert all(later > earlier for earlier, later in pairwise(answer["nextExecutions"]))
    assert client.config("/web_backend/describe_cron_expression", {"cronExpression": "x"})[0] == 422


def test_a_patch_changes_only_what_it_names(lake: Lake) -> None:
    before = lake.created({"name": "users"}, schedule=cron("0 0 * * * ? UTC"), prefix="p_", namespaceFormat="n")
    path = f"/connections/{before['connectionId']}"
    status, after = lake.client.public("PATCH", path, {"status": "inactive", "namespaceFormat": None})
    assert status == 200
    assert after == {**before, "status": "inactive"}
    assert lake.client.get(path) == after


@pytest.mark.parametrize("more", [{}, {"cronExpression": "0 0 * * * ? UTC"}], ids=["alone", "with an expression"])
def test_a_patch_to_manual_drops_the_expression(lake: Lake, more: Json) -> None:
    path = f"/connections/{lake.created(schedule=cron('0 0 * * * ? UTC'))['connectionId']}"
    _, after = lake.client.public("PATCH", path, {"schedule": {"scheduleType": "manual", **more}})
    assert after["schedule"] == {"scheduleType": "manual"}
    assert lake.client.get(path)["schedule"] == {"scheduleType": "manual"}


def test_the_key_of_an_encryption_is_masked_in_every_answer(server: StandIn, lake: Lake) -> None:
    aes = {"algorithm": "AES", "targetField": "email", "fieldNameSuffix": "_e", "key": "c2VjcmV0"}
    more = {"mode": "CBC", "padding": "NoPadding"}
    created = lake.created({"name": "users", "mappers": [encryption({**aes, **more})]})
    path = f"/connections/{created['connectionId']}"
    (told,) = created["configurations"]["streams"][0]["mappers"]
    assert told["mapperConfiguration"] == {**aes, **more, "key": "**********"}
    assert lake.client.get(path) == created
    _, by_config = lake.client.config("/connections/get", {"connectionId": created["connectionId"]})
    assert by_config["syncCatalog"]["streams"][0]["config"]["mappers"] == [told]
    (stored,) = server.state.connections[created["connectionId"]].streams
    assert stored.config["mappers"][0]["mapperConfiguration"]["key"] == "c2VjcmV0"

    wanted = {"configurations": {"streams": [{"name": "users", "mappers": [told]}]}}
    assert lake.client.public("PATCH", path, wanted)[0] == 200
    (stored,) = server.state.connections[created["connectionId"]].streams
    assert stored.config["mappers"][0]["mapperConfiguration"]["key"] == "c2VjcmV0"

    without_id = {key: value for key, value in told.items() if key != "id"}
    wanted = {"configurations": {"streams": [{"name": "users", "mappers": [without_id]}]}}
    status, body = lake.client.public("PATCH", path, wanted)
    assert (status, body["title"]) == (400, "mapper-validation/secret-not-found")


def encryption(configuration: Json) -> Json:
    return {"type": "encryption", "mapperConfiguration": configuration}


def test_a_patch_builds_streams_anew_from_the_discovered_catalog(lake: Lake) -> None:
    hashing = {"targetField": "email", "method": "MD5", "fieldNameSuffix": "_h"}
    before = lake.created(
        {
            "name": "users",
            "selectedFields": [{"fieldPath": ["id"]}, {"fieldPath": ["email"]}],
            "mappers": [{"type": "hashing", "mapperConfiguration": hashing}],
        },
        {"name": "orders"},
    )
    assert len(before["configurations"]["streams"][0]["mappers"][0]["id"]) == 36
    path = f"/connections/{before['connectionId']}"
    _, after = lake.client.public("PATCH", path, {"configurations": {"streams": [{"name": "users"}]}})
    (users,) = after["configurations"]["streams"]
    assert (users["selectedFields"], users["mappers"]) == ([], [])


def test_a_patch_with_no_streams_leaves_the_catalog_alone(lake: Lake) -> None:
    before = lake.created({"name": "users"})
    path = f"/connections/{before['connectionId']}"
    assert lake.client.public("PATCH", path, {"configurations": {"streams": []}})[1] == before
    assert lake.client.public("PATCH", path, {"configurations": {}})[1] == before


def test_a_locked_connection_is_not_patched(server: StandIn, lake: Lake) -> None:
    connection = lake.created()["connectionId"]
    server.state.connections[connection].status = "locked"
    assert lake.client.public("PATCH", f"/connections/{connection}", {"name": "x"})[0] == 400


def test_a_deleted_connection_is_gone(lake: Lake) -> None:
    path = f"/connections/{lake.created()['connectionId']}"
    assert lake.client.public("DELETE", path) == (204, None)
    assert lake.client.public("GET", path)[0] == 404
    assert lake.client.public("PATCH", path, {"name": "x"})[0] == 404
    assert lake.client.get("/connections")["data"] == []
    (deleted,) = lake.client.get("/connections?includeDeleted=true")["data"]
    assert deleted["status"] == "deprecated"


def test_the_configuration_api_lists_a_workspace_at_once(server: StandIn, lake: Lake) -> None:
    lake.created(
        {"name": "users"},
        schedule=cron("0 0 * * * ?"),
        namespaceDefinition="custom_format",
        namespaceFormat="raw",
        nonBreakingSchemaUpdatesBehavior="disable_connection",
    )
    for _ in range(25):
        lake.created()
    _, listed = lake.client.config("/connections/list", {"workspaceId": server.workspace_id})
    first = listed["connections"][0]
    assert len(listed["connections"]) == 26
    assert (first["namespaceDefinition"], first["nonBreakingChangesPreference"]) == ("customformat", "disable")
    assert first["scheduleData"] == {"cron": {"cronExpression": "0 0 * * * ?", "cronTimeZone": "UTC"}}
    assert lake.client.config("/connections/get", {"connectionId": first["connectionId"]}) == (200, first)


# Streams


def test_what_the_source_defines_wins_silently_where_nothing_checks_it(lake: Lake) -> None:
    wanted = {"name": "orders", "syncMode": "incremental_append", "primaryKey": [["email"]]}
    (orders,) = lake.created(wanted)["configurations"]["streams"]
    assert (orders["cursorField"], orders["primaryKey"]) == (["updated_at"], [["id"]])


def test_a_full_refresh_ignores_the_given_keys(lake: Lake) -> None:
    wanted = {"name": "users", "syncMode": "full_refresh_append", "cursorField": ["id"], "primaryKey": [["id"]]}
    (users,) = lake.created(wanted)["configurations"]["streams"]
    assert (users["cursorField"], users["primaryKey"]) == ([], [])


def test_given_keys_are_stored_where_the_source_defines_none(lake: Lake) -> None:
    wanted = {
        "name": "users",
        "syncMode": "incremental_deduped_history",
        "cursorField": ["address", "city"],
        "primaryKey": [["id"], ["email"]],
    }
    (users,) = lake.created(wanted)["configurations"]["streams"]
    assert (users["cursorField"], users["primaryKey"]) == (["address", "city"], [["id"], ["email"]])


def test_the_namespace_counts_only_for_ambiguous_names_and_comes_back_as_discovered(lake: Lake) -> None:
    created = lake.created({"name": "users", "namespace": "anything"}, {"name": "log", "namespace": "b"})
    users, log = created["configurations"]["streams"]
    assert "namespace" not in users
    assert log["namespace"] == "b"


def fields(*names: str) -> list[Json]:
    return [{"fieldPath": [name]} for name in names]


DEDUP = "incremental_deduped_history"

REFUSED = [
    ("No streams found with name [nope]", {"name": "nope"}),
    ("No streams found with name [log] and namespace [None]", {"name": "log"}),
    ("No streams found with name [log] and namespace [c]", {"name": "log", "namespace": "c"}),
    ("No fields selected", {"name": "users", "selectedFields": []}),
    ("path cannot be empty", {"name": "users", "selectedFields": [{"fieldPath": []}]}),
    ("Nested field selection", {"name": "users", "selectedFields": [{"fieldPath": ["address", "city"]}]}),
    ("Duplicate fields selected", {"name": "users", "selectedFields": fields("id", "id")}),
    ("Invalid fields selected", {"name": "users", "selectedFields": fields("nope")}),
    ("Primary key fields are not selected", {"name": "orders", "syncMode": DEDUP, "selectedFields": fields("email")}),
    ("Cursor field is not selected", {"name": "orders", "syncMode": DEDUP, "selectedFields": fields("id")}),
    ("Cannot set sync mode to full_refresh_update", {"name": "users", "syncMode": "full_refresh_update"}),
    ("Unexpected value 'full_refresh'", {"name": "users", "syncMode": "full_refresh"}),
    ("already defined by source", {"name": "orders", "syncMode": DEDUP, "cursorField": ["email"]}),
    ("Invalid cursor field", {"name": "users", "syncMode": "incremental_append", "cursorField": ["nope"]}),
    ("No default cursor field", {"name": "users", "syncMode": "incremental_append"}),
    ("already pre-defined", {"name": "orders", "syncMode": DEDUP, "primaryKey": [["email"]]}),
    ("No default primary key", {"name": "users", "syncMode": DEDUP, "cursorField": ["id"]}),
    (
        "Invalid primary key",
        {"name": "users", "syncMode": DEDUP, "cursorField": ["id"], "primaryKey": [["nope"]]},
    ),
    # Of two mistakes the first check tells: selection before mode, mode before cursor.
    ("Invalid fields selected", {"name": "users", "selectedFields": fields("nope"), "syncMode": "full_refresh_update"}),
    ("Cannot set sync mode", {"name": "users", "syncMode": "incremental_update", "cursorField": ["nope"]}),
]


@pytest.mark.parametrize(("reason", "wanted"), REFUSED, ids=[reason for reason, _ in REFUSED])
def test_a_stream_is_refused(lake: Lake, reason: str, wanted: Json) -> None:
    assert reason in lake.refused(wanted)


def test_a_stream_is_named_once(lake: Lake) -> None:
    assert "Duplicate stream found" in lake.refused({"name": "users"}, {"name": "users"})


def test_full_refresh_overwrite_is_never_checked_against_the_destination(server: StandIn, lake: Lake) -> None:
    lake.destination = server.add_destination("Log", "destination-log", {})
    assert lake.create({"name": "users", "syncMode": "full_refresh_overwrite"})[0] == 200
    assert lake.create({"name": "users"})[0] == 200


def test_a_deduplicated_overwrite_needs_no_primary_key(lake: Lake) -> None:
    wanted = {"name": "users", "syncMode": "full_refresh_overwrite_deduped"}
    assert lake.created(wanted)["configurations"]["streams"][0]["primaryKey"] == []


@pytest.mark.parametrize(
    ("kind", "configuration", "reason"),
    [
        ("hashing", {"targetField": "nope", "method": "MD5", "fieldNameSuffix": "_h"}, "Field not found: nope"),
        ("hashing", {"targetField": "email"}, "lacks fieldNameSuffix, method"),
        ("row-filtering", {"conditions": {"type": "EQUAL", "fieldName": "x", "comparisonValue": "1"}}, "not found: x"),
    ],
)
def test_a_mapper_is_refused(lake: Lake, kind: str, configuration: Json, reason: str) -> None:
    mapper = {"type": kind, "mapperConfiguration": configuration}
    status, body = lake.create({"name": "users", "mappers": [mapper]})
    assert (status, body["title"]) == (400, "mapper-validation")
    assert reason in body["data"]["message"]


def test_files_need_both_ends_to_carry_them(lake: Lake) -> None:
    status, body = lake.create({"name": "users", "includeFiles": True})
    assert (status, body["title"]) == (400, "connection-does-not-support-file-transfers")


# Discovery


def test_a_new_stream_is_unknown_until_it_is_discovered(server: StandIn, lake: Lake) -> None:
    lake.created()
    server.offer("source-db", [USERS, stream("fresh")])
    assert "No streams found" in lake.refused({"name": "fresh"})
    assert len(lake.client.get(f"/streams?sourceId={lake.source}")) == 4
    assert len(lake.client.get(f"/streams?sourceId={lake.source}&ignoreCache=true")) == 2
    assert lake.create({"name": "fresh"})[0] == 200


def test_a_new_configuration_is_discovered_anew(server: StandIn, lake: Lake) -> None:
    lake.created()
    server.offer("source-db", [stream("fresh")])
    lake.client.public("PUT", f"/sources/{lake.source}", {"name": "Shop", "configuration": {"host": "other"}})
    assert lake.create({"name": "fresh"})[0] == 200


def test_streams_are_a_bare_array_of_paths_without_types(lake: Lake) -> None:
    plain = lake.client.get(f"/streams?sourceId={lake.source}")
    both = lake.client.get(f"/streams?sourceId={lake.source}&destinationId={lake.destination}")
    assert plain[0]["propertyFields"][3:] == [["address"], ["address", "city"]]
    assert plain[2]["streamnamespace"] == "a"
    assert "syncModes" not in plain[0]
    assert both[0]["syncModes"] == [
        "full_refresh_append",
        "full_refresh_overwrite",
        "incremental_append",
        "incremental_deduped_history",
    ]


def test_the_configuration_api_discovers_with_schemas_and_reads_what_is_stored(server: StandIn, lake: Lake) -> None:
    body = {"sourceId": lake.source}
    assert lake.client.config("/sources/most_recent_source_actor_catalog", body) == (200, {})
    _, found = lake.client.config("/sources/discover_schema", {**body, "disable_cache": True})
    assert found["jobInfo"]["succeeded"]
    assert found["catalog"]["streams"][1]["stream"]["jsonSchema"]["properties"] == FIELDS
    _, stored = lake.client.config("/sources/most_recent_source_actor_catalog", body)
    assert stored["catalog"]["streams"][1]["source_defined_primary_key"] == [["id"]]
    assert server.airbyte.discovery.runs == 1


def test_a_failed_discovery_is_a_success_without_a_catalog(server: StandIn, lake: Lake) -> None:
    server.fail_discovery(lake.source, "no route")
    status, found = lake.client.config("/sources/discover_schema", {"sourceId": lake.source, "disable_cache": True})
    assert (status, found["jobInfo"]["succeeded"], "catalog" in found) == (200, False, False)
    assert "no route" in found["jobInfo"]["failureReason"]["externalMessage"]
    assert lake.create()[0] == 500
    server.fail_discovery(lake.source, None)
    assert lake.create()[0] == 200


def test_connections_to_a_source_and_a_destination_are_checked(server: StandIn, lake: Lake) -> None:
    server.fail_check("Lake", "Access denied")
    _, good = lake.client.config("/sources/check_connection", {"sourceId": lake.source})
    _, bad = lake.client.config("/destinations/check_connection", {"destinationId": lake.destination})
    assert (good["status"], bad["status"], bad["message"]) == ("succeeded", "failed", "Access denied")


# Lists


def test_every_page_that_is_not_empty_has_a_next_one_on_another_host(server: StandIn, client: Client) -> None:
    for number in range(3):
        server.add_source(f"s{number}", "source-db", {"host": "h"})
    first, last, empty = (client.get(f"/sources?limit=2&offset={offset}") for offset in (0, 2, 4))
    assert [len(one["data"]) for one in (first, last, empty)] == [2, 1, 0]
    assert first["next"].endswith("/sources?limit=2&offset=2")
    assert not first["next"].startswith(server.url)
    assert last["next"].endswith("offset=4")
    assert empty["next"] == ""
    assert client.public("GET", "/sources?limit=101")[0] == 400


def test_a_list_has_twenty_entries_unless_told(server: StandIn, client: Client) -> None:
    for number in range(21):
        server.add_source(f"s{number}", "source-db", {"host": "h"})
    assert len(client.get("/sources")["data"]) == 20


# Jobs


def test_a_second_sync_is_a_conflict(server: StandIn, lake: Lake) -> None:
    body = {"connectionId": lake.created({"name": "users"})["connectionId"]}
    job = lake.client.post("/jobs", {**body, "jobType": "sync"})
    assert (job["status"], job["jobType"]) == ("running", "sync")
    assert lake.client.public("POST", "/jobs", {**body, "jobType": "sync"})[0] == 409
    status, answer = lake.client.config("/connections/sync", body)
    assert status == 409
    assert "already running" in answer["message"]
    server.finish_job()
    assert lake.client.get(f"/jobs/{job['jobId']}")["status"] == "succeeded"
    assert lake.client.config("/connections/sync", body)[0] == 200


def test_jobs_end_by_themselves_when_told(server: StandIn, lake: Lake) -> None:
    server.finish_jobs_after(1)
    body = {"connectionId": lake.created({"name": "users"})["connectionId"]}
    job = lake.client.config("/connections/sync", body)[1]["job"]
    seen = [lake.client.config("/jobs/get_without_logs", {"id": job["id"]})[1]["job"]["status"] for _ in range(3)]
    assert seen == ["running", "succeeded", "succeeded"]


def test_jobs_are_listed_and_cancelled(server: StandIn, lake: Lake) -> None:
    body = {"connectionId": lake.created({"name": "users"})["connectionId"]}
    first = lake.client.post("/jobs", {**body, "jobType": "sync"})["jobId"]
    assert lake.client.public("DELETE", f"/jobs/{first}")[1]["status"] == "cancelled"
    server.clock.advance(60)
    second = lake.client.post("/jobs", {**body, "jobType": "clear"})["jobId"]
    query = f"/jobs?connectionId={body['connectionId']}"
    assert lake.client.public("DELETE", f"/jobs/{second}")[1]["status"] == "cancelled"
    server.clock.advance(60)
    third = lake.client.post("/jobs", {**body, "jobType": "reset"})["jobId"]
    assert [job["jobId"] for job in lake.client.get(f"{query}&orderBy=createdAt|DESC")["data"]] == [third, first]
    assert [job["jobId"] for job in lake.client.get(f"{query}&jobType=clear")["data"]] == [second]
    listing = {"configTypes": ["sync", "clear"], "configId": body["connectionId"]}
    assert lake.client.config("/jobs/list", listing)[1]["totalJobCount"] == 2


def test_the_public_api_refuses_a_refresh(lake: Lake) -> None:
    body = {"connectionId": lake.created()["connectionId"], "jobType": "refresh"}
    status, answer = lake.client.public("POST", "/jobs", body)
    assert (status, answer["data"]["message"]) == (422, "Refreshes are not supported in the public API")


def test_a_clear_asks_for_more_than_a_sync_does(server: StandIn, lake: Lake) -> None:
    body = {"connectionId": lake.created()["connectionId"]}
    server.state.workspaces[server.workspace_id].role = "runner"
    assert lake.client.public("POST", "/jobs", {**body, "jobType": "clear"})[0] == 403
    assert lake.client.public("POST", "/jobs", {**body, "jobType": "sync"})[0] == 200


def incremental(lake: Lake) -> str:
    streams = ({"name": "users", "syncMode": DEDUP, "cursorField": ["id"], "primaryKey": [["id"]]}, {"name": "orders"})
    connection = lake.created(streams[0], {"name": "orders", "syncMode": "incremental_append"})["connectionId"]
    return str(connection)


def test_a_refresh_resets_its_streams_only(server: StandIn, lake: Lake) -> None:
    connection = incremental(lake)
    lake.client.config("/connections/sync", {"connectionId": connection})
    server.finish_job()
    body = {"connectionId": connection, "refreshMode": "Merge", "streams": [{"streamName": "users"}]}
    _, answer = lake.client.config("/connections/refresh", body)
    progress = server.state.connections[connection].progress
    assert answer["job"]["refreshConfig"] == {"streamsToRefresh": [{"name": "users"}]}
    assert (progress[None, "users"].generation, progress[None, "users"].has_state) == (1, False)
    assert (progress[None, "orders"].generation, progress[None, "orders"].has_state) == (0, True)


def test_a_refresh_without_streams_is_of_all(server: StandIn, lake: Lake) -> None:
    connection = incremental(lake)
    lake.client.config("/connections/refresh", {"connectionId": connection, "refreshMode": "Truncate"})
    assert server.state.jobs[1].streams == [(None, "users"), (None, "orders")]


def test_a_destination_without_refreshes_answers_with_no_job(server: StandIn, lake: Lake) -> None:
    lake.destination = server.add_destination("CSV", "destination-csv", {})
    connection = lake.created()["connectionId"]
    body = {"connectionId": connection, "refreshMode": "Merge", "streams": [{"streamName": "users"}]}
    assert lake.client.config("/connections/refresh", body) == (200, {})
    assert server.state.connections[connection].pending == []


def test_a_refresh_during_a_sync_fails_and_is_taken_up_by_the_next(server: StandIn, lake: Lake) -> None:
    connection = incremental(lake)
    lake.client.config("/connections/sync", {"connectionId": connection})
    body = {"connectionId": connection, "refreshMode": "Merge", "streams": [{"streamName": "users"}]}
    assert lake.client.config("/connections/refresh", body)[0] == 409
    assert server.state.connections[connection].pending == [((None, "users"), "Merge")]
    server.finish_job()
    _, answer = lake.client.config("/connections/sync", {"connectionId": connection})
    assert answer["job"]["configType"] == "refresh"
    assert server.state.connections[connection].pending == []


def test_a_clear_of_streams_drops_their_state_and_runs_nothing_after(server: StandIn, lake: Lake) -> None:
    connection = incremental(lake)
    lake.client.config("/connections/sync", {"connectionId": connection})
    server.finish_job()
    body = {"connectionId": connection, "streams": [{"streamName": "users"}]}
    _, answer = lake.client.config("/connections/clear/stream", body)
    server.finish_job()
    assert answer["job"]["resetConfig"] == {"streamsToReset": [{"name": "users"}]}
    assert not server.state.connections[connection].progress[None, "users"].has_state
    assert [job.kind for job in server.state.jobs.values()] == ["sync", "clear"]
    assert lake.client.config("/connections/clear", {"connectionId": connection})[1]["job"]["configType"] == "clear"


# Faults, seeds and the log


@pytest.mark.parametrize("status", [429, 500])
def test_the_next_requests_fail_when_told(server: StandIn, client: Client, status: int) -> None:
    server.fail_next(r"GET .*/sources$", status=status, times=2)
    assert client.public("GET", "/workspaces")[0] == 200
    assert [client.public("GET", "/sources")[0] for _ in range(3)] == [status, status, 200]


def test_an_answer_is_slow_when_told(server: StandIn, client: Client) -> None:
    server.slow_next("/sources", seconds=0.2)
    before = time.monotonic()
    assert client.public("GET", "/sources")[0] == 200
    assert time.monotonic() - before >= 0.2


@pytest.mark.parametrize("handled", [False, True], ids=["before", "after"])
def test_a_connection_is_dropped_when_told(server: StandIn, lake: Lake, handled: bool) -> None:
    server.drop_next("POST .*/connections$", handled=handled)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        lake.create()
    assert len(server.state.connections) == int(handled)


def test_existing_objects_are_seeded_and_requests_logged(server: StandIn, lake: Lake) -> None:
    connection = server.add_connection(lake.source, lake.destination, name="Old", schedule=cron("0 0 * * * ?"))
    assert server.requests == []
    assert lake.client.get(f"/connections/{connection}")["name"] == "Old"
    lake.client.public("PATCH", f"/connections/{connection}", {"name": "New"})
    last = server.requests[-1]
    assert (last.method, last.path, last.status) == ("PATCH", f"/api/public/v1/connections/{connection}", 200)
    assert last.body == {"name": "New"}


def test_it_listens_on_loopback_only(server: StandIn) -> None:
    assert server._transport.server_address[0] == "127.0.0.1"
    assert server._transport.server_port != 0


# The contract


def test_exchanges_are_held_to_airbytes_openapi_files(server: StandIn, lake: Lake) -> None:
    if server.contract.missing:
        pytest.skip(f"cannot run here: {server.contract.missing}")
    lake.created({"name": "users"})
    assert (server.contract.checked, server.contract.violations) == (1, [])
    lake.client.public(
        "PUT",
        f"/sources/{lake.source}",
        {"name": "x", "configuration": {"host": "h"}, "resourceAllocation": {"nope": 1}},
    )
    lake.client.public("GET", "/destinations?unheard=of")
    assert [line.partition(" breaks ")[0] for line in server.contract.violations] == [
        f"PUT /sources/{lake.source}: request: $.resourceAllocation:",
        f"PUT /sources/{lake.source}: answer 200: $.resourceAllocation:",
        "GET /destinations: unknown parameter unheard",
    ]
    server.contract.violations.clear()


def test_leaving_with_a_broken_contract_is_an_error() -> None:
    server = StandIn(CONNECTORS)
    if server.contract.missing:
        server._transport.server_close()
        pytest.skip(f"cannot run here: {server.contract.missing}")
    with pytest.raises(AssertionError, match="unknown parameter"), server:
        Client(server).public("GET", "/sources?unheard=of")


def test_without_the_files_the_server_works_and_says_that_it_checks_nothing(tmp_path: Path) -> None:
    with StandIn(CONNECTORS, openapi=tmp_path) as server:
        assert server.contract.missing == f"airbyte_public_api.yaml, airbyte_config_api.yaml not in {tmp_path}"
        assert Client(server).public("GET", "/sources?unheard=of")[0] == 200
        assert server.contract.checked == 0


def test_a_fault_of_the_stand_in_itself_is_not_taken_for_an_answer() -> None:
    server = StandIn(CONNECTORS)
    lake = Lake(server, Client(server))
    connection = server.add_connection(lake.source, lake.destination)
    server.state.destinations.clear()
    with pytest.raises(AssertionError, match="KeyError"), server:
        lake.client.public("GET", f"/connections/{connection}")


# The package


def modules() -> list[Path]:
    return sorted(path for path in FOLDER.glob("*.py") if not path.name.startswith("test_"))


def test_it_shares_no_code_with_the_library() -> None:
    for module in modules():
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            ours = [name for name in names if name.partition(".")[0] in ("infra", "stacks", "dag")]
            inside = [name for name in names if name.startswith("tests.") and not name.startswith("tests.standin")]
            assert ours + inside == [], module.name


def test_no_file_of_it_is_long() -> None:
    assert [module.name for module in modules() if len(module.read_text("utf-8").splitlines()) >= 300] == []
