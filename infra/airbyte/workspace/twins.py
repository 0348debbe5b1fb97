"""Twins: objects of a workspace with the name and definition of an entry that are not the entry's.

A provider that creates an object and fails to read it back leaves it in Airbyte and not in Terraform's state, and the next
apply makes another one of the same name. So does an apply with a second state.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from infra.airbyte.server import RemoteActor
from infra.airbyte.workspace.matching import Matched, Workspace, same_named
from infra.airbyte.workspace.state_ids import StateIds
from infra.lake.documents import plural
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Actor
from infra.lake.registry.entry import Entry, actor_name

# twin: the entry has another object. unclaimed: the state has none for the entry. unclear: nobody can say which is which.
Case = Literal["twin", "unclaimed", "unclear"]

# (source or destination, name in Airbyte, id of the connector's definition).
_Likeness = tuple[str, str, str | None]


@dataclass(frozen=True)
class Twin:
    """What is told of an entry and of the objects that look like it.

    Attributes:
        entry: `sources.shopify`.
        ids: of the twins; where it is unclear, of all objects that look like the entry.
        ours: id of the entry's own object; None if it has none, or nobody knows it.
        used_by: how many connections use the twins; None for connections.
    """

    case: Case
    entry: str
    name: str
    ids: tuple[str, ...]
    ours: str | None = None
    used_by: int | None = None

    def to_json(self) -> dict[str, Any]:
        """For `--format json`."""
        return {**asdict(self), "ids": list(self.ids)}

    def to_lines(self) -> Iterator[str]:
        """What it is, and below it, indented, what to do."""
        used = "" if self.used_by is None else f"  used by {plural(self.used_by, 'connection')}"
        yield f'{self.case}  {self.entry}  "{self.name}"  {", ".join(self.ids)}{used}'
        yield f"    {_TOLD[self.case].format(ours=self.ours)}"


_TOLD: Mapping[Case, str] = {
    "twin": "a copy of {ours}, which is ours: delete it in Airbyte if nothing needs it",
    "unclaimed": "not in Terraform's state, so the next apply creates another one: adopt with its id takes this one over instead",
    "unclear": "more than the registry has; which one is ours cannot be known, as Terraform's state is not read here",
}


@dataclass(frozen=True)
class Stacked:
    """A stack in the workspace.

    Attributes:
        definitions: entry -> id of its connector's definition, as far as it is known.
        state: what Terraform has made; None where it cannot be read.
    """

    stack: Stack
    definitions: Mapping[str, str]
    state: StateIds | None


@dataclass(frozen=True)
class _Claim:
    """An entry and its object. `id` None: none that is in the workspace; then `certain` says that there is none."""

    entry: Entry[Actor]
    stack: Stacked
    id: str | None

    @property
    def certain(self) -> bool:
        return self.stack.state is not None

    @property
    def likeness(self) -> _Likeness:
        return self.entry.kind, actor_name(self.entry), self.stack.definitions.get(self.entry.path)


def find_twins(
    stack: Stacked, others: Sequence[Stacked], workspace: Workspace, own: Sequence[Matched], theirs: Sequence[Matched]
) -> list[Twin]:
    """The twins of a stack's entries, sources first. `others`: further stacks in the workspace, whose objects are no twins;
    `own`, `theirs`: the connections of the stack, and of the others.
    """
    everything = [stack, *others]
    claims = [claim for one in everything for claim in _claims(one, workspace)]
    taken = {
        *(claim.id for claim in claims),
        *(id_ for one in everything if one.state for id_ in one.state.every),
        *(one.remote.id for one in (*own, *theirs) if one.remote and one.way != "name"),
    }
    groups = {claim.likeness: [other for other in claims if other.likeness == claim.likeness] for claim in claims}
    found = [twin for like, group in groups.items() for twin in _actor_twins(stack, like, group, taken, workspace)]
    return [*found, *_connection_twins(stack, workspace, own, taken)]


def _claims(stack: Stacked, workspace: Workspace) -> Iterator[_Claim]:
    """The sources and destinations that Airbyte has, or should have, because of a stack."""
    for actor in stack.stack.actors():
        named = actor.settings.existing or actor.settings.adopt
        known = (stack.state.entries.get(actor.path) if stack.state else None) or named
        if actor.settings.managed or known:
            yield _Claim(actor, stack, known if known in workspace.actors else None)


def _actor_twins(
    stack: Stacked, like: _Likeness, group: Sequence[_Claim], taken: Collection[str | None], workspace: Workspace
) -> Iterator[Twin]:
    rest = [actor.id for actor in workspace.actors.values() if actor.id not in taken and _is_alike(actor, like)]
    claim = next((one for one in group if one.entry.stack == stack.stack.id and one.entry.settings.managed), None)
    if claim is None or not rest:
        return
    loose = [one for one in group if one.id is None]
    unsure = [one for one in loose if not one.certain]
    if unsure and len(rest) <= len(unsure):
        return  # as many as there are entries: each is recognized by its name
    case: Case = "unclear" if unsure else "unclaimed" if loose else "twin"
    if case != "twin" and claim.id is not None:
        claim = next((one for one in loose if one.entry.stack == stack.stack.id), claim)
    yield Twin(case, claim.entry.path, like[1], tuple(sorted(rest)), claim.id, _users(rest, workspace))


def _is_alike(actor: RemoteActor, like: _Likeness) -> bool:
    kind, name, definition = like
    known = None not in (definition, actor.definition_id)
    return (actor.kind, actor.name) == (kind, name) and (not known or actor.definition_id == definition)


def _users(ids: Iterable[str], workspace: Workspace) -> int:
    """How many connections have one of these ends."""
    wanted = set(ids)
    living = (one for one in workspace.connections if one.status != "deprecated")
    return sum(not wanted.isdisjoint((one.source_id, one.destination_id)) for one in living)


def _connection_twins(
    stack: Stacked, workspace: Workspace, own: Iterable[Matched], taken: Collection[str | None]
) -> Iterator[Twin]:
    """Twins of connections that are known; of those that are not, their own row names all candidates."""
    for one in own:
        if one.remote is None:
            continue
        if one.way == "name":
            if stack.state is not None and one.remote.id not in taken:
                yield Twin("unclaimed", one.entry.path, one.name, (one.remote.id,))
            continue
        alike = (remote.id for remote in same_named(one.entry, stack.stack, workspace) if remote.id not in taken)
        ids = tuple(sorted(alike))
        if ids:
            yield Twin("twin", one.entry.path, one.name, ids, one.remote.id)
