"""Findings: what a JSON Schema library says of a configuration, in the words of the person who wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from infra.lake.connectors.branch import property_spec, resolved
from infra.lake.connectors.pattern_cures import pattern_cure
from infra.lake.connectors.spec import Spec, item_spec
from infra.lake.documents import RuleId, did_you_mean, near_matches, plural, question
from infra.lake.documents.type_cures import cure_of_type
from infra.lake.values.reference import meant_reference

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Finding:
    """What is wrong at a path of a configuration.

    Attributes:
        rule: `config-invalid`, `config-unknown-key`, `config-missing-key` or `secret-in-clear`.
        path: below the configuration.
        of_key: the key is wrong, not its value.
        missing: the key that is not below the path; empty if the finding is about something else.
        near: the keys that an unknown one may be meant to be.
        seen: a secret itself stands there, for everybody who sees the file.
    """

    rule: RuleId
    path: Path
    message: str
    fix: str = ""
    of_key: bool = False
    missing: str = ""
    near: tuple[str, ...] = ()
    seen: bool = False


def unknown_key(path: Path, key: str, fix: str, near: Iterable[str]) -> Finding:
    """A key that the spec does not have, in the object at a path."""
    return Finding("config-unknown-key", (*path, key), f'unknown key "{key}"', fix, of_key=True, near=tuple(near))


def missing_key(path: Path, key: str, fix: str) -> Finding:
    """A key that the object at a path must have."""
    return Finding("config-missing-key", path, f'the key "{key}" is missing', fix, of_key=True, missing=key)


KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "null",
}
_LIMITS = {
    "minimum": "must be at least",
    "maximum": "must be at most",
    "exclusiveMinimum": "must be greater than",
    "exclusiveMaximum": "must be less than",
    "minLength": "must have at least this many characters:",
    "maxLength": "must have at most this many characters:",
    "minItems": "must have at least this many items:",
    "maxItems": "must have at most this many items:",
}


def findings_of(spec: Spec, value: Any, error: jsonschema_rs.ValidationError) -> Iterator[Finding]:
    """What one error of the library says; `value` is the configuration that was judged."""
    path = tuple(error.instance_path)
    kind, details = error.kind.name, error.kind.as_dict()
    if kind == "additionalProperties":
        known = _keys_at(spec, value, path)
        for key in details["unexpected"]:
            yield unknown_key(path, key, did_you_mean(key, known, "keys"), near_matches(key, known))
    elif kind == "required":
        yield missing_key(path, details["property"], f"add {details['property']}")
    else:
        message, fix = _wording(kind, details, _at(value, path))
        yield Finding("config-invalid", path, message, fix)


def _wording(kind: str, details: Mapping[str, Any], value: Any) -> tuple[str, str]:
    """The message and the fix; a value is shown only where it is one of another type, never a secret in the wrong place."""
    if kind == "type":
        kinds = [KINDS.get(name, name) for name in details["types"]]
        cures = (cure_of_type(wanted, value, "") for wanted in kinds)
        return f"must be {' or '.join(kinds)}", next(filter(None, (_reference(value), *cures)), "")
    if kind == "enum":
        return "is not one of the spec's choices", _of_choices(details["options"], value)
    if kind in _LIMITS:
        return f"{_LIMITS[kind]} {details['limit']}", _within(kind, details["limit"], value)
    if kind == "pattern":
        return f"does not match the spec's pattern {details['pattern']}", pattern_cure(details["pattern"], value)
    if kind == "uniqueItems":
        return "contains the same item twice", "remove one of the two"
    messages = {"const": "must be {expected_value}"}
    return messages.get(kind, f"does not fit the spec ({kind})").format(**details), ""


def _within(kind: str, limit: Any, value: Any) -> str:
    """What to do about a number that is out of bounds, and about a list or a text of another length."""
    if kind in ("minimum", "maximum"):
        return f"write {limit} or {'more' if kind == 'minimum' else 'less'}"
    if kind in ("exclusiveMinimum", "exclusiveMaximum"):
        return f"write a number {'above' if kind == 'exclusiveMinimum' else 'below'} {limit}"
    too_few = kind in ("minItems", "minLength")
    apart = abs(limit - len(value))
    what = plural(apart, "item" if kind.endswith("Items") else "character")
    return f"add {what}" + ("" if value else ", or remove the line") if too_few else f"remove {what}"


def _of_choices(options: Sequence[Any], value: Any) -> str:
    """The near match or the choices; of numbers, in their order, and the one that a text spells."""
    if not all(isinstance(option, (int, float)) and not isinstance(option, bool) for option in options):
        word = value if isinstance(value, str) else ""
        return did_you_mean(word, [str(option) for option in options], "choices")
    meant = next((option for option in options if str(option) == str(value).strip()), None)
    return f"write {meant}" if meant is not None else f"choices: {', '.join(map(str, sorted(options)))}"


def _reference(value: Any) -> str:
    meant = meant_reference(value, secret=False)
    return f"write {meant}" if meant else ""


def _keys_at(spec: Spec, value: Any, path: Path) -> set[str]:
    """The keys that the object at a path may have."""
    for part in path:
        below = item_spec(resolved(spec, value), part) if isinstance(part, int) else property_spec(spec, value, part)
        spec, value = below or {}, value[part]
    spec = resolved(spec, value)
    return {*spec.get("properties", {}), *spec.get("required", ())}


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def choose_from(given: Any, choices: list[str]) -> str:
    """The near match, if there is one, then all choices."""
    close = near_matches(given, choices) if isinstance(given, str) else []
    listed = f"choices: {', '.join(choices)}"
    return f"{question(close)}\n{listed}" if close else listed
