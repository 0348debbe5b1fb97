"""What expressions of Terraform come to: JSON values, and in them what the files alone do not tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, runtime_checkable


@dataclass(frozen=True)
class Unknown:
    """A value that the files do not tell. `why`: a sentence without a full stop."""

    why: str


@dataclass(frozen=True)
class Variable:
    """A variable of the root module.

    Attributes:
        value: what a file of values or its default says; Unknown where nothing does.
    """

    name: str
    secret: bool
    value: Any = field(repr=False)


@dataclass(frozen=True)
class Pointer:
    """The id of a resource: what Terraform calls `airbyte_source.shop.source_id`."""

    address: str


@dataclass(frozen=True)
class ConnectorDefinition:
    """The definition of a connector that is known by its name."""

    connector: str


# Values that are no JSON.
Open = Unknown | Variable | Pointer | ConnectorDefinition


def known(value: Any) -> Any:
    """A variable's value in place of the variable; everything else as it is. A sensitive one is never taken."""
    if not isinstance(value, Variable):
        return value
    return Unknown(f"it is made of the sensitive variable {value.name}") if value.secret else value.value


def first_unknown(value: Any) -> Unknown | None:
    """Why a value is not wholly known; None if it is."""
    value = known(value)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, (Pointer, ConnectorDefinition, Parted)):
        return Unknown("it is made of another object")
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for inner in inside if (found := first_unknown(inner))), None)


def whole(value: Any) -> Any:
    """The value with every variable replaced by its value, if all is known; else Unknown."""
    if found := first_unknown(value):
        return found
    value = known(value)
    if isinstance(value, dict):
        return {key: whole(inner) for key, inner in value.items()}
    return [whole(inner) for inner in value] if isinstance(value, list) else value


class Reached(NamedTuple):
    """What a reference comes to."""

    value: Any


@runtime_checkable
class Parted(Protocol):
    """An object that is asked for a part: a resource, a module, or several of one."""

    def at(self, key: Any) -> Any:
        """The part; Unknown where the files do not tell it."""


def size_of(value: Any, bound: int) -> int:
    """How many values are in it; counting ends beyond the bound."""
    waiting, count = [value], 0
    while waiting and count <= bound:
        one = waiting.pop()
        count += 1 + (len(one) // 100 if isinstance(one, str) else 0)
        waiting += _inside(one)
    return count


def _inside(value: Any) -> Iterator[Any] | list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
