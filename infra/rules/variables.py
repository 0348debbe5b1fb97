"""Variables: one name is one variable, so it cannot be two kinds of thing."""

from __future__ import annotations

from collections.abc import Iterator

from infra.documents import Problem, Related
from infra.model.lake_model import LakeModel
from infra.model.variables import Use, uses_in


def check_variables(model: LakeModel) -> Iterator[Problem]:
    """`variable-conflict` for a name used as secret and plain, or with two types."""
    for stack in model.stacks.values():
        first: dict[str, Use] = {}
        for use in uses_in(stack.entries, stack.streams, model.locks):
            other = first.setdefault(use.name, use)
            if (other.secret, other.type) != (use.secret, use.type):
                yield _conflict(use, other)


def _conflict(use: Use, other: Use) -> Problem:
    here, there = _describe(use, other), _describe(other, use)
    related = (Related(other.layers.locate(other.path), f"used as {there} here"),)
    message = f'"{use.name}" is used as {here}, elsewhere as {there}'
    return use.layers.problem("variable-conflict", use.path, message, "give one of them another name", related=related)


def _describe(use: Use, other: Use) -> str:
    if use.secret != other.secret:
        return "a secret" if use.secret else "a plain variable"
    return f"a {use.type}"
