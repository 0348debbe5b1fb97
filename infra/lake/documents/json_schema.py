"""The outline of a JSON Schema: enough of its shape to read it without surprises."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from infra.lake.documents.location import KeyPath

# Keywords that hold schemas: by name, in a list, one.
NAMED = ("properties", "patternProperties", "definitions")
MANY = ("oneOf", "anyOf", "allOf")
ONE = ("items", "additionalProperties", "not", "if", "then", "else")
_LISTS = ("required", "enum")
_STRUCTURE = frozenset({*NAMED, *MANY, *ONE, *_LISTS})


def malformed(schema: Any, path: KeyPath = ()) -> tuple[KeyPath, str] | None:
    """(path, what it must be) of the first thing in a schema that draft-07 does not have there, or None."""
    if isinstance(schema, bool):
        return None
    if not isinstance(schema, dict):
        return path, "must be a mapping"
    if _STRUCTURE.isdisjoint(schema):  # most schemas are leaves
        return None
    found = (_malformed_key(schema[key], key, (*path, key)) for key in schema if key in _STRUCTURE)
    return next((problem for problem in found if problem), None)


def _malformed_key(value: Any, key: str, path: KeyPath) -> tuple[KeyPath, str] | None:
    if key in NAMED:
        if not isinstance(value, dict):
            return path, "must be a mapping"
        inside: Iterable[tuple[str | int, Any]] = value.items()
    elif key in MANY or key in _LISTS or isinstance(value, list):
        if not isinstance(value, list):
            return path, "must be a list"
        if key == "required" and not all(isinstance(name, str) for name in value):
            return path, "must be a list of text"
        inside = () if key in _LISTS else enumerate(value)
    else:
        return malformed(value, path)
    for name, inner in inside:
        leaf = type(inner) is dict and _STRUCTURE.isdisjoint(inner)
        if not leaf and (found := malformed(inner, (*path, name))):
            return found
    return None
