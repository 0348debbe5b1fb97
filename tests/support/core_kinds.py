"""The kinds of Kubernetes itself, with unknown fields refused: schemas out of a package that has those of every version."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.tools.build import cache, once

PACKAGE = "kubernetes-validate==1.37.0"
VERSION = "1.33.0"
KINDS = ("configmap", "secret")


def core_errors(found: dict[str, Any]) -> list[str]:
    """What Kubernetes says against a ConfigMap or Secret. Skips the test where there is no package index."""
    schema = json.loads((_schemas() / f"{found['kind'].lower()}-v1.json").read_text("utf-8"))
    schema["properties"]["metadata"] = {"type": "object"}
    return [f"{error.json_path}: {error.message}" for error in jsonschema.Draft7Validator(schema).iter_errors(found)]


def _schemas() -> Path:
    """The folder of the schemas; the package is fetched once and left there without the rest."""
    folder = cache() / PACKAGE.replace("==", "-")
    with once(folder) as unfinished:
        if unfinished is not None:
            _extract(_download(unfinished.parent), unfinished)
    return folder


def _download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), PACKAGE]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("cannot run here: there is no package index")
    return next(folder.glob("*.whl"))


def _extract(wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for kind in KINDS:
            name = f"kubernetes_validate/kubernetes-json-schema/v{VERSION}-local-strict/{kind}-v1.json"
            (folder / f"{kind}-v1.json").write_bytes(archive.read(name))
