"""Which handler answers what. Paths are those of Airbyte's OpenAPI files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.standin import auth, connections, discovery, jobs, workspaces
from tests.standin.actors import DESTINATIONS, SOURCES
from tests.standin.airbyte import Airbyte
from tests.standin.call import Answer, Call
from tests.standin.errors import not_found

Handler = Callable[[Airbyte, Call], Answer]

PUBLIC: dict[str, Handler] = {
    "GET /health": workspaces.public_health,
    "POST /applications/token": auth.public_token,
    "GET /workspaces": workspaces.list_workspaces,
    "GET /workspaces/{workspaceId}": workspaces.get_workspace,
    "GET /workspaces/{workspaceId}/definitions/sources": workspaces.list_definitions,
    "GET /workspaces/{workspaceId}/definitions/sources/{definitionId}": workspaces.get_definition,
    "GET /workspaces/{workspaceId}/definitions/destinations": workspaces.list_definitions,
    "GET /workspaces/{workspaceId}/definitions/destinations/{definitionId}": workspaces.get_definition,
    "GET /sources": SOURCES.public_list,
    "POST /sources": SOURCES.public_create,
    "GET /sources/{sourceId}": SOURCES.public_get,
    "PUT /sources/{sourceId}": SOURCES.public_put,
    "PATCH /sources/{sourceId}": SOURCES.public_patch,
    "DELETE /sources/{sourceId}": SOURCES.public_delete,
    "GET /destinations": DESTINATIONS.public_list,
    "POST /destinations": DESTINATIONS.public_create,
    "GET /destinations/{destinationId}": DESTINATIONS.public_get,
    "PUT /destinations/{destinationId}": DESTINATIONS.public_put,
    "PATCH /destinations/{destinationId}": DESTINATIONS.public_patch,
    "DELETE /destinations/{destinationId}": DESTINATIONS.public_delete,
    "GET /connections": connections.list_connections,
    "POST /connections": connections.create_connection,
    "GET /connections/{connectionId}": connections.get_connection,
    "PATCH /connections/{connectionId}": connections.patch_connection,
    "DELETE /connections/{connectionId}": connections.delete_connection,
    "GET /streams": discovery.get_streams,
    "GET /jobs": jobs.list_jobs,
    "POST /jobs": jobs.create_job,
    "GET /jobs/{jobId}": jobs.get_job,
    "DELETE /jobs/{jobId}": jobs.cancel_job,
}

CONFIG: dict[str, Handler] = {
    "GET /v1/health": workspaces.config_health,
    "POST /v1/applications/token": auth.config_token,
    "POST /v1/source_definitions/list": workspaces.config_definitions,
    "POST /v1/destination_definitions/list": workspaces.config_definitions,
    "POST /v1/source_definition_specifications/get": workspaces.config_specification,
    "POST /v1/destination_definition_specifications/get": workspaces.config_specification,
    "POST /v1/actor_definition_versions/get_for_source": SOURCES.version,
    "POST /v1/actor_definition_versions/get_for_destination": DESTINATIONS.version,
    "POST /v1/sources/list": SOURCES.config_list,
    "POST /v1/sources/get": SOURCES.config_get,
    "POST /v1/sources/check_connection": SOURCES.check_connection,
    "POST /v1/sources/discover_schema": discovery.discover_schema,
    "POST /v1/sources/most_recent_source_actor_catalog": discovery.most_recent_catalog,
    "POST /v1/destinations/list": DESTINATIONS.config_list,
    "POST /v1/destinations/check_connection": DESTINATIONS.check_connection,
    "POST /v1/connections/list": connections.config_list,
    "POST /v1/connections/get": connections.config_get,
    "POST /v1/connections/sync": jobs.sync,
    "POST /v1/connections/clear": jobs.clear,
    "POST /v1/connections/reset": jobs.clear,
    "POST /v1/connections/clear/stream": jobs.clear_streams,
    "POST /v1/connections/reset/stream": jobs.clear_streams,
    "POST /v1/connections/refresh": jobs.refresh,
    "POST /v1/jobs/list": jobs.config_list,
    "POST /v1/jobs/get_without_logs": jobs.get_without_logs,
    "POST /v1/web_backend/describe_cron_expression": workspaces.describe_cron,
}

# No token is asked for these.
OPEN = {"/health", "/applications/token", "/v1/health", "/v1/applications/token"}

BASES = {"public": "/api/public/v1", "config": "/api"}


def _compile(routes: dict[str, Handler]) -> Iterator[tuple[re.Pattern[str], Handler]]:
    for route, handler in routes.items():
        yield re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route)), handler


TABLES = {"public": tuple(_compile(PUBLIC)), "config": tuple(_compile(CONFIG))}


def split(path: str) -> tuple[str, str] | None:
    """The API that a path belongs to, and its path there."""
    for api, base in BASES.items():
        if path.startswith(f"{base}/"):
            return api, path.removeprefix(base)
    return None


def unknown(_airbyte: Airbyte, call: Call) -> Answer:
    raise not_found("endpoint", f"{call.method} {call.path}")


def find(api: str, method: str, path: str) -> tuple[Handler, dict[str, str]]:
    """The handler and the parts of the path that its route names."""
    for pattern, handler in TABLES[api]:
        match = pattern.fullmatch(f"{method} {path}")
        if match:
            return handler, match.groupdict()
    return unknown, {}
