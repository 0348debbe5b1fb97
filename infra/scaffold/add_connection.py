"""A new connection, as its own file or as part of a new source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infra.base.errors import UserError
from infra.lake.catalog.streams import read_streams
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.entries import title_of
from infra.lake.registry.kinds import ACTORS, KIND_OF
from infra.scaffold.added import Added
from infra.scaffold.connection_text import SCHEMA, NewConnection, spread_cron
from infra.scaffold.registered import (
    chosen_stacks,
    default_stacks,
    free_file,
    known_stacks,
    lake_value,
    refuse_taken,
    refuse_unknown,
    stacks_of,
)


def add_connection(model: LakeModel, name: str, source: str, destination: str, stacks: Sequence[str]) -> Added:
    """A file with one connection. Raises UserError if it could not pass `check`: unknown ids, no streams, no stack in common."""
    refuse_taken(model, "connections", name)
    path = free_file(model, "connections", name)
    refuse_unknown(model, "sources", source)
    refuse_unknown(model, "destinations", destination)
    owner = _owner_of_streams(model, source)
    if not read_streams(model.root, owner)[0].selected:
        raise UserError(f"no stream of {owner} is chosen, and a connection needs one: lakeform add stream {owner}")
    connection = new_connection(model, name, source, destination, stacks_of(model, "sources", source), stacks)
    text = "\n".join([SCHEMA, *connection.lines(), ""])
    return Added({path: text}, next=("lakeform synth",))


def ends_of(model: LakeModel, name: str, source: str | None, destination: str | None) -> tuple[str, str]:
    """The source and the destination of a new connection: those that are named, else those of its name, else the only ones.

    Raises UserError where there are several.
    """
    known = {section: sorted(model.declared.entries[section]) for section in ACTORS}
    said = {"sources": source, "destinations": destination}
    begun, _, ended = name.partition("_to_")
    of_name = {"sources": begun, "destinations": ended}
    return _end("sources", said, of_name, known), _end("destinations", said, of_name, known)


def _end(
    section: str, said: Mapping[str, str | None], of_name: Mapping[str, str], known: Mapping[str, list[str]]
) -> str:
    named = said[section]
    if named is not None:
        return named
    if of_name[section] in known[section]:
        return of_name[section]
    if len(known[section]) > 1:
        raise UserError(
            f"there are several {section}; add --{KIND_OF[section]} with one of: {', '.join(known[section])}"
        )
    return known[section][0] if known[section] else of_name[section]


def new_connection(  # what a connection is made of
    model: LakeModel, name: str, source: str, destination: str, source_stacks: Sequence[str], wanted: Sequence[str] = ()
) -> NewConnection:
    """The connection with a schedule of its own and a namespace that no other one writes to, in the stacks that its source
    and its destination share, or in the `wanted` ones. Raises UserError if there is none.
    """
    default = default_stacks(model, "connection")
    shared = [stack for stack in source_stacks if stack in stacks_of(model, "destinations", destination)]
    chosen = chosen_stacks(model, wanted)
    stacks = chosen or tuple(stack for stack in default or shared if stack in shared) or tuple(shared)
    apart = [stack for stack in stacks if stack not in shared]
    if known_stacks(model) and (apart or not stacks):
        where = ", ".join(apart or known_stacks(model))
        raise UserError(f"{source} and {destination} are not both in the stack {where}")
    floors = [lake_value(model, "stacks", stack, "minimum_sync_interval") for stack in stacks]
    return NewConnection(
        name,
        source,
        destination,
        () if set(stacks) == set(default) else stacks,
        spread_cron(name, floors),
        name if source in _namespaces(model, destination) else source,
        title_of(name) if _is_paired(model, source, destination) else "",
    )


def _owner_of_streams(model: LakeModel, source: str) -> str:
    """The source whose stream files are used."""
    for draft in model.drafts.entries.values():
        if (draft.section, draft.id) == ("sources", source):
            if draft.text("external"):
                raise UserError(f"{source} is external ({draft.text('external')}): Airbyte has no such source")
            return draft.text("streams_from") or source
    return source


def _is_paired(model: LakeModel, source: str, destination: str) -> bool:
    """True if a connection between the two is there, with the name that another one would have by default."""
    return any(
        (draft.text("source"), draft.text("destination"), draft.text("name")) == (source, destination, None)
        for draft in model.drafts.entries.values()
        if draft.section == "connections"
    )


def _namespaces(model: LakeModel, destination: str) -> set[str]:
    """The formats of the namespaces that connections to a destination have."""
    entries = [
        draft.layers.value
        for draft in model.drafts.entries.values()
        if draft.section == "connections" and draft.text("destination") == destination
    ]
    formats = [entry["namespace"].get("format") for entry in entries if isinstance(entry.get("namespace"), dict)]
    return {format_ for format_ in formats if isinstance(format_, str)}
