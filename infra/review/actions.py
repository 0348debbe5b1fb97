"""What Terraform will do with each address: the plan that follows from two documents, without state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.review.change import Action
from infra.review.document import StackDocument, canonical, variables_in

# Attributes whose change makes the provider destroy an object and create another one: facts of airbytehq/airbyte
# (RequiresReplace in source_resource.go, destination_resource.go and connection_resource.go).
REPLACED_BY = {
    "airbyte_source": ("definition_id", "workspace_id"),
    "airbyte_destination": ("definition_id", "workspace_id"),
    "airbyte_connection": ("source_id", "destination_id"),
}

# A connection's attributes that hold the id of another object.
_ENDS = REPLACED_BY["airbyte_connection"]

Values = Mapping[str, Any]


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


@dataclass(frozen=True)
class Ends:
    """A document, and the values of its variables as far as the registry gives them."""

    document: StackDocument
    values: Values


def plan(base: Ends, head: Ends) -> list[Planned]:
    """The actions, sorted by address; addresses with nothing to do are left out."""
    origins = _origins(base.document, head.document)
    actors = [_planned(address, origins, base, head) for address in head.document.resources if not _is_end(address)]
    replaced = frozenset(planned.address for planned in actors if planned and planned.action in ("replace", "create"))
    connections = [
        _planned(address, origins, base, head, replaced) for address in head.document.resources if _is_end(address)
    ]
    gone = [_gone(address, head.document) for address in base.document.resources if address not in origins.values()]
    found = [planned for planned in (*actors, *connections, *gone) if planned is not None]
    return sorted(found, key=lambda planned: planned.address)


def _is_end(address: str) -> bool:
    return address.startswith("airbyte_connection.")


def _origins(base: StackDocument, head: StackDocument) -> dict[str, str]:
    """Address in the head -> its address in the base; without those that are new."""
    same = {address: address for address in head.resources if address in base.resources}
    moved = {
        target: address
        for address in base.resources
        if address not in head.resources
        and (target := _target(address, head.moved)) in head.resources
        and target not in same
    }
    return {**same, **moved}


def _target(address: str, moved: Mapping[str, str]) -> str:
    """Where an address ends up after all moves."""
    seen = set()
    while address in moved and address not in seen:
        seen.add(address)
        address = moved[address]
    return address


def _gone(address: str, head: StackDocument) -> Planned:
    return Planned(address, "forget" if address in head.forgotten else "delete", previous=address)


def _planned(
    address: str, origins: Mapping[str, str], base: Ends, head: Ends, replaced: frozenset[str] = frozenset()
) -> Planned | None:
    if address not in origins:
        return Planned(address, "adopt" if address in head.document.imports else "create")
    previous = origins[address]
    because = tuple(sorted({*_differing(address, origins, base, head), *_unknown_ends(address, head, replaced)}))
    action = _action(address, previous, because)
    return Planned(address, action, previous, because) if action else None


def _action(address: str, previous: str, because: tuple[str, ...]) -> Action | None:
    if set(because) & set(REPLACED_BY[address.partition(".")[0]]):
        return "replace"
    if because:
        return "update"
    return "move" if address != previous else None


def _differing(address: str, origins: Mapping[str, str], base: Ends, head: Ends) -> Iterator[str]:
    """Attributes that differ, and those that use a variable whose known value differs."""
    renames = {old: new for new, old in origins.items()}
    before = base.document.resources[origins[address]]
    after = head.document.resources[address]
    for key in {*before, *after}:
        same_text = canonical(_renamed(key, before.get(key), renames)) == canonical(after.get(key))
        if not same_text or any(
            base.values.get(name) != head.values.get(name) for name in variables_in(after.get(key))
        ):
            yield key


def _renamed(key: str, value: Any, renames: Mapping[str, str]) -> Any:
    """A reference to an object that has moved, as it reads after the move."""
    if key not in _ENDS or not isinstance(value, str) or not value.startswith("${"):
        return value
    type_, name, attribute = value[2:-1].split(".")
    return f"${{{renames.get(f'{type_}.{name}', f'{type_}.{name}')}.{attribute}}}"


def _unknown_ends(address: str, head: Ends, replaced: frozenset[str]) -> Iterator[str]:
    """Ends of a connection whose object is created anew: its id is not known before, so the connection is replaced."""
    for key in _ENDS if _is_end(address) else ():
        value = str(head.document.resources[address].get(key, ""))
        if any(value == f"${{{other}.{key}}}" for other in replaced):
            yield key
