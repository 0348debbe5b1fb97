"""What must work without a network, and where it may write."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.lakes import REPOSITORY, write_lake

# Python's own sockets refused, in every process that Python starts; Node is held by the namespace where there is one.
NO_SOCKETS = """\
import socket

def refuse(*arguments, **named):
    raise AssertionError("a socket was opened")

socket.socket.connect = refuse
socket.create_connection = refuse
socket.getaddrinfo = refuse
"""

# The one thing that is allowed elsewhere: jsii's unpacked copy of CDKTF, in the user's cache folder.
JSII_CACHE = ".cache/aws/jsii"

COMMANDS = [
    ["check"],
    ["check", "--synth"],
    ["catalog"],
    ["catalog", "--check"],
    ["synth"],
    ["synth", "--check"],
    ["schema"],
    ["schema", "--write"],
    ["lock"],
]


def has_namespaces() -> bool:
    """True if an ordinary user may run a command without any network here."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0


WITHOUT_NETWORK = ["unshare", "-rn"] if has_namespaces() else []


def snapshot(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.lstat().st_mtime_ns for path in folder.rglob("*")}


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A copy of the example, as a fresh clone has it."""
    files = [
        path
        for folder in ("dag", "cdktf.out")
        for path in (REPOSITORY / folder).rglob("*.*")
        if path.is_file() and path.suffix in (".yaml", ".json") and path.name != "manifest.json"
    ]
    return write_lake(tmp_path / "lake", {path.relative_to(REPOSITORY).as_posix(): path.read_bytes() for path in files})


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_works_without_a_network_and_writes_only_below_its_root(
    tmp_path: Path, lake: Path, words: list[str]
) -> None:
    home, elsewhere, patches, temporary = (tmp_path / name for name in ("home", "elsewhere", "patches", "tmp"))
    for folder in (home, elsewhere, patches, temporary):
        folder.mkdir()
    (patches / "sitecustomize.py").write_text(NO_SOCKETS)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "PYTHONPATH": os.pathsep.join([str(patches), str(REPOSITORY)]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    before = snapshot(elsewhere)
    done = subprocess.run(
        [*WITHOUT_NETWORK, sys.executable, "-m", "infra", *words, "--root", str(lake)],
        cwd=elsewhere,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert snapshot(elsewhere) == before
    assert list(snapshot(temporary)) == []
    assert [
        name for name in snapshot(home) if not f"{JSII_CACHE}/".startswith(f"{name}/") and JSII_CACHE not in name
    ] == []
    assert {path.name for path in tmp_path.iterdir()} == {"home", "elsewhere", "patches", "tmp", "lake"}


def test_a_command_does_not_write_into_the_package(lake: Path) -> None:
    folders = [REPOSITORY / "infra", REPOSITORY / "stacks"]
    before = [sorted(str(p) for p in folder.rglob("*") if "__pycache__" not in p.parts) for folder in folders]
    words = [sys.executable, "-m", "infra", "synth", "--root", str(lake)]
    subprocess.run(words, cwd=lake, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, check=True)
    after = [sorted(str(p) for p in folder.rglob("*") if "__pycache__" not in p.parts) for folder in folders]
    assert after == before


def test_the_project_turns_off_cdktfs_own_reports() -> None:
    assert '"sendCrashReports": "false"' in (REPOSITORY / "cdktf.json").read_text("utf-8")
    assert "CHECKPOINT_DISABLE" in (REPOSITORY / "Makefile").read_text("utf-8")
