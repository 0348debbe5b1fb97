"""Programs in Go that tests run for real: built once from a pinned module, and kept outside the checkout."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest


class ToolsMissing(RuntimeError):  # noqa: N818  # what it says, not that it is an error
    """Something is not on this machine and could not be built; the message says what to install."""


def build(module: Path, name: str, package: str, variable: str = "") -> Path:
    """The program `name`, built from `package` in the versions of the Go module in the folder `module`.

    `package`: an import path, or `.` for the code in that folder itself.
    `variable`: `path.name=value`, set in the program (`-ldflags -X`), such as its version. Raises ToolsMissing.
    """
    go = shutil.which("go")
    if go is None:
        raise ToolsMissing(f"{name} is not on PATH, and there is no Go to build it: install Go 1.26 or {name}")
    if not (module / "go.sum").exists():
        fix = f"put {name} on PATH, or run `go mod tidy` in {module} where a module proxy serves {package}"
        raise ToolsMissing(f"{name} is not on PATH and cannot be built, as {module.name}/go.sum is missing: {fix}")
    flags = ["-mod=readonly", "-trimpath", "-ldflags", f"-s -w -X {variable}" if variable else "-s -w"]
    version = _run([go, "env", "GOVERSION", "GOOS", "GOARCH"], module, name)
    own = sorted(path.name for path in module.glob("*.go")) if package == "." else []
    parts = [(module / file).read_text() for file in ("go.mod", "go.sum", *own)]
    folder = cache() / f"{name}-{digest(chr(0).join([*parts, *flags, package, version]).encode())}"
    with once(folder) as unfinished:
        if unfinished is not None:
            _run(["nice", go, "build", *flags, "-o", str(unfinished / name), package], module, name)
    return folder / name


def give_up(error: ToolsMissing) -> NoReturn:
    """Skip the test; in CI, fail it."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"cannot run here: {error}")


@contextmanager
def once(folder: Path) -> Iterator[Path | None]:
    """An empty folder to fill, which becomes `folder`; None where an earlier process has made it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            yield None
            return
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            unfinished = Path(temporary) / "made"
            unfinished.mkdir()
            yield unfinished
            unfinished.rename(folder)


def cache() -> Path:
    """Where built programs stay; another clone of the project uses them too."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lakeform"


def digest(data: bytes) -> str:
    """A short name for exactly these bytes."""
    return hashlib.sha256(data).hexdigest()[:16]


def _run(command: list[str], folder: Path, name: str) -> str:
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise ToolsMissing(f"Go could not build {name}, which is not on PATH either:\n{run.stderr[-2000:]}")
    return run.stdout
