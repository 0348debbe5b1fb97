"""Where a variable's value comes from: the one order in which the places are asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from infra.lake.documents.types import Scalar

Giver = Literal["outside", "values", "default"]


def look_up(
    name: str, outside: Mapping[str, Any], given: Mapping[str, Scalar], default: Scalar | None, *, secret: bool
) -> tuple[Giver, Any] | None:
    """Who gives a variable its value, and what: the environment or a Secret, then `flux.values`, then the default, as under
    tofu-controller. A secret comes from outside only. None if nobody gives it one.
    """
    if name in outside:
        return "outside", outside[name]
    if not secret and name in given:
        return "values", given[name]
    return None if secret or default is None else ("default", default)
