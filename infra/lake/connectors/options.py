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
from infra.lake.connectors.branch import choose
from infra.lake.connectors.findings import Finding, Path, findings_of, missing_key, unknown_key
from infra.lake.connectors.fit import Fit, fit, validator
from infra.lake.connectors.spec import (
    Spec,
    branches_of,
    constant,
    discriminator,
    flat,
    item_specs,
    option_specs,
    without_union,
)
from infra.lake.connectors.undecided import instead_of, key_with, secrets_in, undecided
from infra.lake.connectors.unknown import Undecided, Unknown, holds_unknown, without_unknowns
from infra.lake.documents import near_matches, question
from infra.lake.values.coordinate import PREFIX, is_coordinate

# Structure is judged branch by branch; everything else of a spec is handed to the library as it is.
_STRUCTURE = frozenset(
    ["properties", "patternProperties", "additionalProperties", "required", "items", "allOf", "anyOf", "oneOf"]
)


def validate(spec: Spec, value: Any) -> list[Finding]:
    """What is wrong with a configuration in which every reference is an `Unknown`, every placeholder `Undecided`. Formats are not asserted: connectors
    accept more than the formats of their specs say.
    """
    closing = _Closing()
    schema = closing.close(spec, value, ())
    try:
        judge = validator(schema)
    except jsonschema_rs.ValidationError as error:
        place = "/".join(str(part) for part in error.instance_path)
        return [
            Finding("lock-invalid", (), f"the locked spec is not a JSON Schema at {place}", "lock the connector again")
        ]
    errors = sorted(judge.iter_errors(without_unknowns(value)), key=lambda error: error.kind.name != "type")
    return _first_of_each(
        [*closing.findings, *(found for error in errors for found in findings_of(spec, value, error))]
    )


def _first_of_each(findings: list[Finding]) -> list[Finding]:
    """One finding a place: a number among names is no choice either, but the type says it all."""
    return list({(finding.path, finding.of_key, finding.missing): finding for finding in reversed(findings)}.values())


@dataclass
class _Closing:
    """Makes the schema that fits one value: unions replaced by the branch that is meant, objects closed."""

    findings: list[Finding] = field(default_factory=list)

    def close(self, spec: Spec | bool, value: Any, path: Path) -> Any:
        spec = flat(spec)
        if isinstance(value, (Undecided, Unknown)):
            return isinstance(value, Undecided) or self._reference(spec, value, path)
        if spec.get("airbyte_secret") and value is not None:
            self.findings += _no_reference(value, path)
            return True
        if branches_of(spec):
            return self._union(spec, value, path)
        schema = {key: said for key, said in spec.items() if key not in _STRUCTURE and _is_known(key, said, value)}
        beside = spec.get("allOf", ())
        if sure := [said for said in beside if not holds_unknown(value) or fit(said, value) is Fit.NO]:
            schema["allOf"] = sure
        if isinstance(value, Mapping):
            return self._object(spec, schema, value, path)
        if isinstance(value, list):
            return self._list(spec, schema, value, path)
        return schema

    def _reference(self, spec: Spec, value: Unknown, path: Path) -> bool:
        if spec.get("airbyte_secret") and not value.secret:
            message = "this secret comes from a plain variable, whose value plans and state show"
            self.findings.append(Finding("secret-in-clear", path, message))
        if fit(_kinds_alone(spec), value) is Fit.NO:
            wanted = "a list" if spec.get("type") == "array" else "a mapping"
            message = f"must be {wanted}: a reference gives text, a number, true or false"
            self.findings.append(Finding("config-invalid", path, message, "write it out, with references inside"))
        return True

    def _union(self, spec: Spec, value: Any, path: Path) -> Any:
        choice = choose(spec, value)
        if choice.branch is None:
            self.findings += undecided(spec, value, path, several=choice.several)
            secrets = secrets_in(spec, value, path)
            self.findings += [found for place, secret in secrets for found in _no_reference(secret, place)]
            return True
        laid, name = without_union(spec, choice.branch), discriminator(spec)
        if isinstance(value, Mapping) and name not in value and name in laid.get("required", ()):
            meant = constant(choice.branch, str(name))
            other = key_with([meant], value, laid.get("properties", {}))
            self.findings.append(_no_discriminator(path, str(name), meant, other))
            properties = {**laid.get("properties", {}), **({other: {}} if other else {})}
            laid = {**laid, "properties": properties, "required": [key for key in laid["required"] if key != name]}
        return self.close(laid, value, path)

    def _object(self, spec: Spec, schema: dict[str, Any], value: Mapping[str, Any], path: Path) -> Any:
        known = {key: specs for key in value if (specs := option_specs(spec, key))}
        schema["required"] = sorted(spec.get("required", ()))
        schema["properties"] = {
            key: self.close(specs[0] if len(specs) == 1 else {"allOf": specs}, value[key], (*path, key))
            for key, specs in known.items()
        }
        if spec.get("properties") or spec.get("additionalProperties") is False:
            schema["additionalProperties"] = False
        return schema

    def _list(self, spec: Spec, schema: dict[str, Any], value: list[Any], path: Path) -> Any:
        if any(isinstance(item, Undecided) for item in value):
            schema = {}
        specs = enumerate(zip(item_specs(spec, len(value)), value, strict=True))
        items = [self.close(one, item, (*path, at)) for at, (one, item) in specs]
        return {**schema, "items": items} if items else schema


def _is_known(key: str, said: Any, value: Any) -> bool:
    """False for what cannot be judged of a value in which something is unknown."""
    if not isinstance(value, (Mapping, list)) or not holds_unknown(value):
        return True
    return key not in ("uniqueItems", "then", "else", "if", "not", "contains") or (
        key == "not" and fit({key: said}, value) is not Fit.OPEN
    )


def _kinds_alone(spec: Spec) -> Spec:
    return {key: said for key, said in spec.items() if key in ("type", "oneOf", "anyOf")}


def _no_reference(value: Any, path: Path) -> Iterator[Finding]:
    """What is wrong with something that stands where a secret belongs."""
    if isinstance(value, (Mapping, list)):
        yield Finding("secret-in-clear", path, "is not {secret: NAME}: that has exactly one key and a name")
    elif value == PREFIX:
        yield Finding("secret-in-clear", path, f"names no secret behind {PREFIX}")
    elif not is_value(str(value)):
        yield Finding("secret-in-clear", path, "this text is no reference to a secret")
    elif not is_coordinate(value):
        yield Finding("secret-in-clear", path, "this secret is in plain text", seen=True)


def _no_discriminator(path: Path, name: str, meant: Any, other: str | None) -> Finding:
    """What to write where the other keys tell the branch. `other`: the key that has the choice instead."""
    if other is None:
        return missing_key(path, name, f"add {name}: {meant}")
    if near := near_matches(other, [name]):
        return unknown_key(path, other, question(near), near)
    return missing_key(path, name, instead_of(other, name, meant))
