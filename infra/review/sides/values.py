"""VariableValues: what the registry itself says of the variables of a stack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from infra.lake.documents.types import Scalar
from infra.lake.values.convert import convert
from infra.lake.values.lookup import look_up
from infra.review.sides.stack_json import StackDocument

_REFERENCE = re.compile(r"\$\{var\.([A-Za-z_][A-Za-z0-9_-]*)\}")


@dataclass(frozen=True)
class VariableValues:
    """Name -> value and type of plain variables; those of secrets are never among the values."""

    known: Mapping[str, Any]
    types: Mapping[str, str]

    def filled(self, value: Any) -> Any:
        """A value with every variable that is known put in its place; of any other one its name and type."""
        if isinstance(value, dict):
            return {key: self.filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.filled(inner) for inner in value]
        found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            return value
        return self.known.get(found[1], {"var": found[1], "type": self.types.get(found[1])})

    def differing(self, other: VariableValues) -> frozenset[str]:
        """Names that stand for something else on the other side."""
        return frozenset(name for name, _ in self._said.items() ^ other._said.items())

    @cached_property
    def _said(self) -> Mapping[str, str]:
        return {name: f"{type_} {self.known.get(name)!r}" for name, type_ in self.types.items()}


def values_of(document: StackDocument, given: Mapping[str, Scalar]) -> VariableValues:
    """What the registry gives to the plain variables of a document, as Terraform converts it."""
    types = {name: str(block.get("type", "string")) for name, block in document.variables.items()}
    known = {}
    for name, block in document.variables.items():
        found = look_up(name, {}, given, block.get("default"), secret=bool(block.get("sensitive")))
        if found is not None:
            known[name] = _converted(found[1], types[name])
    return VariableValues(known, types)


def comparable(before: VariableValues, after: VariableValues) -> tuple[VariableValues, VariableValues]:
    """Both sides; a variable of both whose value is known on one of them only counts as unknown, and as the same."""
    unclear = names_unclear(before, after)
    return _without(before, unclear), _without(after, unclear)


def names_unclear(before: VariableValues, after: VariableValues) -> list[str]:
    """Variables of both sides whose value the registry gives on one of them only, sorted."""
    both = before.types.keys() & after.types.keys()
    return sorted(both & (before.known.keys() ^ after.known.keys()))


def _without(values: VariableValues, names: list[str]) -> VariableValues:
    return VariableValues({name: value for name, value in values.known.items() if name not in names}, values.types)


def _converted(value: Any, type_: str) -> Any:
    """As it is where Terraform refuses it; text where a number has more digits than JSON's readers keep."""
    try:
        converted = convert(value, type_)
    except ValueError:
        return value
    return str(converted) if isinstance(converted, Decimal) else converted
