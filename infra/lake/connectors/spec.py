"""Reading a connector's spec: JSON Schema draft-07 with unions that are told apart by a constant property."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from infra.lake.connectors.expansion import referred, refuse_boundless
from infra.lake.documents.pattern import finds

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
    """The property whose constants tell the branches of a union apart, or None if there is no such property."""
    branches = branches_of(spec)
    if not branches:
        return None
    shared = [
        name for name in branches[0].get("properties", {}) if all(constant(b, name) is not None for b in branches)
    ]
    return min(shared, key=lambda name: (_repeated(branches, name), name), default=None)


def _repeated(branches: Sequence[Spec], name: str) -> int:
    """How many branches have a constant that one before them has."""
    constants = [constant(branch, name) for branch in branches]
    return sum(any(is_same(value, other) for other in constants[:at]) for at, value in enumerate(constants))


def constant(branch: Spec, name: str) -> Any:
    """The only value that the branch allows for a property (`const` or an `enum` of one), else None."""
    node = branch.get("properties", {}).get(name)
    if not isinstance(node, Mapping):
        return None
    node = flat(node)
    if "const" in node:
        return node["const"]
    choices = node.get("enum", ())
    return choices[0] if len(choices) == 1 else None


def is_same(one: Any, other: Any) -> bool:
    """Equality of JSON, in which true is not 1."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def branches_of(spec: Spec) -> list[Spec]:
    """The members of the spec's union, flat; empty if it is none."""
    members = spec.get("oneOf", spec.get("anyOf", ()))
    return [flat(branch) for branch in members if isinstance(branch, Mapping)]


def without_union(spec: Spec, branch: Spec | None = None) -> Spec:
    """The spec with a branch in the place of its union."""
    union = "oneOf" if "oneOf" in spec else "anyOf"
    own = {key: said for key, said in spec.items() if key != union}
    return own if branch is None else flat({"allOf": [own, branch]})


def described(spec: Spec, key: str) -> list[Spec | bool]:
    """What draft-07 holds the value of a property against; empty where the spec leaves it open, or refuses the key."""
    named = spec.get("properties", {})
    patterns = spec.get("patternProperties", {})
    found = [named[key]] if key in named else []
    found += [inner for pattern, inner in patterns.items() if finds(pattern, key)]
    free = spec.get("additionalProperties")
    return found or ([free] if isinstance(free, Mapping) else [])


def option_specs(spec: Spec, key: str) -> list[Spec | bool]:
    """As `described`, of options: with those that are required and never declared, without those that laxness alone allows."""
    named, free = spec.get("properties", {}), spec.get("additionalProperties")
    lax = bool(named) and isinstance(free, Mapping) and is_object(flat(free)) and not free.get("properties")
    exact = {name: said for name, said in spec.items() if name != "additionalProperties"} if lax else spec
    return described(exact, key) or ([{}] if key in spec.get("required", ()) else [])


def item_specs(spec: Spec, count: int) -> list[Spec | bool]:
    """The spec of each of so many items of a list: one for all, or one for each place."""
    items, more = spec.get("items", True), spec.get("additionalItems", True)
    if isinstance(items, list):
        return [*items[:count], *[more] * (count - len(items))]
    return [items] * count


def item_spec(spec: Spec | None, at: int) -> Spec | None:
    """The spec of an item of a list; None where the spec does not say."""
    found = item_specs(spec, at + 1)[at] if spec and "items" in spec else None
    return flat(found) if isinstance(found, Mapping) else None


def flat(spec: Spec | bool) -> Spec:
    """The spec with the members of `allOf` laid into it; a spec that is only true or false, as a mapping."""
    if not isinstance(spec, Mapping):
        return {} if spec else {"not": {}}
    if "allOf" not in spec:
        return spec
    laid: dict[str, Any] = {}
    for member in (*(flat(member) for member in spec["allOf"]), spec):
        properties = _properties_of_both(laid.get("properties", {}), member.get("properties", {}))
        required = sorted({*laid.get("required", ()), *member.get("required", ())})
        laid = {**laid, **member, "properties": properties, "required": required}
    return {key: value for key, value in laid.items() if key != "allOf" and value not in ({}, [])}


def _properties_of_both(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    both = {name: {"allOf": [one[name], other[name]]} for name in one if name in other and one[name] != other[name]}
    return {**one, **other, **both}


_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (Mapping,),
    "array": (list, tuple),
    "null": (type(None),),
}


def has_kind(spec: Spec, value: Any) -> bool:
    """True if a value is of a JSON type that the spec has, or if it has none."""
    said = spec.get("type")
    kinds = [said] if isinstance(said, str) else said or [*_JSON_TYPES]
    return any(
        isinstance(value, _JSON_TYPES.get(kind, ())) and (kind == "boolean") == isinstance(value, bool)
        for kind in kinds
    )


def is_object(spec: Spec) -> bool:
    """True for a schema of objects, also for one that does not say of what."""
    kinds = spec.get("type", "object")
    return "object" in kinds if isinstance(kinds, list) else kinds == "object"


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
