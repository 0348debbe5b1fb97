"""Masks: what stands for a value that may be a secret, as the server has it."""

from __future__ import annotations

from typing import Any

from infra.lake.values.reference import is_atomic

# Airbyte, as it answers.
MASK = "**********"


def masked(value: Any) -> Any:
    """The value with every text masked, as nothing says which of them are secrets; references stay."""
    if isinstance(value, dict) and not is_atomic(value):
        return {key: masked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner) for inner in value]
    return MASK if isinstance(value, str) and value else value
