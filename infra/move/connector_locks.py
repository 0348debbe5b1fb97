"""The lock of every connector that was found: the lake's own, else the definition that a registry has of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.base.errors import UserError
from infra.lake.connectors.definitions import Definition, connector_of, locked
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.prose import Locked, read_prose, with_prose
from infra.lake.connectors.spec import Spec
from infra.move.found import FoundActor


@dataclass
class ConnectorLocks:
    """Finds locks.

    Attributes:
        there: connector -> the lock that the lake has.
        definitions: connector -> entry of a registry, fetched when it is first asked for.
        new: connector -> the lock that is to be written.
        without: connectors of which nobody has a definition, with the reason.
    """

    there: Mapping[str, ConnectorLock]
    definitions: Callable[[], Mapping[str, Definition]]
    new: dict[str, Locked] = field(default_factory=dict)
    without: dict[str, str] = field(default_factory=dict)

    def of(self, actor: FoundActor) -> ConnectorLock | None:
        """The lock for a source or destination; None where there is none, or where it is of another definition."""
        lock = self._of_connector(actor.connector) if actor.connector else self._of_definition(actor)
        fits = lock is None or actor.definition_id in (None, lock.definition_id)
        return lock if fits else None

    def files(self, used: Iterable[str]) -> dict[str, str]:
        """Path -> text of the new locks of these connectors."""
        wanted = set(used)
        return {path: text for name, one in self.new.items() if name in wanted for path, text in one.files().items()}

    def titled(self, lock: ConnectorLock, root: Path) -> Spec:
        """The lock's spec with the titles of its options, which the lake has beside the lock, or the registry."""
        new = self.new.get(lock.connector)
        spec: Spec = new.spec if new else with_prose(lock.spec, read_prose(root, lock.connector))
        return spec

    def _of_connector(self, connector: str) -> ConnectorLock | None:
        if connector in self.there:
            return self.there[connector]
        if connector in self.without:
            return None
        if connector not in self.new:
            try:
                found = self.definitions().get(connector)
                if found is None:
                    self.without[connector] = "no registry has it"
                    return None
                self.new[connector] = locked(found)
            except UserError as error:
                self.without[connector] = str(error)
                return None
        return self.new[connector].lock

    def _of_definition(self, actor: FoundActor) -> ConnectorLock | None:
        """The lock by its definition's id, for an origin that does not tell the connector."""
        if actor.definition_id is None:
            return None
        for lock in self.there.values():
            if lock.definition_id == actor.definition_id:
                return lock
        key = f"{actor.kind}DefinitionId"
        names = [connector_of(one) for one in self.definitions().values() if one.get(key) == actor.definition_id]
        return self._of_connector(names[0]) if names else None
