"""A new connection, as its own file or as part of a new source."""

from __future__ import annotations

from collections.abc import Sequence

from infra.base.faults import Fault
from infra.lake.catalog.streams import read_streams
from infra.scaffold.added import Added
from infra.scaffold.connection_text import SCHEMA, NewConnection, spread_cron
from infra.scaffold.registered import Registered


def add_connection(registered: Registered, name: str, source: str, destination: str, stacks: Sequence[str]) -> Added:
    """A file with one connection. Raises Fault if it could not pass `check`: unknown ids, no streams, no stack in common."""
    registered.refuse_taken("connections", name)
    path = registered.new_file(name)
    registered.find("sources", source)
    registered.find("destinations", destination)
    owner = _owner_of_streams(registered, source)
    if not read_streams(registered.root, owner)[0].selected:
        raise Fault(f"no stream of {owner} is chosen, and a connection needs one: lakeform add stream {owner}")
    connection = new_connection(registered, name, source, destination, registered.stacks_of("sources", source), stacks)
    text = "\n".join([SCHEMA, *connection.lines(), ""])
    return Added({path: text}, next=("lakeform synth",))


def new_connection(  # what a connection is made of
    registered: Registered,
    name: str,
    source: str,
    destination: str,
    source_stacks: Sequence[str],
    wanted: Sequence[str] = (),
) -> NewConnection:
    """The connection with a schedule of its own and a namespace that no other one writes to, in the stacks that its source
    and its destination share, or in the `wanted` ones. Raises Fault if there is none.
    """
    default = registered.default_stacks("connection")
    shared = [stack for stack in source_stacks if stack in registered.stacks_of("destinations", destination)]
    chosen = registered.chosen_stacks(wanted)
    stacks = chosen or tuple(stack for stack in default or shared if stack in shared) or tuple(shared)
    apart = [stack for stack in stacks if stack not in shared]
    if registered.known_stacks() and (apart or not stacks):
        where = ", ".join(apart or registered.known_stacks())
        raise Fault(f"{source} and {destination} are not both in the stack {where}")
    floors = [registered.lake_value("stacks", stack, "minimum_sync_interval") for stack in stacks]
    return NewConnection(
        name,
        source,
        destination,
        () if set(stacks) == set(default) else stacks,
        spread_cron(name, floors),
        name if source in _namespaces(registered, destination) else source,
    )


def _owner_of_streams(registered: Registered, source: str) -> str:
    """The source whose stream files are used."""
    for draft in registered.drafts.entries.values():
        if (draft.section, draft.id) == ("sources", source):
            if draft.text("external"):
                raise Fault(f"{source} is external ({draft.text('external')}): Airbyte has no such source")
            return draft.text("streams_from") or source
    return source


def _namespaces(registered: Registered, destination: str) -> set[str]:
    """The formats of the namespaces that connections to a destination have."""
    entries = [
        draft.layers.value
        for draft in registered.drafts.entries.values()
        if draft.section == "connections" and draft.text("destination") == destination
    ]
    formats = [entry["namespace"].get("format") for entry in entries if isinstance(entry.get("namespace"), dict)]
    return {format_ for format_ in formats if isinstance(format_, str)}
