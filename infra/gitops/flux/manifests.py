"""The files of a stack's manifests, and that of the branch planner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import yaml

from infra.gitops.flux.flux_objects import git_repositories, kustomizations, secrets_kustomization, stack_kustomization
from infra.gitops.flux.manifest_text import Manifest, manifest_text
from infra.gitops.flux.notifications import notifications
from infra.gitops.flux.stack_manifests import SECRETS, TERRAFORM, StackManifests
from infra.gitops.flux.terraform_object import terraform_object
from infra.lake.model.stack import Stack
from infra.lake.registry.flux import kubernetes_name
from infra.secrets.secret_sources import namespace_of

BRANCH_PLANNER = "branch-planner"
APPROVED = f"{TERRAFORM}/terraform.yaml"

# Every file that may be generated in the folder of a stack, and in that of the branch planner: what is left over is among
# them.
GENERATED = (
    "kustomization.yaml",
    "kustomizations.yaml",
    "notifications.yaml",
    "sources.yaml",
    f"{SECRETS}/kustomization.yaml",
    f"{TERRAFORM}/kustomization.yaml",
    APPROVED,
    "branch-planner.yaml",
)

_PLANNER = "The branch planner of a cluster reads this one ConfigMap, in the namespace of tofu-controller."


def stack_files(mark: str, stack: StackManifests) -> dict[Path, str]:
    """Path -> text of every file in the folder of a stack."""
    parts = {"sources.yaml": git_repositories(stack), "kustomizations.yaml": kustomizations(stack)}
    if told := notifications(stack):
        parts["notifications.yaml"] = told
    files = {"kustomization.yaml": [Manifest(stack_kustomization(sorted(parts)))], **parts}
    if stack.delivered:
        files[f"{SECRETS}/kustomization.yaml"] = [Manifest(secrets_kustomization(stack))]
    files[f"{TERRAFORM}/kustomization.yaml"] = [Manifest(stack_kustomization([Path(APPROVED).name]))]
    files[APPROVED] = [terraform_object(stack)]
    return {stack.folder / name: manifest_text(mark, manifests) for name, manifests in files.items()}


def planner_files(mark: str, stacks: Mapping[str, Stack], output: Path) -> dict[Path, str]:
    """Path -> text of the files that tell the branch planner of every stack that asks for it; none if no stack does."""
    watched: dict[str, list[dict[str, str]]] = defaultdict(list)
    for stack in stacks.values():
        flux, namespace = stack.settings.flux, namespace_of(stack)
        if flux and flux.branch_planner and namespace:
            watched[flux.system_namespace].append({"namespace": namespace, "name": kubernetes_name(stack.id)})
    if not watched:
        return {}
    maps = [Manifest(_planner(namespace, found), _PLANNER) for namespace, found in sorted(watched.items())]
    files = {
        "branch-planner.yaml": maps,
        "kustomization.yaml": [Manifest(stack_kustomization(["branch-planner.yaml"]))],
    }
    return {output / BRANCH_PLANNER / name: manifest_text(mark, manifests) for name, manifests in files.items()}


def _planner(namespace: str, watched: list[dict[str, str]]) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": BRANCH_PLANNER, "namespace": namespace},
        "data": {"secretName": "branch-planner-token", "resources": yaml.safe_dump(watched, sort_keys=False)},
    }
