"""Python: an interpreter of this machine that a package accepts."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from infra.base.errors import UserError
from infra.base.output import output_of
from infra.base.process import TooMuchError

_NAME = re.compile(r"python3(?:\.(\d+))?")
_ASK = "import sys, venv; print('.'.join(map(str, sys.version_info[:3])))"
_ANSWER_SECONDS = 20
# It is a version; a shim may say more.
_ANSWER_BYTES = 2**20


@dataclass(frozen=True)
class Python:
    """An interpreter: its path, and its version with three parts."""

    path: str
    version: str

    @property
    def minor(self) -> str:
        """`3.11`."""
        return self.version.rpartition(".")[0]


def running_python() -> Python:
    """The interpreter that runs this."""
    return Python(sys.executable, ".".join(str(part) for part in sys.version_info[:3]))


def fitting_python(package: str, bounds: str | None, environ: Mapping[str, str] = os.environ) -> Python:
    """The running interpreter if the package's Requires-Python allows it, else the newest of PATH that it allows.

    Raises UserError with what is needed and what is there.
    """
    allowed = _specifier(bounds)
    running = running_python()
    if allowed.contains(running.version):
        return running
    seen = {running.minor}
    for python in _pythons(environ.get("PATH", "")):
        if allowed.contains(python.version):
            return python
        seen.add(python.minor)
    there = ", ".join(sorted(seen, key=lambda minor: [int(part) for part in minor.split(".")]))
    raise UserError(f"{package} needs Python {bounds}, and there is only {there} on PATH{_advice(allowed)}")


def _specifier(bounds: str | None) -> SpecifierSet:
    try:
        return SpecifierSet(bounds or "")
    except InvalidSpecifier:
        return SpecifierSet()


def _advice(allowed: SpecifierSet) -> str:
    fitting = [f"3.{minor}" for minor in range(8, 30) if allowed.contains(f"3.{minor}.99")]
    return f": install python{fitting[-1]} beside it" if fitting else ""


def _pythons(path: str) -> Iterator[Python]:
    """The interpreters of PATH, newest first; a name that does not answer, such as a shim without a version, is none."""
    for file in sorted(_named(path), key=lambda file: -int(_minor(file) or -1)):
        try:
            done = output_of([str(file), "-I", "-c", _ASK], seconds=_ANSWER_SECONDS, most_bytes=_ANSWER_BYTES)
        except (OSError, TooMuchError):  # also TimeoutError
            continue
        version = done.written.decode(errors="replace").strip()
        if re.fullmatch(r"3\.\d+\.\d+", version):
            yield Python(str(file), version)


def _named(path: str) -> list[Path]:
    # A relative folder would be one of the lake.
    folders = [Path(folder) for folder in path.split(os.pathsep) if os.path.isabs(folder)]
    return [file for folder in folders if folder.is_dir() for file in folder.iterdir() if _NAME.fullmatch(file.name)]


def _minor(file: Path) -> str | None:
    match = _NAME.fullmatch(file.name)
    return match[1] if match else None
