"""This lakeform, served on loopback as a git repository and as a wheel, and installed from there with pip."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.lakes import REPOSITORY

_PARTS = ("infra", "stacks", "docs", "pyproject.toml", "README.md", "LICENSE")


@dataclass(frozen=True)
class Packages:
    """What is served.

    Attributes:
        address: of the folder.
        commit: the only one of the repository `lakeform.git`.
        wheel: name of the wheel beside it.
        digest: its SHA-256.

    """

    folder: Path
    address: str
    commit: str
    wheel: str
    digest: str

    @property
    def from_git(self) -> str:
        """For pip."""
        return f"lakeform @ git+{self.address}/lakeform.git@{self.commit}"

    @property
    def from_wheel(self) -> str:
        """For pip."""
        return f"lakeform @ {self.address}/{self.wheel}#sha256={self.digest}"


@contextmanager
def packages(folder: Path) -> Iterator[Packages]:
    """The code as it is here, as long as the `with` lasts."""
    source, served = folder / "source", folder / "served"
    served.mkdir(parents=True)
    commit = _repository(source, served / "lakeform.git")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--wheel-dir", str(served), str(source)], check=True, cwd=folder)
    (wheel,) = served.glob("*.whl")
    with _server(served) as address:
        yield Packages(served, address, commit, wheel.name, hashlib.sha256(wheel.read_bytes()).hexdigest())


def _repository(source: Path, bare: Path) -> str:
    """A repository that any web server can serve; its commit."""
    source.mkdir()
    for part in _PARTS:
        path = REPOSITORY / part
        if path.is_dir():
            shutil.copytree(path, source / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, source / part)
    for words in (
        ["init", "-qb", "main"],
        ["add", "."],
        ["commit", "-qm", "x"],
        ["clone", "-q", "--bare", ".", str(bare)],
    ):
        git(source, *words)
    git(bare, "update-server-info")
    return git(source, "rev-parse", "HEAD")


def git(folder: Path, *words: str) -> str:
    """What git prints there."""
    run = subprocess.run(["git", *words], cwd=folder, env=git_environment(), check=True, capture_output=True, text=True)
    return run.stdout.strip()


def git_environment() -> dict[str, str]:
    """That of somebody who has no settings."""
    user = {f"GIT_{role}_{key}": f"{key.lower()}@x" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    nothing = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    return {"PATH": os.environ["PATH"], **user, **nothing}


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    words = [sys.executable, "-u", "-I", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(folder)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        port = process.stdout.readline().partition(" port ")[2].split()[0]
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def offline_venv(folder: Path) -> Path:
    """A fresh environment whose pip takes what lakeform needs from this one; its folder of programs."""
    venv.create(folder, with_pip=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = folder / "lib" / version / "site-packages"
    for old in site.glob("setuptools*"):  # the one of Python itself is too old for this project
        shutil.rmtree(old)
    (site / "of-the-tests.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return folder / "bin"


# No index, and nothing but the package itself is installed.
PIP = {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1", "PIP_IGNORE_INSTALLED": "1"}


def install(programs: Path, *what: str) -> None:
    """`pip install` there."""
    words = [str(programs / "pip"), "install", "--quiet", *what]
    run = subprocess.run(words, env={**git_environment(), **PIP}, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
