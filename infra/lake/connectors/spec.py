"""Reading a connector's spec: JSON Schema draft-07 with unions that are told apart by a constant property."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.lake.connectors.expansion import referred, refuse_boundless

Spec = Mapping[str, Any]

# What checking and a new entry need; titles, descriptions, examples and ordering are prose and change with every release.
_KEPT = frozenset(
    [
        "type",
        "required",
        "enum",
        "const",
        "pattern",
        "format",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "uniqueItems",
        "multipleOf",
        "airbyte_secret",
        "default",
    ]
)
_PROSE = frozenset({"title", "description"})
_ONE = frozenset({"items", "additionalProperties", "not", "if", "then", "else"})
_MANY = frozenset({"oneOf", "anyOf", "allOf"})
_NAMED = frozenset({"properties", "patternProperties"})


def compact_spec(spec: Any) -> Any:
    """The spec without prose: types, required keys, choices, bounds, defaults, unions and `airbyte_secret` stay; what `$ref` names
    stands in its place. Raises UserError if that would have no bound.
    """
    refuse_boundless(spec)
    return _compact(spec, spec, (), _KEPT)


def prose_of_spec(spec: Any) -> Any:
    """The titles and descriptions alone, at the places where `compact_spec` has what they are about."""
    return _pruned(_compact(spec, spec, (), _PROSE))


def _pruned(prose: Any) -> Any:
    """Without what says nothing; lists keep their length."""
    if isinstance(prose, list):
        return [_pruned(inner) for inner in prose]
    if not isinstance(prose, dict):
        return prose if isinstance(prose, str) else {}
    inside = {key: _pruned(inner) for key, inner in prose.items()}
    return {key: inner for key, inner in inside.items() if inner and not (isinstance(inner, list) and not any(inner))}


def _compact(spec: Any, root: Any, inside: tuple[str, ...], kept: frozenset[str]) -> Any:
    if not isinstance(spec, Mapping):
        return spec
    reference = spec.get("$ref")
    if isinstance(reference, str):
        # A definition that holds itself stays open at the second turn: a configuration is a tree of finite depth.
        return {} if reference in inside else _compact(referred(root, reference), root, (*inside, reference), kept)
    compact: dict[str, Any] = {key: value for key, value in spec.items() if key in kept}
    if compact.get("airbyte_secret"):
        compact.pop("default", None)
    for key, value in spec.items():
        if key in _ONE:
            many = isinstance(value, list)
            compact[key] = (
                [_compact(item, root, inside, kept) for item in value] if many else _compact(value, root, inside, kept)
            )
        elif key in _MANY and isinstance(value, list):
            compact[key] = [_compact(branch, root, inside, kept) for branch in value]
        elif key in _NAMED and isinstance(value, Mapping):
            compact[key] = {name: _compact(inner, root, inside, kept) for name, inner in value.items()}
    return compact


def discriminator(spec: Spec) -> str | None:
    """The property whose constant tells the branches of a `oneOf` apart, or None if there is no such property."""
    branches = branches_of(spec)
    if not branches:
        return None
    shared = [
        name for name in branches[0].get("properties", {}) if all(constant(b, name) is not None for b in branches)
    ]
    return min(shared, default=None)


def constant(branch: Spec, name: str) -> Any:
    """The only value that the branch allows for a property (`const` or an `enum` of one), else None."""
    node = branch.get("properties", {}).get(name)
    if not isinstance(node, Mapping):
        return None
    if "const" in node:
        return node["const"]
    choices = node.get("enum", ())
    return choices[0] if len(choices) == 1 else None


def branches_of(spec: Spec) -> list[Spec]:
    """The members of the spec's union; empty if it is none."""
    return [branch for branch in spec.get("oneOf", spec.get("anyOf", ())) if isinstance(branch, Mapping)]


def chosen_branch(spec: Spec, value: Any) -> Spec | None:
    """The branch of a union that `value` means: by its discriminator, else by a required key that one branch has."""
    if not isinstance(value, Mapping):
        return None
    branches = branches_of(spec)
    name = discriminator(spec)
    if name is not None:
        return next((branch for branch in branches if constant(branch, name) == value.get(name)), None)
    fitting = [branch for branch in branches if _own_keys(branch, branches) & value.keys()]
    return fitting[0] if len(fitting) == 1 else None


def _own_keys(branch: Spec, branches: list[Spec]) -> set[str]:
    others = {key for other in branches if other is not branch for key in other.get("properties", {})}
    return set(branch.get("required", ())) - others


def property_spec(spec: Spec | None, value: Any, key: str) -> Spec | None:
    """The spec of property `key` of an object that is (or will be) `value`; None where the spec does not say."""
    if spec is None:
        return None
    for node in (spec, chosen_branch(spec, value)):
        found = node.get("properties", {}).get(key) if node else None
        if isinstance(found, Mapping):
            return found
    return None


def item_spec(spec: Spec | None) -> Spec | None:
    """The spec of the items of a list; None where the spec does not say."""
    items = spec.get("items") if spec else None
    return items if isinstance(items, Mapping) else None


def flat(spec: Spec | bool) -> Spec:
    """The spec with the members of `allOf` laid into it; a spec that is only true or false, as a mapping."""
    if not isinstance(spec, Mapping):
        return {} if spec else {"not": {}}
    if "allOf" not in spec:
        return spec
    laid: dict[str, Any] = {}
    for member in (*(flat(member) for member in spec["allOf"]), spec):
        properties = {**laid.get("properties", {}), **member.get("properties", {})}
        required = sorted({*laid.get("required", ()), *member.get("required", ())})
        laid = {**laid, **member, "properties": properties, "required": required}
    return {key: value for key, value in laid.items() if key != "allOf" and value not in ({}, [])}


def kind_of(spec: Spec) -> str:
    """The JSON type that a value should have, the first one other than null; text where the spec does not say."""
    said = spec.get("type")
    kinds = [kind for kind in ([said] if isinstance(said, str) else said or ()) if kind != "null"]
    if kinds:
        return str(kinds[0])
    if "properties" in spec or is_union_of_objects(spec):
        return "object"
    return "array" if "items" in spec else "string"


def is_union_of_objects(spec: Spec) -> bool:
    """True for a union whose branches have options."""
    branches = branches_of(spec)
    return bool(branches) and all("properties" in flat(branch) for branch in branches)


def items_of(spec: Spec) -> Spec:
    """The spec of a list's items."""
    items = spec.get("items")
    return flat(items) if isinstance(items, Mapping) else {}
