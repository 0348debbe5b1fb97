"""A disk that refuses what CDKTF's runtime writes: a sentence, and nothing half-written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.lakes import MINIMAL, REPOSITORY, Result, write_lake

DOCUMENT = "cdktf.out/stacks/airbyte/cdk.tf.json"
FULL = "CDKTF cannot write: file too large; it needs room in the project, in ~/.cache/aws and in the folder of temporary files (TMPDIR)"


def synth(root: Path, before: str = "", **environment: str) -> Result:
    """`lakeform synth` in a process of its own, after a line of the shell."""
    command = f'{before}\nexec "$0" -m infra synth --root "$1"'
    words = ["sh", "-c", command, sys.executable, str(root)]
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY), **environment}
    run = subprocess.run(words, cwd=root, env=environ, capture_output=True, text=True, timeout=300, check=False)
    return Result(run.returncode, run.stdout, run.stderr)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return write_lake(tmp_path / "lake", MINIMAL)


def test_a_home_that_cannot_be_written(lake: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("no folder")
    said = (
        f"lakeform synth: CDKTF cannot use its folder {home}/.cache/aws/jsii/package-cache: not a directory; make it "
        "writable, or set JSII_RUNTIME_PACKAGE_CACHE=disabled, with which every start takes longer\n"
    )
    result = synth(lake, HOME=str(home))
    assert (result.code, result.err) == (2, said)
    assert not (lake / DOCUMENT).exists()
    result = synth(lake, HOME=str(home), JSII_RUNTIME_PACKAGE_CACHE="disabled")
    assert (result.code, result.err) == (0, "")


def test_a_home_that_cannot_be_made_ends_before_node_tries_for_ever(lake: Path) -> None:
    said = (
        "lakeform synth: CDKTF cannot use its folder /proc/nope/.cache/aws/jsii/package-cache: no such file or directory; make it "
        "writable, or set JSII_RUNTIME_PACKAGE_CACHE=disabled, with which every start takes longer\n"
    )
    result = synth(lake, HOME="/proc/nope")
    assert (result.code, result.err) == (2, said)


def test_a_home_that_others_can_write(lake: Path, tmp_path: Path) -> None:
    cache = tmp_path / ".cache/aws/jsii/package-cache"
    cache.mkdir(parents=True)
    cache.chmod(0o777)
    said = (
        f"lakeform synth: others could change what CDKTF runs: {cache} is writable by group or others (mode 0777); take that "
        "right away, or set JSII_RUNTIME_PACKAGE_CACHE=disabled, with which every start takes longer\n"
    )
    result = synth(lake, HOME=str(tmp_path))
    assert (result.code, result.err) == (2, said)


def test_no_room_for_the_runtime(lake: Path, tmp_path: Path) -> None:
    """A limit of what a file may hold is refused like a full disk, at the same places."""
    result = synth(lake, "ulimit -f 50", HOME=str(tmp_path))
    assert (result.code, result.err) == (2, f"lakeform synth: {FULL}\n")
    assert not (lake / DOCUMENT).exists()


def test_no_room_for_the_document(tmp_path: Path) -> None:
    registry = str(MINIMAL["dag/registry/lake.yaml"])
    entry = "  faker_{0}: {{source: faker, destination: lake, prefix: p{0}_, name: {1}{0}}}\n"
    names = "".join(entry.format(number, "n" * 200) for number in range(60))
    lake = write_lake(tmp_path / "lake", {**MINIMAL, "dag/registry/lake.yaml": registry + names})
    assert synth(lake).code == 0
    before = (lake / DOCUMENT).read_bytes()
    assert len(before) > 40_000
    (lake / "dag/registry/lake.yaml").write_text((registry + names).replace("count: 10", "count: 11"))
    result = synth(lake, "ulimit -f 20")
    assert result.code == 2
    assert result.err.startswith("lakeform synth: ")
    assert result.err.count("\n") == 1
    assert (lake / DOCUMENT).read_bytes() == before
    assert [path.name for path in (lake / "cdktf.out").rglob("*") if path.name.endswith(".tmp")] == []
