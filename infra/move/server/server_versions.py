"""Versions: which connector a source or destination of a server is of, and in which version it runs there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from infra.airbyte.server import RemoteActor
from infra.airbyte.server.inventory import Inventory
from infra.airbyte.server.remote import Kind
from infra.airbyte.server.remote_definition import RemoteDefinition
from infra.base.transport import Tell
from infra.move.untold import Notes


@dataclass(frozen=True)
class Version:
    """A connector and its version there; None where nobody says it."""

    connector: str | None = None
    version: str | None = None


def read_versions(
    inventory: Inventory, kind: Kind, actors: Iterable[RemoteActor], tell: Tell, notes: Notes
) -> Iterator[tuple[RemoteActor, Version]]:
    """Each source or destination with its version: that of its definition, which one list tells; only those that may be
    pinned to another one are asked for.
    """
    wanted = list(actors)
    if not wanted:
        return
    tell(f"reading the connectors of the {kind}s")
    definitions: Mapping[str, RemoteDefinition] = {}
    pinned: frozenset[str] = frozenset()
    with notes.without(f"the connectors of the {kind}s"):
        definitions = inventory.definitions(kind)
    with notes.without(f"which {kind}s run in a version of their own"):
        pinned = inventory.pinned(kind)
    for actor in wanted:
        definition = definitions.get(actor.definition_id or "")
        connector = definition.connector if definition else None
        version = definition.version if definition else None
        if actor.id in pinned:
            version = None
            with notes.without(f'the version of the {kind} "{actor.name}"'):
                version = inventory.version(kind, actor.id)
        yield actor, Version(connector, version)
