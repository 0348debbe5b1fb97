"""Variables: one name is one variable, so it cannot be two kinds of thing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from infra.lake.documents import Layers, Problem, Related
from infra.lake.documents.types import Scalar
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.variables import Use, Variable, VariableType

_CONVERTIBLE = {"string": ".*", "number": r"[-+]?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?", "bool": "true|false"}


def check_variables(model: LakeModel) -> Iterator[Problem]:
    """`variable-conflict` for a name used as secret and plain, or with two types; `wrong-type` and `secret-in-clear` for
    a default that the variable cannot have.
    """
    for stack in model.stacks.values():
        first: dict[str, Use] = {}
        for use in stack.uses:
            other = first.setdefault(use.name, use)
            if (other.secret, other.type) != (use.secret, use.type):
                yield _conflict(use, other)
        for variable in stack.variables.values():
            yield from _check_default(model, variable)


def _conflict(use: Use, other: Use) -> Problem:
    here, there = _describe(use, other), _describe(other, use)
    related = (Related(other.layers.locate(other.path), f"used as {there} here"),)
    message = f'"{use.name}" is used as {here}, elsewhere as {there}'
    return use.layers.problem("variable-conflict", use.path, message, "give one of them another name", related=related)


def _describe(use: Use, other: Use) -> str:
    if use.secret != other.secret:
        return "a secret" if use.secret else "a plain variable"
    return f"a {use.type}"


def _check_default(model: LakeModel, variable: Variable) -> Iterator[Problem]:
    if variable.default is None or model.declared.lake is None:
        return
    layers, path = Layers.single(model.declared.lake), ("variables", variable.name, "default")
    if variable.secret:
        message = "a secret stands here in clear: the variable is used as {secret: ...}"
        yield layers.problem("secret-in-clear", path, message, "remove the default")
    elif not converts(variable.type, variable.default):
        message = f"must be a {variable.type}: {variable.used_by[0]} uses it as one"
        yield layers.problem("wrong-type", path, message)


def converts(kind: VariableType, value: Scalar) -> bool:
    """True if Terraform makes a `kind` of the value: `"5432"` is a number and `"true"` a bool."""
    return re.fullmatch(_CONVERTIBLE[kind], str(value), re.IGNORECASE | re.DOTALL) is not None
