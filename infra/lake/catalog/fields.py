"""Field paths in a stream's JSON schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def properties_of(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The top-level fields of a stream."""
    properties = schema.get("properties")
    return properties if isinstance(properties, Mapping) else {}


def is_known(schema: Mapping[str, Any], path: Sequence[str]) -> bool:
    """True if the schema has the field, nested paths included; below an object without properties anything may be."""
    for part in path:
        properties = properties_of(schema)
        if not properties:
            return _is_open(schema)
        if part not in properties:
            return False
        if not isinstance(properties[part], Mapping):
            return properties[part] is not False
        schema = properties[part]
    return bool(path)


def _is_open(schema: Mapping[str, Any]) -> bool:
    return "object" in (_kinds(schema) or ["object"])


def contradicts(declared: Mapping[str, Any], discovered: Any) -> bool:
    """True if a field cannot be what the stream file says: another type, null aside, or another format."""
    if declared == discovered or not isinstance(discovered, Mapping):
        return False
    said, is_ = types_of(declared), types_of(discovered)
    if said and is_ and not said <= is_:
        return True
    formats = declared.get("format"), discovered.get("format")
    return None not in formats and formats[0] != formats[1]


def types_of(schema: Mapping[str, Any]) -> set[str]:
    """The JSON types without null; whole numbers are numbers too. Empty where the schema does not say."""
    types = set(_kinds(schema)) - {"null"}
    return types | ({"integer"} if "number" in types else set())


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    """What `type` says, one word or several; empty where it says nothing."""
    kinds = schema.get("type")
    return [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]
