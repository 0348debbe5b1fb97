"""The offline rules agree with the server: what `check` passes is taken; what it refuses is refused there too, or is
silently made something else, or is taken although it does harm (then the rule knows better than the server).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.agreement import MISTAKES, MODES, RIGHT, STREAMS
from tests.e2e.mistake import Json, Mistake, payload
from tests.standin import StandIn
from tests.standin.client import Client
from tests.support.lakes import LAKE, run, write_lake

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

CLOUD = LAKE.replace("      auth: none\n", "      auth: none\n      minimum_sync_interval: 15m\n")


def lock(connector: str) -> Json:
    return {
        "connector": connector,
        "definition_id": f"5b0a5b0a-0000-4000-8000-{len(connector):012}",
        "destination_sync_modes": MODES.get(connector, []),
        "image": f"example/{connector}",
        "spec": {"type": "object"},
        "supports_refreshes": True,
        "tag": "1.0.0",
    }


LOCKS = {connector: lock(connector) for connector in ("source-shop", *MODES)}


@pytest.fixture(scope="module")
def server() -> Iterator[StandIn]:
    with StandIn(LOCKS, {"source-shop": STREAMS}, minimum_minutes=15) as running:
        running.add_source("Shop", "source-shop", {})
        for connector in MODES:
            running.add_destination(connector, connector, {})
        yield running


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_found_here_and_the_server_is_known_to(mistake: Mistake, server: StandIn, tmp_path: Path) -> None:
    assert rules(tmp_path, mistake) == {mistake.rule}
    status, answer = send(server, mistake)
    if mistake.outcome == "refused":
        assert status == 400
        assert mistake.said in answer["data"]["message"]
    else:
        assert status == 200, answer
        assert mistake.outcome == ("accepted" if kept(mistake, answer) else "altered")


@pytest.mark.parametrize("file", RIGHT, ids=str)
def test_what_check_passes_the_server_takes(file: Json, server: StandIn, tmp_path: Path) -> None:
    mistake = Mistake("right", "", "accepted", file=file)
    # Airbyte takes a key that is inside a field; a destination may fail with it at the sync, which is a warning.
    assert rules(tmp_path, mistake) <= {"primary-key-nested"}
    status, answer = send(server, mistake)
    assert status == 200, answer
    assert kept(mistake, answer)


def rules(root: Path, mistake: Mistake) -> set[str]:
    """What `check` finds in a lake with the mistake's stream files."""
    connection = {"source": "shop", "destination": "lake", **mistake.connection}
    registry = {
        "sources": {"shop": {"connector": "source-shop", "configuration": {}}},
        "destinations": {"lake": {"connector": mistake.destination, "configuration": {}}},
        "connections": {"shop_to_lake": connection},
    }
    files = {f"dag/connectors/{name}.json": json.dumps(entry) for name, entry in LOCKS.items()}
    files |= {f"dag/sources/shop/s{number}.json": json.dumps(stream) for number, stream in enumerate(STREAMS)}
    files |= {f"dag/streams/shop/f{number}.json": json.dumps(file) for number, file in enumerate(files_of(mistake))}
    write_lake(root, {**files, "dag/registry/lake.yaml": CLOUD, "dag/registry/entries.yaml": json.dumps(registry)})
    problems = json.loads(run(root, "check", "--format", "json").out)["problems"]
    return {problem["rule"] for problem in problems} - {"catalog-stale"}


def files_of(mistake: Mistake) -> list[Json]:
    return [mistake.file] if mistake.beside is None else [mistake.file, mistake.beside]


def send(server: StandIn, mistake: Mistake) -> tuple[int, Any]:
    """What the public API says to the mistake as it is written, past every rule."""
    (source,) = server.state.sources
    (destination,) = (one.id for one in server.state.destinations.values() if one.name == mistake.destination)
    body: Json = {"sourceId": source, "destinationId": destination}
    body["configurations"] = {"streams": streams(mistake)}
    if "schedule" in mistake.connection:
        body["schedule"] = {"scheduleType": "cron", "cronExpression": mistake.connection["schedule"]["cron"]}
    if "schema_changes" in mistake.connection:
        body["nonBreakingSchemaUpdatesBehavior"] = mistake.connection["schema_changes"]
    return Client(server).public("POST", "/connections", body)


def streams(mistake: Mistake) -> list[Json]:
    return [payload(file) for file in files_of(mistake) if file.get("selected", True)]


def kept(mistake: Mistake, answer: Json) -> bool:
    """Whether the server has what was sent, and no other stream."""
    stored = answer["configurations"]["streams"]
    wanted = streams(mistake)
    for stream in stored:
        for mapper in stream["mappers"]:
            del mapper["id"]
    return len(stored) == len(wanted) and all(
        have.get(key) == value for have, want in zip(stored, wanted, strict=True) for key, value in want.items()
    )
