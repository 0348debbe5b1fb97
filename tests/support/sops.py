"""sops and age-keygen, the real ones: built once from the module in tests/tools/sops.

`python -m tests.support.sops` builds what is missing and prints the versions.
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.lakes import REPOSITORY
from tests.tools.build import ToolsMissing, build, give_up

MODULE = REPOSITORY / "tests/tools/sops"


@dataclass(frozen=True)
class Sops:
    """The two programs."""

    sops: Path
    keygen: Path


@functools.cache
def programs() -> Sops:
    """Both programs. Raises ToolsMissing."""
    return Sops(
        build(MODULE, "sops", "github.com/getsops/sops/v3/cmd/sops"),
        build(MODULE, "age-keygen", "filippo.io/age/cmd/age-keygen"),
    )


def programs_or_skip() -> Sops:
    """Both programs; where there are none, the test is skipped, and fails in CI."""
    try:
        return programs()
    except ToolsMissing as error:
        give_up(error)


@dataclass(frozen=True)
class AgeKey:
    """A key pair of age.

    Attributes:
        file: holds the private key.
        recipient: the public key, `age1...`.

    """

    file: Path
    recipient: str


def new_key(file: Path) -> AgeKey:
    """A new key pair, its private half in `file`."""
    subprocess.run([programs().keygen, "-o", file], check=True, capture_output=True)
    found = re.search("age1[a-z0-9]+", file.read_text())
    assert found is not None
    return AgeKey(file, found.group())


def sops(folder: Path, *words: str | Path, key: AgeKey | None = None, editor: Path | None = None) -> str:
    """What `sops` prints, run in `folder` with nothing of this machine's own keys and settings."""
    environment: Mapping[str, str] = {
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        **({"SOPS_AGE_KEY_FILE": str(key.file)} if key else {}),
        **({"EDITOR": str(editor)} if editor else {}),
    }
    command = [str(programs().sops), "--disable-version-check", *map(str, words)]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


if __name__ == "__main__":
    try:
        programs()
    except ToolsMissing as missing:
        raise SystemExit(str(missing)) from None
    print(sops(Path(), "--version"), end="")
