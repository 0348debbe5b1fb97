"""Variables that nobody knows: where others are described, and where no value can come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from infra.lake.documents import Problem, near_matches, question
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.model.variables import Use


def check_unknown_variables(model: LakeModel) -> Iterator[Problem]:
    """`variable-unknown`, a warning: for `{var: ...}` of which neither `lake.variables` nor the stack's `flux.values` says a word,
    in a lake that says one of others, and for variables of a stack under Flux that names no Secret and gives them no value.
    """
    for stack in model.stacks.values():
        unused = stack.given_values.keys() - stack.variables.keys()
        missing = undeclared(model, stack)
        for use in _first_uses(stack.uses):
            if near_matches(use.name, unused):
                continue  # which is told where the value is
            if _comes_from_nowhere(stack, use):
                yield _from_nowhere(model, stack, use)
            elif use.name in missing:
                yield _undeclared(model, use, stack)
    for uses in model.landing_uses.values():
        missing = _without_words(model, uses)
        yield from (_undeclared(model, use) for use in _first_uses(uses) if use.name in missing)


def undeclared(model: LakeModel, stack: Stack) -> set[str]:
    """The plain variables of a stack that nobody describes or gives a value, in a lake where that is done: to describe none
    at all is allowed.
    """
    return _without_words(model, stack.uses) - stack.given_values.keys()


def _without_words(model: LakeModel, uses: Iterable[Use]) -> set[str]:
    described = model.registry.lake.variables.keys()
    if not described and not any(stack.given_values for stack in model.stacks.values()):
        return set()
    return {use.name for use in uses if not use.secret} - described


def _first_uses(uses: Sequence[Use]) -> list[Use]:
    """Where each variable is used first."""
    return list({use.name: use for use in reversed(uses)}.values())[::-1]


def _undeclared(model: LakeModel, use: Use, stack: Stack | None = None) -> Problem:
    message = f'lake.variables has no "{use.name}"'
    if stack is not None and stack.settings.flux is not None:
        message = f'neither lake.variables nor flux.values has the variable "{use.name}"'
    fix = f"describe it under lake.variables: {use.name}: {{description: ...}}"
    return _warning(use, message, fix, {*model.registry.lake.variables, *(stack.given_values if stack else ())})


def _warning(use: Use, message: str, fix: str, known: Iterable[str]) -> Problem:
    near = near_matches(use.name, set(known) - {use.name})
    fix = f"{question(near)}\nif not, {fix}" if near else fix
    return use.layers.problem("variable-unknown", use.path, message, fix, severity="warning")


def _comes_from_nowhere(stack: Stack, use: Use) -> bool:
    flux = stack.settings.flux
    return flux is not None and not flux.secrets and stack.look_up(use.name, {}) is None


def _from_nowhere(model: LakeModel, stack: Stack, use: Use) -> Problem:
    where = f"lake.stacks.{stack.id}.flux"
    message = f'the variable "{use.name}" gets no value: {where} names no Secret'
    fix = f"name the Secret that has it: {where}.secrets"
    if use.secret:
        return _warning(use, message, fix, ())
    with_default = {name for name, known in model.registry.lake.variables.items() if known.default is not None}
    fix = f"give it one in {where}.values, or name a Secret in {where}.secrets"
    return _warning(use, message, fix, with_default | stack.given_values.keys())
