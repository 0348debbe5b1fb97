"""A connection as each of the two APIs shows it."""

from __future__ import annotations

from tests.standin.airbyte import Airbyte
from tests.standin.call import Json
from tests.standin.catalogs import MODES
from tests.standin.mappers import masked
from tests.standin.state import ConfiguredStream, Connection


def public_connection(airbyte: Airbyte, connection: Connection) -> Json:
    """OpenAPI: ConnectionResponse. A schedule comes back with the zone that the public API never stores."""
    # See Airbyte: ConnectionReadMapper.from
    airbyte.refuse_spoiled(connection.id)
    schedule = {"scheduleType": "manual"}
    if connection.cron is not None:
        schedule = {"scheduleType": "cron", "cronExpression": f"{connection.cron} {connection.zone}"}
    if connection.interval is not None:
        units, unit = connection.interval
        schedule = {"scheduleType": "basic", "basicTiming": f"Every {units} {unit.upper()}"}
    body = {
        "connectionId": connection.id,
        "name": connection.name,
        "sourceId": connection.source_id,
        "destinationId": connection.destination_id,
        "workspaceId": airbyte.workspace_of(connection),
        "status": "deprecated" if connection.deleted else connection.status,
        "schedule": schedule,
        "nonBreakingSchemaUpdatesBehavior": connection.schema_changes,
        "namespaceDefinition": connection.namespace_definition,
        "prefix": connection.prefix,
        "configurations": {"streams": [_public_stream(stream) for stream in connection.streams]},
        "createdAt": connection.created_at,
        "tags": connection.tags,
    }
    if connection.namespace_format is not None:
        body["namespaceFormat"] = connection.namespace_format
    return body


def _public_stream(configured: ConfiguredStream) -> Json:
    """OpenAPI: StreamConfiguration, with the namespace as discovered, whatever the request said."""
    config = configured.config
    body = {
        "name": configured.stream["name"],
        "syncMode": MODES[config["syncMode"], config["destinationSyncMode"]],
        "cursorField": config["cursorField"],
        "primaryKey": config["primaryKey"],
        "selectedFields": config["selectedFields"],
        "mappers": masked(config["mappers"]),
    }
    if "namespace" in configured.stream:
        body["namespace"] = configured.stream["namespace"]
    body.update({key: config[key] for key in ("includeFiles", "destinationObjectName") if key in config})
    return body


def _config_stream(configured: ConfiguredStream) -> Json:
    """OpenAPI: AirbyteStreamAndConfiguration. The schema that is stored has only the fields that are selected."""
    # See Airbyte: CatalogConverter.toConfiguredProtocol
    config, stream = configured.config, configured.stream
    if config["fieldSelectionEnabled"]:
        selected = {info["fieldPath"][0] for info in config["selectedFields"]}
        fields = {name: one for name, one in stream["jsonSchema"]["properties"].items() if name in selected}
        stream = {**stream, "jsonSchema": {**stream["jsonSchema"], "properties": fields}}
    return {"stream": stream, "config": {**config, "mappers": masked(config["mappers"])}}


def config_connection(airbyte: Airbyte, connection: Connection) -> Json:
    """OpenAPI: ConnectionRead"""
    body = {
        "connectionId": connection.id,
        "name": connection.name,
        "sourceId": connection.source_id,
        "destinationId": connection.destination_id,
        "workspaceId": airbyte.workspace_of(connection),
        "status": connection.status,
        # OpenAPI: NamespaceDefinitionType and NonBreakingChangesPreference, which the public API calls otherwise
        "namespaceDefinition": connection.namespace_definition.replace("custom_format", "customformat"),
        "nonBreakingChangesPreference": connection.schema_changes.replace("disable_connection", "disable"),
        "prefix": connection.prefix,
        "syncCatalog": {"streams": [_config_stream(one) for one in connection.streams]},
        "scheduleType": "manual" if connection.cron is None else "cron",
        "breakingChange": connection.breaking_change,
        "notifySchemaChanges": connection.notify,
        "notifySchemaChangesByEmail": connection.notify_by_email,
        "backfillPreference": "enabled" if connection.backfill else "disabled",
        "created_at": connection.created_at,
        "tags": connection.tags,
    }
    if connection.cron is not None:
        body["scheduleData"] = {"cron": {"cronExpression": connection.cron, "cronTimeZone": connection.zone}}
    if connection.interval is not None:
        basic = {"units": connection.interval[0], "timeUnit": connection.interval[1]}
        body |= {"scheduleType": "basic", "scheduleData": {"basicSchedule": basic}, "schedule": basic}
    if connection.resources:
        body["resourceRequirements"] = connection.resources
    if connection.status_reason is not None:
        body["statusReason"] = connection.status_reason
    if connection.namespace_format is not None:
        body["namespaceFormat"] = connection.namespace_format
    return body
