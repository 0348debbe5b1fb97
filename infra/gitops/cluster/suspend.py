"""Suspend and resume: tofu-controller leaves a stack alone, in a way that Flux does not undo, until somebody resumes."""

from __future__ import annotations

from infra.gitops.cluster.kubectl import TERRAFORM, Kubectl
from infra.gitops.cluster.objects import read_terraform
from infra.gitops.cluster.stack_status import Target
from infra.gitops.cluster.suspension import MANAGER, RESUMED, Suspension, suspended_part

_API_VERSION = "infra.contrib.fluxcd.io/v1alpha2"


def suspend(kubectl: Kubectl, target: Target, by: str, reason: str) -> str:
    """Suspend the Terraform object; why not, empty if it is suspended now by whoever asks. Raises ClusterError.

    One that was suspended in another way, which Flux may undo, is suspended anew; somebody else's stop is not taken over.
    """
    found = _suspension(kubectl, target)
    if found is not None and found.by and (found.by, found.reason) != (by, reason):
        return "it is already suspended; who did that, and why, is kept"
    part = suspended_part(_API_VERSION, "Terraform", target.namespace, target.name, by, reason)
    kubectl.apply(part, MANAGER)
    return ""


def resume(kubectl: Kubectl, target: Target) -> str:
    """Let git alone decide about the Terraform object again; why not, empty if it does. Raises ClusterError."""
    found = _suspension(kubectl, target)
    if found is None:
        return "it is not suspended"
    if found.is_in_git:
        return "its manifest in git says suspend: true; remove that line, and merge"
    kubectl.patch(TERRAFORM, target.namespace, target.name, RESUMED, MANAGER)
    return ""


def _suspension(kubectl: Kubectl, target: Target) -> Suspension | None:
    return read_terraform(kubectl.get(TERRAFORM, target.namespace, target.name)).suspension
