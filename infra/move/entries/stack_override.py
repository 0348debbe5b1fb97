"""What one stack says otherwise than another, as it is written below `overrides`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.base.json_value import Json
from infra.lake.connectors.branch import property_spec
from infra.lake.connectors.spec import Spec
from infra.lake.registry.merge import WHOLE, merge
from infra.lake.values.reference import is_atomic


def entry_difference(base: Mapping[str, Any], other: Mapping[str, Any], spec: Spec | None) -> Json:
    """What makes an entry the other one when it is merged over it. `spec`: of its connector's options."""
    entry_spec = None if spec is None else {"properties": {"configuration": spec}}
    over = _difference(base, other, entry_spec)
    # A schedule and a namespace are one answer: the merge takes them as a whole.
    return over | {key: other[key] for key in WHOLE if over.get(key) is not None}


def _difference(base: Mapping[str, Any], other: Mapping[str, Any], spec: Spec | None) -> Json:
    over: Json = {key: None for key in base if key not in other}
    for key, value in other.items():
        if key not in base:
            over[key] = value
        elif base[key] != value:
            inner = property_spec(spec, other, key)
            over[key] = _nested(base[key], value, inner)
    return over


def _nested(base: Any, other: Any, spec: Spec | None) -> Any:
    """The smallest value that gives the other one; all of it where a merge would keep something that is not meant."""
    if not all(isinstance(value, Mapping) and not is_atomic(value) for value in (base, other)):
        return other
    over = _difference(base, other, spec)
    return over if over and merge(base, over, spec) == other else other
