"""Packages made on the spot, an index of them that is a folder, and a connector that does what its configuration says."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

# Runs the Python code in the option `do`, with the arguments at hand.
CONNECTOR = """\
import json, os, subprocess, sys

def option(name):
    return json.load(open(sys.argv[sys.argv.index(name) + 1]))

def say(**message):
    print(json.dumps(message), flush=True)

def run():
    if sys.argv[1] == "spec":
        say(type="SPEC", spec=SPEC)
        return
    config = option("--config")
    exec(config["do"], globals() | {"config": config})
"""

SPEC: dict[str, Any] = {
    "connectionSpecification": {
        "title": "Fake",
        "type": "object",
        "required": ["do"],
        "properties": {"do": {"type": "string"}, "key": {"type": "string", "airbyte_secret": True}},
    }
}

CATALOG: dict[str, Any] = {
    "type": "CATALOG",
    "catalog": {"streams": [{"name": "users", "json_schema": {}, "supported_sync_modes": ["full_refresh"]}]},
}


def write_wheel(
    folder: Path,
    package: str,
    version: str,
    files: Mapping[str, str] | None = None,
    *,
    scripts: Mapping[str, str] | None = None,
    requires: Mapping[str, str] | None = None,
) -> Path:
    """A wheel of these files (default: the fake connector); `requires`: further lines of its metadata."""
    module = package.replace("-", "_")
    code = f"SPEC = {SPEC!r}\n{CONNECTOR}"
    written = dict(files) if files is not None else {f"{module}/__init__.py": code}
    info = f"{module}-{version}.dist-info"
    lines = {"Metadata-Version": "2.1", "Name": package, "Version": version, **(requires or {})}
    written[f"{info}/METADATA"] = "".join(f"{key}: {value}\n" for key, value in lines.items())
    written[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    if targets := script_targets(package, scripts):
        entries = "".join(f"{name} = {target}\n" for name, target in targets.items())
        written[f"{info}/entry_points.txt"] = f"[console_scripts]\n{entries}"
    written[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*written, f"{info}/RECORD"])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in written.items():
            wheel.writestr(name, text)
    return path


def place(
    cache: Path,
    package: str,
    version: str,
    files: Mapping[str, str] | None = None,
    *,
    scripts: Mapping[str, str] | None = None,
) -> Path:
    """What installing such a wheel leaves in the cache, without pip."""
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    folder = cache / "lakeform/connectors" / f"{package}-{version}-py{minor}"
    modules = folder / f"lib/python{minor}/site-packages"
    with zipfile.ZipFile(write_wheel(folder / "wheel", package, version, files, scripts=scripts)) as wheel:
        wheel.extractall(modules)
    (folder / "bin").mkdir()
    (folder / "bin/python").symlink_to(sys.executable)
    for name, target in script_targets(package, scripts).items():
        module, _, function = target.partition(":")
        text = f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(modules)!r})\nimport {module}\n{module}.{function}()\n"
        (folder / "bin" / name).write_text(text)
        (folder / "bin" / name).chmod(0o755)
    (folder / ".complete").touch()
    return folder


def script_targets(package: str, scripts: Mapping[str, str] | None) -> Mapping[str, str]:
    """Name -> function of the console scripts; default: the one of the fake connector."""
    module = package.replace("-", "_")
    return {package.removeprefix("airbyte-"): f"{module}:run"} if scripts is None else scripts


def use_index(patch: pytest.MonkeyPatch, index: Path, cache: Path) -> None:
    """Let pip see the packages of a folder and nothing else, and lakeform an own cache."""
    patch.setenv("PIP_NO_INDEX", "1")
    patch.setenv("PIP_FIND_LINKS", str(index))
    patch.setenv("XDG_CACHE_HOME", str(cache))
