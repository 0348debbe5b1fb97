"""What stands in a configuration for what nobody knows yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.lake.values.reference import literal_value, reference_name


@dataclass(frozen=True)
class Unknown:
    """Stands where a reference was: a value that only Terraform will know."""

    secret: bool


@dataclass(frozen=True)
class Undecided:
    """Stands where a placeholder is: whatever it will be, nothing is said of it."""


def is_unknown(value: Any) -> bool:
    """True for a reference, as it is written or as it stands in, and for what nobody has decided."""
    return isinstance(value, (Unknown, Undecided)) or reference_name(value) is not None


def with_unknowns(value: Any) -> Any:
    """The value as a connector would see it, with `Unknown` for every reference; `{literal: ...}` is looked through."""
    reference = reference_name(value)
    if reference is not None:
        return Unknown(secret=reference[0] == "secret")
    literal = literal_value(value)
    value = value if literal is None else literal
    if isinstance(value, Mapping):
        return {key: with_unknowns(inner) for key, inner in value.items()}
    return [with_unknowns(item) for item in value] if isinstance(value, (list, tuple)) else value


def holds_unknown(value: Any) -> bool:
    """True for what stands in, and for what has such a thing inside."""
    if isinstance(value, Mapping):
        return any(holds_unknown(inner) for inner in value.values())
    return isinstance(value, (Unknown, Undecided)) or (
        isinstance(value, list) and any(holds_unknown(item) for item in value)
    )


def without_unknowns(value: Any) -> Any:
    """The value with null for what stands in."""
    if isinstance(value, (Unknown, Undecided)):
        return None
    if isinstance(value, Mapping):
        return {key: without_unknowns(inner) for key, inner in value.items()}
    return [without_unknowns(item) for item in value] if isinstance(value, list) else value
