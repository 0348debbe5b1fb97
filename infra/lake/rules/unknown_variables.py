"""Variables that nobody knows: where others are described, and where no value can come from."""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.documents import Problem, near_matches, question
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.model.variables import Use


def check_unknown_variables(model: LakeModel) -> Iterator[Problem]:
    """`variable-unknown`, a warning: for `{var: ...}` of which neither `lake.variables`, which describes others, nor the stack's
    `flux.values` says a word, and for variables of a stack under Flux that names no Secret and gives them no value.
    """
    for stack in model.stacks.values():
        unused = stack.given_values.keys() - stack.variables.keys()
        missing = undeclared(model, stack)
        for use in _first_uses(stack):
            if near_matches(use.name, unused):
                continue  # which is told where the value is
            if use.name in missing:
                yield _undeclared(model, stack, use)
            elif _comes_from_nowhere(stack, use):
                yield _from_nowhere(stack, use)


def undeclared(model: LakeModel, stack: Stack) -> set[str]:
    """The plain variables of a stack that are missing in a lake which describes variables: as many as it describes at most, as
    to describe them is optional, and of more those that look like one that is described and not used.
    """
    described = model.registry.lake.variables.keys()
    plain = {name for name, variable in stack.variables.items() if not variable.secret}
    missing = plain - described - stack.given_values.keys()
    if len(missing) <= len(plain & described):
        return missing
    unused = described - {name for other in model.stacks.values() for name in other.variables}
    return {name for name in missing if near_matches(name, unused)}


def _first_uses(stack: Stack) -> list[Use]:
    """Where each variable of a stack is used first."""
    return list({use.name: use for use in reversed(stack.uses)}.values())[::-1]


def _undeclared(model: LakeModel, stack: Stack, use: Use) -> Problem:
    message = f'neither lake.variables nor flux.values has the variable "{use.name}"'
    if stack.settings.flux is None:
        message = f'lake.variables has no "{use.name}"'
    known = {*model.registry.lake.variables, *stack.given_values}
    near = near_matches(use.name, known)
    fix = question(near) if near else f"describe it under lake.variables: {use.name}: {{description: ...}}"
    return use.layers.problem("variable-unknown", use.path, message, fix, severity="warning")


def _comes_from_nowhere(stack: Stack, use: Use) -> bool:
    flux = stack.settings.flux
    return flux is not None and not flux.secrets and stack.look_up(use.name, {}) is None


def _from_nowhere(stack: Stack, use: Use) -> Problem:
    where = f"lake.stacks.{stack.id}.flux"
    message = f'the variable "{use.name}" gets no value: {where} names no Secret'
    fix = f"name the Secret that has it: {where}.secrets"
    if not use.secret:
        fix = f"give it one in {where}.values, or name a Secret in {where}.secrets"
    return use.layers.problem("variable-unknown", use.path, message, fix, severity="warning")
