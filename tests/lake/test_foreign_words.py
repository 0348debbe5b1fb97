"""Words of other tools: whatever stands under their keys is told, never a crash; what is translated means the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.lake.connectors.pattern_cures import pattern_cure
from infra.lake.connectors.typed_branch import typed_branch
from infra.lake.documents import Layers, parse
from infra.lake.documents.document import Document, Written
from infra.lake.documents.type_cures import cure_of_type
from infra.lake.registry.declared import SECTIONS
from infra.lake.registry.foreign import CONNECTION, actor_keys
from infra.lake.registry.stream_file import StreamFile
from infra.lake.registry.stream_words import STREAM
from infra.lake.rules.check import check_lake
from infra.lake.values.foreign_text import foreign_variable
from tests.support.lakes import MINIMAL, write_lake

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ENTRIES = {"sources": actor_keys("source"), "destinations": actor_keys("destination"), "connections": CONNECTION}


def problems_of(model: Any, value: Any) -> list[Any]:
    document = Document("x.yaml", value, lambda _path, _of_key: (1, 1))
    return parse(model, Layers.single(Written(document, (), value)))[1]


@pytest.mark.parametrize("section", ENTRIES)
@given(data=st.data())
def test_any_value_under_a_foreign_key_of_an_entry_is_told(section: str, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(ENTRIES[section])))
    problems = problems_of(SECTIONS[section], {key: data.draw(VALUES)})
    assert any(problem.path == key for problem in problems)


@given(st.sampled_from([*STREAM, *StreamFile.model_fields]), VALUES)
def test_any_value_under_any_key_of_a_stream_is_told_or_taken(key: str, value: Any) -> None:
    problems = problems_of(StreamFile, {key: value})
    assert key in StreamFile.model_fields or [problem.rule for problem in problems] == ["unknown-key"]


@given(st.sampled_from(["a list", "text", "a whole number", "a number", "true or false", "a mapping"]), VALUES)
def test_a_cure_of_a_type_is_text(wanted: str, value: Any) -> None:
    assert isinstance(cure_of_type(wanted, value, "x.json"), str)


SPEC = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "port": {"type": "integer"},
        "day": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "mode": {"type": "string", "enum": ["a", "b"]},
        "key": {"type": "string", "airbyte_secret": True},
    },
}
LOCK = {
    "connector": "source-own",
    "definition_id": "11111111-1111-4111-8111-111111111111",
    "image": "own",
    "tag": "1.0.0",
    "spec": SPEC,
}


@pytest.mark.parametrize("text", ["${VALUE}", "$VALUE", "${var.value}", "{{ env_var('VALUE') }}"])
@pytest.mark.parametrize(
    ("option", "severity"),
    [("text", "warning"), ("port", "error"), ("day", "error"), ("mode", "error"), ("key", "error")],
)
def test_a_variable_of_another_tool_is_an_error_where_its_text_cannot_stand(
    tmp_path: Path, option: str, severity: str, text: str
) -> None:
    entry = f"sources:\n  own:\n    connector: source-own\n    configuration: {{{option}: {json.dumps(text)}}}\n"
    files = {**MINIMAL, "dag/registry/own.yaml": entry, "dag/connectors/source-own.json": json.dumps(LOCK)}
    problems = check_lake(write_lake(tmp_path, files), catalogs=False).report.problems
    (told,) = [problem for problem in problems if problem.path.startswith("sources.own.configuration")]
    assert (told.rule, told.severity, told.path) == ("text-variable", severity, f"sources.own.configuration.{option}")
    assert told.fix.startswith("write {secret: value}" if option == "key" else "write {var: value}")


@given(st.text())
def test_any_text_has_a_variable_with_an_id_or_none(text: str) -> None:
    found = foreign_variable(text)
    assert found is None or found.name.isidentifier()


DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
TIME = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"


@pytest.mark.parametrize(
    ("pattern", "value", "cure"),
    [
        (TIME, "2024-01-01", 'write "2024-01-01T00:00:00Z"'),
        (TIME, "2024-1-5 06:30", 'write "2024-01-05T06:30:00Z"'),
        (TIME, "2024-01-01T06:30:00+00:00", 'write "2024-01-01T06:30:00Z"'),
        (TIME, "31.12.2024", 'write "2024-12-31T00:00:00Z"'),
        (TIME, "2024-13-01", 'for example "2026-01-01T00:00:00Z"'),
        (DATE, "2024-01-01T00:00:00Z", 'write "2024-01-01"'),
        (DATE, "20240101", 'write "2024-01-01"'),
        (DATE, 20240101, 'for example "2026-01-01"'),
        ("^[0-9]{10}(,[0-9]{10})*$", "123", 'for example "1234567890"'),
        ("^(?!https://)(?!https://).*", "https://shop.example.com", "for example my-name"),
        ("^sk_(live|test)_[a-z]{3,}$", "x", "for example sk_live_aaa"),
        ("^https://drive.google.com/.+", "x", "for example https://drive.google.com/a"),
        ("^(?<name>x", "x", ""),
    ],
)
def test_a_pattern_comes_with_a_text_that_fits(pattern: str, value: Any, cure: str) -> None:
    assert pattern_cure(pattern, value) == cure


UNION = {
    "oneOf": [
        {"properties": {"method": {"const": "CDC"}, "slot": {}}, "required": ["method"]},
        {"properties": {"method": {"const": "Standard"}}, "required": ["method"]},
        {"properties": {"method": {"const": "verify-ca"}, "ca": {"airbyte_secret": True}}, "required": ["method"]},
    ]
}


@pytest.mark.parametrize(
    ("value", "cure"),
    [
        ({"standard": {}}, "write {method: Standard}, not below standard"),
        ({"verify_ca": {"ca": "hunter2"}}, "write {method: verify-ca} with ca beside it, not below verify_ca"),
        ({"read_changes_cdc": {}}, "write {method: CDC}, not below read_changes_cdc"),
        ({"log": {"slot": "x"}}, "write {method: CDC} with slot beside it, not below log"),
        ({"log": {}}, "write method: CDC or Standard or verify-ca, not below log"),
        ({"slot": {}}, None),
        ({"standard": 5}, None),
        ({"standard": {}, "cdc": {}}, None),
    ],
)
def test_a_branch_of_a_typed_resource_is_named_as_airbyte_has_it(value: Any, cure: str | None) -> None:
    assert typed_branch(UNION, value) == cure
    assert "hunter2" not in json.dumps(typed_branch(UNION, value))


@pytest.mark.parametrize(
    "text",
    [
        "db.acme.io",
        "p$ssword",
        "$",
        "${",
        "$5",
        "a ${b",
        "{sync_id}",
        "{{ config['x'] }}",
        "$.data[*]",
        "var log",
        "^a$",
    ],
)
def test_a_text_that_only_looks_like_a_variable_is_none(text: str) -> None:
    assert foreign_variable(text) is None
