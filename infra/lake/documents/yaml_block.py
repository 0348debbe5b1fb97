"""A mapping as the lines of a registry file: short things on one line, everything else below its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.lake.documents.yaml_text import flow, scalar

WIDTH = 120


def block(value: Mapping[str, Any], indent: int = 0) -> list[str]:
    """A line or more for each key, in the order of the mapping; they read back as the same value."""
    return [line for key, inner in value.items() for line in _entry(f"{' ' * indent}{scalar(key)}:", inner, indent)]


def _entry(head: str, value: Any, indent: int) -> Iterator[str]:
    line = f"{head} {flow(value)}"
    if not value or (_is_shallow(value) and len(line) <= WIDTH) or not isinstance(value, (dict, list, tuple)):
        yield line
    elif isinstance(value, dict):
        yield from (head, *block(value, indent + 2))
    else:
        yield head
        for item in value:
            yield from _item(item, indent + 2)


def _item(value: Any, indent: int) -> Iterator[str]:
    if isinstance(value, dict) and value and not _is_shallow(value):
        first, *rest = block(value, indent + 2)
        yield from (f"{' ' * indent}- {first.lstrip()}", *rest)
    else:
        yield f"{' ' * indent}- {flow(value)}"


def _is_shallow(value: Any) -> bool:
    """True for what holds no mapping in which there is another one, and no more than four things."""
    if not isinstance(value, (dict, list, tuple)):
        return True
    inside = list(value.values()) if isinstance(value, dict) else list(value)
    return not any(isinstance(inner, dict) and inner and _depth(inner) > 1 for inner in inside) and _depth(value) <= 2


def _depth(value: Any) -> int:
    if not isinstance(value, (dict, list, tuple)):
        return 0
    inside = value.values() if isinstance(value, dict) else value
    return 1 + max((_depth(inner) for inner in inside), default=0)
