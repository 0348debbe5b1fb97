"""From nothing to a commit, as docs/start.md has it: the wheel in an empty environment, in a home that holds nothing, without a
checkout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.airbyte.local.connector import is_on_index
from infra.base.errors import UserError
from tests.support.lakes import REPOSITORY
from tests.support.package_server import Packages, git_environment, packages
from tests.support.start_page import follow_start, reader_in, start_text
from tests.support.workflows import steps

pytestmark = [pytest.mark.slow, pytest.mark.network]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Packages]:
    try:
        is_on_index("source-faker")
    except UserError as error:
        pytest.skip(f"cannot run here: {error}")
    with packages(tmp_path_factory.mktemp("packages")) as found:
        yield found


def python(minor: int) -> str:
    """A Python of that version, wherever it is installed."""
    if sys.version_info.minor == minor:
        return sys.executable
    places = [
        shutil.which(f"python3.{minor}"),
        *map(str, sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python"))),
    ]
    for place in filter(None, reversed(places)):
        ran = subprocess.run([place, "-c", "import venv"], capture_output=True, check=False)
        if ran.returncode == 0:
            return place
    pytest.skip(f"cannot run here: there is no Python 3.{minor}")


class Newcomer:
    """Somebody with a home that holds nothing, and an environment with the wheel."""

    def __init__(self, home: Path, interpreter: str, wheel: Path) -> None:
        self.home = home
        home.mkdir()
        subprocess.run([interpreter, "-m", "venv", str(home / "venv")], check=True)
        self.environment = {
            **git_environment(),
            "HOME": str(home),
            "PATH": f"{home / 'venv/bin'}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache"),
        }
        self.do(home, f"pip install --quiet --disable-pip-version-check {wheel}")

    def do(self, folder: Path, line: str) -> str:
        """What a line of a shell prints there; it has to succeed."""
        ran = subprocess.run(
            ["bash", "-ec", line], cwd=folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, f"$ {line}\n{ran.stdout}{ran.stderr}"
        return ran.stdout


@pytest.mark.parametrize("minor", [11, 12, 13])
def test_from_the_wheel_to_a_commit(tmp_path: Path, served: Packages, minor: int) -> None:
    someone = Newcomer(tmp_path / "home", python(minor), served.folder / served.wheel)
    reader = reader_in(tmp_path, someone.home / "venv/bin")
    assert follow_start(reader, start_text(), network=minor == 11) == start_text()
    lake = reader.root
    someone.do(lake, 'lakeform remove sources.sample --with-connections --reason "it was a test" && lakeform synth')
    someone.do(lake, f'lakeform init . --ci github --lakeform "{served.from_git}"')
    someone.do(lake, "git add --all && git commit -qm 'Remove the sample'")
    for step in steps("github", "check"):
        if "run" in step and step["name"] != "Install lakeform":
            someone.do(lake, step["run"])
    assert someone.do(lake, "git status --short") == ""
    assert someone.do(lake, "lakeform explain cursor-required").startswith("cursor-required\n\n")
    assert sorted(entry.name for entry in someone.home.iterdir() if not entry.name.startswith(".")) == ["venv"]


def test_the_wheel_holds_what_the_checkout_has(tmp_path: Path, served: Packages) -> None:
    shutil.unpack_archive(served.folder / served.wheel, tmp_path, "zip")
    for package in ("infra", "stacks"):
        tracked = subprocess.run(
            ["git", "-C", str(REPOSITORY), "ls-files", package], capture_output=True, text=True, check=True
        ).stdout.split()
        assert [file for file in tracked if not (tmp_path / file).is_file()] == []
