"""The definition of a connector as a server has it: the spec of the version that runs there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.airbyte.server.inventory import Inventory
from infra.airbyte.server.remote import Kind
from infra.airbyte.server.remote_definition import RemoteDefinition
from infra.lake.connectors.definitions import Definition
from infra.move.found import FoundActor


@dataclass
class ServerDefinitions:
    """Asks a server, once for each definition."""

    inventory: Inventory
    _lists: dict[Kind, Mapping[str, RemoteDefinition]] = field(default_factory=dict)

    def of(self, actor: FoundActor) -> Definition | None:
        """The definition in the shape of a registry's entry; None for a connector of the builder, which has no image of its
        own, and where the server does not know it. Raises UserError.
        """
        known = self._list(actor.kind).get(actor.definition_id or "")
        if known is None or known.connector is None:
            return None
        spec = self.inventory.specification(actor.kind, known.id)
        return {
            f"{actor.kind}DefinitionId": known.id,
            "name": known.title,
            "dockerRepository": known.image,
            "dockerImageTag": known.tag,
            "spec": spec,
        }

    def _list(self, kind: Kind) -> Mapping[str, RemoteDefinition]:
        if kind not in self._lists:
            self._lists[kind] = self.inventory.definitions(kind)
        return self._lists[kind]
