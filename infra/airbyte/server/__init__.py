"""An Airbyte server, as far as lakeform asks it: over its public API and its Configuration API."""

from infra.airbyte.server.api_errors import RefusedError
from infra.airbyte.server.remote import (
    ConnectionCheck,
    Failure,
    Interval,
    Job,
    RefreshJob,
    RemoteActor,
    RemoteConnection,
)
from infra.airbyte.server.server import AirbyteServer, answers, open_server

__all__ = [
    "AirbyteServer",
    "ConnectionCheck",
    "Failure",
    "Interval",
    "Job",
    "RefreshJob",
    "RefusedError",
    "RemoteActor",
    "RemoteConnection",
    "answers",
    "open_server",
]
