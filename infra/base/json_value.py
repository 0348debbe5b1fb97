"""JSON as Python values: an object, and what is at the ends of a value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any

Json = dict[str, Any]

# Airbyte's and Kubernetes' own have some thirty. Code that goes down level by level has room for a thousand calls.
MOST_LEVELS = 200
# As many as Python takes for a number.
MOST_DIGITS = 4300

# What JSON is made of has no more as a rule: beyond them each bracket is counted.
_FEW_LEVELS = 12
_LONG_NUMBER = re.compile(rf"[0-9]{{{MOST_DIGITS + 1}}}")
_NO_BRACKET = re.compile(r'"(?:[^"\\]+|\\.)*"|[^\[\]{}"]+', re.DOTALL)


class BeyondError(ValueError):
    """JSON that nobody reads: `JSON of more than 200 levels`, `a number of more than 4,300 digits`."""


def json_of(
    text: str | bytes,
    *,
    object_pairs_hook: Callable[[list[tuple[str, Any]]], Any] | None = None,
    parse_constant: Callable[[str], Any] | None = None,
) -> Any:
    """The value of JSON that a stranger wrote; the hooks are those of `json.loads`. Raises ValueError: BeyondError, or for what
    is no JSON.
    """
    written = text if isinstance(text, str) else text.decode(json.detect_encoding(text), "surrogatepass")
    try:
        value = json.loads(
            written, object_pairs_hook=object_pairs_hook, parse_constant=parse_constant, parse_int=_integer_of(written)
        )
    except RecursionError:
        raise _too_deep() from None
    if is_deeper(written, MOST_LEVELS):
        raise _too_deep()
    return value


def _too_deep() -> BeyondError:
    return BeyondError(f"JSON of more than {MOST_LEVELS} levels")


def _integer_of(text: str) -> Callable[[str], int] | None:
    """What reads numbers; none of its own for a text that has no long one, which takes half of the time."""
    return _integer if _LONG_NUMBER.search(text) else None


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MOST_DIGITS:
        raise BeyondError(f"a number of more than {MOST_DIGITS:,} digits")
    return int(digits)


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
    innermost = min(most, _FEW_LEVELS)
    for _ in range(innermost):
        brackets = brackets.replace("{}", "")
    around = max(accumulate(1 if bracket == "{" else -1 for bracket in brackets), default=0)
    return bool(brackets) and around + innermost > most
