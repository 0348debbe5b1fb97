"""Unions: each branch, with and without what tells it apart, is judged as draft-07 judges it, wherever the union stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from infra.lake.connectors.definitions import connector_of, definitions_in
from infra.lake.connectors.options import validate
from infra.lake.connectors.spec import compact_spec
from infra.lake.connectors.unknown import with_unknowns
from infra.scaffold.airbyte_form import Translation
from infra.scaffold.names import Names
from infra.scaffold.placeholder import Placeholders
from tests.support.any_specs import any_spec, any_value
from tests.support.lakes import REPOSITORY
from tests.support.union_values import PLACES, UNIONS, Place, UnionValue, union_values, unions_in

FIXTURE = REPOSITORY.parent / "shared/fixtures/connector_registry.json"
Json = dict[str, Any]


def _disagreements(union: Json, place: Place) -> Iterator[str]:
    """Each value that is judged otherwise than by draft-07, or whose secrets are not all found."""
    spec = place.spec(union)
    independent, ours = Draft7Validator(spec), compact_spec(spec)
    for value in union_values(union):
        valid = independent.is_valid(place.value(value.clear))
        told = validate(ours, with_unknowns(place.value(value.written)))
        wrong = [finding for finding in told if finding.rule != "config-unknown-key"]
        if bool(wrong if valid else not told):
            yield f"{value.what}: draft-07 says {valid}, we {told} of {json.dumps(place.value(value.written))}"
        if valid and not told:
            yield from _unseen_secrets(ours, place, value)


def _unseen_secrets(ours: Json, place: Place, value: UnionValue) -> Iterator[str]:
    told = {finding.path for finding in validate(ours, place.value(value.clear)) if finding.rule == "secret-in-clear"}
    secrets = set(_references(place.value(value.written)))
    if told != secrets:
        yield f"{value.what}: secrets at {sorted(secrets, key=str)}, found {sorted(told, key=str)}"


def _references(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict) and value == {"secret": "s"}:
        yield path
    elif isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _references(inner, (*path, key))


def test_the_values_are_of_both_kinds() -> None:
    for union in UNIONS.values():
        judged = [Draft7Validator(union).is_valid(value.clear) for value in union_values(union)]
        assert {*judged} == {True, False}
        assert len(judged) > 10


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
@pytest.mark.parametrize("union", UNIONS)
def test_a_union_is_judged_as_draft_07_judges_it(union: str, place: Place) -> None:
    assert list(_disagreements(UNIONS[union], place)) == []


def _registry_unions() -> dict[str, Json]:
    """Every union of Airbyte's registry, once, by the connector that has it first."""
    if not FIXTURE.exists():
        return {}
    found: dict[str, Json] = {}
    for entry in definitions_in(FIXTURE.name, FIXTURE.read_text("utf-8")).values():
        for number, union in enumerate(unions_in(entry["spec"]["connectionSpecification"])):
            if union not in found.values():
                found[f"{connector_of(entry)} {number}"] = union
    return found


@pytest.mark.skipif(not FIXTURE.exists(), reason="Airbyte's connector registry is not at hand")
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_every_union_of_the_registry_is_judged_as_draft_07_judges_it(place: Place) -> None:
    unions = _registry_unions()
    assert len(unions) > 50
    found = {name: list(_disagreements(union, place)) for name, union in unions.items()}
    assert {name: texts for name, texts in found.items() if texts} == {}


@given(st.integers(0, 10**9))
def test_any_spec_is_judged_as_draft_07_judges_it_and_what_is_valid_is_copied_whole(seed: int) -> None:
    random = Random(seed)
    spec: Json = {"type": "object", "properties": {"one": any_spec(random, 3), "two": any_spec(random, 2)}}
    independent, ours = Draft7Validator(spec), compact_spec(spec)
    for _ in range(10):
        value = {key: any_value(random, inner) for key, inner in spec["properties"].items()}
        told = validate(ours, value)
        wrong = [finding for finding in told if finding.rule != "config-unknown-key"]
        valid = independent.is_valid(value)
        assert not (wrong if valid else not told), (valid, told, spec, value)
        if valid and not told:
            translation = Translation(Placeholders(Names("shop", frozenset())))
            assert (translation.configuration(ours, value), translation.left_out) == (value, []), (spec, value)


KEY: Json = {"type": "object", "required": ["key"], "properties": {"key": {"type": "string"}}}
USER: Json = {"properties": {"user": {"type": "string"}}}
HOST: Json = {"oneOf": [{"required": ["host"], "properties": {"host": {"type": "string"}}}, {"required": ["url"], "properties": {"url": {"type": "string"}}}]}  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "value", "told"),
    [
        ({"oneOf": [{"type": ["integer", "null"]}, KEY]}, "x", "must be a whole number or null or a mapping"),
        ({"oneOf": [{"type": ["integer", "null"]}, KEY]}, 5, ""),
        ({"allOf": [{"oneOf": [KEY, {"required": ["user"], **USER}]}, HOST]}, {"key": "x", "url": "x"}, ""),
        (
            {"allOf": [{"oneOf": [KEY, {"required": ["user"], **USER}]}, HOST]},
            {"key": "x"},
            "matches none of the forms that the spec has",
        ),
        ({"allOf": [{"type": "integer", "minimum": 2}, {"type": "number", "minimum": 1}]}, 1, "must be at least 2"),
        ({"allOf": [{"type": "integer", "minimum": 2}, {"type": "number", "minimum": 1}]}, 2, ""),
        ({"allOf": [{"pattern": "^a"}, {"pattern": "b$"}]}, "b", "does not match the spec's pattern ^a"),
        ({"allOf": [{"pattern": "^a"}, {"pattern": "b$"}]}, "ab", ""),
        ({**USER, "oneOf": [{**KEY, "additionalProperties": False}]}, {"key": "x", "user": "x"}, 'unknown key "user"'),
    ],
)
def test_what_stands_beside_each_other_holds_together(spec: Json, value: Any, told: str) -> None:
    findings = validate(compact_spec({"properties": {"place": spec}}), {"place": value})
    assert [finding.message for finding in findings] == ([told] if told else [])
