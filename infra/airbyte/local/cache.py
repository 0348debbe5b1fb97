"""Installed: a connector's package in a virtual environment of its own, kept in the user's cache."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from packaging.version import InvalidVersion, Version

from infra.airbyte.local.environment import pip_environment
from infra.airbyte.local.index import INSTALL_SECONDS, Release, UnreachableIndexError, find_release, last_words, run_pip
from infra.airbyte.local.python import Python, fitting_python
from infra.base.errors import UserError
from infra.base.output import output_of
from infra.base.redactor import Redactor

Tell = Callable[[str], None]

# Written last: an environment without it was never finished, and is made anew.
_COMPLETE = ".complete"


class NotOnIndexError(UserError):
    """The package index has no such connector, in any version."""


@dataclass(frozen=True)
class Installed:
    """A package that is ready to run; `instead_of`: the version that was wanted and that the package index does not have."""

    package: str
    version: str
    folder: Path
    instead_of: str | None = None


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where connectors are installed, outside of any project: `~/.cache/lakeform/connectors`.

    A relative folder is passed over, as the XDG Base Directory Specification asks for: it would be one of the lake. Raises
    UserError where there is no home folder either.
    """
    places = (
        environ.get("XDG_CACHE_HOME"),
        *(home and f"{home}/.cache" for home in (environ.get("HOME"), _users_home())),
    )
    base = next((place for place in places if place and os.path.isabs(place)), None)
    if base is None:
        raise UserError(f"this user has no home folder, in which connectors are installed; {_ELSEWHERE}")
    return Path(base, "lakeform", "connectors")


_ELSEWHERE = "set XDG_CACHE_HOME to a folder that can be written"


def _users_home() -> str:
    """As the system knows it; empty for a user that it does not know, as in a container that is run as any user."""
    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""


def kept() -> list[Path]:
    """Folders of the cache, sorted: each an environment of one connector, finished or not."""
    folder = cache_folder()
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def clear(folder: Path) -> None:
    """Remove an environment. Raises UserError, and removes nothing, while another process makes it or runs a connector in it.

    The file that is locked stays: of two that wait for it, each would have one of its own.
    """
    with _lock_path(folder).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError("another process is installing it, or runs a connector in it") from None
        Path(folder, _COMPLETE).unlink(missing_ok=True)
        while folder.exists():
            with suppress(FileNotFoundError):  # what vanishes meanwhile is gone, too
                shutil.rmtree(folder)


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """Keeps an environment from being removed while a connector runs in it, where its lock can be written."""
    try:
        file = _lock_path(folder).open("a")
    except OSError:
        yield
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


def installed(package: str, version: str | None = None) -> Installed | None:
    """The package in the cache, that version or the newest; None if it is not there."""
    folders = cache_folder().glob(f"{package}-*-py3.*")
    found = [Installed(package, _version(package, folder), folder) for folder in folders if _is_complete(folder)]
    # `airbyte-source-x-next-1.0` is not a version of airbyte-source-x.
    ours = [one for one in found if version in (None, one.version) and _as_version(one.version)]
    return max(ours, key=lambda one: (Version(one.version), one.folder.name), default=None)


def install(package: str, version: str | None, tell: Tell, *, exactly: bool = False) -> Installed:
    """The package in the cache, installed now if need be: that version if the index has it, else the newest, unless
    it has to be `exactly` that one.

    A version that is in the cache needs no network. `tell` hears what is installed, and which version was not there.
    Raises UserError if there is no such package, no Python for it, or no network.
    """
    there = installed(package, version) if version else None
    if there is not None:
        return there
    try:
        found = find_release(package, version)
        release = found or _newest(package, version, tell, exactly=exactly)
    except UnreachableIndexError:
        return _without_index(package, version, tell, exactly=exactly)
    ready = installed(package, release.version) or _build(release, tell)
    return ready if found else replace(ready, instead_of=version)


def _newest(package: str, version: str | None, tell: Tell, *, exactly: bool) -> Release:
    """The newest release in the place of one that the index does not have."""
    newest = find_release(package, None) if version else None
    if newest is None:
        raise NotOnIndexError(
            f"{package} is not on the package index; Airbyte publishes some connectors as images only"
        )
    if exactly:
        raise UserError(f"{package} {version} is not on the package index; the newest is {newest.version}")
    tell(f"{package} {version} is not on the package index, using {newest.version}")
    return newest


def _without_index(package: str, version: str | None, tell: Tell, *, exactly: bool) -> Installed:
    there = None if exactly and version else installed(package)
    wanted = package if version is None else f"{package} {version}"
    if there is None:
        raise UserError(f"the package index cannot be reached, and {wanted} is not in {cache_folder()}")
    tell(f"the package index cannot be reached, using {package} {there.version} from the cache")
    return there


def _build(release: Release, tell: Tell) -> Installed:
    label = f"{release.package} {release.version}"
    python = fitting_python(label, release.requires_python)
    folder = cache_folder() / f"{release.package}-{release.version}-py{python.minor}"
    with _lock_file(folder) as file:
        _lock(file, folder, tell)
        if not _is_complete(folder):
            tell(f"installing {label} with Python {python.minor}, once")
            _fill(folder, python, release)
            tell(f"installed {label}")
    return Installed(release.package, release.version, folder)


def _fill(folder: Path, python: Python, release: Release) -> None:
    try:
        _make_environment(folder, python)
        _install_into(folder, release)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    Path(folder, _COMPLETE).touch()


def _make_environment(folder: Path, python: Python) -> None:
    words = [python.path, "-I", "-m", "venv", "--clear", "--without-pip", str(folder)]
    done = output_of(words, environment=pip_environment())
    if done.code != 0:
        said = Redactor().last_line(done.errors or done.written.decode(errors="replace"))
        raise UserError(f"{python.path} cannot create a virtual environment: {said}")


def _install_into(folder: Path, release: Release) -> None:
    requirement = f"{release.package}=={release.version}"
    run = run_pip(["--python", str(folder / "bin/python"), "install", "--quiet", requirement], INSTALL_SECONDS)
    if run.code != 0:
        raise UserError(f"cannot install {release.package} {release.version}: {last_words(run)}")


def _lock_file(folder: Path) -> TextIO:
    """The open file that those who make an environment lock. Raises UserError where it cannot be written."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return _lock_path(folder).open("w")
    except OSError as error:
        reason = (error.strerror or "failed").lower()
        raise UserError(f"connectors cannot be installed in {folder.parent}: {reason}; {_ELSEWHERE}") from None


def _lock_path(folder: Path) -> Path:
    return Path(f"{folder}.lock")


def _lock(file: TextIO, folder: Path, tell: Tell) -> None:
    """Wait for the lock, which goes with the file."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        tell(f"waiting for another process that is installing {folder.name}")
        fcntl.flock(file, fcntl.LOCK_EX)


def _is_complete(folder: Path) -> bool:
    """True if it was finished and its interpreter still exists."""
    return Path(folder, _COMPLETE).is_file() and Path(folder, "bin/python").exists()


def _version(package: str, folder: Path) -> str:
    return folder.name.removeprefix(f"{package}-").rpartition("-py")[0]


def _as_version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
