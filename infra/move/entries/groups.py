"""Groups: objects of several stacks that are one entry."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from infra.lake.documents.types import ID_PATTERN
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.kinds import RESOURCE_TYPES, SECTION_OF
from infra.move.entries.entry_ids import free_id, id_for
from infra.move.entries.set_aside import Members, members_of
from infra.move.found import FoundActor, FoundConnection

T = TypeVar("T", FoundActor, FoundConnection)


@dataclass(frozen=True)
class Group(Generic[T]):
    """An entry to be.

    Attributes:
        section: `sources`, `destinations` or `connections`.
        id: of the entry.
        members: stack -> its object, in the order of the lake's stacks.
    """

    section: str
    id: str
    members: Mapping[str, T]

    @property
    def path(self) -> str:
        """`sources.shop`."""
        return f"{self.section}.{self.id}"

    @property
    def objects(self) -> Members:
        """Its members, whatever its id is."""
        return members_of(self.members)

    def earlier(self, carried: Mapping[str, bool]) -> list[str]:
        """Paths that its objects have in the Terraform states that are carried over, other than its own; sorted."""
        addresses = (one.address for stack, one in self.members.items() if carried[stack])
        labels = {(address or "").rpartition(".")[2] for address in addresses}
        return [f"{self.section}.{label}" for label in sorted(labels - {self.id})]


def grouped(objects: Mapping[str, Iterable[T]], likeness: Callable[[str, T], tuple[str, ...]]) -> list[dict[str, T]]:
    """Objects by stack, made groups: those that are alike, where each stack has one of them; any other one is by itself.

    `objects`: stack -> those that are new, in its order.
    """
    counts = {stack: Counter(likeness(stack, one) for one in found) for stack, found in objects.items()}
    groups: list[dict[str, T]] = []
    shared: dict[tuple[str, ...], dict[str, T]] = {}
    for stack, found in objects.items():
        for one in found:
            like = likeness(stack, one)
            if all(count[like] <= 1 for count in counts.values()):
                if like not in shared:
                    groups.append(shared.setdefault(like, {}))
                shared[like][stack] = one
            else:
                groups.append({stack: one})
    return groups


def taken_ids(model: LakeModel, section: str) -> set[str]:
    """The ids of a section that stand for something: entries, and those that are gone on purpose."""
    lines = [(model.declared.retired, "entry"), (model.declared.renamed, "from")]
    gone = [line.value.get(key) for pieces, key in lines for line in pieces if isinstance(line.value, dict)]
    return {
        *model.declared.entries[section],
        *(path.partition(".")[2] for path in gone if isinstance(path, str) and path.startswith(f"{section}.")),
    }


def actor_id(actor: FoundActor, remembered: str | None, taken: Collection[str]) -> str:
    """The id of a new entry: that of its resource in Terraform, that of an earlier import, else from its name."""
    kind = (actor.connector or "").partition("-")[2].replace("-", "_") or actor.kind
    wanted = label_of(actor.address, SECTION_OF[actor.kind]) or remembered or id_for(actor.name, kind)
    return free_id(wanted, taken)


def connection_id(
    one: FoundConnection, ends: tuple[str, str], default_name: str, remembered: str | None, taken: Collection[str]
) -> str:
    """The same of a connection; one without a name of its own is called after its ends."""
    usual = "_to_".join(ends)
    own = usual if one.remote.name == default_name else id_for(one.remote.name, usual, "connection")
    return free_id(label_of(one.address, "connections") or remembered or own, taken)


def label_of(address: str | None, section: str) -> str | None:
    """The name of a resource, `airbyte_source_postgres.shop` -> `shop`, where an entry can be called so."""
    type_, _, label = (address or "").rpartition(".")
    fits = type_.startswith(RESOURCE_TYPES[section]) and re.fullmatch(ID_PATTERN, label)
    return label if fits else None
