"""What OpenTofu makes of a variable's value: tests/support/variable_values.json is what it says, asked anew."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.tools import Tools
from tests.support.variable_values import KINDS, MEASURED, values

pytestmark = pytest.mark.network

# Who gives the value: a default in the document, the file that tofu-controller writes, the environment.
WAYS = ("default", "file", "environment")


def test_the_engine_says_what_the_table_says(tools: Tools, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    asked = {
        f"{way}_{kind}_{index}": (way, kind, value)
        for index, value in enumerate(values())
        for kind in KINDS
        for way in WAYS
        if way != "environment" or isinstance(value, str)
    }
    said = answers(tools, tmp_path, asked)
    rows = [
        [
            value,
            *(the_answer({said[name] for way in WAYS if (name := f"{way}_{kind}_{index}") in said}) for kind in KINDS),
        ]
        for index, value in enumerate(values())
    ]
    text = "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"
    if pytestconfig.getoption("--update-cases"):
        MEASURED.write_text(text, "utf-8")
    assert text == MEASURED.read_text("utf-8")


def the_answer(found: set[str | None]) -> str | None:
    """The one that is the same, whoever gives the value."""
    (answer,) = found
    return answer


def answers(tools: Tools, folder: Path, asked: dict[str, tuple[str, str, Any]]) -> dict[str, str | None]:
    """Name -> the JSON that an expression gets; None where the value is refused. What is refused is left out and the rest tried again."""
    left = dict(asked)
    for _ in range(5):
        write(folder, left)
        given = {f"TF_VAR_{name}": value for name, (way, _, value) in left.items() if way == "environment"}
        done = tofu(tools, folder, "apply", "-auto-approve", "-input=false", "-json", **given)
        if done.returncode == 0:
            outputs = json.loads(tofu(tools, folder, "output", "-json").stdout)
            return {name: outputs[name]["value"] if name in left else None for name in asked}
        refused = set(refused_in(done.stdout)) & left.keys()
        assert refused, done.stdout[-2000:] + done.stderr[-2000:]
        left = {name: one for name, one in left.items() if name not in refused}
    raise AssertionError("OpenTofu finds something new each time")


def refused_in(lines: str) -> list[str]:
    """The variables that the errors are about."""
    errors = [line for line in lines.splitlines() if '"@level":"error"' in line]
    return [name for line in errors for name in re.findall(r"(?:default|file|environment)_[a-z]+_[0-9]+", line)]


def write(folder: Path, asked: dict[str, tuple[str, str, Any]]) -> None:
    blocks = {
        name: {"type": kind, **({"default": value} if way == "default" else {})}
        for name, (way, kind, value) in asked.items()
    }
    outputs = {name: {"value": f"${{jsonencode(var.{name})}}"} for name in asked}
    (folder / "cdk.tf.json").write_text(json.dumps({"variable": blocks, "output": outputs}, indent=2))
    given = {name: value for name, (way, _, value) in asked.items() if way == "file"}
    (folder / "generated.auto.tfvars.json").write_text(json.dumps(given))


def tofu(tools: Tools, folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command, environment = [str(tools.tofu), *words], {**tools.environment, **environ}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
