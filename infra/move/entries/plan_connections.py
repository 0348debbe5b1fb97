"""Connections that an import makes entries of."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from infra.airbyte.workspace.setup import Setup
from infra.base.json_value import Json
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.merge import merge_entry
from infra.move.entries.connection_words import ConnectionWords, connection_words
from infra.move.entries.further import told_further
from infra.move.entries.groups import Group, connection_id, grouped, taken_ids
from infra.move.entries.plan_actors import ActorPlan
from infra.move.entries.proposed import Left, Proposed
from infra.move.entries.set_aside import Members, SetAside, members_of
from infra.move.entries.stream_files import FolderPlan, Who
from infra.move.entries.told import LeftOut
from infra.move.found import FoundConnection
from infra.move.found_terraform import FoundTerraform
from infra.scaffold.names import Names
from infra.scaffold.registered import lake_value

_INSTEAD = "change it in Airbyte, then import again; until then it stays as it is there"

# The keys of an entry that have a default, and what it is where the lake has no other one.
_USUAL: Json = {
    "schedule": "manual",
    "namespace": "destination",
    "prefix": "",
    "status": "active",
    "schema_changes": "ignore",
}


@dataclass(frozen=True)
class NewConnection:
    """A connection that gets an entry.

    Attributes:
        ends: ids of the entries of its source and destination.
        words: stack -> what the entry can say of it there.
    """

    group: Group[FoundConnection]
    ends: tuple[str, str]
    words: Mapping[str, ConnectionWords] = field(repr=False)

    @property
    def setups(self) -> dict[Who, Setup]:
        """How it is set in each of its stacks."""
        return {(self.group.id, stack): words.setup for stack, words in self.words.items() if words.setup}


def new_connections(
    model: LakeModel,
    new: Mapping[str, list[FoundConnection]],
    actors: ActorPlan,
    remembered: Mapping[tuple[str, str], str],
    names: Mapping[tuple[str, str], str],
    split: Collection[Members],
) -> list[NewConnection]:
    """The entries to be; what has no end in the lake goes to the plan's `left`. `names`: (stack, key) -> an actor's name; `split`:
    those that are an entry for each stack.
    """
    whole = {stack: [one for one in found if _has_ends(stack, one, actors)] for stack, found in new.items()}
    taken = taken_ids(model, "connections")
    made = []
    waiting = deque(grouped(whole, lambda stack, one: (one.remote.name, *_ends(stack, one, actors))))
    while waiting:
        members = waiting.popleft()
        stack, first = next(iter(members.items()))
        ends = _ends(stack, first, actors)
        usual = " → ".join(names[stack, key] for key in (first.remote.source_id, first.remote.destination_id))
        known = remembered.get((stack, first.id or ""), "").partition(".")[2] or None
        id_ = connection_id(first, ends, usual, known, taken)
        variables = Names(id_, frozenset(actors.variables))
        words = {stack: connection_words(one.remote, variables) for stack, one in members.items()}
        alone = members_of(members) in split or any(word.why for word in words.values())
        if alone and len(members) > 1:
            waiting.extendleft({stack: one} for stack, one in reversed(members.items()))
            continue
        taken.add(id_)
        made.append(NewConnection(Group("connections", id_, members), ends, words))
    return made


def _has_ends(stack: str, one: FoundConnection, actors: ActorPlan) -> bool:
    missing = [
        kind
        for kind, key in (("source", one.remote.source_id), ("destination", one.remote.destination_id))
        if (stack, key) not in actors.entries
    ]
    if missing and one.remote.status != "deprecated":
        why = tuple(f"its {kind} has no entry" for kind in missing)
        said = LeftOut(_what(one), why, "write that entry, then import again")
        actors.left.append(Left(stack, one.id or one.key, said))
    return not missing


def _ends(stack: str, one: FoundConnection, actors: ActorPlan) -> tuple[str, str]:
    return actors.entries[stack, one.remote.source_id], actors.entries[stack, one.remote.destination_id]


def _what(one: FoundConnection) -> str:
    return f'the connection "{one.remote.name}"'


def refused_connections(
    connections: list[NewConnection], found: Mapping[str, FoundTerraform], aside: SetAside
) -> tuple[list[NewConnection], list[Left]]:
    """(those that get an entry, those that get none); what is waiting is neither."""
    kept: list[NewConnection] = []
    left: list[Left] = []
    for one in connections:
        why = tuple(dict.fromkeys(_why(one, found, aside.refused)))
        if why:
            said = LeftOut(_what(next(iter(one.group.members.values()))), why, _INSTEAD)
            left += [Left(stack, member.id or member.key, said) for stack, member in one.group.members.items()]
        elif one.group.objects not in aside.waiting:
            kept.append(one)
    return kept, left


def _why(
    one: NewConnection, found: Mapping[str, FoundTerraform], refused: Mapping[Members, tuple[str, ...]]
) -> Iterator[str]:
    yield from refused.get(one.group.objects, ())
    yield from (why for words in one.words.values() for why in words.why)
    members = one.group.members.items()
    if any(not (member.id or found[stack].carries_over(member.address)) for stack, member in members):
        yield "its origin does not know its id in Airbyte"


def propose_connection(
    model: LakeModel, one: NewConnection, found: Mapping[str, FoundTerraform], folder: FolderPlan, default_name: str
) -> Proposed:
    """The entry. `folder`: what becomes of the streams of its source."""
    group = one.group
    carried = {stack: found[stack].carries_over(member.address) for stack, member in group.members.items()}
    defaults = {stack: defaults_of(model, stack) for stack in group.members}
    setups = {stack: setup for (_, stack), setup in one.setups.items()}
    keys = [key for key in _USUAL if any(_differs(key, setups[stack], defaults[stack]) for stack in setups)]
    values: dict[str, Json] = {}
    for stack, member in group.members.items():
        value: Json = {} if carried[stack] else {"adopt": member.id}
        value |= {"source": one.ends[0], "destination": one.ends[1]}
        value |= {"name": setups[stack].name} if setups[stack].name != default_name else {}
        value |= {key: getattr(setups[stack], key) for key in keys}
        streams = folder.streams[group.id, stack]
        values[stack] = value | ({} if streams is None else {"streams": streams})
    secrets = {
        name: f"{group.path}: {option}" for words in one.words.values() for name, option in words.secrets.items()
    }
    told = {
        stack: (*words.told, *folder.told[group.id, stack], *told_further(group.members[stack]))
        for stack, words in one.words.items()
    }
    return Proposed(
        "connections",
        group.id,
        group.members,
        values,
        told,
        secrets,
        tuple(group.earlier(carried)),
        frozenset(stack for stack, is_there in carried.items() if is_there),
    )


def defaults_of(model: LakeModel, stack: str) -> Json:
    """What every connection of a stack gets before its entry says anything."""
    layers = (lake_value(model, "defaults", "connection"), lake_value(model, "stacks", stack, "defaults", "connection"))
    merged: Json = {}
    for layer in layers:
        if isinstance(layer, dict):
            merged = merge_entry(merged, layer, None)
    return merged


def _differs(key: str, setup: Setup, defaults: Json) -> bool:
    return bool(getattr(setup, key) != defaults.get(key, _USUAL[key]))
