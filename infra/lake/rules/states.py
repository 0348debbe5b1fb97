"""Two stacks with one state: each apply would destroy what the other one made."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from infra.lake.documents import KeyPath, Location, Problem, Related
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.output import stack_folder
from infra.lake.model.stack import Stack
from infra.lake.registry.flux import kubernetes_name
from infra.lake.registry.state_place import StatePlace, state_place


def check_states(model: LakeModel) -> Iterator[Problem]:
    """`state-shared`, once for a stack, at its backend, with that of the first stack that has the same."""
    places = {
        stack.id: place
        for stack in sorted(model.stacks.values(), key=_order)
        if (place := state_place(stack.id, stack.settings, stack_folder(stack.id))) is not None
    }
    told: set[str] = set()
    for one, other in combinations(places, 2):
        if other not in told and places[one].is_also(places[other]):
            told.add(other)
            yield _problem(model.stacks[one], model.stacks[other], places[other])


def _problem(one: Stack, other: Stack, place: StatePlace) -> Problem:
    at, there = _at(other), one.layers.locate(_at(one), key=True)
    if other.layers.locate(at, key=True) == there:  # one backend for both, by an anchor
        at, there = (), one.layers.locate()
    related = (Related(there, f'the state of the stack "{one.id}"'),)
    message = (
        f'the state of the stack "{other.id}" would be that of the stack "{one.id}", {place.words}: '
        "an apply of one destroys what the other created"
    )
    return other.layers.problem("state-shared", at, message, _fix(other, place), key=True, related=related)


def _order(stack: Stack) -> tuple[bool, Location]:
    """Those that write a backend last, so that it is told where something can be changed; else as in the file."""
    return stack.settings.backend is not None, stack.layers.locate()


def _at(stack: Stack) -> KeyPath:
    return ("backend",) if stack.settings.backend else ()


def _fix(stack: Stack, place: StatePlace) -> str:
    fix = f"write another {place.key or 'place'} in the backend of the stack that has not been applied yet"
    if place.kind == "kubernetes":
        fix += f", for example secret_suffix: {kubernetes_name(stack.id)}-state"
        fix += "\nif they are in two clusters, name both: config_context"
    return fix
