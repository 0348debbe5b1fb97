"""A kubectl that answers nonsense: whatever it prints, a command says a sentence."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.support.lakes import run
from tests.support.operate_lakes import operate_lake, stack

SHAPES = {
    "nothing": "",
    "a word": "hello",
    "null": "null",
    "a number": "5",
    "a list": "[1, {}]",
    "an empty object": "{}",
    "no JSON": "{",
    "as deep as it goes": "[" * 100_000,
    "objects as deep as it goes": '{"metadata":' * 100_000,
    "numbers for everything": json.dumps({"metadata": 5, "spec": 5, "status": 5, "items": 5, "data": 5, "kind": 5}),
    "texts for everything": json.dumps({"metadata": "x", "spec": "x", "status": "x", "items": "x", "data": "x"}),
    "lists for everything": json.dumps({"metadata": [1], "spec": [1], "status": [1], "items": [1], "data": [1]}),
    "null for everything": json.dumps(dict.fromkeys(["metadata", "spec", "status", "items", "data"])),
    "items without a shape": json.dumps({"items": [5, None, "x", [], {"metadata": 5}, {"metadata": {"name": 5}}]}),
    "conditions without a shape": json.dumps(
        {
            "metadata": {
                "name": 5,
                "annotations": [5],
                "managedFields": {"x": 5},
                "creationTimestamp": 5,
                "generation": "x",
            },
            "spec": {"suspend": "x", "approvePlan": 5, "interval": 5, "varsFrom": 5, "sourceRef": 5},
            "status": {"conditions": [5, {"type": 5}, {"type": "Ready", "status": 5, "message": [5], "reason": {}}]},
        }
    ),
    "a status without a shape": json.dumps(
        {"metadata": {"name": "x"}, "spec": {}, "status": {"conditions": {"a": 1}, "plan": 5, "lastAppliedRevision": 5}}
    ),
    "data that is no Base64": json.dumps(
        {"metadata": {"name": "x"}, "data": {"client_id": "%%%", "tfstate": 5, "x": "gA=="}}
    ),
}
VERBS = {
    "status": ["status"],
    "reconcile": ["reconcile", "--timeout", "0"],
    "suspend": ["suspend", "--reason", "a test"],
    "resume": ["resume"],
    "connections": ["connections"],
}


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return operate_lake(tmp_path / "lake", stack())


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("shape", SHAPES)
def test_whatever_it_prints_is_a_sentence(
    shape: str, verb: str, lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "answer").write_text(SHAPES[shape])
    (folder / "kubectl").write_text(f"#!{sys.executable} -IS\nprint(open({str(folder / 'answer')!r}).read())\n")
    (folder / "kubectl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    result = run(lake, *VERBS[verb])
    assert result.code in (0, 1, 2)
    assert (result.out + result.err).strip()
    assert "Traceback" not in result.out + result.err
