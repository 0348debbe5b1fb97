"""AboutStream: which streams a detail of a review is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from infra.lake.documents import some
from infra.review.sides.side import Side

# What a text names.
_SHOWN = 3


class AboutStream(NamedTuple):
    """A stream of a connection in a stack; `stem` is empty for a connection whose streams nobody knows."""

    stack: str
    connection: str
    stem: str


class StreamsOfDetails:
    """Looks up the streams of a detail on both sides of a review."""

    def __init__(self, base: Side, head: Side) -> None:
        self._sides = (head, base)

    def of(self, stack: str, entry: str, path: str) -> frozenset[AboutStream]:
        """The streams of a detail at a path, of the change of an entry: one, or those of its connection, its source or
        destination, or its stack.
        """
        section, _, id_ = entry.partition(".")
        if section != "connections":
            connections = self._connections(stack, section, id_)
            return frozenset(stream for one in connections for stream in self._all(stack, one))
        connection, _, own = id_.partition(".streams.")
        inside = own or path.partition(".streams.")[2]
        return frozenset([self._one(stack, connection, inside)]) if inside else self._all(stack, connection)

    def named(self, streams: Iterable[AboutStream]) -> str:
        """`connections.a, connections.b.streams.orders`, the first ones and how many more."""
        given = frozenset(streams)
        return some(sorted({self._name(one, given) for one in given}), _SHOWN)

    def _name(self, one: AboutStream, given: frozenset[AboutStream]) -> str:
        connection = f"connections.{one.connection}"
        return connection if self._all(one.stack, one.connection) <= given else f"{connection}.streams.{one.stem}"

    def _one(self, stack: str, connection: str, inside: str) -> AboutStream:
        """The stream of `public.orders.fields`: stems may have dots, so the longest that fits."""
        stems = (stem for side in self._sides for stem in _stems(side, stack, connection))
        fitting = (stem for stem in stems if f"{inside}.".startswith(f"{stem}."))
        return AboutStream(stack, connection, max(fitting, key=len, default=inside))

    def _all(self, stack: str, connection: str) -> frozenset[AboutStream]:
        found = next((stems for side in self._sides if (stems := [*_stems(side, stack, connection)])), [""])
        return frozenset(AboutStream(stack, connection, stem) for stem in found)

    def _connections(self, stack: str, section: str, id_: str) -> frozenset[str]:
        """The connections of a source, a destination or a stack, on the side that has some."""
        key = {"sources": "source", "destinations": "destination"}.get(section)
        for side in self._sides:
            found = side.stack(stack)
            connections = found.connections.items() if found else ()
            named = frozenset(one for one, entry in connections if key is None or getattr(entry.settings, key) == id_)
            if named:
                return named
        return frozenset()


def _stems(side: Side, stack: str, connection: str) -> Iterator[str]:
    found = side.stack(stack)
    yield from (stream.stem for stream in found.streams.get(connection, ())) if found else ()
