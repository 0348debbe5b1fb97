"""Connector uses: who in a lake has a connector, and which streams are synced by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from infra.lake.connectors.lock import BreakingChange
from infra.lake.connectors.releases import concerned
from infra.lake.documents import some
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Actor
from infra.lake.registry.entry import Entry

# Names that a text has room for.
_SHOWN = 6


class Synced(NamedTuple):
    """A connection that goes through a connector, and the names of the streams that it syncs."""

    connection: str
    streams: tuple[str, ...]


def actors_with(stack: Stack, connector: str) -> Iterator[Entry[Actor]]:
    """The sources or destinations of a stack that have a connector, also those that are not managed here."""
    yield from (actor for actor in stack.actors() if actor.settings.connector == connector)


def synced_with(stack: Stack, connector: str) -> Iterator[Synced]:
    """The connections of a stack whose source or destination has a connector."""
    paths = {actor.path for actor in actors_with(stack, connector)}
    for id_, connection in stack.connections.items():
        settings = connection.settings
        if paths & {f"sources.{settings.source}", f"destinations.{settings.destination}"}:
            yield Synced(connection.path, tuple(stream.name for stream in stack.streams.get(id_, ())))


def reached(change: BreakingChange, synced: Iterable[Synced]) -> dict[str, list[str]]:
    """Connection -> those of its streams that a breaking release is about; no connection of which it is about none."""
    found = {one.connection: concerned(change, one.streams) for one in synced}
    return {connection: streams for connection, streams in found.items() if streams}


def reach_words(change: BreakingChange, found: dict[str, list[str]]) -> str:
    """`concerns orders of connections.a`; what it is about, where nothing here syncs that."""
    if not found:
        return f"concerns {_listed(change.streams) or 'every stream'}, which nothing here syncs"
    if not change.streams:
        return f"concerns every stream of {_listed(sorted(found))}"
    return f"concerns {_listed(f'{_listed(streams)} of {one}' for one, streams in sorted(found.items()))}"


def _listed(names: Iterable[str]) -> str:
    return some(list(names), _SHOWN)
