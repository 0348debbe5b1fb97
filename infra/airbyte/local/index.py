"""Release: a version of a package on the index that the user's pip is set up for."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from packaging.version import InvalidVersion, Version

from infra.airbyte.local.environment import pip_environment
from infra.base.errors import UserError
from infra.base.json_value import json_of
from infra.base.process import Run
from infra.base.redactor import Redactor
from infra.lake.documents.files import text_of

LOOKUP_SECONDS = 120
INSTALL_SECONDS = 1800
# All that a package says of itself, its description included; those of connectors have less than 100 kB.
MOST_REPORT_BYTES = 16 * 2**20
_NONE = "(from versions: none)"
_UNREACHABLE = re.compile("Retrying \\(|Could not fetch URL|connection error|Max retries exceeded", re.IGNORECASE)


class UnreachableIndexError(Exception):
    """The package index does not answer."""


@dataclass(frozen=True)
class Release:
    """One version of a package, and the Pythons that it allows."""

    package: str
    version: str
    requires_python: str | None


def find_release(package: str, version: str | None) -> Release | None:
    """That version of a package, or the newest; None if the index has no such thing.

    Raises UnreachableIndexError, and UserError if pip fails otherwise.
    """
    if version is not None and not _is_version(version):
        return None
    requirement = package if version is None else f"{package}=={version}"
    with tempfile.TemporaryDirectory(prefix="lakeform-") as folder:
        report = Path(folder, "report.json")
        words = ["install", "--dry-run", "--ignore-installed", "--no-deps", "--ignore-requires-python", "--quiet"]
        run = run_pip([*words, "--retries", "1", "--report", str(report), requirement], LOOKUP_SECONDS)
        if run.code == 0:
            return _release(package, requirement, text_of(str(report), "the report of pip", most=MOST_REPORT_BYTES))
    if _NONE in run.tail and _UNREACHABLE.search(run.tail):
        raise UnreachableIndexError
    if "(from versions: " in run.tail:
        return None
    raise UserError(f"cannot look up {requirement} on the package index: {last_words(run)}")


def run_pip(words: Sequence[str], timeout_seconds: float) -> Run:
    """A finished run of the user's pip. Raises UserError if there is no pip, or if it takes too long."""
    if find_spec("pip") is None:
        raise UserError(f"this needs pip in {sys.executable}: {sys.executable} -m ensurepip")
    # -P and a folder of its own: `-m` would import a pip that lies in the working folder, which is a lake.
    command = [sys.executable, "-P", "-m", "pip", "--disable-pip-version-check", *words]
    with tempfile.TemporaryDirectory(prefix="lakeform-") as folder:
        run = Run(command, Path(folder), pip_environment(), timeout_seconds)
        try:
            run.finish()
        except TimeoutError:
            raise UserError(f"pip did not finish within {timeout_seconds:g} seconds: {last_words(run)}") from None
    return run


def last_words(run: Run) -> str:
    """The last error that pip printed, else the last line."""
    errors = [line.removeprefix("ERROR: ") for line in run.tail.splitlines() if line.startswith("ERROR: ")]
    return Redactor().last_line("\n".join(errors) or run.tail) or "no reason given"


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def _release(package: str, requirement: str, text: str) -> Release:
    """The release that pip reports. Source: pip's documentation, installation report, version 1."""
    try:
        metadata = json_of(text)["install"][0]["metadata"]
        version, bounds = metadata["version"], metadata.get("requires_python")
    except (ValueError, LookupError, TypeError, AttributeError):
        version = bounds = None
    if not isinstance(version, str) or not _is_version(version):
        raise UserError(f"cannot look up {requirement} on the package index: pip reports no version of it")
    return Release(package, version, bounds if isinstance(bounds, str) else None)
