"""A home folder that is not there or cannot be written: one sentence, from every command that installs a connector."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.airbyte.local import cache
from infra.airbyte.local.cache import cache_folder
from infra.airbyte.local.index import Release
from tests.support.lakes import Result, run
from tests.support.read_lakes import shop_in

UUID = "33333333-4444-5555-6666-777777777777"
INSTALLING = {
    "discover": ("shop", "--from", "connector"),
    "read": ("shop",),
    "lock": ("--from-package", "airbyte-source-fake", "--definition-id", UUID),
}
FIX = "set XDG_CACHE_HOME to a folder that can be written"


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lake whose connector is on the package index; where it is installed is what a test says."""
    monkeypatch.setattr(cache, "find_release", lambda package, version: Release(package, version or "1.0.0", None))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("TF_VAR_shop_key", "s3cr3t")
    return shop_in(tmp_path / "lake").root


@pytest.fixture
def no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user that the system does not know, as in a container that is run as any user."""

    def unknown(uid: int) -> None:
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.delenv("HOME")


def told(result: Result) -> tuple[int, str]:
    """The exit code, and the last line for people."""
    return result.code, result.err.splitlines()[-1]


@pytest.mark.usefixtures("no_account")
@pytest.mark.parametrize("verb", [*INSTALLING, "cache"])
def test_a_user_without_a_home_folder(lake: Path, verb: str) -> None:
    said = f"lakeform {verb}: this user has no home folder, in which connectors are installed; {FIX}"
    assert told(run(lake, verb, *INSTALLING.get(verb, ()))) == (2, said)


def a_file(home: Path) -> str:
    home.write_text("no folder")
    return "not a directory"


def a_file_as_cache(home: Path) -> str:
    (home / ".cache/lakeform").mkdir(parents=True)
    (home / ".cache/lakeform/connectors").touch()
    return "file exists"


def a_link_to_itself(home: Path) -> str:
    home.symlink_to(home)
    return "too many levels of symbolic links"


def a_link_to_nothing(home: Path) -> str:
    (home / ".cache/lakeform").mkdir(parents=True)
    (home / ".cache/lakeform/connectors").symlink_to("/nowhere/at/all")
    return "file exists"


def a_folder_as_lock(home: Path) -> str:
    (home / f".cache/lakeform/connectors/airbyte-source-fake-1.0.0-py3.{sys.version_info[1]}.lock").mkdir(parents=True)
    return "is a directory"


def without_rights(home: Path) -> str:
    (home / ".cache/lakeform/connectors").mkdir(parents=True)
    (home / ".cache/lakeform/connectors").chmod(0o500)
    return "permission denied"


ONLY_OTHERS = pytest.mark.skipif(os.geteuid() == 0, reason="cannot run here: root may write everything")
BROKEN = [
    a_file,
    a_file_as_cache,
    a_link_to_itself,
    a_link_to_nothing,
    a_folder_as_lock,
    pytest.param(without_rights, marks=ONLY_OTHERS),
]


@pytest.mark.parametrize("verb", INSTALLING)
@pytest.mark.parametrize("broken", BROKEN)
def test_a_home_folder_that_cannot_be_used(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str, broken: Callable[[Path], str]
) -> None:
    home = tmp_path / "home"
    reason = broken(home)
    monkeypatch.setenv("HOME", str(home))
    said = f"lakeform {verb}: connectors cannot be installed in {home}/.cache/lakeform/connectors: {reason}; {FIX}"
    assert told(run(lake, verb, *INSTALLING[verb])) == (2, said)


@pytest.mark.parametrize("home", ["", "here", "./here"])
@pytest.mark.parametrize("name", ["XDG_CACHE_HOME", "HOME"])
def test_a_relative_folder_is_passed_over_for_it_would_be_in_a_lake(name: str, home: str) -> None:
    own = pwd.getpwuid(os.getuid()).pw_dir
    assert cache_folder({name: home}) == Path(own, ".cache/lakeform/connectors")
    assert cache_folder({"XDG_CACHE_HOME": "here", "HOME": "/home/ada"}) == Path("/home/ada/.cache/lakeform/connectors")
