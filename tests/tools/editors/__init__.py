"""The language servers that editors use, installed once with npm in pinned versions and kept outside the checkout."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.tools.build import ToolsMissing, cache, digest, once

_PINNED = ("package.json", "package-lock.json")


def program(name: str) -> list[str]:
    """The command that starts one, `yaml-language-server` or `vscode-json-language-server`. Raises ToolsMissing."""
    here = Path(__file__).parent
    npm = shutil.which("npm")
    if npm is None:
        raise ToolsMissing(f"there is no npm to install {name}: install Node.js 20 or 22")
    folder = cache() / f"editors-{digest(b''.join((here / file).read_bytes() for file in _PINNED))}"
    with once(folder) as unfinished:
        if unfinished is not None:
            for file in _PINNED:
                shutil.copy(here / file, unfinished)
            _install(npm, unfinished, name)
    return [str(folder / "node_modules/.bin" / name), "--stdio"]


def _install(npm: str, folder: Path, name: str) -> None:
    command = ["nice", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise ToolsMissing(f"npm could not install {name}:\n{run.stderr[-2000:]}")
