"""A source and a connection that somebody made in Airbyte's user interface, and their entries that adopt them."""

from __future__ import annotations

import uuid
from typing import Any

from tests.e2e.edit import each, write
from tests.e2e.shop import as_text, source_defined
from tests.standin import StandIn
from tests.standin.state import NAMESPACE

# The third source and the fourth connection of the server.
ADOPTED_SOURCE, ADOPTED_CONNECTION = (str(uuid.uuid5(NAMESPACE, name)) for name in ("source-3", "connection-4"))
USERS = source_defined("users", "id name updated_at", "updated_at", "id")
FAKER = f"""\
sources:
  faker:
    name: Sample Data
    connector: source-faker
    configuration: {{count: 10}}
    adopt: {ADOPTED_SOURCE}
connections:
  faker_to_lake:
    name: Sample Data to lake
    source: faker
    destination: lake
    namespace: {{format: faker}}
    adopt: {ADOPTED_CONNECTION}
"""
FAKER_FILES = each(
    write("dag/registry/faker.yaml", FAKER),
    write("dag/sources/faker/users.json", as_text(USERS)),
    write("dag/streams/faker/users.json", "{}\n"),
)


def faker_exists(server: StandIn, **different: Any) -> None:
    server.offer("Sample Data", [USERS])
    (lake,) = (one for one in server.state.living("destinations") if one.name == "Lake")
    source = server.add_source("Sample Data", "source-faker", {"count": 10})
    fields = {
        "name": "Sample Data to lake",
        "namespaceDefinition": "custom_format",
        "namespaceFormat": "faker",
        "configurations": {"streams": [{"name": "users", "syncMode": "incremental_append"}]},
    }
    connection = server.add_connection(source, lake.id, **{**fields, **different})
    assert (source, connection) == (ADOPTED_SOURCE, ADOPTED_CONNECTION)


def faker_differs(server: StandIn) -> None:
    faker_exists(server, name="Test", schedule={"scheduleType": "cron", "cronExpression": "0 0 3 * * ? UTC"})


def faker_can_be_made(server: StandIn) -> None:
    server.offer("Sample Data", [USERS])
