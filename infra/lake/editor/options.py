"""A connector's options as a JSON Schema for editors: everything that `check` accepts in one layer fits it.

A value may be a reference or null, a layer need not be whole, and a branch of a union is told by its constant alone, so
that only the options of the one that is written are offered. What a spec says beside that is left to `check`, which sees
all layers together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.lake.connectors.spec import (
    Spec,
    branches_of,
    constant,
    discriminator,
    flat,
    is_object,
    is_union_of_objects,
    kinds_of,
    option_specs,
    without_union,
)
from infra.lake.editor.hover import hover_text, prose
from infra.lake.editor.models import NULL, Schema
from infra.lake.values.coordinate import PREFIX
from infra.lake.values.reference import LITERAL

_SECRET: list[Schema] = [
    {"$ref": "#/$defs/SecretRef"},
    {"type": "string", "pattern": rf"^{PREFIX}\s*\S"},
    NULL,
]
# What an editor writes for a secret; its words for what is to be filled in.
_SNIPPETS: list[Schema] = [{"label": "{secret: ...}", "body": "{secret: ${1:name}}"}]
_REFERENCES: list[Schema] = [{"$ref": "#/$defs/SecretRef"}, {"$ref": "#/$defs/VarRef"}]

# An option that the spec does not have: null takes back what a default says, which may be of another connector.
_UNKNOWN: Schema = {**NULL, "errorMessage": "The connector has no such option."}

# Formats are not asserted by `check`; the others hold for a whole value, of which a layer may have a part.
_SCALAR = frozenset(
    ["enum", "const", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]
)
_LENGTHS = frozenset(["minItems", "maxItems", "default"])
_KEPT = _SCALAR | _LENGTHS | {"minLength", "maxLength"}


def options_schema(spec: Spec) -> Schema:
    """The schema of a whole configuration, or of null in its place."""
    return {"type": ["object", "null"], **_object(flat(spec))}


def opened(schema: Any) -> Any:
    """Options beside which there may be any others."""
    if isinstance(schema, list):
        return [opened(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: opened(said) for key, said in schema.items() if said is not _UNKNOWN}


def _value(spec: Any) -> Any:
    """What may stand under a key."""
    if not isinstance(spec, Mapping):
        return spec
    spec = flat(spec)
    said = hover_text(spec)
    return {**({"description": said} if said else {}), **_shape(spec)}


def _shape(spec: Spec) -> Schema:
    if spec.get("airbyte_secret"):
        return {"anyOf": _SECRET, "defaultSnippets": _SNIPPETS}
    kinds = {*kinds_of(spec)} - {"null"}
    if kinds == {"object"}:
        return {"type": ["object", "null"], **_object(spec)}
    if kinds == {"array"}:
        return {"type": ["array", "null"], **_plain(spec, _LENGTHS), **_list(spec)}
    return {"anyOf": [_open(spec), *_REFERENCES, NULL]}


def _open(spec: Spec) -> Schema:
    """A value of which the spec says no type, several, or one of text, numbers and truth."""
    if is_union_of_objects(spec):
        return {"type": "object", **_object(spec)}
    if branches_of(spec):
        return {"anyOf": [_value(branch) for branch in branches_of(spec)]}
    shape = {"type": spec["type"]} if "type" in spec else {}
    return {**shape, **_plain(spec), **(_object(spec) if "properties" in spec else {}), **_list(spec)}


def _plain(spec: Spec, kept: frozenset[str] = _KEPT) -> Schema:
    return {key: said for key, said in spec.items() if key in kept}


def _list(spec: Spec) -> Schema:
    items = spec.get("items")
    if isinstance(items, list):
        return {"items": [_value(inner) for inner in items]}
    return {} if items is None else {"items": _value(items)}


def _object(spec: Spec) -> Schema:
    """The keys of an object, and which others there may be."""
    branches, name = branches_of(spec), discriminator(spec)
    if not branches:
        return {**_keys(spec), **_others(spec)}
    own = without_union(spec)
    constants = [constant(branch, name or "") for branch in branches]
    if name is None or branches_of(own) or len({*constants}) < len(branches):
        return {**_keys(own), "anyOf": [_part(branch) for branch in branches]}
    said = [prose(branch) for branch in branches]
    choice = {"enum": constants, **({"enumDescriptions": said} if any(said) else {})}
    laid = {value: without_union(spec, branch) for value, branch in zip(constants, branches, strict=True)}
    keys = _keys(own).get("properties", {})
    return {
        "properties": {**keys, name: {"description": "which way", **keys.get(name, {}), "anyOf": [choice, NULL]}},
        "allOf": [
            {"if": {"properties": {name: {"const": value}}, "required": [name]}, "then": _object(whole)}
            for value, whole in laid.items()
        ],
    }


def _keys(spec: Spec) -> Schema:
    named = {key: _value(inner) for key, inner in spec.get("properties", {}).items()}
    undeclared = [key for key in spec.get("required", ()) if key not in named and option_specs(spec, key)]
    keys = {**named, **dict.fromkeys(undeclared, True)}
    return {"properties": keys} if keys else {}


def _others(spec: Spec) -> Schema:
    """Which keys there may be beside those that are named: what has a pattern, and `literal`, which is looked through."""
    patterns = {pattern: _value(inner) for pattern, inner in spec.get("patternProperties", {}).items()}
    beside = option_specs({key: said for key, said in spec.items() if key != "patternProperties"}, "")
    if not beside and not spec.get("properties") and spec.get("additionalProperties") is not False:
        return {}
    more = _value(beside[0]) if beside else _UNKNOWN
    return {"patternProperties": {**patterns, f"^{LITERAL}$": {"type": "object"}}, "additionalProperties": more}


def _part(branch: Spec) -> Any:
    """A branch that no constant tells from the others: its keys, and nothing about others."""
    if not is_object(branch) or "properties" not in branch:
        return opened(_value(branch))
    return {"type": ["object", "null"], **_keys(branch)}
