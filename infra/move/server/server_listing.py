"""Listing: the sources, destinations and connections of a server that somebody wants."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from infra.airbyte.server import RemoteActor, RemoteConnection
from infra.airbyte.server.gather import Gap
from infra.airbyte.server.inventory import Inventory
from infra.airbyte.server.remote import Kind
from infra.base.errors import UserError
from infra.base.transport import Tell
from infra.lake.documents import did_you_mean
from infra.move.untold import Notes

T = TypeVar("T", RemoteActor, RemoteConnection)


@dataclass(frozen=True)
class Listing:
    """What is there, in the server's order.

    Attributes:
        nameless: connections that could not be read and of which not even the name is known.
    """

    actors: tuple[RemoteActor, ...]
    connections: tuple[RemoteConnection, ...]
    nameless: tuple[Gap, ...] = ()

    def of(self, kind: Kind) -> tuple[RemoteActor, ...]:
        """The sources or destinations."""
        return tuple(actor for actor in self.actors if actor.kind == kind)


def list_workspace(inventory: Inventory, tell: Tell, notes: Notes, only: Collection[str] | None) -> Listing:
    """Everything, or `only` what has these names or ids. Raises UserError for one that is not there."""
    actors: list[RemoteActor] = []
    kinds: tuple[Kind, ...] = ("destination", "source")
    for kind in kinds:
        tell(f"listing the {kind}s")
        gathered = inventory.actors(kind)
        actors += gathered.items
        _note(notes, kind, gathered.gaps)
    tell("listing the connections")
    connections = inventory.connections()
    _note(notes, "connection", [gap for gap in connections.gaps if gap.name is not None])
    nameless = tuple(gap for gap in connections.gaps if gap.name is None)
    whole = Listing(_once(actors), _once(connections.items), nameless)
    return whole if only is None else _narrowed(whole, only)


def _once(items: Iterable[T]) -> tuple[T, ...]:
    """Each id once: what is made while pages are read moves others to the next one."""
    return tuple({item.id: item for item in items}.values())


def _note(notes: Notes, kind: str, gaps: Iterable[Gap]) -> None:
    for gap in gaps:
        notes.note(f'the {kind} "{gap.name}"' if gap.name else f"{kind} {gap.number} in the server's list", gap.why)


def _narrowed(whole: Listing, only: Collection[str]) -> Listing:
    there: list[RemoteActor | RemoteConnection] = [*whole.actors, *whole.connections]
    known = {text for one in there for text in (one.id, one.name)}
    for wanted in sorted(set(only) - known):
        hint = did_you_mean(wanted, sorted({one.name for one in there}), "there") or "the workspace is empty"
        raise UserError(f'the workspace has no source, destination or connection "{wanted}"; {hint}')
    connections = tuple(one for one in whole.connections if {one.id, one.name} & set(only))
    ends = {end for one in connections for end in (one.source_id, one.destination_id)}
    actors = tuple(one for one in whole.actors if one.id in ends or {one.id, one.name} & set(only))
    return Listing(actors, connections)
