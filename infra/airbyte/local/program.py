"""Program: what to run of an installed package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from infra.airbyte.local.cache import Installed
from infra.airbyte.local.manifest import Manifest, read_manifest
from infra.base.errors import UserError
from infra.base.places import real

CDK = "airbyte-cdk"
_RUNNER = "source-declarative-manifest"
_INJECTED = "__injected_declarative_manifest"


@dataclass(frozen=True)
class Program:
    """A connector that can be run.

    Attributes:
        label: what it is called in messages, `source-faker 7.2.1`.
        path: the executable.
        manifest: what a low-code connector consists of, where the program is Airbyte's runner of such manifests.
        words: further arguments.
    """

    label: str
    version: str
    path: Path
    manifest: Manifest | None = field(default=None, repr=False)
    words: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The environment that it is installed in."""
        return self.path.parents[1]

    def configuration(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The configuration as the program takes it."""
        return dict(values) if self.manifest is None else {**values, _INJECTED: self.manifest}


def program_of(package: Installed, connector: str) -> Program:
    """The connector's own console script, else the only one of the package, else the runner for its manifest.yaml.

    Raises UserError if the package has none of them.
    """
    label = f"{connector} {package.version}"
    distribution = _distribution(package)
    scripts = distribution.entry_points.select(group="console_scripts").names
    if name := connector if connector in scripts else next(iter(scripts), "") if len(scripts) == 1 else "":
        return Program(label, package.version, package.folder / "bin" / name)
    manifests = [file for file in distribution.files or () if file.name == "manifest.yaml"]
    if not manifests:
        raise UserError(
            f"{package.package} {package.version} has neither a program nor a manifest.yaml that can be run"
        )
    return with_manifest(package, Path(str(manifests[0].locate())), label)


def with_manifest(package: Installed, manifest: Path, label: str) -> Program:
    """Airbyte's runner in a package for a manifest.yaml, and for the Python code in the components.py beside it.

    Raises UserError if the runner or a readable manifest is missing.
    """
    runner = package.folder / "bin" / _RUNNER
    if not runner.exists():
        raise UserError(f"{package.package} {package.version} does not include {_RUNNER}, which runs a manifest.yaml")
    components = manifest.with_name("components.py")
    words = ("--components-path", str(real(components))) if components.is_file() else ()
    return Program(label, package.version, runner, read_manifest(manifest), words)


def _distribution(package: Installed) -> Distribution:
    folders = [str(folder) for folder in package.folder.glob("lib/python3*/site-packages")]
    found = next(iter(distributions(name=package.package, path=folders)), None)
    if found is None:
        raise UserError(f"{package.folder} no longer contains {package.package}; remove that folder and try again")
    return found
