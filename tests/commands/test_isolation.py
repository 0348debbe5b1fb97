"""No file of a lake is ever executed, whatever its name: not by Python, pip, git, nor through PATH."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path

import pytest

from infra.airbyte.local.cache import install
from tests.review.test_reviews import commit, git, repository
from tests.support.lakes import MINIMAL, REPOSITORY, run, write_files, write_lake
from tests.support.packages import use_index, write_wheel

# What a stranger plants: it tells of itself as soon as it is executed.
TRAP = "import pathlib; pathlib.Path({mark!r}).touch()\n"

# Modules that lakeform, CDKTF or pip import.
NAMES = ("yaml.py", "pydantic/__init__.py", "jsii.py", "cdktf/__init__.py", "packaging/__init__.py", "argparse.py")
LIBRARY = ("json/__init__.py", "tempfile.py", "socket.py", "ssl.py", "tomllib/__init__.py", "sitecustomize.py")


def planted(root: Path, names: tuple[str, ...]) -> Path:
    """Traps in a lake; the file that one of them would make."""
    mark = root.parent / "executed"
    write_files(root, dict.fromkeys(names, TRAP.format(mark=str(mark))))
    return mark


def started(root: Path, *words: str, environment: Mapping[str, str] = os.environ) -> subprocess.CompletedProcess[str]:
    """A program that is started in the lake."""
    return subprocess.run(words, cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", [("infra", "synth"), ("stacks",)])
def test_python_imports_nothing_from_the_lake(words: tuple[str, ...], tmp_path: Path) -> None:
    root = write_lake(tmp_path / "lake")
    assert run(root, "catalog").code == 0
    mark = planted(root, NAMES + LIBRARY)
    done = started(root, sys.executable, "-m", *words)
    assert not mark.exists()
    assert (done.returncode, done.stdout, done.stderr) == (0, "wrote cdktf.out/stacks/airbyte/cdk.tf.json\n", "")


def test_the_app_takes_no_arguments(tmp_path: Path) -> None:
    done = started(write_lake(tmp_path / "lake"), sys.executable, "-m", "stacks", "--check")
    told = "lakeform synth: python -m stacks takes no arguments; run: lakeform synth --help\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told)
    assert not (tmp_path / "lake/cdktf.out").exists()


def test_python_finds_lakeform_in_a_checkout_of_it() -> None:
    done = started(REPOSITORY, sys.executable, "-m", "infra", "--version")
    assert (done.returncode, done.stderr) == (0, "")


def test_python_that_is_safe_already_keeps_its_path(tmp_path: Path) -> None:
    done = started(write_lake(tmp_path), sys.executable, "-P", "-m", "infra", "schema")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["pip/__main__.py", "pip.py", "runpy.py", "zipfile.py", "venv/__main__.py", "venv.py"])
def test_installing_a_connector_imports_nothing_from_the_lake(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_index(monkeypatch, tmp_path / "index", tmp_path / "cache")
    write_wheel(tmp_path / "index", "airbyte-source-tide", "1.0.0")
    root = write_lake(tmp_path / "lake")
    mark = planted(root, (name, f"{name.partition('/')[0]}/__init__.py") if "/" in name else (name,))
    with chdir(root):
        assert install("airbyte-source-tide", None, print).version == "1.0.0"
    assert not mark.exists()


@pytest.mark.parametrize("entry", [".", "", "tools"])
@pytest.mark.parametrize("program", ["git", "node", "python3.9"])
def test_programs_are_not_looked_for_in_the_lake(
    program: str, entry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = repository(tmp_path / "lake")
    mark = tmp_path / "executed"
    write_files(root, {f"{entry or '.'}/{program}": f"#!/bin/sh\ntouch {mark}\nexit 1\n"})
    (root / entry / program).chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([entry, os.environ["PATH"]]))
    with chdir(root):
        assert run(root, "review", "--base", "HEAD").out == "No effective change.\n"
    assert not mark.exists()


def test_a_path_without_any_folder_is_the_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", ".")
    assert run(write_lake(tmp_path), "schema").code == 0
    assert os.environ["PATH"] == os.defpath


def test_a_repository_that_lies_in_the_lake_configures_nothing(tmp_path: Path) -> None:
    """git takes a folder for a bare repository if it looks like one, and obeys the programs of its configuration."""
    root = repository(tmp_path / "work/lake")
    git(root, "init", "--quiet", "--bare", str(tmp_path / "bare"))
    mark = tmp_path / "executed"
    program = tmp_path / "work/lake/program"
    program.write_text(f"#!/bin/sh\ntouch {mark}\n")
    program.chmod(0o755)
    commit(root)
    for part in ("objects", "refs", "HEAD"):
        (root / ".git" / part).rename(root / part)
    (root / "config").write_text(
        f"[core]\n\tbare = true\n\tfsmonitor = {program}\n[log]\n\tshowSignature = true\n[gpg]\n\tprogram = {program}\n"
    )
    (root / ".git").rename(tmp_path / "gone")
    result = run(root, "review", "--base", "HEAD")
    assert (result.code, result.out) == (2, "")
    assert not mark.exists()


MANIFEST = "version: 6.0.0\ntype: DeclarativeSource\nstreams: [{name: things}]\n"


@pytest.mark.parametrize("folder", ["dag/manifests", "connectors/tide", "."])
def test_code_beside_a_manifest_of_the_lake_is_refused(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_index(monkeypatch, tmp_path / "index", tmp_path / "cache")
    root = write_lake(tmp_path / "lake", {**MINIMAL, f"{folder}/tide.yaml": MANIFEST, f"{folder}/components.py": "1"})
    with chdir(root):
        result = run(root, "discover", "faker", "--from", f"{folder}/tide.yaml")
    assert (result.code, result.out) == (2, "")
    place = (Path(folder) / "components.py").as_posix()
    assert result.err.startswith(f"lakeform discover: {place} is code, and files of a lake are never executed; ")
