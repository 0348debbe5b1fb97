"""Workspaces, the definitions of connectors in them, and whether the server is up."""

from __future__ import annotations

from datetime import datetime

from tests.standin.airbyte import Airbyte
from tests.standin.call import Answer, Call, Json
from tests.standin.connectors import Connector
from tests.standin.cron import normalize, parse
from tests.standin.errors import unprocessable
from tests.standin.paging import page
from tests.standin.state import Workspace


def list_workspaces(airbyte: Airbyte, call: Call) -> Answer:
    """GET /workspaces: only those that the user may read."""
    visible = airbyte.visible(call.texts("workspaceIds"))
    return page(call, visible, lambda identifier: _workspace(airbyte.state.workspaces[identifier]))


def get_workspace(airbyte: Airbyte, call: Call) -> Answer:
    return 200, _workspace(airbyte.workspace(call.params["workspaceId"], "reader"))


def list_definitions(airbyte: Airbyte, call: Call) -> Answer:
    """GET /workspaces/{workspaceId}/definitions/sources and /destinations"""
    airbyte.workspace(call.params["workspaceId"], "reader")
    kind = call.path.rpartition("/")[2].removesuffix("s")
    # Airbyte: DefinitionsController.publicListSourceDefinitions leaves out those of the connector builder, and has no pages.
    found = [one for one in airbyte.connectors.values() if one.kind == kind and not one.is_declarative]
    return 200, {"data": [_definition(one) for one in found]}


def get_definition(airbyte: Airbyte, call: Call) -> Answer:
    airbyte.workspace(call.params["workspaceId"], "reader")
    return 200, _definition(airbyte.connector(call.params["definitionId"]))


def config_definitions(airbyte: Airbyte, call: Call) -> Answer:
    """POST /v1/source_definitions/list and /v1/destination_definitions/list"""
    kind = call.path.split("/")[2].removesuffix("_definitions")
    found = [connector for connector in airbyte.connectors.values() if connector.kind == kind]
    entries = [
        {
            f"{kind}DefinitionId": connector.definition_id,
            "name": connector.title,
            "dockerRepository": connector.image,
            "dockerImageTag": connector.tag,
            "custom": connector.custom,
            "documentationUrl": f"https://docs.airbyte.com/integrations/{kind}s/{connector.short_name}",
        }
        for connector in found
    ]
    return 200, {f"{kind}Definitions": entries}


def config_specification(airbyte: Airbyte, call: Call) -> Answer:
    """POST /v1/source_definition_specifications/get and /v1/destination_definition_specifications/get"""
    kind = call.path.split("/")[2].removesuffix("_definition_specifications")
    connector = airbyte.connector(call.required(f"{kind}DefinitionId"))
    answer: Json = {
        f"{kind}DefinitionId": connector.definition_id,
        "connectionSpecification": connector.spec,
        "jobInfo": {"id": connector.definition_id, "configType": "get_spec", "configId": "", "createdAt": 0}
        | {"endedAt": 0, "succeeded": True, "connectorConfigurationUpdated": False, "logs": {"logLines": []}},
    }
    return 200, answer | (
        {"supportedDestinationSyncModes": list(connector.sync_modes)} if kind == "destination" else {}
    )


def public_health(_airbyte: Airbyte, _call: Call) -> Answer:
    return 200, None


def config_health(_airbyte: Airbyte, _call: Call) -> Answer:
    return 200, {"available": True}


def describe_cron(airbyte: Airbyte, call: Call) -> Answer:
    """POST /v1/web_backend/describe_cron_expression: 422 for what does not parse, else the next three executions."""
    expression = call.required("cronExpression")
    try:
        moments: list[datetime] = parse(normalize(expression)).next(airbyte.clock.now, 3)
    except ValueError as problem:
        raise unprocessable(str(problem)) from problem
    return 200, {
        "cronExpression": expression,
        "description": "",
        "nextExecutions": [int(moment.timestamp()) for moment in moments],
    }


def _workspace(workspace: Workspace) -> Json:
    """OpenAPI: WorkspaceResponse"""
    return {
        "workspaceId": workspace.id,
        "name": workspace.name,
        "dataResidency": "auto",
        "notifications": workspace.notifications,
    }


def _definition(connector: Connector) -> Json:
    """OpenAPI: DefinitionResponse"""
    return {
        "id": connector.definition_id,
        "name": connector.title,
        "dockerRepository": connector.image,
        "dockerImageTag": connector.tag,
    }
