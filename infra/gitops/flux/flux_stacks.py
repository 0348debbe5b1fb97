"""Stacks of the lake to StackManifests, and everything that stands in the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.base.errors import UserError
from infra.gitops.flux.flux_files import shown
from infra.gitops.flux.folders import ManifestFolders, folders_of
from infra.gitops.flux.manifests import APPROVED
from infra.gitops.flux.stack_manifests import StackManifests
from infra.gitops.flux.values import ValueOrigins, ambiguous_values, value_origins
from infra.lake.documents import Document, Layers, Problem, Written, read_yaml
from infra.lake.documents.files import UnreadableError, read_text
from infra.lake.model.output import LOCK_FILE, stack_folder
from infra.lake.model.stack import Stack
from infra.lake.registry.flux import Flux
from infra.secrets.secret_check import StackSecrets, check_secrets
from infra.secrets.secret_file import SecretFile
from infra.secrets.secret_sources import SecretFiles, namespace_of

# plan-<branch>-<first ten digits of the commit> (tofu-controller, api/planid).
_PLAN_ID = re.compile("plan-.+-[0-9a-f]{10}")

EXAMPLE = "ssh://git@example.com/team/lake"


def answer_stack(files: SecretFiles, stack: Stack, output: Path | None) -> tuple[StackManifests | None, list[Problem]]:
    """The stack with every question answered, else the problems. Raises UserError for an `output` in the wrong repository."""
    flux, namespace = stack.settings.flux, namespace_of(stack)
    if flux is None or flux.git is None or namespace is None:
        return None, _missing(stack, flux, namespace)
    root = files.root
    folders = folders_of(root, flux, flux.git, output, files.secrets_root)
    named, problems = files.named_secrets(stack)
    secrets = StackSecrets(stack, named)
    if not problems:
        problems = [p for p in check_secrets(secrets, [secrets], {}) if p.severity == "error"]
        problems += ambiguous_values(secrets)
    approval, wrong = _approval(root, stack, flux, folders)
    problems += wrong
    if problems:
        return None, problems
    values = value_origins(secrets)
    locked = (root / stack_folder(stack.id) / LOCK_FILE).is_file()
    return StackManifests(stack, flux, namespace, flux.git, folders, values, _checksums(values), approval, locked), []


def _missing(stack: Stack, flux: Flux | None, namespace: str | None) -> list[Problem]:
    layers = stack.layers
    if flux is None:
        message = 'the key "flux" is missing: nothing says how Flux applies the stack'
        fix = f"add flux: {{namespace: {namespace or 'lake'}, git: {{url: {EXAMPLE}}}}}"
        return [layers.problem("missing-key", (), message, fix, key=True)]
    wanted = {
        "git": None if flux.git else f"{{url: {EXAMPLE}}}, the repository that Flux watches",
        "namespace": None if namespace else "that of the Terraform object, its Secrets and its state",
    }
    return [
        layers.problem("missing-key", ("flux",), f'the key "{key}" is missing', f"add {key}: {about}", key=True)
        for key, about in wanted.items()
        if about
    ]


def _checksums(values: ValueOrigins) -> Mapping[str, str]:
    return {found.secret.line.name: _checksum(found.secret.held) for found in values.secrets if found.secret.held}


def _checksum(held: SecretFile) -> str:
    if held.checksum is None:
        why = "it is not an encrypted Secret, or has problems; run: lakeform secrets --check"
        raise UserError(f"{held.file} gets no checksum: {why}")
    return held.checksum


def _approval(root: Path, stack: Stack, flux: Flux, folders: ManifestFolders) -> tuple[str, list[Problem]]:
    """The plan that somebody approved in the generated file: a choice of theirs, so it is kept."""
    if flux.approve == "auto":
        return "", []
    document = _read(root, folders.output / stack.id / APPROVED)
    approved = _spec(document).get("approvePlan", "")
    if approved == "" or document is None:
        return "", []
    if isinstance(approved, str) and _PLAN_ID.fullmatch(approved):
        return approved, []
    layers = Layers.single(Written(document, (), document.value))
    message = "approves more than one plan: tofu-controller accepts any plan whose id begins like this"
    fix = "write the whole id, plan-<branch>-<ten digits>, or nothing"
    return "", [layers.problem("flux-invalid", ("spec", "approvePlan"), message, fix)]


def _read(root: Path, path: Path) -> Document | None:
    try:
        return read_yaml(shown(root, path), read_text(str(path)))[0]
    except UnreadableError:
        return None


def _spec(document: Document | None) -> Mapping[str, Any]:
    value = document.value if document else None
    found = value.get("spec") if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}
