"""What Terraform will do with each address: the plan that follows from two documents, without state."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from infra.lake.registry.kinds import SECTION_OF_TYPE, is_connection
from infra.review.details.allocation import ALLOCATION, after_apply, in_state
from infra.review.details.change import Action
from infra.review.sides.stack_json import StackDocument, canonical, names_in
from infra.review.sides.values import VariableValues

# Attributes whose change makes the provider destroy an object and create another one: facts of airbytehq/airbyte
# (RequiresReplace in source_resource.go, destination_resource.go and connection_resource.go).
REPLACED_BY = {
    "sources": ("definition_id", "workspace_id"),
    "destinations": ("definition_id", "workspace_id"),
    "connections": ("source_id", "destination_id"),
}

# A connection's attributes that hold the id of another object.
_ENDPOINTS = REPLACED_BY["connections"]


@dataclass(frozen=True)
class Planned:
    """The action for one address.

    Attributes:
        previous: the address in the base, None for what is new there.
        because: attributes that differ, sorted; `source_id` too where the source it names is replaced.

    """

    address: str
    action: Action
    previous: str | None = None
    because: tuple[str, ...] = ()

    @property
    def forced_by(self) -> tuple[str, ...]:
        """Those of the attributes that cannot be changed in place."""
        return tuple(
            name for name in self.because if name in REPLACED_BY[SECTION_OF_TYPE[self.address.partition(".")[0]]]
        )


@dataclass(frozen=True)
class PlanInput:
    """A document, and the values of its variables as far as the registry gives them."""

    document: StackDocument
    values: VariableValues


def plan(base: PlanInput, head: PlanInput) -> list[Planned]:
    """The actions, sorted by address; addresses with nothing to do are left out."""
    origins = _origins(base.document, head.document)
    pair = (base, head)
    actors = [_planned(address, origins, *pair) for address in head.document.resources if not is_connection(address)]
    anew = frozenset(planned.address for planned in actors if planned and planned.action in ("replace", "create"))
    connections = [
        _planned(address, origins, *pair, anew) for address in head.document.resources if is_connection(address)
    ]
    kept = frozenset(origins.values())
    gone = [_gone(address, head.document) for address in base.document.resources if address not in kept]
    found = [planned for planned in (*actors, *connections, *gone) if planned is not None]
    return sorted(found, key=lambda planned: planned.address)


def _origins(base: StackDocument, head: StackDocument) -> dict[str, str]:
    """Address in the head -> its address in the base; without those that are new."""
    same = {address: address for address in head.resources if address in base.resources}
    moved = {
        target: address
        for address in base.resources
        if address not in head.resources and (target := head.target(address)) in head.resources and target not in same
    }
    return {**same, **moved}


def _gone(address: str, head: StackDocument) -> Planned:
    return Planned(address, "forget" if address in head.forgotten else "delete", previous=address)


def _planned(
    address: str, origins: Mapping[str, str], base: PlanInput, head: PlanInput, anew: frozenset[str] = frozenset()
) -> Planned | None:
    unknown = _unknown_ends(address, head, anew)
    if address not in origins:
        adopts = address in head.document.imports
        return Planned(address, _arrival(adopts=adopts, unknown=unknown), because=unknown if adopts else ())
    previous = origins[address]
    because = tuple(sorted({*_differing(address, origins, base, head), *unknown}))
    planned = Planned(address, "update", previous, because)
    if planned.forced_by:
        return replace(planned, action="replace")
    if because:
        return planned
    return replace(planned, action="move") if address != previous else None


def _arrival(*, adopts: bool, unknown: tuple[str, ...]) -> Action:
    """A connection that is taken over between new ends is destroyed at once, and created between them."""
    if adopts:
        return "replace" if unknown else "adopt"
    return "create"


def _differing(address: str, origins: Mapping[str, str], base: PlanInput, head: PlanInput) -> Iterator[str]:
    """Attributes that differ; what they refer to counts, not how it is written."""
    before = base.document.resources[origins[address]]
    after = head.document.resources[address]
    for key in {*before, *after}:
        old, new = before.get(key), after.get(key)
        if key in _ENDPOINTS and _same_end(old, new, origins, base.document, head.document):
            continue
        if key == ALLOCATION:
            old, new = in_state(old), in_state(after_apply(old, new))
        if _differ(old, new, base.values, head.values):
            yield key


def _differ(before: Any, after: Any, old: VariableValues, new: VariableValues) -> bool:
    """True if Terraform sees two values; most are the same text, which is quickly seen."""
    text = json.dumps(after)
    if json.dumps(before) == text and names_in(text).isdisjoint(old.differing(new)):
        return False
    return canonical(old.filled(before)) != canonical(new.filled(after))


def _same_end(before: Any, after: Any, origins: Mapping[str, str], base: StackDocument, head: StackDocument) -> bool:
    """True if both name one object: under its address, which may have moved, or by the id that was taken over."""
    old, new = _named(before), _named(after)
    if old and new and origins.get(new) == old:
        return True
    ids = (base.imports.get(old) if old else before, head.imports.get(new) if new else after)
    return ids[0] is not None and ids[0] == ids[1]


def _named(value: Any) -> str | None:
    """The address in `${airbyte_source.shop.source_id}`; None for an id."""
    return value[2:-1].rpartition(".")[0] if isinstance(value, str) and value.startswith("${") else None


def _unknown_ends(address: str, head: PlanInput, anew: frozenset[str]) -> tuple[str, ...]:
    """Ends of a connection whose object is created anew: its id is not known before, so the connection is replaced."""
    attributes = head.document.resources[address]
    return tuple(key for key in _ENDPOINTS if is_connection(address) and _named(attributes.get(key)) in anew)
