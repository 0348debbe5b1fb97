"""FoundWorkspace: sources, destinations and connections as they are somewhere else, whoever told it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from infra.airbyte.server import RemoteConnection
from infra.airbyte.server.remote import Kind
from infra.base.json_value import Json
from infra.lake.catalog.discovered import DiscoveredStream


@dataclass(frozen=True)
class FoundActor:
    """A source or a destination.

    Attributes:
        key: what connections of the same workspace call it: its Airbyte id, else the name of its block or folder.
        id: in Airbyte; None where the origin does not know it.
        connector: `source-postgres`; None where nobody says it.
        version: the connector's version that runs there; None where nobody says it.
        configuration: secrets are masked or references, as the origin has them; None where it does not tell it.
        allocation: resources of its pods, in the provider's shape; None where there are none, or nobody says.
        address: of its resource in Terraform's state; None where it has none.
    """

    key: str
    id: str | None
    kind: Kind
    name: str
    connector: str | None = None
    version: str | None = None
    definition_id: str | None = None
    configuration: Json | None = field(default=None, repr=False)
    allocation: Json | None = None
    address: str | None = None


@dataclass(frozen=True)
class FoundConnection:
    """A connection.

    Attributes:
        key: its Airbyte id, else the name of its block or folder.
        id: in Airbyte; None where the origin does not know it.
        remote: how it is set; `source_id` and `destination_id` are keys of actors, `settings` is None where not all is told.
        address: of its resource in Terraform's state; None where it has none.
        further: what is set there and no entry can say, by the API's names: `tags` (their names), `notifySchemaChanges`,
            `notifySchemaChangesByEmail`, `resourceRequirements`, `backfillPreference`; also what Airbyte itself did there:
            `breakingChange`, `statusReason`.
    """

    key: str
    id: str | None
    remote: RemoteConnection
    address: str | None = None
    further: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Untold:
    """Something that could not be read, and did not stop the rest.

    Attributes:
        what: an object, as people call it: `the connection "Shop to lake"`.
        why: one sentence without a full stop.
    """

    what: str
    why: str


@dataclass(frozen=True)
class FoundWorkspace:
    """Everything that an origin tells.

    Attributes:
        origin: for people: `the server of the stack prod`, `terraform.tfstate`.
        workspace_id: in Airbyte; None where the origin does not know it.
        actors: sorted by kind (destinations first), name and key.
        connections: sorted by name and key.
        catalogs: key of a source -> what it offers, as far as the origin knows.
        untold: sorted by what.
    """

    origin: str
    workspace_id: str | None
    actors: tuple[FoundActor, ...] = ()
    connections: tuple[FoundConnection, ...] = ()
    catalogs: Mapping[str, tuple[DiscoveredStream, ...]] = field(default_factory=dict)
    untold: tuple[Untold, ...] = ()

    def actor(self, key: str) -> FoundActor | None:
        """The source or destination with that key."""
        return next((actor for actor in self.actors if actor.key == key), None)

    def connection(self, key: str) -> FoundConnection | None:
        """The connection with that key."""
        return self._connections.get(key)

    @cached_property
    def _connections(self) -> Mapping[str, FoundConnection]:
        return {one.key: one for one in self.connections}
