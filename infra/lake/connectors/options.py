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

from infra.base.credentials import is_value
from infra.lake.connectors.findings import Finding, Path, choose, findings_of, missing_key, unknown_key
from infra.lake.connectors.spec import Spec, branches_of, chosen_branch, constant, discriminator, flat
from infra.lake.connectors.typed_branch import typed_branch
from infra.lake.documents import near_matches, question

# Structure is judged branch by branch; everything else of a spec is handed to the library as it is.
_STRUCTURE = frozenset({"properties", "required", "items", "oneOf", "anyOf", "allOf", "additionalProperties", "format"})


@dataclass(frozen=True)
class Unknown:
    """Stands where a reference was: a value that only Terraform will know."""

    secret: bool


@dataclass(frozen=True)
class Undecided:
    """Stands where a placeholder is: whatever it will be, nothing is said of it."""


def validate(spec: Spec, value: Any) -> list[Finding]:
    """What is wrong with a configuration in which every reference is an `Unknown`, every placeholder `Undecided`. Formats are not asserted: connectors
    accept more than the formats of their specs say.
    """
    closing = _Closing()
    schema = closing.close(spec, value, ())
    try:
        validator = jsonschema_rs.Draft7Validator(schema, retriever=_stay_offline)
    except jsonschema_rs.ValidationError as error:
        place = "/".join(str(part) for part in error.instance_path)
        return [
            Finding("lock-invalid", (), f"the locked spec is not a JSON Schema at {place}", "lock the connector again")
        ]
    errors = sorted(validator.iter_errors(_without_unknowns(value)), key=lambda error: error.kind.name != "type")
    return _first_of_each(
        [*closing.findings, *(found for error in errors for found in findings_of(spec, value, error))]
    )


def _stay_offline(uri: str) -> Any:
    """The library would fetch a `$ref` to another document, from the network or from any file."""
    raise ValueError(uri)


def _first_of_each(findings: list[Finding]) -> list[Finding]:
    """One finding a place: a number among names is no choice either, but the type says it all."""
    return list({(finding.path, finding.of_key, finding.missing): finding for finding in reversed(findings)}.values())


@dataclass
class _Closing:
    """Makes the schema that fits one value: unions replaced by the branch that is meant, objects closed."""

    findings: list[Finding] = field(default_factory=list)

    def close(self, spec: Spec, value: Any, path: Path) -> Any:
        spec = flat(spec)
        if isinstance(value, (Undecided, Unknown)):
            return isinstance(value, Undecided) or self._reference(spec, value, path)
        if spec.get("airbyte_secret") and value is not None:
            self.findings.append(_no_reference(value, path))
            return True
        schema = {key: assertion for key, assertion in spec.items() if key not in _STRUCTURE}
        if not all(_is_object(branch) for branch in branches_of(spec)):
            unions = {key: spec[key] for key in ("oneOf", "anyOf") if key in spec}
            return True if _holds_unknown(value) else {**schema, **unions}
        if isinstance(value, Mapping):
            return self._object(spec, schema, value, path)
        if isinstance(value, list) and any(isinstance(item, Undecided) for item in value):
            schema = {}
        if value and isinstance(value, list) and isinstance(spec.get("items"), Mapping):
            schema["items"] = [self.close(spec["items"], item, (*path, index)) for index, item in enumerate(value)]
        elif branches_of(spec):
            self.findings.append(_no_mapping(spec, value, path))
            return True
        return schema

    def _reference(self, spec: Spec, value: Unknown, path: Path) -> bool:
        if spec.get("airbyte_secret") and not value.secret:
            message = "this secret comes from a plain variable, whose value plans and state show"
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
        parts = [spec, *([flat(branch)] if branch else [])]
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
        return Finding("secret-in-clear", path, "is not {secret: NAME}: that has exactly one key and a name")
    if not is_value(str(value)):
        return Finding("secret-in-clear", path, "this text is no reference to a secret")
    return Finding("secret-in-clear", path, "this secret is in plain text", seen=True)


def _undecided(spec: Spec, value: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    """Why no branch of a union is meant by a value."""
    name = discriminator(spec)
    if name is not None and isinstance(value.get(name), Undecided):
        return
    if name is None:
        ways = [" + ".join(sorted(branch.get("required", ()))) for branch in branches_of(spec)]
        fix = "its forms need: " + ", or ".join(way for way in ways if way)
        yield Finding("config-invalid", path, "matches none of the forms that the spec has", fix)
        return
    choices = [str(constant(branch, name)) for branch in branches_of(spec)]
    if name in value:
        message = "is not one of the spec's choices"
        if isinstance(value[name], Unknown):
            message = "must be written out: it decides which other options there are"
        yield Finding("config-invalid", (*path, name), message, choose(value[name], choices))
        return
    if typed := typed_branch(spec, value):
        yield Finding("config-invalid", path, "this is the form of Terraform's typed resources", typed)
        return
    misspelt = near_matches(name, [key for key in value if key not in _known_to_all(spec)])
    if misspelt:
        yield unknown_key(path, misspelt[0], question([name]), [name])
    else:
        yield missing_key(path, name, f"add {name}: {' or '.join(choices)}")


def _is_object(spec: Spec) -> bool:
    kinds = spec.get("type", "object")
    return "object" in kinds if isinstance(kinds, list) else kinds == "object"


def _is_open(spec: Spec) -> bool:
    """True for a schema of further keys that says nothing but "an object": laxness, not a description."""
    return _is_object(spec) and not spec.get("properties")


def _holds_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_holds_unknown(inner) for inner in value.values())
    return isinstance(value, (Unknown, Undecided)) or (
        isinstance(value, list) and any(_holds_unknown(item) for item in value)
    )


def _known_to_all(spec: Spec) -> set[str]:
    return {key for part in (spec, *branches_of(spec)) for key in part.get("properties", {})}


def _without_unknowns(value: Any) -> Any:
    if isinstance(value, (Unknown, Undecided)):
        return None
    if isinstance(value, Mapping):
        return {key: _without_unknowns(inner) for key, inner in value.items()}
    return [_without_unknowns(item) for item in value] if isinstance(value, list) else value
