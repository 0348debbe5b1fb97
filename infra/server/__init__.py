"""An Airbyte server, as far as lakeform asks it: over its public API and its Configuration API."""

from infra.server.remote import Checked, Job, RemoteActor, RemoteConnection
from infra.server.server import AirbyteServer, answers, open_server

__all__ = ["AirbyteServer", "Checked", "Job", "RemoteActor", "RemoteConnection", "answers", "open_server"]
