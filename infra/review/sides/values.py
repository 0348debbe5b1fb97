"""Values: what the registry itself says of the variables of a stack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from infra.review.sides.document import StackDocument

_REFERENCE = re.compile(r"\$\{var\.([A-Za-z_][A-Za-z0-9_-]*)\}")


@dataclass(frozen=True)
class Values:
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

    def differing(self, other: Values) -> frozenset[str]:
        """Names that stand for something else on the other side."""
        return frozenset(name for name, _ in self._said.items() ^ other._said.items())

    @cached_property
    def _said(self) -> Mapping[str, str]:
        return {name: f"{type_} {self.known.get(name)!r}" for name, type_ in self.types.items()}


def values_of(document: StackDocument, given: Mapping[str, Any]) -> Values:
    """Defaults, and above them what is `given`, as Terraform converts it."""
    types = {name: str(block.get("type", "string")) for name, block in document.variables.items()}
    defaults = {name: block["default"] for name, block in document.variables.items() if "default" in block}
    plain = {name for name, block in document.variables.items() if not block.get("sensitive")}
    values = {name: value for name, value in {**defaults, **given}.items() if name in plain}
    return Values({name: _converted(value, types[name]) for name, value in values.items()}, types)


def comparable(before: Values, after: Values) -> tuple[Values, Values]:
    """Both sides; a variable of both whose value is known on one of them only counts as unknown, and as the same."""
    unclear = names_unclear(before, after)
    return _without(before, unclear), _without(after, unclear)


def names_unclear(before: Values, after: Values) -> list[str]:
    """Variables of both sides whose value the registry gives on one of them only, sorted."""
    both = before.types.keys() & after.types.keys()
    return sorted(both & (before.known.keys() ^ after.known.keys()))


def _without(values: Values, names: list[str]) -> Values:
    return Values({name: value for name, value in values.known.items() if name not in names}, values.types)


def _converted(value: Any, type_: str) -> Any:
    """Terraform turns text into numbers and the other way round."""
    if type_ == "string":
        return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    if not isinstance(value, str):
        return value
    if type_ == "bool":
        return {"true": True, "false": False}.get(value, value)
    return float(value) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) else value
