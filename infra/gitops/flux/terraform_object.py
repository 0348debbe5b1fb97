"""The Terraform object: what tofu-controller plans and applies.

Source: `infra.contrib.fluxcd.io/v1alpha2` of flux-iac/tofu-controller 0.16.5.
"""

from __future__ import annotations

from infra.base.json_value import Json
from infra.gitops.flux.hcl import backend_block
from infra.gitops.flux.manifest_text import Manifest
from infra.gitops.flux.stack_manifests import StackManifests

_AUTO = "The merged pull request is the approval."
_MANUAL = """\
Every plan waits until its whole id is in approvePlan, which is kept when this file is written again.
lakeform status shows the id."""


def terraform_object(stack: StackManifests) -> Manifest:
    """The Terraform object of a stack."""
    # Text with ${...} in values or in a backend is meant as it is.
    annotations = {"kustomize.toolkit.fluxcd.io/substitute": "disabled"}
    metadata: Json = {"name": stack.name, "namespace": stack.namespace, "annotations": annotations}
    kind = {"apiVersion": "infra.contrib.fluxcd.io/v1alpha2", "kind": "Terraform"}
    return Manifest(
        {**kind, "metadata": metadata, "spec": _spec(stack)}, _AUTO if stack.flux.approve == "auto" else _MANUAL
    )


def _spec(stack: StackManifests) -> Json:
    spec: Json = {
        "interval": stack.flux.interval,
        "retryInterval": "1m",
        "approvePlan": "auto" if stack.flux.approve == "auto" else stack.approval,
        "path": f"./{stack.source_folder}",
        "sourceRef": {"kind": "GitRepository", "name": stack.name},
        "storeReadablePlan": "human",
        "upgradeOnInit": not stack.locked,
        "destroyResourcesOnDeletion": stack.flux.destroy_on_deletion,
        "backendConfig": _backend(stack),
    }
    if stack.flux.branch_planner:
        spec["branchPlanner"] = {"enablePathScope": True}
    return {**spec, **_variables(stack)}


def _backend(stack: StackManifests) -> Json:
    """The registry's backend as tofu-controller takes it; it writes the object's own namespace into it."""
    backend = stack.stack.settings.backend
    if backend is None:
        return {"secretSuffix": stack.name, "inClusterConfig": True}
    ((kind, settings),) = backend.items()
    if kind != "kubernetes":
        return {"customConfiguration": backend_block(kind, settings)}
    labels = {"labels": settings["labels"]} if settings.get("labels") else {}
    return {"secretSuffix": settings["secret_suffix"], "inClusterConfig": True, **labels}


def _variables(stack: StackManifests) -> Json:
    """`vars`, `varsFrom`, and checksums: tofu-controller does not watch Secrets, but plans when its object changes."""
    found: Json = {}
    if stack.values.literal:
        found["vars"] = [{"name": name, "value": value} for name, value in stack.values.literal.items()]
    if stack.values.secrets:
        found["varsFrom"] = [
            {"kind": "Secret", "name": secret.secret.line.name, "varsKeys": list(secret.keys)}
            for secret in stack.values.secrets
        ]
    if stack.checksums:
        annotations = {f"checksum/{name}": checksum for name, checksum in stack.checksums.items()}
        found["runnerPodTemplate"] = {"metadata": {"annotations": annotations}}
    return found
