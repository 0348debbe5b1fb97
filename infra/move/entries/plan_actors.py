"""Sources and destinations that an import makes entries of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from infra.base.json_value import Json
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.spec import Spec
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.entries import title_of
from infra.lake.registry.kinds import SECTION_OF
from infra.move.entries.actor_words import ActorWords, actor_words, masked_told
from infra.move.entries.groups import Group, actor_id, grouped, taken_ids
from infra.move.entries.proposed import Left, Proposed
from infra.move.entries.set_aside import Members
from infra.move.entries.told import LeftOut, Told
from infra.move.found import FoundActor
from infra.move.found_terraform import FoundTerraform
from infra.move.terraform.masked import masked
from infra.move.terraform.untyped import untyped
from infra.scaffold.names import Names


class Locks(NamedTuple):
    """The lock of a source's or destination's connector; and its spec with titles, by which typed resources name branches."""

    of: Callable[[FoundActor], ConnectorLock | None]
    titled: Callable[[ConnectorLock], Spec]


@dataclass
class ActorPlan:
    """What becomes of sources and destinations.

    Attributes:
        entries: (stack, key of the object) -> id of the entry, old and new ones.
        proposed: new ones, destinations first.
        left: those without an entry.
        variables: names that are taken.
    """

    entries: dict[tuple[str, str], str] = field(default_factory=dict)
    proposed: list[Proposed] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    variables: set[str] = field(default_factory=set)


def actor_groups(
    model: LakeModel, new: Mapping[str, list[FoundActor]], remembered: Mapping[tuple[str, str], str]
) -> list[Group[FoundActor]]:
    """The entries to be, with their ids. `new`: stack -> its objects; `remembered`: (stack, Airbyte's id) -> `sources.shop`."""
    groups: list[Group[FoundActor]] = []
    for kind in ("destination", "source"):
        section = SECTION_OF[kind]
        taken = taken_ids(model, section)
        there = {stack: [one for one in found if one.kind == kind] for stack, found in new.items()}
        for members in grouped(there, lambda _, one: (one.name, one.connector or one.definition_id or one.key)):
            stack, first = next(iter(members.items()))
            known = remembered.get((stack, first.id or ""), "").partition(".")[2] or None
            id_ = actor_id(first, known, taken)
            taken.add(id_)
            groups.append(Group(section, id_, members))
    return groups


def propose_actor(
    group: Group[FoundActor],
    plan: ActorPlan,
    found: Mapping[str, FoundTerraform],
    locks: Locks,
    refused: Mapping[Members, tuple[str, ...]],
) -> None:
    """Add the entry of a group to the plan: managed, else left as it is in Airbyte, else none. `refused`: why it does not pass
    `check`.
    """
    names = Names(group.id, frozenset(plan.variables))
    words = {stack: _words(one, found[stack], group.id, locks, names) for stack, one in group.members.items()}
    why = (*refused.get(group.objects, ()), *(reason for word in words.values() for reason in word.why))
    carried = {stack: found[stack].carries_over(one.address) for stack, one in group.members.items()}
    if why or not all(one.id or carried[stack] for stack, one in group.members.items()):
        _leave(group, plan, why, locks)
        return
    plan.variables.update(names.given.values())
    lock = locks.of(next(iter(group.members.values())))
    plan.proposed.append(
        Proposed(
            group.section,
            group.id,
            group.members,
            {stack: _value(word, group.members[stack], carried=carried[stack]) for stack, word in words.items()},
            {
                stack: (*word.told, *masked_told(word.secrets), *_version(group.members[stack], lock))
                for stack, word in words.items()
            },
            {name: f"{group.path}: {option}" for word in words.values() for name, option in word.secrets.items()},
            tuple(group.earlier(carried)),
            frozenset(stack for stack, is_there in carried.items() if is_there),
            lock.spec if lock else None,
        )
    )
    plan.entries |= {(stack, one.key): group.id for stack, one in group.members.items()}


def _words(actor: FoundActor, found: FoundTerraform, entry: str, locks: Locks, names: Names) -> ActorWords:
    """What the entry can say, also of a configuration that a typed resource has in words of its own."""
    lock = locks.of(actor)
    if lock is None and found.clear:
        return actor_words(replace(actor, configuration=masked(actor.configuration)), entry, lock, names)
    if actor.key not in found.typed or actor.configuration is None or lock is None:
        return actor_words(actor, entry, lock, names)
    own = untyped(locks.titled(lock), actor.configuration)
    if own.unclear:
        return ActorWords(None, why=(f"nobody can tell which shape of {', '.join(own.unclear)} is meant",))
    return actor_words(replace(actor, configuration=own.configuration), entry, lock, names)


def _value(words: ActorWords, actor: FoundActor, *, carried: bool) -> Json:
    assert words.value is not None, "an entry without a value is not proposed"
    return words.value if carried else {**words.value, "adopt": actor.id}


def _version(actor: FoundActor, lock: ConnectorLock | None) -> Iterator[Told]:
    if lock is not None and actor.version and lock.tag != actor.version:
        there = f"{lock.connector} {actor.version} runs there, and {lock.tag} is locked"
        yield Told("connector", there, "nothing of it: which version runs is Airbyte's", changes=False)


def _leave(group: Group[FoundActor], plan: ActorPlan, why: tuple[str, ...], locks: Locks) -> None:
    """An entry that leaves the objects as they are, where they have ids; else none."""
    first = next(iter(group.members.values()))
    what = f'the {first.kind} "{first.name}"'
    reasons = why or ("its origin does not know its id in Airbyte",)
    if not all(one.id for one in group.members.values()):
        instead = f"write its entry by hand: lakeform add {first.kind} {group.id}, with adopt and its id in Airbyte"
        for stack, one in group.members.items():
            plan.left.append(Left(stack, one.id or one.key, LeftOut(what, reasons, instead)))
        return
    lock = locks.of(first)
    named: Json = {"name": first.name} if first.name != title_of(group.id) else {}
    named |= {"connector": lock.connector} if lock else {}
    said = "nothing: connections use it, and lakeform does not change it (existing)"
    told = tuple(Told("configuration", reason, said, changes=False) for reason in reasons)
    plan.proposed.append(
        Proposed(
            group.section,
            group.id,
            group.members,
            {stack: {**named, "existing": one.id} for stack, one in group.members.items()},
            dict.fromkeys(group.members, told),
        )
    )
    plan.entries |= {(stack, one.key): group.id for stack, one in group.members.items()}
