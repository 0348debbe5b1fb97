"""Registry: the checked entries of every stack, each with the lines that it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from infra.lake.documents import Layers
from infra.lake.registry.draft import Draft
from infra.lake.registry.entries import Actor, Connection, Destination, Entry, Source, title_of
from infra.lake.registry.history import Renamed, Retired
from infra.lake.registry.lake import Lake, Stack

E_co = TypeVar("E_co", bound=Entry, covariant=True)


@dataclass(frozen=True)
class Placed(Draft, Generic[E_co]):
    """A draft that fits its model.

    Attributes:
        entry: the checked entry.
    """

    entry: E_co


@dataclass(frozen=True)
class StackRegistry:
    """Everything that is in one stack, each mapping sorted by id; entries with problems are absent."""

    id: str
    settings: Stack
    layers: Layers = field(repr=False, compare=False)
    sources: Mapping[str, Placed[Source]]
    destinations: Mapping[str, Placed[Destination]]
    connections: Mapping[str, Placed[Connection]]

    def entries(self) -> Iterator[Placed[Entry]]:
        """Sources, destinations, connections."""
        yield from self.sources.values()
        yield from self.destinations.values()
        yield from self.connections.values()

    def connection_name(self, connection: Placed[Connection]) -> str:
        """The connection's name in Airbyte; default: `<source name> → <destination name>`."""
        if connection.entry.name:
            return connection.entry.name
        source = self.sources[connection.entry.source]
        destination = self.destinations[connection.entry.destination]
        return f"{actor_name(source)} → {actor_name(destination)}"


@dataclass(frozen=True)
class Registry:
    """All of dag/registry/, resolved.

    Attributes:
        lake: what holds for every stack.
        stacks: by id, sorted.
        retired, renamed: the checked lines, each with the place where it stands.

    """

    lake: Lake
    stacks: Mapping[str, StackRegistry]
    retired: tuple[tuple[Retired, Layers], ...]
    renamed: tuple[tuple[Renamed, Layers], ...]


def actor_name(actor: Placed[Actor]) -> str:
    """The name of a source or destination in Airbyte; default: its id in title case."""
    return actor.entry.name or title_of(actor.id)
