"""GitRepositories and Kustomizations: how Flux gets from a commit to the objects of a stack."""

from __future__ import annotations

from typing import Any

from infra.base.json_value import Json
from infra.gitops.flux.health import health_of_terraform
from infra.gitops.flux.manifest_text import Manifest
from infra.gitops.flux.stack_manifests import SECRETS, TERRAFORM, StackManifests
from infra.lake.registry.flux import FluxCluster, FluxGit

KUSTOMIZATION = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
KEPT = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}

_TERRAFORM_SOURCE = "What tofu-controller applies: this folder alone, as its runner takes 4 MiB at most."
_SELF = "Keeps the objects of this folder as they are committed."
_SECRETS = "Decrypts the Secrets, before anything uses them."
_AUTO = (
    "Ready while the last apply of the stack succeeded. Looks every minute, as tofu-controller applies at its own time."
)
_MANUAL = "Ready while the last apply of the stack succeeded, also while a plan waits for its approval."


def git_repositories(stack: StackManifests) -> list[Manifest]:
    """The GitRepository of the Terraform object, and that of the Kustomizations."""
    manifests, terraform = stack.folders.repository, _git_repository(stack, stack.git)
    # tofu-controller ends the deletion of a Terraform object only while its source is there.
    terraform["metadata"] = {"name": stack.name, "namespace": stack.namespace, "annotations": KEPT}
    terraform["spec"]["sparseCheckout"] = [stack.source_folder]
    system = _git_repository(stack, manifests)
    system["metadata"] = _system(stack, "")
    return [Manifest(terraform, _TERRAFORM_SOURCE), Manifest(system, "The manifests themselves.")]


def _git_repository(stack: StackManifests, git: FluxGit | FluxCluster) -> Json:
    spec: Json = {
        "interval": "5m" if stack.flux.receiver else "1m",  # a webhook may get lost
        "url": git.url,
        "ref": {"branch": git.branch},
    }
    if git.secret:
        spec["secretRef"] = {"name": git.secret}
    return {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository", "metadata": {}, "spec": spec}


def kustomizations(stack: StackManifests) -> list[Manifest]:
    """What Flux applies: these objects, then the Secrets, then the Terraform object."""
    found = [Manifest(_kustomization(stack, ""), _SELF)]
    if stack.delivered:
        found.append(Manifest(_secrets(stack), _SECRETS))
    comment = _AUTO if stack.flux.approve == "auto" else _MANUAL
    return [*found, Manifest(_terraform(stack), comment)]


def kustomization_names(stack: StackManifests) -> list[str]:
    """The names of the objects of `kustomizations`."""
    return [str(manifest.object["metadata"]["name"]) for manifest in kustomizations(stack)]


def _system(stack: StackManifests, part: str) -> Json:
    return {"name": f"{stack.system_name}-{part}".rstrip("-"), "namespace": stack.flux.system_namespace}


def _kustomization(stack: StackManifests, part: str, **spec: Any) -> Json:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": _system(stack, part),
        "spec": {
            "interval": "10m",
            "retryInterval": "1m",
            "path": stack.path_of(*([part] if part else [])),
            "prune": True,
            "sourceRef": {"kind": "GitRepository", "name": stack.system_name},
            **spec,
        },
    }


def _secrets(stack: StackManifests) -> Json:
    decryption: Json = {"provider": "sops"}
    if stack.flux.decryption_secret:
        decryption["secretRef"] = {"name": stack.flux.decryption_secret}
    # A plan that destroys still needs them.
    return _kustomization(stack, SECRETS, prune=not stack.flux.destroy_on_deletion, wait=True, decryption=decryption)


def _terraform(stack: StackManifests) -> Json:
    spec: Json = {"dependsOn": [{"name": _system(stack, SECRETS)["name"]}]} if stack.delivered else {}
    return _kustomization(
        stack,
        TERRAFORM,
        **spec,
        interval="1m",
        deletionPolicy="WaitForTermination",
        wait=True,
        timeout="15m",
        healthCheckExprs=[health_of_terraform(manual=stack.flux.approve != "auto")],
    )


def stack_kustomization(resources: list[str]) -> Json:
    """The kustomization.yaml of a folder."""
    return {**KUSTOMIZATION, "resources": resources}


def secrets_kustomization(stack: StackManifests) -> Json:
    """That of the Secrets: manifests as they are, and Secrets made of `.env` files, which Flux decrypts as well."""
    made = [
        {
            "name": secret.name,
            "namespace": stack.namespace,
            "envs": [secret.path],
            "options": {"disableNameSuffixHash": True},
        }
        for secret in stack.delivered
        if secret.dotenv
    ]
    resources = list(dict.fromkeys(secret.path for secret in stack.delivered if not secret.dotenv))
    return {
        **KUSTOMIZATION,
        **({"resources": resources} if resources else {}),
        **({"secretGenerator": made} if made else {}),
    }
