"""Fit: whether a value fits a JSON Schema (draft-07), as far as that is known while references stand in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Any

import jsonschema_rs

from infra.lake.connectors.spec import Spec, described, item_specs
from infra.lake.connectors.unknown import Undecided, Unknown, holds_unknown, without_unknowns
from infra.lake.documents.pattern import OPTIONS

# Judged here part by part, because something unknown may be inside; the library judges the rest.
_INSIDE = frozenset(
    ["properties", "patternProperties", "additionalProperties", "required", "items", "uniqueItems", "enum", "const"]
)
_COMBINED = frozenset(["allOf", "anyOf", "oneOf", "not", "if", "then", "else"])


class Fit(IntEnum):
    """The least of several is that of all together, the greatest that of any."""

    NO = 0
    OPEN = 1
    YES = 2


def fit(spec: Spec | bool, value: Any) -> Fit:
    """Whether a value fits in which `Unknown` and `Undecided` stand in; formats are not asserted."""
    if not isinstance(spec, Mapping):
        return Fit.YES if spec else Fit.NO
    if isinstance(value, Undecided):
        return Fit.OPEN
    if isinstance(value, Unknown):
        return _of_unknown(spec, value)
    if not holds_unknown(value):
        return _certainly(spec, value)
    rest = {key: said for key, said in spec.items() if key not in _INSIDE | _COMBINED}
    return min(_certainly(rest, without_unknowns(value)), _inside(spec, value), _combined(spec, value))


def validator(schema: Any) -> jsonschema_rs.Draft7Validator:
    """The library's, which asserts no formats and fetches nothing. Raises its ValidationError for what is no schema."""
    return jsonschema_rs.Draft7Validator(
        schema, validate_formats=False, retriever=_stay_offline, pattern_options=OPTIONS
    )


def _stay_offline(uri: str) -> Any:
    """The library would fetch a `$ref` to another document, from the network or from any file."""
    raise ValueError(uri)


def _certainly(spec: Spec, value: Any) -> Fit:
    try:
        return Fit.YES if validator(spec).is_valid(value) else Fit.NO
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError):
        return Fit.OPEN


def _of_unknown(spec: Spec, value: Unknown) -> Fit:
    """A reference gives a scalar, a secret one text."""
    said = spec.get("type")
    kinds = {said} if isinstance(said, str) else set(said or ())
    if kinds and kinds <= {"object", "array", "null"}:
        return Fit.NO
    combined = _combined(spec, value)
    asserted = spec.keys() - {"type", "default", "airbyte_secret", "format", *_COMBINED}
    sure = not asserted and (not kinds or (value.secret and "string" in kinds))
    return combined if sure else min(combined, Fit.OPEN)


def _inside(spec: Spec, value: Any) -> Fit:
    if isinstance(value, Mapping):
        missing = any(key not in value for key in spec.get("required", ()))
        refused = spec.get("additionalProperties") is False and any(not described(spec, key) for key in value)
        if missing or refused:
            return Fit.NO
        return _least(fit(one, inner) for key, inner in value.items() for one in described(spec, key))
    if isinstance(value, list):
        return _least(fit(one, item) for one, item in zip(item_specs(spec, len(value)), value, strict=True))
    return Fit.YES


def _combined(spec: Spec, value: Any) -> Fit:
    return _least(
        (
            _least(fit(one, value) for one in spec.get("allOf", ())),
            max((fit(one, value) for one in spec["anyOf"]), default=Fit.NO) if "anyOf" in spec else Fit.YES,
            _exactly_one([fit(one, value) for one in spec["oneOf"]]) if "oneOf" in spec else Fit.YES,
            Fit(Fit.YES - fit(spec["not"], value)) if "not" in spec else Fit.YES,
            _conditional(spec, value),
        )
    )


def _exactly_one(fits: Sequence[Fit]) -> Fit:
    if fits.count(Fit.YES) > 1 or max(fits, default=Fit.NO) is Fit.NO:
        return Fit.NO
    return Fit.OPEN if Fit.OPEN in fits else Fit.YES


def _conditional(spec: Spec, value: Any) -> Fit:
    if "if" not in spec:
        return Fit.YES
    ways = {met: fit(spec.get(key, True), value) for met, key in ((Fit.YES, "then"), (Fit.NO, "else"))}
    met = fit(spec["if"], value)
    return ways[met] if met in ways else Fit.OPEN if len(set(ways.values())) > 1 else ways[Fit.YES]


def _least(fits: Sequence[Fit] | Iterator[Fit]) -> Fit:
    return min(fits, default=Fit.YES)
