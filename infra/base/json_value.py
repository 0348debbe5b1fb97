"""JSON as Python values: an object, and what is at the ends of a value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]

# Airbyte's and Kubernetes' own have some thirty. Code that goes down level by level has room for a thousand calls.
MOST_LEVELS = 200

_NO_BRACKET = re.compile(r'"(?:[^"\\]+|\\.)*"|[^\[\]{}"]+', re.DOTALL)


class TooDeepError(ValueError):
    """JSON of more than MOST_LEVELS objects and lists in each other."""


def json_of(
    text: str | bytes,
    *,
    object_pairs_hook: Callable[[list[tuple[str, Any]]], Any] | None = None,
    parse_constant: Callable[[str], Any] | None = None,
) -> Any:
    """The value of JSON that a stranger wrote; the hooks are those of `json.loads`. Raises ValueError: TooDeepError, or for what
    is no JSON.
    """
    written = text if isinstance(text, str) else text.decode(json.detect_encoding(text), "surrogatepass")
    try:
        value = json.loads(written, object_pairs_hook=object_pairs_hook, parse_constant=parse_constant)
    except RecursionError:
        raise TooDeepError from None
    if is_deeper(written, MOST_LEVELS):
        raise TooDeepError
    return value


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


def is_deeper(text: str, most: int) -> bool:
    """True if in this JSON there are more objects and lists in each other than so many.

    Told by the text, which takes a quarter of the time that its value would.
    """
    if text.count("{") + text.count("[") <= most:
        return False
    brackets = _NO_BRACKET.sub("", text).replace("[", "{").replace("]", "}")
    for _ in range(most):
        brackets = brackets.replace("{}", "")
    return bool(brackets)
