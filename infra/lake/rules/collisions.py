"""Two streams that would write the same object of the same place.

Airbyte's own check of this is off by default; the rows of both would end up in one table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.connectors.spec import Spec
from infra.lake.connectors.walk import options_in
from infra.lake.documents import Problem, Related
from infra.lake.files.namespace import namespace_of
from infra.lake.files.warehouse_places import WarehousePlace
from infra.lake.files.warehouse_tables import names_in, place_for
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Connection, Destination
from infra.lake.registry.entry import Entry
from infra.lake.values.reference import reference_name

# Words in the names of options that say where data goes, over all destination specs of Airbyte's registry.
_PLACE = re.compile(
    "account|bucket|catalog|cluster|container|database|dataset|db|dir|directory|endpoint|folder|host|index|keyspace"
    "|location|namespace|path|port|prefix|project|schema|server|share|storage|topic|url|warehouse|workspace"
)

# Options that are only the default of a namespace of our own choosing.
DEFAULT_NAMESPACE = re.compile("(default_?)?schema|dataset(_id)?")

DestinationKey = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class WrittenObject:
    """One object that a connection's stream writes."""

    stack: Stack
    connection: Entry[Connection]
    destination: Entry[Destination]
    stream: ConfiguredStream
    object: tuple[DestinationKey, str, str]


def check_collisions(model: LakeModel) -> Iterator[Problem]:
    """`table-collision`: once for two connections, and once for a destination that is the same place in two stacks."""
    first: dict[tuple[DestinationKey, str, str], WrittenObject] = {}
    told: set[tuple[str, ...]] = set()
    for target in written_objects(model):
        other = first.setdefault(target.object, target)
        if other is target or (other.connection, other.stream.key) == (target.connection, target.stream.key):
            continue
        pair = pair_of(other, target)
        if pair not in told:
            told.add(pair)
            yield _problem(other, target)


def written_objects(model: LakeModel) -> Iterator[WrittenObject]:
    """Every object that a stream of a connection writes, by stack, connection and stream."""
    for stack in model.stacks.values():
        places: dict[str, DestinationKey] = {}
        for connection in stack.connections.values():
            destination = stack.destinations.get(connection.settings.destination)
            if destination is None:
                continue
            if destination.id not in places:
                lock = model.locks.get(destination.settings.connector or "")
                places[destination.id] = _place(destination, lock.spec if lock else None)
            place = places[destination.id]
            warehouse = place_for(model, stack, connection)
            for stream in stack.streams.get(connection.id, ()):
                known = names_in(warehouse, connection, stream) if isinstance(warehouse, WarehousePlace) else None
                key = _object(place, connection, stream) if not isinstance(known, tuple) else _table(place, *known)
                yield WrittenObject(stack, connection, destination, stream, key)


def _object(
    place: DestinationKey, connection: Entry[Connection], stream: ConfiguredStream
) -> tuple[DestinationKey, str, str]:
    if connection.settings.namespace != "destination":
        place = _without_default(place)
    name = f"{connection.settings.prefix}{stream.name}"
    return place, namespace_of(connection.settings, stream).casefold(), name.casefold()


def _table(place: DestinationKey, schema: str, name: str) -> tuple[DestinationKey, str, str]:
    """The same for a destination whose rules are known: its table, wherever the schema comes from."""
    return _without_default(place), schema.casefold(), name.casefold()


def _without_default(place: DestinationKey) -> DestinationKey:
    return tuple(option for option in place if not DEFAULT_NAMESPACE.fullmatch(option[0]))


def _place(destination: Entry[Destination], spec: Spec | None) -> DestinationKey:
    """What tells one place from another: the options that say where data goes. A value that only Terraform will know
    is the same inside one stack and another one elsewhere.
    """
    if destination.settings.existing:
        return (("existing", destination.settings.existing),)
    found = tuple(sorted(_where(destination, spec)))
    if not found:
        return (("destination", f"{destination.stack}.{destination.id}"),)
    return (("connector", destination.settings.connector), *found)


def _where(destination: Entry[Destination], spec: Spec | None) -> Iterator[tuple[str, str]]:
    for path, value, _, secret in options_in(destination.settings.configuration or {}, spec):
        key = next((part for part in reversed(path) if isinstance(part, str)), "")
        if not secret and decides_place(key, value):
            reference = reference_name(value)
            shown = f"{destination.stack}:{reference[1]}" if reference else str(value).strip("/")
            yield ".".join(map(str, path)), shown.casefold()


def decides_place(key: str, value: Any) -> bool:
    """True for an option whose name says that it decides where data goes, and that says something."""
    return value != "" and _PLACE.search(key) is not None


def pair_of(one: WrittenObject, other: WrittenObject) -> tuple[str, ...]:
    """What is told once of two objects: that of their connections, or of their destinations in two stacks."""
    if one.stack.id != other.stack.id:
        return (one.stack.id, one.destination.id, other.stack.id, other.destination.id)
    return (one.stack.id, one.connection.id, other.connection.id)


def _problem(one: WrittenObject, other: WrittenObject) -> Problem:
    if one.stack.id != other.stack.id:
        return _same_place(one, other)
    what = f'"{other.stream.name}" lands where {one.connection.path} writes "{one.stream.name}"'
    if one.connection.id == other.connection.id:
        related = (Related(one.stream.layers.locate(), "the other stream"),)
        message = f"the streams {full_name(one.stream)} and {full_name(other.stream)} of {one.connection.path} land in the same table"
        fix = _fix(one, other)
        names = (one.stream.name, other.stream.name)
        return other.stream.layers.problem("table-collision", (), message, fix, related=related, quoted=names)
    related = (Related(one.connection.layers.locate(key=True), "the other connection"),)
    fix = "give one of the connections another namespace or prefix"
    quoted = (other.stream.name, one.connection.id, one.stream.name)
    return other.connection.layers.problem("table-collision", (), what, fix, key=True, related=related, quoted=quoted)


def _fix(one: WrittenObject, other: WrittenObject) -> str:
    """What keeps two streams of one connection apart."""
    apart = {namespace_of(target.connection.settings, target.stream).casefold() for target in (one, other)}
    if len(apart) > 1 or one.stream.name.casefold() != other.stream.name.casefold():
        return f"{_APART}: {one.destination.settings.connector} makes one name of both"
    if one.stream.namespace != other.stream.namespace:
        return "give the connection namespace: source, or a format with ${SOURCE_NAMESPACE}"
    return f"{_APART}: names that differ only by case are one table"


_APART = "leave one of them out, or sync it in a connection of its own with another prefix"


def _same_place(one: WrittenObject, other: WrittenObject) -> Problem:
    """Staging that forgot its own bucket path writes into production."""
    related = (Related(one.destination.layers.locate(("configuration",), key=True), f"in the stack {one.stack.id}"),)
    message = (
        f'in the stack "{other.stack.id}" it writes to the same place as {one.destination.path} '
        f'in the stack "{one.stack.id}", for example "{other.stream.name}"'
    )
    fix = f"give one of them a place of its own: overrides.{other.stack.id}.configuration"
    return other.destination.layers.problem(
        "table-collision", ("configuration",), message, fix, key=True, related=related
    )


def full_name(stream: ConfiguredStream) -> str:
    """The stream in quotes, with its namespace if it has one."""
    return f'"{stream.namespace}.{stream.name}"' if stream.namespace else f'"{stream.name}"'
