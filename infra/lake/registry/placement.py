"""Placement: which stacks an entry is in, and what it may say for each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from infra.lake.documents import KeyPath, Layers, Problem, Written, did_you_mean, no_such, render_path

# One object of one Airbyte: such an id cannot hold in two workspaces.
OBJECT_IDS = ("adopt", "existing")
ONE_STACK_ONLY = (*OBJECT_IDS, "definition_id")

Placements = Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Placement:
    """The stacks of an entry.

    Attributes:
        stacks: in the order of writing; all of them where the entry does not say and should.
        problems: `missing-key`, `wrong-type`, `unknown-reference` and `bad-override`.
        certain: False if the author meant another stack, so that the entry may seem to be missing there.
    """

    stacks: tuple[str, ...]
    problems: list[Problem]
    certain: bool = True


def place(
    piece: Written, default: Written | None, known: Sequence[str], others: Collection[str], *, misspelt: bool
) -> Placement:
    """Where an entry belongs: its `stack`, else that of the defaults, else the only stack there is.

    `others`: stacks that a second lake has, of which nothing is told. `misspelt`: the defaults have a key that nobody knows; it
    may be the one that names the stack.
    """
    written = next((p for p in (piece, default) if p and p.value.get("stack") is not None), None)
    if written is None:
        stacks, unsaid = tuple(known), len(known) > 1 and not misspelt
        problems = [_no_stack(piece, known)] if unsaid else []
        further = _further_problems(piece, stacks, known, others)
        return Placement(stacks, problems + further, certain=not unsaid and not others)
    named = list(_named(written.value["stack"]))
    stacks = tuple(dict.fromkeys(stack for _, stack in named if stack in known))
    unknown = [(path, stack) for path, stack in named if known and stack not in known]
    wrong = [_unknown_stack(written, path, stack, known) for path, stack in unknown if stack not in others]
    if written.value["stack"] == []:
        wrong = [
            Layers.single(written).problem("wrong-type", ("stack",), "names no stack", f"stacks: {', '.join(known)}")
        ]
    if wrong or unknown or not named:  # what is no text is another problem
        return Placement(stacks, wrong, certain=False)
    return Placement(stacks, _further_problems(piece, stacks, known, others))


def _further_problems(
    piece: Written, stacks: Sequence[str], known: Sequence[str], others: Collection[str]
) -> list[Problem]:
    return [*_uuid_problems(piece, stacks), *_override_problems(piece, stacks, known, others)]


def cannot_stand(piece: Written, keys: Sequence[str], where: str) -> list[Problem]:
    """A `bad-override` problem for each of the keys that the piece has."""
    layers = Layers.single(piece)
    return [
        layers.problem("bad-override", (key,), f'"{key}" is not allowed in {where}', "remove it", key=True)
        for key in keys
        if key in piece.value
    ]


def _named(value: object) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield ("stack",), value
    elif isinstance(value, list):
        yield from ((("stack", index), item) for index, item in enumerate(value) if isinstance(item, str))


def _no_stack(piece: Written, known: Sequence[str]) -> Problem:
    message = "there are several stacks, and the entry names none"
    return Layers.single(piece).problem("missing-key", (), message, f"add stack: {' or '.join(known)}", key=True)


def _unknown_stack(written: Written, path: KeyPath, stack: str, known: Sequence[str]) -> Problem:
    return Layers.single(written).problem("unknown-reference", path, *no_such("stack", stack, known))


def _uuid_problems(piece: Written, stacks: Sequence[str]) -> list[Problem]:
    if len(stacks) < 2:
        return []
    layers = Layers.single(piece)
    return [
        layers.problem(
            "bad-override",
            (key,),
            f"one {key} cannot apply to {len(stacks)} stacks",
            f"move it to {render_path((*piece.path, 'overrides', '<stack>', key))}, with the stack that it is for",
            key=True,
        )
        for key in ONE_STACK_ONLY
        if isinstance(piece.value.get(key), str)  # anything else is told as what it is
    ]


def _override_problems(
    piece: Written, stacks: Sequence[str], known: Sequence[str], others: Collection[str]
) -> Iterator[Problem]:
    overrides = piece.value.get("overrides")
    for stack, value in overrides.items() if isinstance(overrides, dict) else ():
        if stack in others or not known:  # of a lake that is told as such
            continue
        if stack not in stacks:
            yield _stray_override(piece, stack, stacks, known)
        elif isinstance(value, dict):
            yield from cannot_stand(piece.child("overrides", stack), ("stack", "overrides"), "overrides")


def _stray_override(piece: Written, stack: str, stacks: Sequence[str], known: Sequence[str]) -> Problem:
    layers = Layers.single(piece)
    path = ("overrides", stack)
    if stack in known:
        message, fix = f'the entry is not in the stack "{stack}"', did_you_mean(stack, stacks, "its stacks")
    else:
        message, fix = no_such("stack", stack, known)
    return layers.problem("bad-override", path, message, fix, key=True)
