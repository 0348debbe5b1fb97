"""Stack: one Airbyte workspace with everything that is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.documents import Layers
from infra.lake.documents.types import Scalar
from infra.lake.model.variables import Use, Variable
from infra.lake.registry.entries import Actor, Connection, Destination, EntrySettings, Source
from infra.lake.registry.entry import Entry, actor_name
from infra.lake.registry.lake import StackSettings
from infra.lake.values.lookup import Giver, look_up


@dataclass(frozen=True)
class Stack:
    """A stack of the lake, each mapping sorted by id; entries with problems are absent.

    Attributes:
        id: the stack's key in the registry.
        settings: what the registry says of the stack itself.
        layers: where that is written.
        streams: connection id -> the streams that it syncs, sorted by (namespace, name).
        uses: every reference to a variable, in the order of entries.
        variables: every Terraform variable of the stack, by name, sorted.

    """

    id: str
    settings: StackSettings
    layers: Layers = field(repr=False, compare=False)
    sources: Mapping[str, Entry[Source]]
    destinations: Mapping[str, Entry[Destination]]
    connections: Mapping[str, Entry[Connection]]
    streams: Mapping[str, tuple[ConfiguredStream, ...]]
    uses: tuple[Use, ...] = field(default=(), repr=False, compare=False)
    variables: Mapping[str, Variable] = field(default_factory=dict)

    def actors(self) -> Iterator[Entry[Actor]]:
        """Sources, destinations."""
        yield from self.sources.values()
        yield from self.destinations.values()

    @property
    def given_values(self) -> Mapping[str, Scalar]:
        """The values that the registry gives to plain variables of the stack."""
        return self.settings.flux.values if self.settings.flux else {}

    def look_up(self, name: str, outside: Mapping[str, Any]) -> tuple[Giver, Any] | None:
        """Who gives a variable of the stack its value, and what; None if nobody does. `outside`: what its name has there."""
        variable = self.variables[name]
        return look_up(name, outside, self.given_values, variable.default, secret=variable.secret)

    def entries(self) -> Iterator[Entry[EntrySettings]]:
        """Sources, destinations, connections."""
        yield from self.actors()
        yield from self.connections.values()

    def connection_name(self, connection: Entry[Connection]) -> str:
        """The connection's name in Airbyte; default: `<source name> → <destination name>`. Raises KeyError if an end has
        problems.
        """
        if connection.settings.name:
            return connection.settings.name
        source = self.sources[connection.settings.source]
        destination = self.destinations[connection.settings.destination]
        return f"{actor_name(source)} → {actor_name(destination)}"

    def known_name(self, connection: Entry[Connection]) -> str | None:
        """The same; None if an end that gives its name has problems."""
        try:
            return self.connection_name(connection)
        except KeyError:
            return None
