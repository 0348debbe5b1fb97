"""Variables: one name is one variable, so it cannot be two kinds of thing."""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.documents import KeyPath, Layers, Problem, Related
from infra.lake.documents.types import Scalar
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.variables import Use, Variable, variables_of
from infra.lake.values.convert import convert


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
    yield from _check_landings(model)


def _check_landings(model: LakeModel) -> Iterator[Problem]:
    """The same for landings: a name has one value in the environment, whoever reads it. Which type a connector makes of it is
    no concern of theirs, as they take every value as text.
    """
    first: dict[str, Use] = {}
    for use in (use for stack in model.stacks.values() for use in stack.uses):
        first.setdefault(use.name, use)
    for use in (use for uses in model.landing_uses.values() for use in uses):
        other = first.setdefault(use.name, use)
        if other.secret != use.secret:
            yield _conflict(use, other)
    for uses in model.landing_uses.values():
        for variable in variables_of(uses, model.registry.lake).values():
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
    yield from check_value(layers, path, variable, variable.default, "remove the default")


def check_value(layers: Layers, path: KeyPath, variable: Variable, value: Scalar, remove: str) -> Iterator[Problem]:
    """What is wrong with a value that the registry gives to a variable; `remove`: what to do with that of a secret."""
    if variable.secret:
        message = "this secret is in plain text: the variable is used as {secret: ...}"
        yield layers.problem("secret-in-clear", path, message, remove)
        return
    try:
        convert(value, variable.type)
    except ValueError:
        message = f"must be a {variable.type}: {variable.used_by[0]} uses it as one"
        yield layers.problem("wrong-type", path, message, "write true or false" if variable.type == "bool" else "")
