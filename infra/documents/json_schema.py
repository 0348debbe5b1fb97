"""The outline of a JSON Schema: enough of its shape to read it without surprises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.documents.location import KeyPath

_NAMED = ("properties", "patternProperties", "definitions")
_MANY = ("oneOf", "anyOf", "allOf")
_ONE = ("items", "additionalProperties", "not", "if", "then", "else")
_LISTS = ("required", "enum")


def malformed(schema: Any, path: KeyPath = ()) -> tuple[KeyPath, str] | None:
    """(path, what it must be) of the first thing in a schema that draft-07 does not have there, or None."""
    if isinstance(schema, bool):
        return None
    if not isinstance(schema, dict):
        return path, "must be a mapping"
    for key in (*_NAMED, *_MANY, *_LISTS):
        wanted = dict if key in _NAMED else list
        if key in schema and not isinstance(schema[key], wanted):
            return (*path, key), "must be a mapping" if wanted is dict else "must be a list"
    return next((found for below, inner in _inside(schema) if (found := malformed(inner, (*path, *below)))), None)


def _inside(schema: dict[str, Any]) -> Iterator[tuple[KeyPath, Any]]:
    for key in _NAMED:
        yield from (((key, name), inner) for name, inner in schema.get(key, {}).items())
    for key in _MANY:
        yield from (((key, index), inner) for index, inner in enumerate(schema.get(key, [])))
    for key in _ONE:
        inner = schema.get(key)
        if isinstance(inner, list):
            yield from (((key, index), item) for index, item in enumerate(inner))
        elif inner is not None:
            yield (key,), inner
