"""How problems are printed: as text and as JSON, without a secret."""

from __future__ import annotations

from pathlib import Path

from infra.lake.documents import Location
from tests.support.full_lake import FULL, LAKE, STREAM, STREAM_FILE, full_lake, told
from tests.support.lakes import MINIMAL, REGISTRY, run, write_lake


def test_no_fix_proposes_what_stands_there(tmp_path: Path) -> None:
    text = STREAM_FILE.replace('{"hashing": {', '{"encryption": {')
    for problem in told(full_lake(tmp_path, {STREAM: text})):
        assert "did you mean" not in problem["fix"] or '"encryption"' not in problem["fix"]


def test_json_output_has_exactly_the_shape_of_the_design_and_agrees_with_the_text(tmp_path: Path) -> None:
    text = REGISTRY + "    sttus: active\n    owner: me\n    owner: you\n"
    root = write_lake(tmp_path, {**MINIMAL, LAKE: text, "dag/registry/late.yaml": "version: 2\n"})
    problems = told(root)
    assert {key: type(value) for key, value in problems[0].items()} == {
        "rule": str,
        "severity": str,
        "file": str,
        "line": int,
        "column": int,
        "path": str,
        "message": str,
        "fix": str,
        "related": list,
    }
    assert [list(p) for p in problems] == [list(problems[0])] * 3
    related = [other for p in problems for other in p["related"]]
    assert [list(other) for other in related] == [["file", "line", "column", "message"]]
    lines = []
    for p in problems:
        subject = f"{p['path']}: " if p["path"] else ""
        lines += [f"{p['file']}:{p['line']}:{p['column']}  {p['rule']}  {subject}{p['message']}"]
        lines += [f"    {line}" for line in p["fix"].splitlines()]
        lines += [f"    {o['file']}:{o['line']}:{o['column']}  {o['message']}" for o in p["related"]]
    assert run(root, "check").out == "\n".join([*lines, "3 problems", ""])


def test_json_output_of_a_lake_without_problems_is_an_empty_list(tmp_path: Path) -> None:
    root = write_lake(tmp_path, MINIMAL)
    run(root, "catalog")
    assert run(root, "check", "--format", "json").out == '{\n  "problems": []\n}\n'


def test_warnings_pass_unless_they_are_asked_to_be_errors(tmp_path: Path) -> None:
    text = REGISTRY.replace("      auth: none\n", "      auth: none\n  variables: {nobody_uses_it: {}}\n")
    root = write_lake(tmp_path, {**MINIMAL, LAKE: text})
    run(root, "catalog")
    assert run(root, "check").code == 0
    assert run(root, "check").out.endswith("\n1 warning\n")
    strict = run(root, "check", "--strict")
    assert strict.code == 1
    assert strict.out.endswith("\n1 problem\n")


def test_no_secret_value_reaches_the_output(tmp_path: Path) -> None:
    value = "hunter2hunter2"
    text = FULL.replace("{secret: s3_key}", value).replace("{secret: dev_token}", value)
    result = run(full_lake(tmp_path, {LAKE: text, STREAM: STREAM_FILE.replace('"SHA-256"', f'"{value}"')}), "check")
    assert result.code == 1
    assert value not in result.out + result.err


def test_a_place_is_an_object_of_three_keys() -> None:
    assert list(Location("a/b.yaml", 3, 7).to_json().items()) == [("file", "a/b.yaml"), ("line", 3), ("column", 7)]
