"""JSON in which a value has another shape than whoever reads it expects."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


SHAPES: tuple[Any, ...] = (
    *(None, 5, -1, 10**30, 1.5, float("nan"), float("inf"), True, "", "x", "users", "\x00", "\ud800", "a" * 5000),
    *([], {}, [[]], [{}], [5], {"": {}}, {"name": []}, ["users"], deep(150)),
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of each value inside, but that of a `type` at the top."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        if (*path, key) != ("type",):
            yield (*path, key)
            yield from places(one, (*path, key))


def misshapen(random: Random, value: Any) -> Any:
    """The value with something else in one place, or nothing."""
    made = deepcopy(value)
    found = list(places(made))
    if not found:
        return deepcopy(random.choice(SHAPES))
    *above, last = random.choice(found)
    inside: Any = made
    for part in above:
        inside = inside[part]
    if random.random() < 0.2:
        del inside[last]
    else:
        inside[last] = deepcopy(random.choice(SHAPES))
    return made
