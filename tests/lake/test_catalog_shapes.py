"""A catalog in each shape that Airbyte has for it: the protocol's, the Configuration API's, the public API's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.base.errors import UserError
from infra.lake.catalog.discovery import read_catalog
from tests.standin import StandIn
from tests.standin.client import Client
from tests.support.lakes import run, write_files, write_lake

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

ADDRESS = {"type": "object", "properties": {"city": {"type": "string"}}}
USERS: dict[str, Any] = {
    "name": "users",
    "json_schema": {"type": "object", "properties": {"id": {"type": "integer"}, "address": ADDRESS}},
    "supported_sync_modes": ["full_refresh", "incremental"],
    "source_defined_cursor": True,
    "default_cursor_field": ["updated_at"],
    "source_defined_primary_key": [["id"]],
    "is_resumable": True,
    "is_file_based": False,
}
LOG: dict[str, Any] = {
    "name": "log",
    "namespace": "public",
    "json_schema": {"type": "object", "properties": {}},
    "supported_sync_modes": ["full_refresh"],
}
# The public API tells no types, and whether a stream can be resumed neither.
PUBLIC_USERS = {
    **{key: value for key, value in USERS.items() if key not in ("is_resumable", "is_file_based")},
    "json_schema": {"type": "object", "properties": {"id": {}, "address": {"properties": {"city": {}}}}},
}
PUBLIC_LOG = {**LOG, "source_defined_cursor": False}


def streams_in(value: Any) -> list[Any]:
    found = read_catalog(json.dumps(value), "output.json")
    return [json.loads(stream.to_text()) for stream in found]


@pytest.fixture
def client() -> Iterator[Client]:
    connectors: dict[str, dict[str, Any]] = {"source-db": {"spec": {}}, "destination-lake": {"spec": {}}}
    with StandIn(connectors, {"source-db": [USERS, LOG]}) as server:
        server.add_source("Shop", "source-db", {})
        server.add_destination("Lake", "destination-lake", {})
        yield Client(server)


def test_the_answer_of_the_configuration_api_is_a_catalog(client: Client) -> None:
    (source,) = client.server.state.sources
    _, answer = client.config("/sources/discover_schema", {"sourceId": source})
    assert streams_in(answer) == [USERS, LOG]
    assert streams_in(answer["catalog"]) == [USERS, LOG]
    _, stored = client.config("/sources/most_recent_source_actor_catalog", {"sourceId": source})
    assert streams_in(stored) == [
        USERS,
        {**LOG, "default_cursor_field": [], "source_defined_primary_key": []},  # in the protocol's shape
    ]


def test_the_answer_of_the_public_api_is_a_catalog_without_types(client: Client) -> None:
    (source,), (destination,) = client.server.state.sources, client.server.state.destinations
    assert streams_in(client.get(f"/streams?sourceId={source}")) == [PUBLIC_USERS, PUBLIC_LOG]
    assert streams_in(client.get(f"/streams?sourceId={source}&destinationId={destination}")) == [
        PUBLIC_USERS,
        PUBLIC_LOG,
    ]


@pytest.mark.parametrize(
    ("modes", "expected"),
    [
        (["full_refresh_overwrite", "incremental_append"], ["full_refresh", "incremental"]),
        (["incremental_append"], ["incremental"]),
        (["full_refresh_append"], ["full_refresh"]),
        (None, ["full_refresh"]),
    ],
)
def test_the_public_api_tells_modes_combined_with_a_destinations(modes: Any, expected: list[str]) -> None:
    (found,) = streams_in([{"streamName": "a", "syncModes": modes, "propertyFields": [["b", "c"], ["b"]]}])
    assert found["supported_sync_modes"] == expected
    assert found["json_schema"]["properties"] == {"b": {"properties": {"c": {}}}}


def test_each_shape_becomes_the_same_files(tmp_path: Path, client: Client) -> None:
    (source,) = client.server.state.sources
    _, answer = client.config("/sources/discover_schema", {"sourceId": source})
    lake = write_lake(tmp_path / "lake")
    texts = []
    for catalog in ({"streams": [USERS, LOG]}, answer):
        write_files(tmp_path, {"catalog.json": json.dumps(catalog)})
        assert run(lake, "discover", "faker", "--from", str(tmp_path / "catalog.json")).code == 0
        texts.append({path.name: path.read_text("utf-8") for path in (lake / "dag/sources/faker").iterdir()})
    assert texts[0] == texts[1]
    assert sorted(texts[0]) == ["_discovery.json", "public.log.json", "users.json"]


@pytest.mark.parametrize("streams", [[USERS, LOG], [{"stream": USERS, "sync_mode": "full_refresh"}, {"stream": LOG}]])
def test_a_list_of_streams_is_a_catalog(streams: list[Any]) -> None:
    assert streams_in(streams) == streams_in({"streams": [USERS, LOG]})


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"jobInfo": {"succeeded": False, "failureReason": {"externalMessage": "no route"}}}, "no route"),
        ({"jobInfo": {"succeeded": False, "failureReason": {"internalMessage": "exit 1"}}}, "exit 1"),
        ({"jobInfo": {"succeeded": False, "failureReason": None}}, "no reason given"),
        ({"jobInfo": {"succeeded": True}}, "no reason given"),
    ],
)
def test_a_discovery_that_failed_on_the_server_says_why(answer: Any, said: str) -> None:
    with pytest.raises(UserError) as caught:
        streams_in(answer)
    assert str(caught.value) == f"output.json: discovery failed: {said}"


@pytest.mark.parametrize(
    "value", [[], [{}], [{"name": "a"}], [{"streamName": "a"}, 7], {"jobInfo": 7}, {"catalog": []}, 7, None, "streams"]
)
def test_what_only_looks_alike_is_no_catalog(value: Any) -> None:
    with pytest.raises(UserError, match=r"^output\.json contains no catalog"):
        streams_in(value)


@pytest.mark.parametrize(
    "stream",
    [
        {"stream": {}, "config": {}},
        {"stream": 7},
        {"stream": {"name": "a", "jsonSchema": 7}, "config": {}},
        {"streamName": None},
        {"streamName": 7},
        {"streamName": "a", "sourceDefinedPrimaryKey": "id"},
        {"name": "a", "jsonSchema": {}, "supportedSyncModes": "full_refresh"},
        {"stream": {"namespace": "a"}, "sync_mode": "full_refresh"},
    ],
    ids=repr,
)
def test_a_stream_that_is_none_is_refused(stream: Any) -> None:
    with pytest.raises(UserError, match=r"is not an AirbyteStream: \S"):
        streams_in({"streams": [stream]})
