"""A spec that names its own parts: a few lines may unfold into more than there is memory."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from tests.support.lakes import MINIMAL, run, write_lake

ID = "11111111-1111-4111-8111-111111111111"


def doubling(turns: int) -> dict[str, Any]:
    """Definitions of which each holds the next one twice."""
    named = {
        f"d{number}": {"properties": {key: {"$ref": f"#/definitions/d{number + 1}"} for key in "ab"}}
        for number in range(turns)
    }
    return {
        "properties": {"x": {"$ref": "#/definitions/d0"}},
        "definitions": {**named, f"d{turns}": {"type": "string"}},
    }


def chain(turns: int) -> dict[str, Any]:
    """Definitions of which each is the next one."""
    named = {f"d{number}": {"$ref": f"#/definitions/d{number + 1}"} for number in range(turns)}
    return {
        "properties": {"x": {"$ref": "#/definitions/d0"}},
        "definitions": {**named, f"d{turns}": {"type": "string"}},
    }


@pytest.mark.parametrize(
    ("spec", "bound"), [(doubling(24), "100,000 parts"), (chain(5000), "50 turns"), (doubling(49), "100,000 parts")]
)
def test_it_is_refused_before_it_is_unfolded(spec: dict[str, Any], bound: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path / "lake", MINIMAL)
    file = tmp_path / "spec.json"
    file.write_text(json.dumps({"connectionSpecification": spec}))
    tracemalloc.start()
    result = run(root, "lock", "source-acme", "--definition-id", ID, "--from-spec", str(file))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (result.code, result.out) == (2, "")
    assert (
        result.err
        == f"lakeform lock: the spec unfolds into more than {bound} through its $ref, and no connector's does\n"
    )
    assert peak < 200_000_000
    assert not (root / "dag/connectors/source-acme.json").exists()


@pytest.mark.parametrize("spec", [doubling(8), chain(40)])
def test_what_has_an_end_is_locked(spec: dict[str, Any], tmp_path: Path) -> None:
    root = write_lake(tmp_path / "lake", MINIMAL)
    file = tmp_path / "spec.json"
    file.write_text(json.dumps({"connectionSpecification": spec}))
    result = run(root, "lock", "source-acme", "--definition-id", ID, "--from-spec", str(file))
    assert result.code == 0, result.err
    locked = json.loads((root / "dag/connectors/source-acme.json").read_text())["spec"]
    assert "$ref" not in json.dumps(locked)
    assert json.dumps(locked).count('"string"') == (256 if "b" in json.dumps(locked) else 1)
