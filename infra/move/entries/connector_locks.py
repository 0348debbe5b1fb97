"""The lock of every connector that was found, in the version that runs there, as far as anybody has a definition of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from infra.base.errors import UserError
from infra.lake.connectors.definitions import Definition, connector_of, locked
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.prose import Locked, read_prose, with_prose
from infra.lake.connectors.spec import Spec
from infra.lake.model.lake_model import LakeModel
from infra.move.found import FoundActor

Definitions = Callable[[], Mapping[str, Definition]]
Ask = Callable[[FoundActor], Definition | None]


def _nobody(_: FoundActor) -> None:
    return None


@dataclass
class ConnectorLocks:
    """Finds locks: the lake's own, else a registry's where it is of the version that runs, else the server's, else the
    registry's of whatever version.

    Attributes:
        definitions: connector -> entry of a registry, fetched when it is first asked for. May raise UserError.
        ask: the definition that a server has of the connector of a source or destination. May raise UserError.
        new: connector -> the lock that is to be written.
        without: connectors of which nobody has a definition that a lock can be made of.
    """

    model: LakeModel
    definitions: Definitions
    ask: Ask = _nobody
    new: dict[str, Locked] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)
    _fetched: Mapping[str, Definition] | None = None
    _fault: UserError | None = None

    def of(self, actor: FoundActor) -> ConnectorLock | None:
        """The lock for a source or destination; None where there is none, or where it is of another definition. Raises
        UserError where nobody but a registry that cannot be had could tell it.
        """
        connector = actor.connector or self._named(actor)
        lock = self._lock(connector, actor) if connector else None
        fits = lock is None or actor.definition_id in (None, lock.definition_id)
        return lock if fits else None

    def titled(self, lock: ConnectorLock) -> Spec:
        """The lock's spec with the titles of its options, which the lake has beside the lock, or the registry."""
        new = self.new.get(lock.connector)
        spec: Spec = new.spec if new else with_prose(lock.spec, read_prose(self.model.root, lock.connector))
        return spec

    def files(self, used: Iterable[str]) -> dict[str, str]:
        """Path -> text of the new locks of these connectors."""
        wanted = set(used)
        return {path: text for name, one in self.new.items() if name in wanted for path, text in one.files().items()}

    def _lock(self, connector: str, actor: FoundActor) -> ConnectorLock | None:
        if connector in self.model.locks:
            return self.model.locks[connector]
        if connector not in self.new and connector not in self.without:
            found = self._definition(connector, actor)
            made = _locked(found) if found else None
            if made is None:
                self.without.add(connector)
            else:
                self.new[connector] = made
        return self.new[connector].lock if connector in self.new else None

    def _definition(self, connector: str, actor: FoundActor) -> Definition | None:
        published = self._registry().get(connector)
        if published is not None and actor.version in (None, published.get("dockerImageTag")):
            return published
        asked = self.ask(actor)
        found = asked if asked is not None and connector_of(asked) == connector else published
        if found is None and self._fault is not None:
            raise self._fault
        return found

    def _registry(self) -> Mapping[str, Definition]:
        """The registry's entries; none where it cannot be had, which is a fault only for what nobody else knows."""
        if self._fetched is None:
            try:
                self._fetched = self.definitions()
            except UserError as error:
                self._fetched, self._fault = {}, error
        return self._fetched

    def _named(self, actor: FoundActor) -> str | None:
        """The connector of a definition, for an origin that does not tell it."""
        if actor.definition_id is None:
            return None
        for lock in self.model.locks.values():
            if lock.definition_id == actor.definition_id:
                return lock.connector
        key = f"{actor.kind}DefinitionId"
        names = [connector_of(one) for one in self._registry().values() if one.get(key) == actor.definition_id]
        return names[0] if names else None


def _locked(found: Definition) -> Locked | None:
    """None for a broken one: an entry without options is better than none of anything."""
    try:
        return locked(found)
    except UserError:
        return None
