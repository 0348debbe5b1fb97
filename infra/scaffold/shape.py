"""What a spec says about the value at a place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.connectors.options import judge
from infra.connectors.spec import Spec, branches_of, chosen_branch, flat
from infra.registry.reference import LITERAL, is_atomic
from infra.rules.configurations import plain


def known_options(spec: Spec, value: Any) -> dict[str, Spec]:
    """The options that an object which is (or will be) `value` may have, those of the union's chosen branch among them."""
    spec = flat(spec)
    parts = (spec, flat(chosen_branch(spec, value) or {}))
    return {key: flat(inner) for part in parts for key, inner in part.get("properties", {}).items()}


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


def fits(spec: Spec, value: Any) -> bool:
    """True if `check` has nothing against a value of the registry, references included."""
    return not judge(spec, plain(value))


def as_written(value: dict[str, Any]) -> dict[str, Any]:
    """An object as it is written in the registry: one that looks like a reference is no reference."""
    return {LITERAL: value} if is_atomic(value) else value
