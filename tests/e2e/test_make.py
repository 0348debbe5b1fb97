"""The commands of the README in this checkout: `make synth` does everything, and twice is once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.lakes import REPOSITORY, write_lake

STAMPS = [REPOSITORY / ".venv/.done", REPOSITORY / "node_modules/.done"]

pytestmark = [
    pytest.mark.skipif(shutil.which("make") is None, reason="cannot run here: there is no make"),
    pytest.mark.skipif(
        not all(stamp.is_file() for stamp in STAMPS), reason="cannot run here: `make setup` has not been run"
    ),
]


def execute(*words: str, cwd: Path = REPOSITORY, **environment: str) -> str:
    """What a command prints; it has to succeed."""
    done = subprocess.run(
        words, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def status() -> str:
    """What git sees in the generated places."""
    return execute("git", "status", "--porcelain", "cdktf.out", "dag")


def documents(folder: Path) -> dict[str, bytes]:
    return {path.parent.name: path.read_bytes() for path in sorted(folder.glob("stacks/*/cdk.tf.json"))}


def test_make_synth_changes_nothing_that_is_committed_and_reinstalls_nothing() -> None:
    before, documents_before = status(), documents(REPOSITORY / "cdktf.out")
    execute("make", "setup")
    stamps = [stamp.stat().st_mtime_ns for stamp in STAMPS]
    said = execute("make", "synth")
    assert "Generated Terraform code for the stacks: prod, staging" in said
    assert status() == before
    assert documents(REPOSITORY / "cdktf.out") == documents_before
    assert [stamp.stat().st_mtime_ns for stamp in STAMPS] == stamps


def test_cdktf_synth_and_the_app_alone_write_the_same_bytes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    execute("npx", "--no-install", "cdktf", "synth", "--output", str(out), CI="1", CHECKPOINT_DISABLE="1")
    files = [path for path in (REPOSITORY / "dag").rglob("*") if path.suffix in (".yaml", ".json")]
    copy = write_lake(tmp_path / "copy", {p.relative_to(REPOSITORY).as_posix(): p.read_bytes() for p in files})
    execute(sys.executable, "-m", "stacks", cwd=copy, PYTHONPATH=str(REPOSITORY))
    assert documents(out) == documents(copy / "cdktf.out")
    assert documents(out) == documents(REPOSITORY / "cdktf.out")


def test_cdktf_synth_of_a_lake_with_problems_shows_them_and_fails(tmp_path: Path) -> None:
    copy = write_lake(tmp_path, {"dag/registry/lake.yaml": "version: 2\n"})
    app = f"{sys.executable} -m stacks"
    done = subprocess.run(
        [str(REPOSITORY / "node_modules/.bin/cdktf"), "synth", "--app", app],
        cwd=copy,
        env={**os.environ, "CI": "1", "CHECKPOINT_DISABLE": "1", "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "dag/registry/lake.yaml:1:10" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_make_without_a_target_lists_what_there_is() -> None:
    said = execute("make")
    for target in ("setup", "synth", "check", "test", "lint"):
        assert f"make {target}" in said
