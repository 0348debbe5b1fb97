"""ManifestFolders: the folders that generated manifests and encrypted files have, on this machine and in their repository."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from infra.base.errors import UserError
from infra.lake.model.output import MANIFESTS
from infra.lake.registry.flux import Flux, FluxCluster, FluxGit


@dataclass(frozen=True)
class ManifestFolders:
    """Where the manifests of a stack go.

    Attributes:
        output: folder of all manifests.
        top: root of the repository that holds it.
        secrets_root: folder that the files of `flux.secrets` are relative to.
        repository: address, branch and credentials of that repository.
    """

    output: Path
    top: Path
    secrets_root: Path
    repository: FluxGit | FluxCluster

    def in_repository(self, path: Path) -> str | None:
        """`path` from the root of the repository, `.` for the root itself; None if it is in another one."""
        relative = os.path.relpath(os.path.realpath(path), os.path.realpath(self.top))
        return None if relative.startswith("..") else Path(relative).as_posix()


def folders_of(root: Path, flux: Flux, git: FluxGit, output: Path | None, secrets_root: Path | None) -> ManifestFolders:
    """The place of a stack's manifests: the lake's own repository, or that of `flux.cluster`.

    Raises UserError if `output` is not in the repository that the registry names.
    """
    folder = output or root / MANIFESTS
    if flux.cluster is None:
        top, repository = _top(root, git.path, "flux.git.path"), git
        if not _below(folder, top):
            raise UserError(f"{folder} is not in this repository; name its repository in flux.cluster")
        return ManifestFolders(folder, top, secrets_root or root, repository)
    if _below(folder, root):
        example = f"../cluster/{flux.cluster.path}"
        raise UserError(f"the manifests belong in {flux.cluster.url}; name a checkout of it: --output {example}")
    return ManifestFolders(
        folder, _top(folder, flux.cluster.path, "flux.cluster.path"), secrets_root or root, flux.cluster
    )


def _top(folder: Path, path: str, key: str) -> Path:
    """The root of the repository in which `folder` is at `path`. Raises UserError if it cannot be there."""
    if path == ".":
        return folder
    parts = path.split("/")
    if list(folder.parts[-len(parts) :]) != parts:
        raise UserError(f"{key} is {path}, but the folder is {folder}: one of the two is wrong")
    return folder.parents[len(parts) - 1]


def _below(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
