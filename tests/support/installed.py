"""A connector as lakeform would have installed it: a script of a test's own in the cache, so that no index is asked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.lakes import write_files


def install_connector(cache: Path, connector: str, version: str, program: str) -> Path:
    """Put the Python `program` into the cache as that connector; its executable. `cache` is the XDG_CACHE_HOME."""
    package = f"airbyte-{connector}"
    folder = cache / "lakeform/connectors" / f"{package}-{version}-py3.11"
    info = f"lib/python3.11/site-packages/{package.replace('-', '_')}-{version}.dist-info"
    write_files(
        folder,
        {
            ".complete": "",
            "bin/python": "",
            f"bin/{connector}": f"#!{sys.executable} -I\n{program}",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n",
            f"{info}/entry_points.txt": f"[console_scripts]\n{connector} = x:run\n",
        },
    )
    executable = folder / f"bin/{connector}"
    executable.chmod(0o755)
    return executable


def without_index(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    """An empty cache, and a package index that nobody can reach: nothing listens on port 9 of this machine."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
