"""JSON as Python values: an object, and what is at the ends of a value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def part(value: Json, key: str) -> Json:
    """The object under a key of what a stranger wrote; an empty one where something else is there."""
    inner = value.get(key)
    return inner if isinstance(inner, dict) else {}


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every (path, value) below a value that holds no others: texts, numbers, true, false, null; no empty object or list."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    else:
        yield path, value


def texts_in(value: Any) -> Iterator[str]:
    """Every text below a value, without keys."""
    return (leaf for _, leaf in leaves(value) if isinstance(leaf, str))
