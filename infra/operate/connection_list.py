"""ConnectionList: every connection of a stack's workspace, and what to write to adopt one that is nobody's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from infra.operate.ours import Own, Workspace, actor_of
from infra.operate.twins import Twin
from infra.registry.registry import StackRegistry
from infra.server import RemoteConnection

Json = dict[str, Any]


@dataclass(frozen=True)
class Orphan:
    """A connection that no entry is about.

    Attributes:
        source, destination: ids of the registry's entries for its ends; None where it has none.
        adopt: the lines that make it an entry's; empty where its ends have to be written first.

    """

    remote: RemoteConnection
    source: str | None
    destination: str | None
    adopt: tuple[str, ...]


@dataclass(frozen=True)
class ConnectionList:
    """The connections of a workspace, as one stack sees them.

    Attributes:
        own: the stack's, sorted by id; also those that are missing on the server.
        others: those of other stacks in the same workspace, stack by stack.
        note: why connections were not recognized by Terraform's state; empty if they were.
        twins: what looks like a source, destination or connection of the stack and is not it.

    """

    stack: str
    workspace: Workspace
    own: tuple[Own, ...]
    others: tuple[Own, ...]
    orphans: tuple[Orphan, ...]
    note: str = ""
    twins: tuple[Twin, ...] = ()

    def to_json(self) -> Json:
        """For `--format json`."""
        return {
            "stack": self.stack,
            "workspace_id": self.workspace.id,
            "fault": None,
            "note": self.note or None,
            "connections": [
                *(_own_json(own) for own in self.own),
                *(_own_json(own) | {"state": "other stack", "stack": own.entry.stack} for own in self.others),
                *(_orphan_json(orphan, self.workspace) for orphan in self.orphans),
            ],
            "twins": [twin.to_json() for twin in self.twins],
        }

    def to_text(self) -> str:
        """Ours, missing ones and orphans, each with its id."""
        lines = [f"stack {self.stack}, workspace {self.workspace.id}", *self._rows()]
        for orphan in self.orphans:
            lines += [f"    {line}" for line in _orphan_lines(orphan, self.workspace)]
        lines += [f"    {line}" for twin in self.twins for line in twin.to_lines()]
        lines += [f"    note: {self.note}"] if self.note else []
        return "\n".join(lines)

    def _rows(self) -> list[str]:
        rows = [_row(own) for own in self.own] + [_row(own, own.entry.stack) for own in self.others]
        if not rows and not self.orphans:
            return ["    no connections"]
        widths = [max((len(row[column]) for row in rows), default=0) for column in range(2)]
        return [f"    {state:<{widths[0]}}  {entry:<{widths[1]}}  {rest}".rstrip() for state, entry, rest in rows]


def make_orphan(
    remote: RemoteConnection, stack: StackRegistry, workspace: Workspace, own: Sequence[Own], *, stacks: int
) -> Orphan:
    """The orphan with the lines that adopt it. `stacks`: how many the lake has."""
    source = actor_of(remote.source_id, stack, workspace)
    destination = actor_of(remote.destination_id, stack, workspace)
    if source is None or destination is None:
        return Orphan(remote, source.id if source else None, destination.id if destination else None, ())
    waiting = [
        one.entry.id
        for one in own
        if one.remote is None
        and not one.several
        and (one.entry.entry.source, one.entry.entry.destination) == (source.id, destination.id)
    ]
    if len(waiting) == 1:
        lines = _adopt_existing(waiting[0], remote.id, stack.id, stacks)
    else:
        lines = _adopt_new(
            _free_id(f"{source.id}_to_{destination.id}", stack),
            remote,
            (source.id, destination.id),
            stack.id if stacks > 1 else None,
        )
    return Orphan(remote, source.id, destination.id, tuple(lines))


def _adopt_existing(entry: str, remote_id: str, stack: str, stacks: int) -> Iterator[str]:
    """For an entry that is there: the id holds for one stack alone."""
    yield "connections:"
    yield f"  {entry}:  # has the same source and destination, and is missing in Airbyte"
    if stacks > 1:
        yield f"    overrides: {{{stack}: {{adopt: {remote_id}}}}}"
    else:
        yield f"    adopt: {remote_id}"


def _adopt_new(entry: str, remote: RemoteConnection, ends: tuple[str, str], stack: str | None) -> Iterator[str]:
    yield "connections:"
    yield f"  {entry}:"
    yield f"    adopt: {remote.id}"
    yield f"    source: {ends[0]}"
    yield f"    destination: {ends[1]}"
    if stack is not None:
        yield f"    stack: {stack}"


def _free_id(wanted: str, stack: StackRegistry) -> str:
    number, found = 1, wanted
    while found in stack.connections:
        number += 1
        found = f"{wanted}_{number}"
    return found


def _row(own: Own, stack: str | None = None) -> tuple[str, str, str]:
    name = f'"{own.name}"' if own.name else ""
    if own.remote is not None:
        state = f"of {stack}" if stack else "ours"
        return state, own.entry.id, f"{name}  {own.remote.status}  {own.remote.cron or 'manual'}  {own.remote.id}"
    if own.several:
        return "unclear", own.entry.id, f"{name}  may be any of {', '.join(own.several)}: say which with adopt"
    return "missing", own.entry.id, name


def _orphan_lines(orphan: Orphan, workspace: Workspace) -> Iterator[str]:
    remote = orphan.remote
    yield f'orphan  "{remote.name}"  {remote.status}  {remote.cron or "manual"}  {remote.id}'
    if orphan.adopt:
        yield from (f"    {line}" for line in orphan.adopt)
        return
    for kind, known, id_ in (
        ("source", orphan.source, remote.source_id),
        ("destination", orphan.destination, remote.destination_id),
    ):
        if known is None:
            yield f'    its {kind} "{_name(id_, workspace)}" has no entry; write one with adopt: {id_}'
    yield f"    then its own entry with adopt: {remote.id}"


def _name(id_: str, workspace: Workspace) -> str:
    actor = workspace.actors.get(id_)
    return actor.name if actor else id_


def _own_json(own: Own) -> Json:
    state = "ours" if own.remote else "unclear" if own.several else "missing"
    return {
        "state": state,
        "entry": own.entry.path,
        "name": own.name or None,
        **_remote_json(own.remote),
        "recognized_by": own.way,
        "candidates": list(own.several),
    }


def _orphan_json(orphan: Orphan, workspace: Workspace) -> Json:
    remote = orphan.remote
    return {
        "state": "orphan",
        "entry": None,
        "name": remote.name,
        **_remote_json(remote),
        "source": _name(remote.source_id, workspace),
        "destination": _name(remote.destination_id, workspace),
        "adopt": "\n".join(orphan.adopt) or f"adopt: {remote.id}",
    }


def _remote_json(remote: RemoteConnection | None) -> Json:
    return {
        "id": remote.id if remote else None,
        "status": remote.status if remote else None,
        "cron": remote.cron if remote else None,
    }
