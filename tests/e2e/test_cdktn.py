"""The maintained fork of CDKTF gives the same stacks: what a team does on the day when cdktf does not install any more.

The fork lives in a virtual environment of its own, made once in the user's cache folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
import venv
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.support.lakes import REPOSITORY, write_lake

# The project's own dependencies, in the versions of this environment, with the fork in the place of cdktf.
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
NAMES = [re.split("[<>=~! ]", line)[0] for line in PROJECT["dependencies"]]
PINS = ["cdktn==0.24.0", *(f"{name}=={version(name)}" for name in NAMES if name not in ("cdktf", "constructs"))]

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def python() -> Path:
    """The interpreter of an environment that has cdktn and no cdktf."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lakeform"
    key = hashlib.sha256(" ".join([sys.version, *PINS]).encode()).hexdigest()[:12]
    folder = cache / f"cdktn-{key}"
    found = folder / "bin/python"
    if not (folder / ".done").is_file():
        venv.create(folder, with_pip=True, clear=True)
        words = [str(found), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PINS]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"cannot run here: no package index ({done.stderr.strip().splitlines()[-1]})")
        (folder / ".done").touch()
    return found


def test_the_environment_has_the_fork_and_not_cdktf(python: Path) -> None:
    code = "import importlib.util as u; print([bool(u.find_spec(n)) for n in ('cdktn', 'cdktf', 'infra')])"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True, cwd=python.parent)
    assert done.stdout == "[True, False, False]\n"


def test_the_example_synthesizes_to_the_same_stacks(python: Path, tmp_path: Path) -> None:
    files = [path for path in (REPOSITORY / "dag").rglob("*") if path.suffix in (".yaml", ".json")]
    root = write_lake(tmp_path, {path.relative_to(REPOSITORY).as_posix(): path.read_bytes() for path in files})
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [python, "-m", "stacks"], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    made = {path.parent.name: path.read_text("utf-8") for path in root.glob("cdktf.out/stacks/*/cdk.tf.json")}
    committed = {p.parent.name: p.read_text("utf-8") for p in REPOSITORY.glob("cdktf.out/stacks/*/cdk.tf.json")}
    assert {name: json.loads(text) for name, text in made.items()} == {
        name: json.loads(text) for name, text in committed.items()
    }
    assert made == committed
