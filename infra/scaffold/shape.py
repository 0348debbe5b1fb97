"""What a spec says about the value at a place."""

from __future__ import annotations

from typing import Any

from infra.lake.connectors.branch import resolved
from infra.lake.connectors.options import validate
from infra.lake.connectors.spec import Spec, flat
from infra.lake.rules.configurations import without_references
from infra.lake.values.reference import LITERAL, is_atomic


def known_options(spec: Spec, value: Any) -> dict[str, Spec]:
    """The options that an object which is (or will be) `value` may have, those of the union's chosen branch among them."""
    return {key: flat(inner) for key, inner in resolved(spec, value).get("properties", {}).items()}


def fits(spec: Spec, value: Any) -> bool:
    """True if `check` has nothing against a value of the registry, references included."""
    return not validate(spec, without_references(value))


def as_written(value: dict[str, Any]) -> dict[str, Any]:
    """An object as it is written in the registry: one that looks like a reference is no reference."""
    return {LITERAL: value} if is_atomic(value) else value
