"""Variable: a Terraform variable that some entry's reference asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from infra.lake.documents import KeyPath, Layers
from infra.lake.registry.lake import Lake
from infra.lake.values.convert import VariableType


@dataclass(frozen=True)
class Use:
    """One reference: the name, what kind of value is needed there, and where it is written."""

    name: str
    secret: bool
    type: VariableType
    entry: str
    layers: Layers
    path: KeyPath


@dataclass(frozen=True)
class Variable:
    """A Terraform variable of a stack.

    Attributes:
        secret: sensitive in Terraform.
        type: `string`, `number` or `bool`; values arrive as text and Terraform converts them.
        used_by: registry entries that refer to it, sorted.

    """

    name: str
    secret: bool
    type: VariableType
    description: str | None
    default: str | int | float | bool | None
    used_by: tuple[str, ...]


def variables_of(uses: Iterable[Use], lake: Lake) -> dict[str, Variable]:
    """The variables that the uses need, by name, sorted; the first use decides where two disagree."""
    by_name: dict[str, list[Use]] = {}
    for use in uses:
        by_name.setdefault(use.name, []).append(use)
    return {name: _variable(by_name[name], lake) for name in sorted(by_name)}


def _variable(uses: list[Use], lake: Lake) -> Variable:
    first = uses[0]
    known = lake.variables.get(first.name)
    return Variable(
        name=first.name,
        secret=first.secret,
        type=first.type,
        description=known.description if known else None,
        default=known.default if known else None,
        used_by=tuple(sorted({use.entry for use in uses})),
    )
