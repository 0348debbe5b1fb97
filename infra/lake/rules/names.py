"""Names in Airbyte that two objects of one workspace have: without Terraform's state nobody can tell them apart there."""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.documents import KeyPath, Problem, Related
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Connection, EntrySettings
from infra.lake.registry.entry import Entry, actor_name
from infra.lake.registry.kinds import SECTION_OF

# An entry, and what it is called in Airbyte.
_Named = tuple[Entry[EntrySettings], str]


def check_names(model: LakeModel) -> Iterator[Problem]:
    """`name-shared`, a warning, for each source, destination or connection that is called as another one in its workspace.

    Once for a pair that is in several stacks. Two that are adopted are told apart by their ids.
    """
    first: dict[tuple[object, ...], _Named] = {}
    told: set[tuple[str, str]] = set()
    for stack in model.stacks.values():
        for entry, name in _named(stack):
            one, _ = first.setdefault((*_workspace(stack), entry.section, name), (entry, name))
            pair = (one.path, entry.path)
            if one is not entry and pair not in told and not (one.settings.adopt and entry.settings.adopt):
                told.add(pair)
                yield _problem(one, entry, name)


def _named(stack: Stack) -> Iterator[_Named]:
    """What is in Airbyte because of a stack, with its name there."""
    for actor in stack.actors():
        if actor.settings.managed:
            yield actor, actor_name(actor)
    for connection in stack.connections.values():
        source = stack.sources.get(connection.settings.source)
        if source and source.settings.external is None and connection.settings.destination in stack.destinations:
            yield connection, stack.connection_name(connection)


def _workspace(stack: Stack) -> tuple[object, ...]:
    """What is the same for stacks that share a workspace; a value that only a variable gives is the stack's own."""
    server, workspace = stack.settings.server_url, stack.settings.workspace_id
    if isinstance(server, str) and isinstance(workspace, str):
        return server.rstrip("/"), workspace.lower()
    return (stack.id,)


def _problem(one: Entry[EntrySettings], other: Entry[EntrySettings], name: str) -> Problem:
    where = f' in the stack "{one.stack}", whose workspace is the same,' if one.stack != other.stack else ""
    message = f'"{name}" is also the name of {one.path}{where} in Airbyte; {_lost(other)}'
    related = (Related(one.layers.locate(_where(one), key=True), f"or here: {_to_write(one, other, name)}"),)
    return other.layers.problem(
        "name-shared",
        _where(other),
        message,
        f"write {_to_write(other, one, name)}",
        key=True,
        related=related,
        severity="warning",
        quoted=(name,),
    )


def _to_write(entry: Entry[EntrySettings], other: Entry[EntrySettings], name: str) -> str:
    """A name of its own; where one entry is in both stacks, for the one stack."""
    if entry.id == other.id:
        return f'overrides: {{{entry.stack}: {{name: "{name} ({entry.stack})"}}}}'
    return f'name: "{name} ({entry.id})"'


def _where(entry: Entry[EntrySettings]) -> KeyPath:
    """What names it: its name, or the entry where that is made of others."""
    return ("name",) if entry.layers.value.get("name") else ()


def _lost(entry: Entry[EntrySettings]) -> str:
    """What does not work then."""
    if isinstance(entry.settings, Connection):
        return "connections, status and sync cannot tell them apart"
    return f"discover, test and connections cannot tell the two {SECTION_OF[entry.kind]} apart"
