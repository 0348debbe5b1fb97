"""How large a spec becomes once what `$ref` names stands in its place: a small file can ask for more than there is memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from infra.base.errors import UserError
from infra.lake.documents import KeyPath
from infra.lake.documents.mended_schema import Flaw

# The largest spec of Airbyte's registry has some 2,000 parts.
MOST_PARTS = 100_000
# Definitions that name definitions; connectors have two or three.
MOST_TURNS = 50


def referred(root: Any, reference: str) -> Any:
    """What a local `$ref` such as `#/definitions/x` names; an open schema for any other."""
    return found if isinstance(found := _named(root, reference), Mapping) else {}


def _named(root: Any, reference: str) -> Any:
    """By a JSON Pointer (RFC 6901) in a fragment; None if there is nothing."""
    start, *parts = reference.split("/")
    if start != "#":
        return None
    for part in parts:
        name = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(root, list) and name.isdecimal() and int(name) < len(root):
            root = root[int(name)]
        else:
            root = root.get(name) if isinstance(root, Mapping) else None
    return root


def dangling(spec: Any, root: Any = None, path: KeyPath = ()) -> Iterator[Flaw]:
    """Every `$ref` of a spec that names nothing in it."""
    root = spec if root is None else root
    if isinstance(spec, Mapping):
        reference = spec.get("$ref")
        if isinstance(reference, str) and not isinstance(_named(root, reference), Mapping):
            yield Flaw((*path, "$ref"), f'names nothing ("{reference}")')
    inside: Iterable[tuple[str | int, Any]] = ()
    if isinstance(spec, (Mapping, list)):
        inside = spec.items() if isinstance(spec, Mapping) else enumerate(spec)
    for key, inner in inside:
        yield from dangling(inner, root, (*path, key))


def refuse_boundless(spec: Any) -> None:
    """Raise UserError for a spec that would unfold without end, or nearly so; it is told before anything is unfolded."""
    parts = 0
    waiting: list[tuple[Any, tuple[str, ...]]] = [(spec, ())]
    while waiting:
        value, inside = waiting.pop()
        parts += 1
        if parts > MOST_PARTS or len(inside) > MOST_TURNS:
            bound = f"{MOST_PARTS:,} parts" if parts > MOST_PARTS else f"{MOST_TURNS} turns"
            raise UserError(f"the spec unfolds into more than {bound} through its $ref, and no connector's does")
        waiting += _inside(value, spec, inside)


def _inside(value: Any, root: Any, inside: tuple[str, ...]) -> list[tuple[Any, tuple[str, ...]]]:
    if isinstance(value, list):
        return [(item, inside) for item in value]
    if not isinstance(value, Mapping):
        return []
    reference = value.get("$ref")
    if not isinstance(reference, str):
        return [(item, inside) for item in value.values()]
    return [] if reference in inside else [(referred(root, reference), (*inside, reference))]
