"""Connector options: no spec of Airbyte's registry has false positives, and every kind of mistake is named at its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from infra.lake.connectors.definitions import connector_of, definitions_in, lock_of
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.documents import Problem, render_json
from tests.support import spec_configurations as specs
from tests.support.lakes import LAKE, REPOSITORY, problems_of, write_lake

FIXTURE = REPOSITORY.parent / "shared/fixtures/connector_registry.json"
Json = dict[str, Any]


def _definitions() -> dict[str, Json]:
    """The full specs of Airbyte's registry where it is at hand, else those of this repository's locks."""
    if FIXTURE.exists():
        entries = definitions_in(FIXTURE.name, FIXTURE.read_text("utf-8")).values()
        return {connector_of(entry): entry["spec"]["connectionSpecification"] for entry in entries}
    files = sorted((REPOSITORY / "dag/connectors").glob("*.json"))
    return {file.stem: json.loads(file.read_text())["spec"] for file in files}


DEFINITIONS = _definitions()


def _lock(connector: str) -> ConnectorLock:
    spec = DEFINITIONS[connector]
    entry = {
        "dockerRepository": f"airbyte/{connector}",
        "dockerImageTag": "1.0.0",
        "sourceDefinitionId": "11111111-2222-3333-4444-555555555555",
        "spec": {"connectionSpecification": spec},
    }
    return lock_of(entry)


def _check(root: Path, connector: str, configurations: list[Json]) -> dict[int, list[Problem]]:
    """The problems of each configuration, checked as so many entries of one lake."""
    section = "sources" if connector.startswith("source-") else "destinations"
    entries = {f"c{number}": {"connector": connector, "configuration": c} for number, c in enumerate(configurations)}
    lake = {
        "dag/registry/lake.yaml": LAKE,
        "dag/registry/entries.yaml": json.dumps({section: entries}, indent=1),
        f"dag/connectors/{connector}.json": render_json(_lock(connector).model_dump(mode="json")),
    }
    found: dict[int, list[Problem]] = {number: [] for number in range(len(configurations))}
    for problem in problems_of(write_lake(root, lake)):
        if problem.rule != "unused-entry":
            found[int(problem.path.split(".")[1].removeprefix("c"))].append(problem)
    return found


def _is_valid(connector: str, configuration: Json) -> bool:
    """What an independent draft-07 validator says, of the configuration with secrets in clear."""
    return bool(Draft7Validator(DEFINITIONS[connector]).is_valid(configuration))


@pytest.mark.parametrize("connector", DEFINITIONS)
def test_valid_configurations_pass_in_every_branch(connector: str, tmp_path: Path) -> None:
    spec = DEFINITIONS[connector]
    plain = specs.branch_coverage(spec)
    assert all(_is_valid(connector, configuration) for configuration in plain)
    found = _check(tmp_path, connector, [specs.with_secrets(spec, configuration) for configuration in plain])
    assert [problem.to_text() for problems in found.values() for problem in problems] == []


@settings(max_examples=150, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_optional_parts_switched_on_at_random_are_no_mistakes(
    data: st.DataObject, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    connector = data.draw(st.sampled_from(sorted(DEFINITIONS)))
    spec = DEFINITIONS[connector]
    plain = specs.configuration(spec, specs.at_random(seed))
    assert _is_valid(connector, plain)
    found = _check(tmp_path_factory.mktemp("lake"), connector, [specs.with_secrets(spec, plain)])
    assert [problem.to_text() for problem in found[0]] == []


def _mistakes(connector: str) -> Iterator[specs.Mistake]:
    spec = DEFINITIONS[connector]
    seen = set()
    for plain in specs.branch_coverage(spec):
        for mistake in specs.mistakes(spec, specs.with_secrets(spec, plain)):
            if (mistake.what, mistake.path) not in seen:
                seen.add((mistake.what, mistake.path))
                yield mistake


@pytest.mark.parametrize("connector", DEFINITIONS)
def test_each_mistake_is_told_once_with_its_rule_and_path(connector: str, tmp_path: Path) -> None:
    section = "sources" if connector.startswith("source-") else "destinations"
    mistakes = list(_mistakes(connector))
    assert mistakes
    found = _check(tmp_path, connector, [mistake.configuration for mistake in mistakes])
    expected = [
        [(mistake.rule, _path(f"{section}.c{number}.configuration", mistake.path))]
        for number, mistake in enumerate(mistakes)
    ]
    told = [[(problem.rule, problem.path) for problem in found[number]] for number in range(len(mistakes))]
    assert dict(zip([m.what for m in mistakes], told, strict=False)) == dict(
        zip([m.what for m in mistakes], expected, strict=False)
    )
    assert told == expected


def _path(base: str, path: specs.Path) -> str:
    return base + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def test_a_secret_in_clear_is_refused_in_every_connector(tmp_path: Path) -> None:
    for connector, spec in DEFINITIONS.items():
        plain = specs.branch_coverage(spec)[-1]
        if specs.with_secrets(spec, plain) == plain:
            continue
        problems = _check(tmp_path / connector, connector, [plain])[0]
        assert {problem.rule for problem in problems} == {"secret-in-clear"}, connector


def _judged(root: Path, spec: Json, configuration: Json) -> list[tuple[str, str]]:
    """(rule, path) of what is wrong with a configuration of a connector with this spec."""
    DEFINITIONS["source-own"] = spec
    try:
        problems = _check(root, "source-own", [configuration])[0]
    finally:
        del DEFINITIONS["source-own"]
    return [(problem.rule, problem.path.removeprefix("sources.c0.configuration")) for problem in problems]


UNION: Json = {
    "type": "object",
    "oneOf": [
        {"properties": {"mode": {"const": "plain"}, "note": {"type": "string"}}, "required": ["mode"]},
        {"properties": {"mode": {"const": "safe"}, "key": {"type": "string", "airbyte_secret": True}}},
    ],
}
ODD_SPECS: dict[str, tuple[Json, Json, list[tuple[str, str]]]] = {
    "a reference does not choose a branch": (
        {"properties": {"ssl": UNION}},
        {"ssl": {"mode": {"var": "mode"}, "key": "clear"}},
        [("config-invalid", ".ssl.mode"), ("secret-in-clear", ".ssl.key")],
    ),
    "a reference is no mapping": (
        {"properties": {"ssl": UNION}},
        {"ssl": {"var": "ssl"}},
        [("config-invalid", ".ssl")],
    ),
    "a choice without its mapping": ({"properties": {"ssl": UNION}}, {"ssl": "plain"}, [("config-invalid", ".ssl")]),
    "a union of text and number": (
        {"properties": {"port": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}},
        {"port": "1"},
        [],
    ),
    "neither text nor number": (
        {"properties": {"port": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}},
        {"port": True},
        [("config-invalid", ".port")],
    ),
    "further keys that the spec describes": (
        {"properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "integer"}},
        {"a": "x", "more": 5, "less": "y"},
        [("config-invalid", ".less")],
    ),
    "a definition": (
        {
            "properties": {"a": {"$ref": "#/definitions/a"}},
            "definitions": {"a": {"properties": {"b": {"type": "string"}}}},
        },
        {"a": {"b": {"var": "b"}, "c": 1}},
        [("config-unknown-key", ".a.c")],
    ),
    "required keys of every member": (
        {"allOf": [{"properties": {"a": {}}, "required": ["a"]}, {"properties": {"b": {}}, "required": ["b"]}]},
        {"b": 1},
        [("config-missing-key", "")],
    ),
    "a schema that is true": ({"properties": {"a": True}}, {"a": 1}, []),
}


@pytest.mark.parametrize("case", ODD_SPECS)
def test_specs_of_custom_connectors_are_understood(case: str, tmp_path: Path) -> None:
    spec, configuration, expected = ODD_SPECS[case]
    assert _judged(tmp_path, spec, configuration) == expected


def test_a_spec_that_points_elsewhere_is_not_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "elsewhere.json"
    secret.write_text('{"type": "integer"}')
    lock = _lock("source-faker").model_dump(mode="json") | {
        "spec": {"properties": {"count": {"$ref": secret.as_uri()}}}
    }
    registry = LAKE + "sources:\n  faker:\n    connector: source-faker\n    configuration: {count: x}\n"
    root = write_lake(
        tmp_path / "lake", {"dag/registry/lake.yaml": registry, "dag/connectors/source-faker.json": render_json(lock)}
    )
    assert [problem.rule for problem in problems_of(root) if problem.severity == "error"] == ["lock-invalid"]
