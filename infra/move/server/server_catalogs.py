"""Catalogs: what the sources of a server offer, as Airbyte has it stored, and what only its Configuration API tells."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.airbyte.server import AirbyteServer, RemoteActor
from infra.airbyte.server.inventory import Inventory
from infra.airbyte.server.remote_details import RemoteDetails
from infra.base.transport import Tell
from infra.lake.catalog.discovered import DiscoveredStream, StreamKey
from infra.lake.catalog.discovery import find_streams
from infra.move.server.server_listing import Listing
from infra.move.untold import Notes

# What is noted as untold where the Configuration API tells nothing.
FURTHER = "the notifications and resources of the connections"

Catalogs = dict[str, tuple[DiscoveredStream, ...]]


@dataclass(frozen=True)
class Details:
    """What the Configuration API alone tells.

    Attributes:
        further: id of a connection -> what no entry can say.
        catalogs: id of a source of which no discovery is stored -> what its connections read.
    """

    further: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    catalogs: Catalogs = field(default_factory=dict)


def read_catalogs(
    server: AirbyteServer, sources: Sequence[RemoteActor], tell: Tell, notes: Notes, *, discover: bool
) -> Catalogs:
    """Id of a source -> what it offers, sorted by namespace and name; without those of which nothing is known."""
    found: Catalogs = {}
    if sources and (why := server.inventory.no_configuration_api):
        notes.note("what the sources offer", why)
        return found
    for number, source in enumerate(sources, 1):
        tell(f"{'discovering' if discover else 'reading'} what the sources offer: {number} of {len(sources)}")
        streams: list[DiscoveredStream] | None = None
        if discover:
            with notes.without(f'a new discovery of the source "{source.name}"'):
                streams = server.discover(source.id)
        streams = _stored(server.inventory, source, notes) if streams is None else streams
        if streams is not None:
            found[source.id] = _sorted(streams)
    return found


def _stored(inventory: Inventory, source: RemoteActor, notes: Notes) -> list[DiscoveredStream] | None:
    streams: list[DiscoveredStream] | None = None
    with notes.without(_offer_of(source)):
        streams = inventory.stored_catalog(source.id)
        if streams is None:
            notes.note(_offer_of(source), "Airbyte has stored no discovery of it")
    return streams


def read_details(
    inventory: Inventory, listing: Listing, missing: Collection[RemoteActor], tell: Tell, notes: Notes
) -> Details:
    """What the Configuration API alone tells of the connections, and what they read of sources of which nothing else is
    known: the streams of each, as their connections have them.
    """
    if not listing.connections and not listing.nameless:
        return Details()
    tell("reading the notifications of the connections")
    details: tuple[RemoteDetails, ...] = ()
    with notes.without(FURTHER):
        gathered = inventory.details({source.id for source in missing})
        details = gathered.items
        for gap in gathered.gaps:
            notes.note(f'the notifications and resources of the connection "{gap.name}"', gap.why)
    _name(listing, details, notes)
    return Details({one.id: one.further for one in details if one.further}, _fall_back(details, missing, notes))


def _fall_back(details: Iterable[RemoteDetails], missing: Iterable[RemoteActor], notes: Notes) -> Catalogs:
    read = [one for one in details if one.catalog]
    found: Catalogs = {}
    for source in missing:
        streams: tuple[DiscoveredStream, ...] = ()
        with notes.without(_offer_of(source)):
            streams = _streams_of([one for one in read if one.source_id == source.id])
        if streams:
            found[source.id] = streams
            notes.note(
                _offer_of(source), "only streams that its connections read are known, with their selected fields"
            )
    return found


def _streams_of(details: Iterable[RemoteDetails]) -> tuple[DiscoveredStream, ...]:
    """The streams that connections read; where several read one, as that one has it whose schema has most fields."""
    found: dict[StreamKey, DiscoveredStream] = {}
    for one in details:
        for stream in find_streams(one.catalog, f'the connection "{one.name}"') or ():
            known = found.get(stream.key)
            if known is None or _width(stream) > _width(known):
                found[stream.key] = stream
    return _sorted(found.values())


def _width(stream: DiscoveredStream) -> int:
    return len(stream.json_schema.get("properties") or ())


def _sorted(streams: Iterable[DiscoveredStream]) -> tuple[DiscoveredStream, ...]:
    return tuple(sorted(streams, key=lambda stream: stream.key))


def _name(listing: Listing, details: Iterable[RemoteDetails], notes: Notes) -> None:
    """Note the connections that the public API could not tell, by the names that the other one has for them."""
    read = {connection.id for connection in listing.connections}
    names = [one.name for one in details if one.id not in read]
    for gap in listing.nameless:
        named = f'the connection "{names.pop(0)}"' if len(names) == 1 and len(listing.nameless) == 1 else None
        notes.note(named or f"connection {gap.number} in the server's list", gap.why)


def _offer_of(source: RemoteActor) -> str:
    return f'what the source "{source.name}" offers'
