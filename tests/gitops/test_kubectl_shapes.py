"""A kubectl that answers nonsense: whatever it prints, a command says a sentence."""

from __future__ import annotations

import gzip
import json
import os
import sys
from pathlib import Path

import pytest

from infra.gitops.cluster.state import MOST_BYTES, _unpacked
from tests.support.lakes import run

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
    "reconcile": ["reconcile", "--timeout", "1s"],
    "suspend": ["suspend", "--reason", "a test"],
    "resume": ["resume"],
    "connections": ["connections"],
}


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


@pytest.mark.parametrize("verb", ["status", "reconcile"])
def test_output_without_end_is_a_sentence(
    verb: str, lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.gitops.cluster.kubectl.MOST_BYTES", 2**20)
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "kubectl").write_text(f"#!{sys.executable} -IS\nimport os\nwhile True: os.write(1, b'[' * 65536)\n")
    (folder / "kubectl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    result = run(lake, *VERBS[verb])
    assert "kubectl was stopped: it wrote more than 1 MB" in result.out + result.err
    assert result.code in (1, 2)


def test_a_state_that_unfolds_is_no_state() -> None:
    """A Secret of a megabyte may hold a gigabyte."""
    with pytest.raises(ValueError, match="too large"):
        _unpacked(gzip.compress(b"\0" * (MOST_BYTES + 1), compresslevel=1))
    with pytest.raises(ValueError, match="cut"):
        _unpacked(gzip.compress(b"{}" * 1000)[:-9])
    with pytest.raises(ValueError, match="incorrect header"):
        _unpacked(b"no gzip")
    assert _unpacked(gzip.compress(b"{}")) == b"{}"
