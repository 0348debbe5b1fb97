"""The server without its transport: what it holds, and who may touch what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.standin.auth import Authentication
from tests.standin.catalogs import Catalog
from tests.standin.clock import Clock
from tests.standin.connectors import Connector, read_connector
from tests.standin.discovery import Discovery
from tests.standin.errors import RefusedError, forbidden, not_found
from tests.standin.state import Actor, Connection, State, Workspace

ROLES = (None, "reader", "runner", "editor")


class Airbyte:
    """Everything that the handlers work on.

    Attributes:
        minimum_minutes: how often a schedule may fire: 1 self-managed, 15 or 60 on Cloud plans.
        job_polls: how often a new job is seen running before it succeeds; None: until a test finishes it.
        checks: what `check_connection` says of an actor, by id; absent means success.
        spoiled: ids of what the public API cannot put into words.
    """

    def __init__(
        self, connectors: Mapping[str, Mapping[str, Any]], catalogs: Mapping[str, Catalog], minimum_minutes: int
    ) -> None:
        self.clock = Clock()
        self.authentication = Authentication("standin-client", "standin-client-secret", self.clock)
        self.state = State()
        self.connectors = {name: read_connector(name, entry) for name, entry in connectors.items()}
        self.discovery = Discovery(catalogs)
        self.minimum_minutes = minimum_minutes
        self.job_polls: int | None = None
        self.checks: dict[str, str] = {}
        self.spoiled: set[str] = set()

    def connector(self, definition_id: str) -> Connector:
        for connector in self.connectors.values():
            if connector.definition_id == definition_id:
                return connector
        raise not_found("connector definition", definition_id)

    def workspace(self, identifier: object, role: str) -> Workspace:
        """The workspace, if the token's user has that role there."""
        # Airbyte: ConnectionsController requires WORKSPACE_READER to read and WORKSPACE_EDITOR to write.
        workspace = self.state.workspaces.get(str(identifier))
        if workspace is None or ROLES.index(workspace.role) < ROLES.index(role):
            raise forbidden(str(identifier))
        return workspace

    def actor(self, kind: str, identifier: object, role: str) -> Actor:
        actor = self.state.actors(kind).get(str(identifier))
        if actor is None or actor.deleted:
            raise not_found(kind, identifier)
        self.workspace(actor.workspace_id, role)
        return actor

    def connection(self, identifier: object, role: str) -> Connection:
        connection = self.state.connections.get(str(identifier))
        if connection is None or connection.deleted:
            raise not_found("connection", identifier)
        self.workspace(self.workspace_of(connection), role)
        return connection

    def workspace_of(self, connection: Connection) -> str:
        return self.state.destinations[connection.destination_id].workspace_id

    def refuse_spoiled(self, identifier: str) -> None:
        """A list that has it fails, and every other answer about it."""
        # Airbyte: an exception in a mapper of the public API, such as ConnectionReadMapper, is a problem of the whole answer.
        if identifier in self.spoiled:
            raise RefusedError(500, "unexpected-problem", "Internal Server Error")

    def visible(self, wanted: list[str]) -> list[str]:
        """Workspaces to list from: those asked for, else all that the user may read."""
        for identifier in wanted:
            self.workspace(identifier, "reader")
        return wanted or [item.id for item in self.state.workspaces.values() if item.role is not None]
