"""Connections: created, patched and read as the public API does it."""

from __future__ import annotations

from tests.standin.airbyte import Airbyte
from tests.standin.call import Answer, Call, Json, choice
from tests.standin.catalogs import overwrite_config
from tests.standin.connection_read import config_connection, public_connection
from tests.standin.cron import check_schedule
from tests.standin.errors import RefusedError, bad_request
from tests.standin.mappers import with_secrets
from tests.standin.paging import page
from tests.standin.state import Actor, ConfiguredStream, Connection
from tests.standin.validation import configure_streams

# OpenAPI: NamespaceDefinitionEnum, NonBreakingSchemaUpdatesBehaviorEnum, ConnectionStatusEnum, ScheduleTypeEnum
NAMESPACES = ("source", "destination", "custom_format")
SCHEMA_CHANGES = ("ignore", "disable_connection", "propagate_columns", "propagate_fully")
STATUSES = ("active", "inactive", "deprecated", "locked")
SCHEDULES = ("manual", "cron")


def list_connections(airbyte: Airbyte, call: Call) -> Answer:
    workspaces = airbyte.visible(call.texts("workspaceIds"))
    found = [item for item in airbyte.state.connections.values() if airbyte.workspace_of(item) in workspaces]
    living = [item for item in found if call.flag("includeDeleted") or not item.deleted]
    return page(call, living, lambda item: public_connection(airbyte, item))


def get_connection(airbyte: Airbyte, call: Call) -> Answer:
    return 200, public_connection(airbyte, airbyte.connection(call.params["connectionId"], "reader"))


def create_connection(airbyte: Airbyte, call: Call) -> Answer:
    """POST /connections. Without streams, everything that was discovered is overwritten at each sync."""
    body = call.fields()
    destination = airbyte.actor("destination", call.required("destinationId"), "editor")
    source = airbyte.actor("source", call.required("sourceId"), "editor")
    _check_words(body)
    cron = _cron(airbyte, body)
    streams = _streams(airbyte, body, source, destination, [])
    connection = Connection(
        id=airbyte.state.new_id("connection"),
        # Airbyte: ConnectionsHandler.createConnection names a connection after its two ends.
        name=body.get("name") or f"{source.name} <> {destination.name}",
        source_id=source.id,
        destination_id=destination.id,
        created_at=airbyte.clock.seconds,
        cron=cron,
        streams=_all_overwritten(airbyte, source) if streams is None else streams,
    )
    _apply(connection, body)
    airbyte.state.connections[connection.id] = connection
    return 200, public_connection(airbyte, connection)


def patch_connection(airbyte: Airbyte, call: Call) -> Answer:
    """PATCH /connections/{connectionId}. What is absent or null stays; a list of streams replaces them all."""
    body = call.fields()
    connection = airbyte.connection(call.params["connectionId"], "editor")
    if connection.status == "locked":
        raise RefusedError(400, "connection-locked", f"Connection {connection.id} is locked and cannot be changed.")
    _check_words(body)
    cron = _cron(airbyte, body)
    source = airbyte.state.sources[connection.source_id]
    destination = airbyte.state.destinations[connection.destination_id]
    # Airbyte: ConnectionsController.patchConnection: an empty list of streams leaves the catalog alone.
    streams = _streams(airbyte, body, source, destination, connection.streams)
    if streams is not None:
        connection.streams = streams
    # Airbyte: ConnectionUpdateMapper.from: a schedule replaces the old one, and a manual one has no expression.
    if body.get("schedule") is not None:
        connection.cron, connection.interval, connection.zone = cron, None, "UTC"
    connection.name = body.get("name") or connection.name
    _apply(connection, body)
    return 200, public_connection(airbyte, connection)


def delete_connection(airbyte: Airbyte, call: Call) -> Answer:
    airbyte.connection(call.params["connectionId"], "editor").deleted = True
    return 204, None


def config_list(airbyte: Airbyte, call: Call) -> Answer:
    """POST /v1/connections/list: all of a workspace, unpaginated."""
    workspace = airbyte.workspace(call.required("workspaceId"), "reader")
    found = [item for item in airbyte.state.living("connections") if airbyte.workspace_of(item) == workspace.id]
    return 200, {"connections": [config_connection(airbyte, item) for item in found]}


def config_get(airbyte: Airbyte, call: Call) -> Answer:
    return 200, config_connection(airbyte, airbyte.connection(call.required("connectionId"), "reader"))


def _check_words(body: Json) -> None:
    choice(body, "namespaceDefinition", NAMESPACES)
    choice(body, "nonBreakingSchemaUpdatesBehavior", SCHEMA_CHANGES)
    choice(body, "status", STATUSES)
    schedule = body.get("schedule")
    if schedule is not None and choice(schedule, "scheduleType", SCHEDULES) is None:
        raise bad_request("Missing required creator property 'scheduleType'")


def _cron(airbyte: Airbyte, body: Json) -> str | None:
    schedule = body.get("schedule")
    return check_schedule(schedule, airbyte.clock.now, airbyte.minimum_minutes) if schedule else None


def _streams(
    airbyte: Airbyte, body: Json, source: Actor, destination: Actor, before: list[ConfiguredStream]
) -> list[ConfiguredStream] | None:
    """The streams of the request, or None where it has none. Known is what is stored, not what is offered now."""
    wanted = (body.get("configurations") or {}).get("streams") or []
    if not wanted:
        return None
    connector = airbyte.connector(source.definition_id)
    found = airbyte.discovery.find(source, connector, airbyte.clock.seconds)
    streams = configure_streams(
        found.streams, wanted, connector, airbyte.connector(destination.definition_id), airbyte.state.new_id
    )
    stored = {one.key: {mapper["id"]: mapper for mapper in one.config["mappers"]} for one in before}
    for one in streams:
        one.config["mappers"] = with_secrets(one.config["mappers"], stored.get(one.key, {}))
    return streams


def _all_overwritten(airbyte: Airbyte, source: Actor) -> list[ConfiguredStream]:
    found = airbyte.discovery.find(source, airbyte.connector(source.definition_id), airbyte.clock.seconds)
    return [ConfiguredStream(stream, overwrite_config(stream)) for stream in found.streams]


def _apply(connection: Connection, body: Json) -> None:
    """Plain settings. The provider always sends `namespaceFormat`, as null where there is none: null changes nothing."""
    # See Airbyte: ConnectionUpdateMapper.from
    fields = {
        "status": "status",
        "namespaceDefinition": "namespace_definition",
        "namespaceFormat": "namespace_format",
        "prefix": "prefix",
        "nonBreakingSchemaUpdatesBehavior": "schema_changes",
        "tags": "tags",
    }
    for key, name in fields.items():
        if body.get(key) is not None:
            setattr(connection, name, body[key])
