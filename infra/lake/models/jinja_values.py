"""Values of a template: plain ones, and what is made of them in bounded time and size."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from infra.lake.models.budget import MAX_TEXT, bounded
from infra.lake.models.unknown import CannotKnowError

FILTERS: Mapping[str, Callable[..., Any]] = {
    "upper": lambda text: str(text).upper(),
    "lower": lambda text: str(text).lower(),
    "trim": lambda text: str(text).strip(),
    "string": str,
    "list": list,
    "length": len,
    "count": len,
    "first": lambda items: items[0],
    "last": lambda items: items[-1],
    "join": lambda items, between="": str(between).join(map(str, items)),
    "sort": sorted,
    "unique": lambda items: list(dict.fromkeys(items)),
    "as_text": str,
    "as_bool": bool,
    "int": int,
}
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "gteq": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lteq": lambda a, b: a <= b,
    "in": lambda a, b: a in b,
    "notin": lambda a, b: a not in b,
}

# Filters that look at no more than the list itself.
_SHALLOW = frozenset(["length", "count", "first", "last"])


def added(line: int, left: Any, right: Any) -> Any:
    """`left + right` of two texts, lists or whole numbers. Raises CannotKnowError for others."""
    if isinstance(left, str) and isinstance(right, str):
        return bounded(left + right)
    if isinstance(left, list) and isinstance(right, list) and len(left) + len(right) < 10_000:
        return left + right
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    raise CannotKnowError(f"line {line}: values are added that do not fit")


def compared(line: int, operator: str, left: Any, right: Any) -> Any:
    """Whether a comparison holds. Raises CannotKnowError for what is nested."""
    if not (is_flat(left) and is_flat(right)):
        raise CannotKnowError(f"line {line}: nested values are compared")
    try:
        return _COMPARE[operator](left, right)
    except TypeError:
        raise CannotKnowError(f"line {line}: values are compared that do not fit") from None


def is_flat(value: Any) -> bool:
    """True for a plain value, and a list of such, that are short together: what is made of it is short too."""
    items = value if isinstance(value, list) else [value]
    return (
        all(isinstance(one, str | int | float | None) for one in items)
        and sum(len(str(one)) for one in items) < MAX_TEXT
    )


def filtered(line: int, name: str, words: Sequence[Any]) -> Any:
    """What a filter makes of a value, and of the filter's own words behind it. Raises CannotKnowError."""
    try:
        if name not in _SHALLOW and not all(map(is_flat, words)):
            raise CannotKnowError(f'line {line}: the filter "{name}" would take nested values')
        if name == "join" and isinstance(words[0], list) and len(words) > 1:
            _room(len(str(words[1])) * len(words[0]))
        found = FILTERS[name](*words)
    except (TypeError, ValueError, IndexError):
        raise CannotKnowError(f'line {line}: the filter "{name}" cannot take this value') from None
    return bounded(found) if isinstance(found, str) else found


def _room(length: int) -> None:
    if length > MAX_TEXT:
        raise CannotKnowError("its SQL is larger than what is read")
