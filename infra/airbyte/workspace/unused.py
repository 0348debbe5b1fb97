"""Unused: sources and destinations of a workspace that no connection reads or writes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from infra.airbyte.server import RemoteActor
from infra.airbyte.workspace.matching import Workspace, actor_of
from infra.airbyte.workspace.twins import Stacked
from infra.base.json_value import Json
from infra.base.printable import one_line


@dataclass(frozen=True)
class Unused:
    """A source or destination without a connection.

    Attributes:
        entry: whose it is, such as `sources.shopify`; None if it has none.
        stack: of the entry, where that is another one than the stack that is listed.
    """

    actor: RemoteActor
    entry: str | None
    stack: str | None

    def to_json(self) -> Json:
        """For `--format json`."""
        actor = self.actor
        return {"kind": actor.kind, "name": actor.name, "id": actor.id, "entry": self.entry, "stack": self.stack}

    def to_row(self) -> tuple[str, str, str, str]:
        """Cells of a table."""
        where = f" of {self.stack}" if self.stack else ""
        whose = f"is {self.entry}{where}" if self.entry else "has no entry"
        return "unused", self.actor.kind, f'"{one_line(self.actor.name)}"', f"{self.actor.id}  {whose}"


def find_unused(workspace: Workspace, stacks: Sequence[Stacked], told: Collection[str]) -> tuple[Unused, ...]:
    """Those without a connection, destinations first, by name. `stacks`: the one that is listed, then others in the workspace;
    `told`: ids of objects that the list tells otherwise.
    """
    living = [one for one in workspace.connections if one.status != "deprecated"]
    used = {id_ for one in living for id_ in (one.source_id, one.destination_id)}
    rest = [actor for actor in workspace.actors.values() if actor.id not in used and actor.id not in told]
    ordered = sorted(rest, key=lambda actor: (actor.kind, actor.name, actor.id))
    return tuple(Unused(actor, *_whose(actor, workspace, stacks)) for actor in ordered)


def _whose(actor: RemoteActor, workspace: Workspace, stacks: Sequence[Stacked]) -> tuple[str | None, str | None]:
    """(path of the entry, its stack if that is not the first)."""
    for place, one in enumerate(stacks):
        entry = next(_entries(actor.id, workspace, one), None)
        if entry is not None:
            return entry, one.stack.id if place else None
    return None, None


def _entries(id_: str, workspace: Workspace, one: Stacked) -> Iterator[str]:
    """What Terraform's state says, then what the names say."""
    yield from (path for path, known in (one.state.entries if one.state else {}).items() if known == id_)
    named = actor_of(id_, one.stack, workspace)
    if named is not None and not (one.state and named.path in one.state.entries):
        yield named.path
