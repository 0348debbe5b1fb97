"""The outline of a stream's JSON schema: every field with its type, nested ones too, prose left out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.lake.catalog.configured import FieldPath

# What stands in a path for the items of a list: `line_items[].sku`.
ITEMS = "[]"

_SHAPE = frozenset({"type", "format", "airbyte_type", "properties"})
_UNIONS = ("oneOf", "anyOf", "allOf")


@dataclass(frozen=True)
class FieldOutline:
    """One field.

    Attributes:
        type: without null: `integer`, `string (date-time)`, `object or string`; `any` where the schema does not say.
        nullable: True if null is allowed, or nothing is said.
        rest: the schema's other keys (description, enum, ...), as text to compare; `properties` and `items` left out.
    """

    type: str
    nullable: bool
    rest: Mapping[str, str]


def outline(schema: Any) -> dict[FieldPath, FieldOutline]:
    """Path -> field, the whole row first, at the empty path; a parent stands before its children."""
    return dict(_walk((), schema))


def render_field(path: FieldPath) -> str:
    """`address.city`, `line_items[].sku`."""
    return ".".join(path).replace(f".{ITEMS}", ITEMS)


def _walk(path: FieldPath, schema: Any) -> Iterator[tuple[FieldPath, FieldOutline]]:
    plain, nullable = _without_null(schema)
    if not isinstance(plain, Mapping):
        yield path, FieldOutline("never" if plain is False else "any", nullable, {})
        return
    own = _SHAPE | {key for key in _UNIONS if isinstance(plain.get(key), list)}
    own |= {"items"} if isinstance(plain.get("items"), Mapping) else set()
    rest = {key: json.dumps(plain[key], sort_keys=True) for key in sorted(plain.keys() - own)}
    yield path, FieldOutline(type_of(plain), nullable, rest)
    for name, inner in sorted(_properties(plain).items()):
        yield from _walk((*path, name), inner)
    if "items" in own:
        yield from _walk((*path, ITEMS), plain["items"])


def _without_null(schema: Any) -> tuple[Any, bool]:
    """The schema, and whether null is allowed; a union of null and one other schema is that schema."""
    if not isinstance(schema, Mapping):
        return schema, schema is not False
    for key in ("oneOf", "anyOf"):
        branches = schema.get(key)
        if isinstance(branches, list) and "type" not in schema:
            others = [branch for branch in branches if not _is_null(branch)]
            inside = [_without_null(branch) for branch in others]
            nullable = len(others) < len(branches) or any(null for _, null in inside)
            if len(others) == 1 and isinstance(inside[0][0], Mapping):
                return {**inside[0][0], **{k: v for k, v in schema.items() if k != key}}, nullable
            return schema, nullable
    kinds = schema.get("type")
    return schema, kinds is None or "null" in (kinds if isinstance(kinds, list) else [kinds])


def _is_null(schema: Any) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") in ("null", ["null"])


def type_of(schema: Any) -> str:
    """The type as people say it, without null: `string (date-time)`, `object or string`."""
    if not isinstance(schema, Mapping):
        return "never" if schema is False else "any"
    branches = sorted({_deep(branch) for key in _UNIONS for branch in _branches(schema, key) if not _is_null(branch)})
    kinds = [kind for kind in _kinds(schema) if kind != "null"]
    if not kinds and not branches:
        kinds = ["object"] if "properties" in schema else ["null" if "type" in schema else "any"]
    text = " or ".join([*sorted(set(kinds)), *branches])
    notes = [str(schema[key]) for key in ("format", "airbyte_type") if key in schema]
    return f"{text} ({', '.join(notes)})" if notes else text


def _deep(schema: Any) -> str:
    """A branch of a union with everything in it, since its fields have no path of their own."""
    text = type_of(schema)
    if not isinstance(schema, Mapping):
        return text
    fields = ", ".join(f"{name}: {_deep(inner)}" for name, inner in sorted(_properties(schema).items()))
    items = f"[{_deep(schema['items'])}]" if isinstance(schema.get("items"), Mapping) else ""
    return f"{text}{f'{{{fields}}}' if fields else ''}{items}"


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = schema.get("properties")
    return properties if isinstance(properties, Mapping) else {}


def _branches(schema: Mapping[str, Any], key: str) -> list[Any]:
    branches = schema.get(key)
    return branches if isinstance(branches, list) else []


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    kinds = schema.get("type")
    return [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind is not None]
