"""What a spec says of lengths and choices: the message says what to do, and what it says fits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.lakes import LAKE, problems_of, write_lake

_SPEC = {
    "type": "object",
    "properties": {
        "days": {"type": "integer", "enum": [1, 10, 2, 25]},
        "level": {"enum": [1, 10, 2]},
        "tables": {"type": "array", "minItems": 2, "maxItems": 3, "items": {"type": "string"}},
        "code": {"type": "string", "minLength": 3, "maxLength": 5},
        "share": {"type": "number", "exclusiveMinimum": 0},
    },
}
_LOCK = {
    "connector": "source-acme",
    "definition_id": "11111111-2222-3333-4444-555555555555",
    "image": "own",
    "tag": "1.0.0",
    "spec": _SPEC,
}

MISTAKES = [
    ("days: 5", "days: is not one of the spec's choices", "choices: 1, 2, 10, 25"),
    ("level: 3", "level: is not one of the spec's choices", "choices: 1, 2, 10"),
    ('level: "10"', "level: is not one of the spec's choices", "write 10"),
    ("tables: []", "tables: must have at least this many items: 2", "add 2 items, or remove the line"),
    ("tables: [a]", "tables: must have at least this many items: 2", "add 1 item"),
    ("tables: [a, b, c, d]", "tables: must have at most this many items: 3", "remove 1 item"),
    ('code: ""', "code: must have at least this many characters: 3", "add 3 characters, or remove the line"),
    ("code: abcdefg", "code: must have at most this many characters: 5", "remove 2 characters"),
    ("share: 0", "share: must be greater than 0", "write a number above 0"),
]


def _told(root: Path, option: str) -> list[str]:
    sources = f"sources:\n  acme:\n    connector: source-acme\n    configuration: {{{option}}}\n"
    lock = {"dag/connectors/source-acme.json": json.dumps(_LOCK)}
    problems = problems_of(write_lake(root, {"dag/registry/lake.yaml": LAKE + sources, **lock}))
    return [problem.to_text() for problem in problems if problem.rule != "unused-entry"]


@pytest.mark.parametrize(("option", "said", "fix"), MISTAKES, ids=[option for option, _, _ in MISTAKES])
def test_what_is_beyond_a_limit_is_told_with_what_to_do(tmp_path: Path, option: str, said: str, fix: str) -> None:
    at = "dag/registry/lake.yaml:12:" + str(len("    configuration: {") + option.index(":") + 3)
    assert _told(tmp_path, option) == [f"{at}  config-invalid  sources.acme.configuration.{said}\n    {fix}"]


@pytest.mark.parametrize("option", ["days: 10", "level: 10", "tables: [a, b]", "code: abc", "share: 0.1"])
def test_what_is_within_passes(tmp_path: Path, option: str) -> None:
    assert _told(tmp_path, option) == []
