"""Options: a configuration against the connector's spec.

A JSON Schema library judges values; ours is what it cannot know: references stand for unknown values, a union is judged
by the one branch that is meant, and keys that the spec does not have are mistakes although nearly every spec allows
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

from infra.connectors.spec import Spec, branches_of, chosen_branch, constant, discriminator
from infra.documents import did_you_mean, near_matches
from infra.documents.rule_id import RuleId

Path = tuple[str | int, ...]

# Structure is judged branch by branch; everything else of a spec is handed to the library as it is.
_STRUCTURE = frozenset({"properties", "required", "items", "oneOf", "anyOf", "allOf", "additionalProperties", "format"})


@dataclass(frozen=True)
class Finding:
    """What is wrong at a path of a configuration.

    Attributes:
        rule: `config-invalid`, `config-unknown-key`, `config-missing-key` or `secret-in-clear`.
        path: below the configuration.
        of_key: the key is wrong, not its value.
    """

    rule: RuleId
    path: Path
    message: str
    fix: str = ""
    of_key: bool = False


@dataclass(frozen=True)
class Unknown:
    """Stands where a reference was: a value that only Terraform will know."""

    secret: bool


def judge(spec: Spec, value: Any) -> list[Finding]:
    """What is wrong with a configuration in which every reference is an `Unknown`. Formats are not asserted: connectors
    accept more than the formats of their specs say.
    """
    closing = _Closing()
    schema = closing.close(spec, value, ())
    try:
        validator = jsonschema_rs.Draft7Validator(schema, retriever=_stay_offline)
    except jsonschema_rs.ValidationError as error:
        place = "/".join(str(part) for part in error.instance_path)
        return [
            Finding("lock-invalid", (), f"the locked spec is no JSON Schema at {place}", "lock the connector again")
        ]
    errors = sorted(validator.iter_errors(_without_unknowns(value)), key=lambda error: error.kind.name != "type")
    return _first_of_each([*closing.findings, *(found for error in errors for found in _findings(spec, value, error))])


def _stay_offline(uri: str) -> Any:
    """The library would fetch a `$ref` to another document, from the network or from any file."""
    raise ValueError(uri)


def _first_of_each(findings: list[Finding]) -> list[Finding]:
    """One finding a place: a number among names is no choice either, but the type says it all."""
    return list(
        {(finding.path, finding.message if finding.of_key else ""): finding for finding in reversed(findings)}.values()
    )


@dataclass
class _Closing:
    """Makes the schema that fits one value: unions replaced by the branch that is meant, objects closed."""

    findings: list[Finding] = field(default_factory=list)

    def close(self, spec: Spec, value: Any, path: Path) -> Any:
        spec = _flat(spec)
        if isinstance(value, Unknown):
            return self._reference(spec, value, path)
        if spec.get("airbyte_secret") and value is not None:
            self.findings.append(_no_reference(value, path))
            return True
        schema = {key: assertion for key, assertion in spec.items() if key not in _STRUCTURE}
        if not all(_is_object(branch) for branch in branches_of(spec)):
            unions = {key: spec[key] for key in ("oneOf", "anyOf") if key in spec}
            return True if _holds_unknown(value) else {**schema, **unions}
        if isinstance(value, Mapping):
            return self._object(spec, schema, value, path)
        if value and isinstance(value, list) and isinstance(spec.get("items"), Mapping):
            schema["items"] = [self.close(spec["items"], item, (*path, index)) for index, item in enumerate(value)]
        elif branches_of(spec):
            self.findings.append(_no_mapping(spec, value, path))
            return True
        return schema

    def _reference(self, spec: Spec, value: Unknown, path: Path) -> bool:
        if spec.get("airbyte_secret") and not value.secret:
            message = "a secret comes from a plain variable, which plans and state show"
            self.findings.append(Finding("secret-in-clear", path, message))
        kinds = spec.get("type")
        if branches_of(spec) or kinds in ("object", "array"):
            wanted = "a list" if kinds == "array" else "a mapping"
            message = f"must be {wanted}: a reference gives text, a number, true or false"
            self.findings.append(Finding("config-invalid", path, message, "write it out, with references inside"))
        return True

    def _object(self, spec: Spec, schema: dict[str, Any], value: Mapping[str, Any], path: Path) -> Any:
        branch = chosen_branch(spec, value)
        if branches_of(spec) and branch is None:
            self.findings += _undecided(spec, value, path)
            return True
        parts = [spec, *([_flat(branch)] if branch else [])]
        known = {key: inner for part in parts for key, inner in part.get("properties", {}).items()}
        schema["required"] = sorted({key for part in parts for key in part.get("required", ())})
        schema["properties"] = {key: self.close(known[key], value[key], (*path, key)) for key in value if key in known}
        free = spec.get("additionalProperties")
        if isinstance(free, Mapping) and not (known and _is_open(free)):
            more = {key: self.close(free, value[key], (*path, key)) for key in value if key not in known}
            schema["properties"].update(more)
        elif known:
            schema["additionalProperties"] = False
        return schema


def _no_mapping(spec: Spec, value: Any, path: Path) -> Finding:
    """What is wrong with a scalar or list where a branch of a union has to be chosen."""
    name = discriminator(spec)
    choices = [constant(branch, name) for branch in branches_of(spec)] if name else []
    fix = f"write {{{name}: {value}}}" if value in choices else f"choose with {name}: {', '.join(map(str, choices))}"
    return Finding("config-invalid", path, "must be a mapping", fix if name else "")


def _no_reference(value: Any, path: Path) -> Finding:
    """What is wrong with something that stands where a secret belongs."""
    if isinstance(value, (Mapping, list)):
        return Finding("secret-in-clear", path, "is no {secret: NAME}: that has exactly one key and a name")
    return Finding("secret-in-clear", path, "a secret stands here in clear")


def _undecided(spec: Spec, value: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    """Why no branch of a union is meant by a value."""
    name = discriminator(spec)
    if name is None:
        ways = [" + ".join(sorted(branch.get("required", ()))) for branch in branches_of(spec)]
        fix = "its forms need: " + ", or ".join(way for way in ways if way)
        yield Finding("config-invalid", path, "fits none of the forms that the spec has", fix)
        return
    choices = [str(constant(branch, name)) for branch in branches_of(spec)]
    if name in value:
        message = "is not one of the spec's choices"
        if isinstance(value[name], Unknown):
            message = "must be written out: it decides which other options there are"
        yield Finding("config-invalid", (*path, name), message, _choose(value[name], choices))
        return
    misspelt = near_matches(name, [key for key in value if key not in _known_to_all(spec)])
    if misspelt:
        fix = f'did you mean "{name}"?'
        yield Finding("config-unknown-key", (*path, misspelt[0]), f'unknown key "{misspelt[0]}"', fix, of_key=True)
    else:
        fix = f"add {name}: {' or '.join(choices)}"
        yield Finding("config-missing-key", path, f'the key "{name}" is missing', fix, of_key=True)


def _choose(given: Any, choices: list[str]) -> str:
    """The near match, if there is one, then all choices."""
    near = did_you_mean(given, choices) if isinstance(given, str) else ""
    listed = f"choices: {', '.join(choices)}"
    return f"{near}\n{listed}" if near.startswith("did you mean") else listed


def _is_object(spec: Spec) -> bool:
    kinds = spec.get("type", "object")
    return "object" in kinds if isinstance(kinds, list) else kinds == "object"


def _is_open(spec: Spec) -> bool:
    """True for a schema of further keys that says nothing but "an object": laxness, not a description."""
    return _is_object(spec) and not spec.get("properties")


def _holds_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_holds_unknown(inner) for inner in value.values())
    return isinstance(value, Unknown) or (isinstance(value, list) and any(_holds_unknown(item) for item in value))


def _known_to_all(spec: Spec) -> set[str]:
    return {key for part in (spec, *branches_of(spec)) for key in part.get("properties", {})}


def _flat(spec: Spec | bool) -> Spec:
    """The spec with the members of `allOf` laid into it; a spec that is only true or false, as a mapping."""
    if not isinstance(spec, Mapping):
        return {} if spec else {"not": {}}
    if "allOf" not in spec:
        return spec
    flat: dict[str, Any] = {}
    for member in (*(_flat(member) for member in spec["allOf"]), spec):
        properties = {**flat.get("properties", {}), **member.get("properties", {})}
        required = sorted({*flat.get("required", ()), *member.get("required", ())})
        flat = {**flat, **member, "properties": properties, "required": required}
    return {key: value for key, value in flat.items() if key != "allOf" and value not in ({}, [])}


def _without_unknowns(value: Any) -> Any:
    if isinstance(value, Unknown):
        return None
    if isinstance(value, Mapping):
        return {key: _without_unknowns(inner) for key, inner in value.items()}
    return [_without_unknowns(item) for item in value] if isinstance(value, list) else value


_KINDS = {
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


def _findings(spec: Spec, value: Any, error: jsonschema_rs.ValidationError) -> Iterator[Finding]:
    path = tuple(error.instance_path)
    kind, details = error.kind.name, error.kind.as_dict()
    if kind == "additionalProperties":
        known = _keys_at(spec, value, path)
        for key in details["unexpected"]:
            fix = did_you_mean(key, known, "keys")
            yield Finding("config-unknown-key", (*path, key), f'unknown key "{key}"', fix, of_key=True)
    elif kind == "required":
        key = details["property"]
        yield Finding("config-missing-key", path, f'the key "{key}" is missing', f"add {key}", of_key=True)
    else:
        message, fix = _wording(kind, details, _at(value, path))
        yield Finding("config-invalid", path, message, fix)


def _wording(kind: str, details: Mapping[str, Any], value: Any) -> tuple[str, str]:
    """The message and the fix; the value itself is never shown, it may be a secret in the wrong place."""
    if kind == "type":
        wanted = " or ".join(_KINDS.get(name, name) for name in details["types"])
        quoted = "string" in details["types"] and isinstance(value, (int, float))
        return f"must be {wanted}", "put it in quotes" if quoted else ""
    if kind == "enum":
        choices = [str(option) for option in details["options"]]
        return "is not one of the spec's choices", did_you_mean(
            value if isinstance(value, str) else "", choices, "choices"
        )
    if kind in _LIMITS:
        return f"{_LIMITS[kind]} {details['limit']}", ""
    messages = {
        "const": "must be {expected_value}",
        "pattern": "does not match the spec's pattern {pattern}",
        "uniqueItems": "holds the same item twice",
    }
    return messages.get(kind, f"does not fit the spec ({kind})").format(**details), ""


def _keys_at(spec: Spec, value: Any, path: Path) -> set[str]:
    """The keys that the object at a path may have."""
    for part in path:
        spec = _below(_flat(spec), value, part)
        value = value[part]
    spec = _flat(spec)
    branch = chosen_branch(spec, value)
    return {key for part in (spec, branch or {}) for key in _flat(part).get("properties", {})}


def _below(spec: Spec, value: Any, part: str | int) -> Spec:
    if isinstance(part, int):
        items = spec.get("items")
        return items if isinstance(items, Mapping) else {}
    parts = (spec, _flat(chosen_branch(spec, value) or {}))
    found = next(
        (p["properties"][part] for p in parts if part in p.get("properties", {})), spec.get("additionalProperties")
    )
    return found if isinstance(found, Mapping) else {}


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value
