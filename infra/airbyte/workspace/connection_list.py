"""ConnectionList: every connection of a stack's workspace, and what to write to adopt one that is nobody's."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, count

from infra.airbyte.server import RemoteConnection
from infra.airbyte.workspace.adoption import Adoption, ProposedEntry, adopt_existing, adopt_new, written
from infra.airbyte.workspace.matching import Matched, Workspace, actor_of
from infra.airbyte.workspace.state_ids import StateIds
from infra.airbyte.workspace.twins import Twin
from infra.airbyte.workspace.unused import Unused
from infra.base.columns import columns
from infra.base.json_value import Json
from infra.base.printable import one_line
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Actor
from infra.lake.registry.entry import Entry


@dataclass(frozen=True)
class Orphan:
    """A connection that no entry is about.

    Attributes:
        source, destination: ids of the registry's entries for its ends; None where it has none.
        adoption: what makes it an entry's and changes nothing of it, or why nothing does.
    """

    remote: RemoteConnection
    source: str | None
    destination: str | None
    adoption: Adoption


@dataclass
class Seen:
    """What is known when an orphan is looked at.

    Attributes:
        own: the stack's connections.
        state: what Terraform has made; None where it cannot be read.
        given: ids of the entries that other orphans got.
        pasted: path -> text of these entries.
    """

    own: Sequence[Matched]
    state: StateIds | None
    given: set[str] = field(default_factory=set)
    pasted: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ConnectionList:
    """The connections of a workspace, as one stack sees them.

    Attributes:
        own: the stack's, sorted by id; also those that are missing on the server.
        others: those of other stacks in the same workspace, stack by stack.
        note: why connections were not recognized by Terraform's state; empty if they were.
        twins: what looks like a source, destination or connection of the stack and is not it.
        unused: sources and destinations without a connection.
    """

    stack: str
    workspace: Workspace
    own: tuple[Matched, ...]
    others: tuple[Matched, ...]
    orphans: tuple[Orphan, ...]
    note: str = ""
    twins: tuple[Twin, ...] = ()
    unused: tuple[Unused, ...] = ()

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
            "unused": [one.to_json() for one in self.unused],
        }

    def to_text(self) -> str:
        """Ours, missing ones, orphans, and what no connection uses, each with its id."""
        lines = [f"stack {self.stack}, workspace {self.workspace.id}", *self._rows()]
        for orphan in self.orphans:
            lines += [f"    {line}" for line in _orphan_lines(orphan)]
        lines += [f"    {line}" for twin in self.twins for line in twin.to_lines()]
        lines += columns([one.to_row() for one in self.unused], "    ") if self.unused else []
        lines += [f"    note: {self.note}"] if self.note else []
        return "\n".join(lines)

    def _rows(self) -> list[str]:
        rows = [_row(own) for own in self.own] + [_row(own, own.entry.stack) for own in self.others]
        if not rows and not self.orphans:
            return ["    no connections"]
        return columns(rows, "    ")


def make_orphan(remote: RemoteConnection, model: LakeModel, stack: Stack, workspace: Workspace, seen: Seen) -> Orphan:
    """The orphan with the lines that adopt it."""
    ends = [actor_of(id_, stack, workspace) for id_ in (remote.source_id, remote.destination_id)]
    source, destination = ends
    if source is None or destination is None:
        reasons = tuple(_missing_ends(remote, source, destination, workspace))
        known = [end.id if end else None for end in ends]
        return Orphan(remote, known[0], known[1], Adoption(reasons=reasons))
    ends_there = ((source, remote.source_id), (destination, remote.destination_id))
    notes = tuple(note for end, id_ in ends_there for note in _notes(end, id_, seen.state))
    missing = [one.entry for one in seen.own if one.remote is None and not one.several]
    pair = (source.id, destination.id)
    waiting = [entry.id for entry in missing if (entry.settings.source, entry.settings.destination) == pair]
    if len(waiting) == 1:
        adoption = adopt_existing(ProposedEntry(model, stack, waiting[0], *pair, notes), remote)
    else:
        entry_id = _free_id("_to_".join(pair), {*model.declared.entries["connections"], *seen.given})
        adoption = adopt_new(ProposedEntry(model, stack, entry_id, *pair, notes, beside=seen.pasted), remote)
        seen.given.update([entry_id] if adoption.lines else [])
        seen.pasted |= written(adoption, entry_id)
    return Orphan(remote, source.id, destination.id, adoption)


def _missing_ends(
    remote: RemoteConnection, source: Entry[Actor] | None, destination: Entry[Actor] | None, workspace: Workspace
) -> Iterator[str]:
    for kind, known, id_ in (("source", source, remote.source_id), ("destination", destination, remote.destination_id)):
        if known is None:
            yield f'its {kind} "{_name(id_, workspace)}" has no entry; write one with existing: {id_}, which leaves it unchanged'
    yield "then run this again for its own entry"


def _notes(actor: Entry[Actor], id_: str, state: StateIds | None) -> Iterator[str]:
    """What has to be seen to before the apply: a new source or destination of that name would replace the connection."""
    if id_ in (actor.settings.existing, actor.settings.adopt) or (state and state.entries.get(actor.path) == id_):
        return
    if state is None:
        yield f"{actor.path} is recognized by name alone: if Terraform did not create it, give it adopt: {id_},"
    else:
        yield f"{actor.path} is not in Terraform's state: give it adopt: {id_},"
    yield "or another one is created, and the connection with it"


def _free_id(wanted: str, taken: Collection[str]) -> str:
    numbered = (f"{wanted}_{number}" for number in count(2))
    return next(id_ for id_ in chain([wanted], numbered) if id_ not in taken)


def _row(own: Matched, stack: str | None = None) -> tuple[str, str, str]:
    name = f'"{own.name}"' if own.name else ""
    if own.remote is not None:
        state = f"of {stack}" if stack else "ours"
        return state, own.entry.id, f"{name}  {own.remote.status}  {own.remote.schedule}  {own.remote.id}"
    if own.several:
        return "unclear", own.entry.id, f"{name}  may be any of {', '.join(own.several)}: choose one with adopt"
    return "missing", own.entry.id, name


def _orphan_lines(orphan: Orphan) -> Iterator[str]:
    remote, adoption = orphan.remote, orphan.adoption
    yield f'orphan  "{one_line(remote.name)}"  {remote.status}  {remote.schedule}  {remote.id}'
    yield from (f"    {line}" for line in adoption.lines)
    for path, text in adoption.files.items():
        yield f"    and the file {path}:"
        yield from (f"        {line}" for line in text.splitlines())
    if adoption.reasons:
        yield "    no entry is suggested, as none would leave it unchanged:"
        yield from (f"        {one_line(reason)}" for reason in adoption.reasons)


def _name(id_: str, workspace: Workspace) -> str:
    actor = workspace.actors.get(id_)
    return actor.name if actor else id_


def _own_json(own: Matched) -> Json:
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
        "adopt": "\n".join(orphan.adoption.lines) or None,
        "files": dict(orphan.adoption.files),
        "reasons": list(orphan.adoption.reasons),
    }


def _remote_json(remote: RemoteConnection | None) -> Json:
    return {key: getattr(remote, key) if remote else None for key in ("id", "status", "cron", "schedule")}
