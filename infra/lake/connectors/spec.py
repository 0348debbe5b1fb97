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
        named = {} if reference in inside else _compact(referred(root, reference), root, (*inside, reference), kept)
        # Draft-07 reads nothing beside a `$ref`, but what is marked as a secret is to be kept as one.
        return {**named, "airbyte_secret": True} if spec.get("airbyte_secret") and kept is _KEPT else named
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
    undeclared = key in spec.get("required", ()) and free is not False
    return described(exact, key) or ([{}] if undeclared else [])


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
        laid = _of_both(laid, {key: said for key, said in member.items() if key != "allOf" or member is not spec})
    return {key: said for key, said in laid.items() if said not in ({}, [])}


_CONDITION = ("if", "then", "else")
_NOTES = frozenset({"allOf", "default", "format", "title", "description"})


def _of_both(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What two say together; what cannot be laid into one another stays in `allOf`: a second union, another pattern."""
    laid = {**one, **other}
    beside = [*one.get("allOf", ()), *other.get("allOf", ())]
    for key in [key for key in one if key in other and one[key] != other[key] and key not in _NOTES]:
        together = _together(key, one[key], other[key])
        if together is not None:
            laid[key] = together
        else:
            beside.append({word: one[word] for word in (_CONDITION if key in _CONDITION else (key,)) if word in one})
    return {**laid, "properties": _options_of_both(one, other), "allOf": beside}


def _together(key: str, one: Any, other: Any) -> Any:
    """What a word of a schema comes to that says one thing and another; None where both have to stand."""
    if key == "required":
        return sorted({*one, *other})
    if key == "airbyte_secret":
        return True
    if key == "type":
        kinds = _kinds_of_both(one, other)
        return (kinds[0] if len(kinds) == 1 else [*kinds]) if kinds else None
    if key == "patternProperties":
        return {**one, **other, **{name: {"allOf": [one[name], other[name]]} for name in one.keys() & other.keys()}}
    if key in ("items", "additionalProperties") and not isinstance(one, list) and not isinstance(other, list):
        return {"allOf": [one, other]} if one is not False and other is not False else False
    return None


def _kinds_of_both(one: str | list[str], other: str | list[str]) -> tuple[str, ...]:
    """The JSON types that both have, as in the second; a whole number is a number."""
    ones, others = ([said] if isinstance(said, str) else said for said in (one, other))
    narrow = tuple(kind for kind in others if kind in ones or (kind == "integer" and "number" in ones))
    return narrow or tuple(kind for kind in ones if kind == "integer" and "number" in others)


def _options_of_both(one: Spec, other: Spec) -> dict[str, Any]:
    """Those that neither refuses; of each what both say, if only in general."""
    named = dict.fromkeys([*one.get("properties", {}), *other.get("properties", {})])
    said = {name: [described(part, name) for part in (one, other)] for name in named}
    closed = [part.get("additionalProperties") is False for part in (one, other)]
    kept = (name for name in named if all(said[name][at] or not closed[at] for at in (0, 1)))
    return {name: _all_of([*said[name][0], *said[name][1]]) for name in kept}


def _all_of(specs: list[Spec | bool]) -> Spec | bool:
    return specs[0] if all(spec == specs[0] for spec in specs) else {"allOf": specs}


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
    return any(
        isinstance(value, _JSON_TYPES.get(kind, ())) and (kind == "boolean") == isinstance(value, bool)
        for kind in kinds_of(spec) or [*_JSON_TYPES]
    )


def kinds_of(spec: Spec) -> list[str]:
    """The JSON types that a value may have; empty where the spec does not say."""
    said = spec.get("type", [])
    return [said] if isinstance(said, str) else [*said]


def is_object(spec: Spec) -> bool:
    """True for a schema of objects, also for one that does not say of what."""
    return "object" in (kinds_of(spec) or ["object"])


def kind_of(spec: Spec) -> str:
    """The JSON type that a value should have, the first one other than null; text where the spec does not say."""
    kinds = [kind for kind in kinds_of(spec) if kind != "null"]
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
