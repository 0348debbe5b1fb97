"""A connector's options for editors: what `check` accepts in a layer is not marked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from infra.lake.connectors.options import validate
from infra.lake.connectors.spec import compact_spec
from infra.lake.connectors.unknown import with_unknowns
from infra.lake.editor.models import of_model
from infra.lake.editor.options import opened, options_schema
from infra.lake.registry.declared import RegistryFile
from infra.lake.registry.merge import without_nulls
from infra.lake.values.reference import reference_name
from tests.support import spec_configurations as specs
from tests.support.any_specs import any_spec, any_value
from tests.support.lakes import REPOSITORY, locks

Json = dict[str, Any]
FIXTURE = REPOSITORY.parent / "shared/fixtures/connector_registry.json"
SPECS = {lock.stem: json.loads(lock.read_text("utf-8"))["spec"] for lock in locks()}
REFERENCES = {"$defs": {name: of_model(RegistryFile)["$defs"][name] for name in ("SecretRef", "VarRef")}}


def judge(schema: Json) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator({"$schema": "http://json-schema.org/draft-07/schema#", **REFERENCES, **schema})


def referring(value: Any, choose: Random) -> Any:
    """The value with references, null and coordinates in the place of some options."""
    if isinstance(value, dict) and not reference_name(value):
        return {key: referring(inner, choose) for key, inner in value.items()}
    if isinstance(value, list):
        return [referring(item, choose) for item in value]
    if reference_name(value):
        return choose.choice((value, "secret_coordinate::shop/key"))
    return choose.choice((value, value, value, {"var": "x"}, {"secret": "y"}, None))


def accepted(spec: Json, configuration: Any) -> bool:
    """True if `check` has nothing to say."""
    return not validate(spec, with_unknowns(without_nulls(configuration)))


JUDGES = {connector: judge(options_schema(spec)) for connector, spec in SPECS.items()}


@settings(max_examples=100)
@given(st.sampled_from(sorted(SPECS)), st.integers(0, 10**6))
def test_what_check_accepts_fits(connector: str, seed: int) -> None:
    spec = SPECS[connector]
    made = specs.with_secrets(spec, specs.configuration(spec, specs.at_random(seed)))
    configuration = referring(made, Random(seed))
    assume(accepted(spec, configuration))
    assert JUDGES[connector].is_valid(configuration), configuration


@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_what_check_accepts_of_any_spec_fits(seed: int) -> None:
    random = Random(seed)
    spec: Json = {"type": "object", "properties": {"one": any_spec(random, 3), "two": any_spec(random, 2)}}
    schema = judge(options_schema(spec))
    for _ in range(5):
        value = {key: any_value(random, inner) for key, inner in spec["properties"].items()}
        assert schema.is_valid(value) or not accepted(spec, value), (spec, value)


@pytest.mark.skipif(not FIXTURE.exists(), reason=f"{FIXTURE} is not here")
def test_what_check_accepts_of_every_connector_fits() -> None:
    registry = json.loads(FIXTURE.read_text("utf-8"))
    marked = []
    for definition in [*registry["sources"], *registry["destinations"]]:
        spec = compact_spec(definition["spec"]["connectionSpecification"])
        schema = judge(options_schema(spec))
        for seed in range(2):
            made = specs.with_secrets(spec, specs.configuration(spec, specs.at_random(seed)))
            configuration = referring(made, Random(seed))
            if accepted(spec, configuration) and not schema.is_valid(configuration):
                marked.append((definition["dockerRepository"], configuration))
    assert marked == []


WAYS: Json = {
    "type": "object",
    "properties": {
        "size": {"type": "integer", "minimum": 1, "default": 5, "description": "How <b>many</b>\nrows."},
        "login": {
            "type": "object",
            "title": "How to log in",
            "oneOf": [
                {
                    "title": "A key",
                    "properties": {"kind": {"const": "key"}, "key": {"type": "string", "airbyte_secret": True}},
                },
                {"title": "No login", "properties": {"kind": {"const": "none"}}},
            ],
        },
    },
}


def marks(configuration: Json, schema: Json) -> list[str]:
    return [".".join(map(str, error.instance_path)) for error in judge(schema).iter_errors(configuration)]


@pytest.mark.parametrize(
    ("configuration", "marked"),
    [
        ({"size": 3, "login": {"kind": "key", "key": {"secret": "x"}}}, []),
        ({"siez": 3}, ["siez"]),
        ({"siez": None}, []),
        ({"size": 0}, ["size"]),
        ({"login": {"kind": "none", "key": {"secret": "x"}}}, ["login.key"]),
        ({"login": {"key": {"secret": "x"}}}, []),
        ({"login": {"kind": "password"}}, ["login.kind"]),
        ({"login": {"kind": "key", "key": "hunter2"}}, ["login.key"]),
        ({"login": {"literal": {"kind": "none"}}}, []),
        ({"login": {"secret": "x"}}, []),
        ({"size": {"var": "x"}, "login": None}, []),
    ],
    ids=json.dumps,
)
def test_an_option_is_marked_where_it_is_wrong(configuration: Json, marked: list[str]) -> None:
    assert marks(configuration, options_schema(WAYS)) == marked


def test_beside_undeclared_options_there_may_be_any() -> None:
    schema = opened(options_schema(WAYS))
    assert marks({"siez": 3, "login": {"kind": "none", "key": 1}}, schema) == []
    assert marks({"size": "many"}, schema) == ["size"]


def test_an_option_says_what_it_is_for_and_what_it_can_be() -> None:
    said = {key: option["description"] for key, option in options_schema(WAYS)["properties"].items()}
    assert said == {
        "size": "How many rows. (whole number, at least 1, default 5)",
        "login": "How to log in (kind: key, none)",
    }


def test_a_way_says_what_it_is() -> None:
    kind: Mapping[str, Any] = options_schema(WAYS)["properties"]["login"]["properties"]["kind"]
    assert kind["anyOf"][0] == {"enum": ["key", "none"], "enumDescriptions": ["A key", "No login"]}


def test_a_page_of_words_is_cut() -> None:
    said = options_schema({"properties": {"a": {"type": "string", "description": "word " * 500}}})["properties"]["a"]
    assert said["description"].endswith(" word ... (text)")
    assert len(said["description"]) < 320
