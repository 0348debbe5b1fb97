"""StackManifests: everything that the objects of one stack are made of, and their names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.gitops.flux.folders import ManifestFolders
from infra.gitops.flux.values import ValueOrigins
from infra.lake.model.output import OUTPUT
from infra.lake.model.stack import Stack
from infra.lake.registry.flux import Flux, FluxGit, kubernetes_name

SECRETS, TERRAFORM = "secrets", "terraform"


@dataclass(frozen=True)
class DeliveredSecret:
    """An encrypted file in the repository of the manifests: Flux decrypts and applies it.

    Attributes:
        name: of the Secret.
        path: of the file, from the folder of the Kustomization that applies it.
        dotenv: True for lines `KEY=value`, of which a Secret has yet to be made.
    """

    name: str
    path: str
    dotenv: bool


@dataclass(frozen=True)
class StackManifests:
    """A stack under Flux, with every question answered.

    Attributes:
        namespace: of the Terraform object, its source and its Secrets.
        git: the repository of the lake.
        values: where its variables come from.
        checksums: name of a Secret -> checksum of its encrypted file.
        approval: the id of the approved plan, where plans are approved by hand; else empty.
        locked: True if the versions of providers are committed beside the document.
    """

    stack: Stack
    flux: Flux
    namespace: str
    git: FluxGit
    folders: ManifestFolders
    values: ValueOrigins
    checksums: Mapping[str, str]
    approval: str
    locked: bool

    @property
    def name(self) -> str:
        """Of the Terraform object and of the GitRepository that it reads."""
        return kubernetes_name(self.stack.id)

    @property
    def system_name(self) -> str:
        """Of Flux's own objects, which share a namespace with those of other lakes."""
        return f"{self.namespace}-{self.name}"

    @property
    def source_folder(self) -> str:
        """The synthesized folder, from the root of the lake's repository."""
        return Path(self.git.path, OUTPUT, "stacks", self.stack.id).as_posix()

    @property
    def folder(self) -> Path:
        """Of its manifests, on this machine."""
        return self.folders.output / self.stack.id

    def path_of(self, *parts: str) -> str:
        """A folder of its manifests as a Kustomization names it."""
        return f"./{self.folders.in_repository(self.folder.joinpath(*parts))}"

    @property
    def delivered(self) -> tuple[DeliveredSecret, ...]:
        """The Secrets that it uses and whose files are in the repository of the manifests."""
        root = self.folders.secrets_root
        used = [found.secret for found in self.values.secrets if found.secret.line.file is not None]
        return tuple(
            DeliveredSecret(
                secret.line.name,
                Path(os.path.relpath(root / str(secret.line.file), self.folder / SECRETS)).as_posix(),
                secret.held is not None and secret.held.format == "dotenv",
            )
            for secret in used
            if self.folders.in_repository(root / str(secret.line.file)) is not None
        )
