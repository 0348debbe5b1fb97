"""Values of every shape, from a seed."""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any

from tests.attack.emitter import Pairs

_LETTERS = "abz019 _-.:,#{}[]\"'\\/%$&*!|>?@`~\n\té日🐎"
_WORDS = (
    "name",
    "a b",
    "é",
    "日本",
    "🐎",
    "x.y",
    "0",
    "true",
    "~",
    "-",
    "a: b",
    "#",
    "{x}",
    "it's",
    'say "x"',
    "a\\b",
    "\n",
)


def text(random: Random) -> str:
    """Anything but `<<`, which YAML takes for a merge."""
    if random.random() < 0.5:
        return random.choice(_WORDS)
    return "".join(random.choice(_LETTERS) for _ in range(random.randint(0, 8)))


def scalar(random: Random) -> Any:
    return random.choice(
        [None, True, False, random.randint(-(10**9), 10**9), random.random(), text(random), text(random)]
    )


def tree(random: Random, depth: int) -> Any:
    """A value that is `depth` deep at most; keys of a mapping are different."""
    kind = random.random()
    if depth == 0 or kind < 0.2:
        return scalar(random)
    if kind < 0.4:
        return [tree(random, depth - 1) for _ in range(random.randint(0, 3))]
    keys = dict.fromkeys(text(random) for _ in range(random.randint(0, 4)))
    return Pairs((key, tree(random, depth - 1)) for key in keys)


def mapping(random: Random, depth: int) -> Pairs:
    """A mapping with a key at least."""
    while True:
        found = tree(random, depth)
        if isinstance(found, Pairs) and found:
            return found


def mappings_in(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Pairs]]:
    """(path, mapping) of every mapping inside that has a key."""
    found = []
    if isinstance(value, Pairs):
        found += [(path, value)] if value else []
        below: Any = value
    else:
        below = enumerate(value) if isinstance(value, list) else ()
    for key, inner in below:
        found += mappings_in(inner, (*path, key))
    return found


def plain(value: Any) -> Any:
    """The value that a reader must find."""
    if isinstance(value, Pairs):
        return {key: plain(inner) for key, inner in reversed(value)}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def shaken(random: Random, value: Any) -> Any:
    """The value with some pieces left out, exchanged, renamed, or of another kind."""
    places = [(into, number) for into in _lists_in(value) for number in range(len(into))]
    if not places:
        return tree(random, 3)
    for into, number in random.sample(places, min(len(places), random.randint(1, 3))):
        other, elsewhere = random.choice(places)
        if number >= len(into) or elsewhere >= len(other):  # left out already
            continue
        key, inner = into[number] if isinstance(into, Pairs) else (None, into[number])
        donated = other[elsewhere][1] if isinstance(other, Pairs) else other[elsewhere]
        new = random.choice([tree(random, 3), deepcopy(donated), deepcopy(inner)])
        if random.random() < 0.2:
            del into[number]
        else:
            name = random.choice([key, key, text(random)])
            into[number] = (name, new) if isinstance(into, Pairs) else new
    return value


def _lists_in(value: Any) -> list[list[Any]]:
    """Every mapping and every list inside."""
    if not isinstance(value, list):
        return []
    inside = [inner for _, inner in value] if isinstance(value, Pairs) else value
    return [value, *(found for inner in inside for found in _lists_in(inner))]
