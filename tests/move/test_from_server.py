"""A workspace is read from a server: whole, without changing anything, and whatever one object of it does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from infra.airbyte.server import AirbyteServer, Interval
from infra.airbyte.server.remote import read_connection
from infra.base.errors import UserError
from infra.move.found import FoundActor, FoundWorkspace, Untold
from infra.move.server.from_server import read_server
from tests.standin import StandIn
from tests.support.remote import environ_of, lake_on, opened, without_pauses
from tests.support.workspace_connectors import IN_SHORT, OWN
from tests.support.workspaces import FilledWorkspace, filled_workspace

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

STRIPE = {"account_id": "acct_1", "client_secret": "s3cr3t-of-stripe"}
GITHUB = {"credentials": {"personal_access_token": "s3cr3t-of-github"}, "repositories": ["acme/shop"]}
SNOWFLAKE = {
    **dict.fromkeys(("role", "warehouse", "database", "schema", "username"), "lake"),
    "host": "x.snowflakecomputing.com",
    "credentials": {"auth_type": "Username and Password", "password": "s3cr3t-of-snowflake"},
}
CHARGES = {
    "name": "charges",
    "json_schema": {"type": "object", "properties": {"id": {"type": "string"}, "amount": {"type": "integer"}}},
    "supported_sync_modes": ["full_refresh"],
}

# What is asked with POST and only reads; the last starts a connector, and is asked with `discover` only.
READS = (
    r"/api/v1/(source|destination)_definitions/list",
    r"/api/v1/(sources|destinations|connections)/list",
    r"/api/v1/actor_definition_versions/get_for_(source|destination)",
    r"/api/v1/sources/most_recent_source_actor_catalog",
)
TOKEN = "/api/public/v1/applications/token"


def told(_: str) -> None:
    """Nobody listens."""


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    without_pauses(monkeypatch)


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn({**IN_SHORT, **OWN}, {"source-stripe": [CHARGES], "source-github": [CHARGES]}) as running:
        yield running


@pytest.fixture
def airbyte(tmp_path: Path, server: StandIn) -> AirbyteServer:
    return open_at(tmp_path, server)


@pytest.fixture(scope="module")
def filled() -> Iterator[FilledWorkspace]:
    with filled_workspace() as workspace:
        yield workspace


def open_at(folder: Path, server: StandIn) -> AirbyteServer:
    return opened(lake_on(folder, server, entries=""), environ_of(server))


def asked(server: StandIn, start: int = 0) -> Counter[str]:
    """How often what was asked, without the login."""
    return Counter(f"{one.method} {one.path}" for one in server.requests[start:] if one.path != TOKEN)


def connect(server: StandIn, number: int = 0, **fields: Any) -> str:
    """A connection of the first source with the first destination."""
    source, destination = next(iter(server.state.sources)), next(iter(server.state.destinations))
    return server.add_connection(source, destination, name=f"c{number}", **fields)


def names(found: FoundWorkspace) -> list[str]:
    return [connection.remote.name for connection in found.connections]


# The whole workspace


def test_a_workspace_is_read_whole(airbyte: AirbyteServer, server: StandIn) -> None:
    source = server.add_source("Stripe", "source-stripe", STRIPE)
    destination = server.add_destination("Warehouse", "destination-snowflake", SNOWFLAKE)
    server.state.sources[source].resource_allocation = {
        "default": {"cpu_limit": "1", "memory_limit": ""},
        "jobSpecific": [{"jobType": "sync", "resourceRequirements": {"memory_limit": "2Gi"}}],
    }
    tag = {"tagId": "7a600000-0000-4000-8000-000000000001", "workspaceId": server.workspace_id, "color": "FFFFFF"}
    connection = connect(server, tags=[{**tag, "name": "gdpr"}, {**tag, "name": "finance"}])
    clicked = server.state.connections[connection]
    clicked.interval, clicked.notify, clicked.resources = (24, "hours"), True, {"cpu_limit": "2"}
    clicked.backfill, clicked.breaking_change, clicked.status_reason = True, True, "SCHEMA_CHANGED"

    found = read_server(airbyte, told)

    assert (found.origin, found.workspace_id) == ("the server of the stack airbyte", server.workspace_id)
    assert found.untold == ()
    masked = {**SNOWFLAKE, "credentials": {"auth_type": "Username and Password", "password": "**********"}}
    assert found.actors == (
        FoundActor(
            *(destination, destination, "destination", "Warehouse", "destination-snowflake", "4.0.39"),
            definition_id="424892c4-daac-4491-b35d-c6688ba547ba",
            configuration=masked,
        ),
        FoundActor(
            *(source, source, "source", "Stripe", "source-stripe", "5.15.22"),
            definition_id="e094cb9a-26de-4645-8761-65c0c425d1de",
            configuration={"account_id": "acct_1", "client_secret": "**********"},
            allocation={
                "default": {"cpu_limit": "1"},
                "job_specific": [{"job_type": "sync", "resource_requirements": {"memory_limit": "2Gi"}}],
            },
        ),
    )
    [one] = found.connections
    assert (one.key, one.id, one.address) == (connection, connection, None)
    assert (one.remote.source_id, one.remote.destination_id) == (source, destination)
    assert (one.remote.cron, one.remote.schedule) == (None, "every 24 hours")
    assert one.remote.interval == Interval(24, "hours")
    assert one.further == {
        "tags": ["finance", "gdpr"],
        "notifySchemaChanges": True,
        "backfillPreference": "enabled",
        "breakingChange": True,
        "statusReason": "SCHEMA_CHANGED",
        "resourceRequirements": {"cpu_limit": "2"},
    }
    assert {key: [stream.name for stream in streams] for key, streams in found.catalogs.items()} == {
        source: ["charges"]
    }


def test_an_empty_workspace_is_none(airbyte: AirbyteServer, server: StandIn) -> None:
    assert read_server(airbyte, told) == FoundWorkspace("the server of the stack airbyte", server.workspace_id)
    assert sum(asked(server).values()) == 3


def test_how_far_it_is_is_told(airbyte: AirbyteServer, server: StandIn) -> None:
    for name in ("A", "B"):
        server.add_source(name, "source-stripe", STRIPE)
    server.add_destination("Warehouse", "destination-snowflake", SNOWFLAKE)
    connect(server)
    heard: list[str] = []
    read_server(airbyte, heard.append)
    assert heard == [
        "listing the destinations",
        "listing the sources",
        "listing the connections",
        "reading the connectors of the destinations",
        "reading the connectors of the sources",
        "reading what the sources offer: 1 of 2",
        "reading what the sources offer: 2 of 2",
        "reading the notifications of the connections",
    ]


# Nothing is changed


def test_nothing_is_created_changed_or_started(filled: FilledWorkspace, tmp_path: Path) -> None:
    server = filled.server
    before, runs = deepcopy(server.state), server.airbyte.discovery.runs
    start = len(server.requests)
    read_server(open_at(tmp_path, server), told)
    for request in asked(server, start):
        method, path = request.split()
        assert method == "GET" or any(re.fullmatch(read, path) for read in READS), request
    assert server.state == before
    assert server.airbyte.discovery.runs == runs


def test_lists_tell_what_lists_can_tell(filled: FilledWorkspace, tmp_path: Path) -> None:
    start = len(filled.server.requests)
    read_server(open_at(tmp_path, filled.server), told)
    assert asked(filled.server, start) == {
        "GET /api/public/v1/destinations": 1,
        "GET /api/public/v1/sources": 1,
        "GET /api/public/v1/connections": 1,
        "POST /api/v1/destination_definitions/list": 1,
        "POST /api/v1/source_definitions/list": 1,
        "POST /api/v1/destinations/list": 1,
        "POST /api/v1/sources/list": 1,
        "POST /api/v1/connections/list": 1,
        # Of the two that do not run in the version of their definition.
        "POST /api/v1/actor_definition_versions/get_for_source": 2,
        # No list tells what a source offers.
        "POST /api/v1/sources/most_recent_source_actor_catalog": 30,
    }


def test_no_secret_comes_with_it(filled: FilledWorkspace, tmp_path: Path) -> None:
    found = read_server(open_at(tmp_path, filled.server), told)
    streams = [stream for one in found.connections if one.remote.settings for stream in one.remote.settings.streams]
    text = repr([found, [actor.configuration for actor in found.actors], [stream.mappers for stream in streams]])
    assert len(filled.secrets) > 30
    assert [secret for secret in filled.secrets if secret in text] == []
    assert "**********" in text


def test_a_list_that_does_not_mask_the_key_of_an_encryption_gives_none() -> None:
    mapper = {"type": "encryption", "mapperConfiguration": {"algorithm": "AES", "key": "0123456789abcdef"}}
    stream = {"name": "users", "syncMode": "full_refresh_append", "mappers": [mapper]}
    body = {
        **dict.fromkeys(("connectionId", "name", "sourceId", "destinationId"), "c"),
        "status": "active",
        "schedule": {"scheduleType": "manual"},
        "namespaceDefinition": "source",
        "nonBreakingSchemaUpdatesBehavior": "ignore",
        "configurations": {"streams": [stream]},
    }
    settings = read_connection(body).settings
    assert settings is not None
    assert settings.streams[0].mappers == (
        {"type": "encryption", "mapperConfiguration": {"algorithm": "AES", "key": "**********"}},
    )


@pytest.mark.parametrize(
    ("schedule", "interval"),
    [
        ({"scheduleType": "basic", "basicTiming": "Every 24 HOURS"}, Interval(24, "hours")),
        ({"scheduleType": "basic", "basicTiming": "Every 1 MONTHS"}, Interval(1, "months")),
        ({"scheduleType": "basic"}, None),
        ({"scheduleType": "manual"}, None),
        ({"scheduleType": "cron", "cronExpression": "0 0 6 * * ? UTC"}, None),
    ],
)
def test_a_basic_schedule_is_an_interval(schedule: dict[str, str], interval: Interval | None) -> None:
    ends = dict.fromkeys(("connectionId", "name", "sourceId", "destinationId"), "c")
    assert read_connection({**ends, "status": "active", "schedule": schedule}).interval == interval


# Pages and choices


def test_connections_are_read_page_by_page_until_one_is_not_full(airbyte: AirbyteServer, server: StandIn) -> None:
    server.add_source("Stripe", "source-stripe", STRIPE)
    server.add_destination("Warehouse", "destination-snowflake", SNOWFLAKE)
    for number in range(300):
        connect(server, number)
    found = read_server(airbyte, told)
    assert len(found.connections) == 300
    assert asked(server)["GET /api/public/v1/connections"] == 4
    assert asked(server)["POST /api/v1/connections/list"] == 1


def test_pinned_connectors_are_looked_for_on_every_page(airbyte: AirbyteServer, server: StandIn) -> None:
    sources = [server.add_source(f"Stripe {number:03}", "source-stripe", STRIPE) for number in range(230)]
    server.state.sources[sources[-1]].version = "5.0.0"
    found = read_server(airbyte, told)
    assert asked(server)["POST /api/v1/sources/list"] == 3
    assert [actor.version for actor in found.actors[-2:]] == ["5.15.22", "5.0.0"]


def test_only_some_are_read(airbyte: AirbyteServer, server: StandIn) -> None:
    server.add_source("Stripe", "source-stripe", STRIPE)
    warehouse = server.add_destination("Warehouse", "destination-snowflake", SNOWFLAKE)
    server.add_source("Repository", "source-github", GITHUB)
    other = server.add_source("Other", "source-github", GITHUB)
    connect(server, 1)
    connect(server, 2)
    server.add_connection(other, warehouse, name="c3")
    found = read_server(airbyte, told, only=["c1", "Repository"])
    assert names(found) == ["c1"]
    assert [actor.name for actor in found.actors] == ["Warehouse", "Repository", "Stripe"]
    assert asked(server)["POST /api/v1/sources/most_recent_source_actor_catalog"] == 2
    assert names(read_server(airbyte, told, only=[found.connections[0].key])) == ["c1"]


def test_what_is_not_there_cannot_be_chosen(airbyte: AirbyteServer, server: StandIn) -> None:
    server.add_source("Stripe", "source-stripe", STRIPE)
    with pytest.raises(UserError) as error:
        read_server(airbyte, told, only=["Stripes", "Stripe"])
    assert str(error.value) == (
        'the workspace has no source, destination or connection "Stripes"; did you mean "Stripe"?'
    )


# Connectors and versions


def test_connectors_that_are_not_airbytes_own_and_versions_that_are_pinned(
    airbyte: AirbyteServer, server: StandIn
) -> None:
    server.add_source("A, own image", "source-acme", {"url": "https://acme.example.com"})
    server.add_source("B, of the builder", "source-weather", {"api_key": "s3cr3t-of-weather"})
    pinned = server.add_source("C, pinned", "source-stripe", STRIPE)
    held = server.add_source("D, held", "source-stripe", STRIPE)
    server.state.sources[pinned].version = "5.0.0"
    server.state.sources[held].version, server.state.sources[held].support_state = "4.2.0", "deprecated"
    found = read_server(airbyte, told)
    assert [(actor.name, actor.connector, actor.version) for actor in found.actors] == [
        ("A, own image", "source-acme", "1.4.0"),
        ("B, of the builder", None, None),
        ("C, pinned", "source-stripe", "5.0.0"),
        ("D, held", "source-stripe", "4.2.0"),
    ]


# What cannot be read


def test_a_connection_at_which_the_server_fails_does_not_stop_the_rest(airbyte: AirbyteServer, server: StandIn) -> None:
    server.add_source("Stripe", "source-stripe", STRIPE)
    server.add_destination("Warehouse", "destination-snowflake", SNOWFLAKE)
    ids = [connect(server, number) for number in range(150)]
    server.spoil(ids[37])
    found = read_server(airbyte, told)
    assert sorted(names(found)) == sorted(f"c{number}" for number in range(150) if number != 37)
    why = f'stack "airbyte": cannot list the connections: {server.url}: it returns 500: Internal Server Error'
    assert found.untold == (Untold('the connection "c37"', why),)
    # The page, five times as it may be the server; then halves of halves; the second page.
    assert asked(server)["GET /api/public/v1/connections"] == 5 + 12 + 1


def test_two_connections_at_which_it_fails_are_told_by_number(airbyte: AirbyteServer, server: StandIn) -> None:
    server.add_source("Stripe", "source-stripe", STRIPE)
    server.add_destination("Warehouse", "destination-snowflake", SNOWFLAKE)
    ids = [connect(server, number) for number in range(4)]
    server.spoil(ids[0])
    server.spoil(ids[2])
    found = read_server(airbyte, told)
    assert names(found) == ["c1", "c3"]
    numbers = ["connection 1 in the server's list", "connection 3 in the server's list"]
    assert [one.what for one in found.untold] == numbers


def test_a_source_at_which_it_fails_leaves_its_connections(airbyte: AirbyteServer, server: StandIn) -> None:
    source = server.add_source("Stripe", "source-stripe", STRIPE)
    server.add_source("Repository", "source-github", GITHUB)
    server.add_destination("Warehouse", "destination-snowflake", SNOWFLAKE)
    connect(server)
    server.spoil(source)
    found = read_server(airbyte, told)
    assert [actor.name for actor in found.actors] == ["Warehouse", "Repository"]
    assert [(one.remote.name, found.actor(one.remote.source_id)) for one in found.connections] == [("c0", None)]
    assert [one.what for one in found.untold] == [
        "source 1 in the server's list",
        'what the source "Repository" offers',
    ]


def test_a_server_that_fails_at_everything_is_not_asked_for_each(airbyte: AirbyteServer, server: StandIn) -> None:
    for number in range(100):
        server.spoil(server.add_source(f"Stripe {number}", "source-stripe", STRIPE))
    with pytest.raises(UserError, match=r"cannot list the sources: .*: it returns 500"):
        read_server(airbyte, told)
    assert asked(server)["GET /api/public/v1/sources"] < 40


def test_a_server_that_refuses_a_list_ends_it(airbyte: AirbyteServer, server: StandIn) -> None:
    server.state.workspaces[server.workspace_id].role = None
    with pytest.raises(UserError, match="it denies access"):
        read_server(airbyte, told)


def test_a_source_that_was_never_discovered_is_told(airbyte: AirbyteServer, server: StandIn) -> None:
    server.add_source("Stripe", "source-stripe", STRIPE)
    found = read_server(airbyte, told)
    assert found.catalogs == {}
    assert found.untold == (Untold('what the source "Stripe" offers', "Airbyte has stored no discovery of it"),)


def test_where_no_discovery_can_be_read_what_connections_read_is_known(airbyte: AirbyteServer, server: StandIn) -> None:
    source = server.add_source("Stripe", "source-stripe", STRIPE)
    server.add_destination("Warehouse", "destination-snowflake", SNOWFLAKE)
    stream = {"name": "charges", "syncMode": "full_refresh_append"}
    connect(server, 1, configurations={"streams": [{**stream, "selectedFields": [{"fieldPath": ["id"]}]}]})
    server.fail_next("most_recent_source_actor_catalog", status=403)
    found = read_server(airbyte, told)
    [charges] = found.catalogs[source]
    assert (charges.name, dict(charges.json_schema["properties"])) == ("charges", {"id": {"type": "string"}})
    [untold] = found.untold
    assert untold.what == 'what the source "Stripe" offers'
    known = "; only streams that its connections read are known, with their selected fields"
    assert untold.why.startswith('stack "airbyte": cannot read what the source offers: ')
    assert untold.why.endswith(known)


def test_without_a_configuration_api_the_rest_is_read(
    airbyte: AirbyteServer, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.add_source("A", "source-stripe", STRIPE)
    server.add_source("B", "source-weather", {"api_key": "s3cr3t-of-weather"})
    server.add_destination("Warehouse", "destination-snowflake", SNOWFLAKE)
    connect(server)
    monkeypatch.setattr("infra.airbyte.server.api.api_root", lambda _: None)
    found = read_server(airbyte, told)
    assert [(actor.name, actor.connector, actor.version) for actor in found.actors] == [
        ("Warehouse", "destination-snowflake", "4.0.39"),
        ("A", "source-stripe", "5.15.22"),
        ("B", None, None),
    ]
    assert [one.what for one in found.untold] == [
        "the notifications and resources of the connections",
        "what the sources offer",
        "which destinations run in a version of their own",
        "which sources run in a version of their own",
    ]
    assert set(asked(server)) == {
        *(f"GET /api/public/v1/{path}" for path in ("destinations", "sources", "connections")),
        *(
            f"GET /api/public/v1/workspaces/{server.workspace_id}/definitions/{kind}s"
            for kind in ("source", "destination")
        ),
    }


# A new discovery


def test_sources_are_discovered_anew_only_when_told(airbyte: AirbyteServer, server: StandIn) -> None:
    stripe = server.add_source("Stripe", "source-stripe", STRIPE)
    github = server.add_source("Repository", "source-github", GITHUB)
    server.add_destination("Warehouse", "destination-snowflake", SNOWFLAKE)
    connect(server)
    server.add_connection(github, next(iter(server.state.destinations)), name="other")
    server.offer(stripe, [CHARGES, {**CHARGES, "name": "refunds"}])
    server.fail_discovery("Repository")

    def offered(found: FoundWorkspace) -> dict[str, list[str]]:
        return {key: [stream.name for stream in streams] for key, streams in sorted(found.catalogs.items())}

    assert offered(read_server(airbyte, told)) == dict(sorted({stripe: ["charges"], github: ["charges"]}.items()))
    found = read_server(airbyte, told, discover=True)
    assert offered(found) == dict(sorted({stripe: ["charges", "refunds"], github: ["charges"]}.items()))
    [untold] = found.untold
    assert untold.what == 'a new discovery of the source "Repository"'
    assert "Connection refused" in untold.why


# The generator


def test_a_generated_workspace_has_every_kind_of_thing(filled: FilledWorkspace, tmp_path: Path) -> None:
    found = read_server(open_at(tmp_path, filled.server), told)
    assert (len(filled.connectors), len(filled.sources), len(filled.connections)) == (16, 30, 50)
    settings = [one.remote.settings for one in found.connections if one.remote.settings]
    streams = [stream for one in settings for stream in one.streams]
    assert {one.remote.interval.unit for one in found.connections if one.remote.interval} == {
        *("minutes", "hours", "days", "weeks")
    }
    assert {one.remote.schedule for one in found.connections} >= {"manual", "0 30 7 ? * MON-FRI Europe/Berlin"}
    assert len({stream.mode for stream in streams}) == 9
    assert {mapper["type"] for stream in streams for mapper in stream.mappers} == {
        *("hashing", "field-renaming", "field-filtering", "row-filtering", "encryption")
    }
    assert {one.namespace for one in settings} == {"source", "destination", "custom_format"}
    assert {one.schema_changes for one in settings} == {
        *("ignore", "disable_connection", "propagate_columns", "propagate_fully")
    }
    assert {key for one in found.connections for key in one.further} == {
        *("tags", "notifySchemaChanges", "notifySchemaChangesByEmail", "backfillPreference", "resourceRequirements")
    }
    assert [one.what for one in found.untold] == ['what the source "data 29" offers']


def test_a_seed_makes_the_same_workspace_in_every_run(filled: FilledWorkspace) -> None:
    with filled_workspace(openapi=None) as again, filled_workspace(2, openapi=None) as other:
        assert again.server.state == filled.server.state
        assert other.server.state != filled.server.state
