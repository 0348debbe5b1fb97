"""Receiver, Provider and Alert: what tells Flux of a merge, and what Flux tells.

Source: notification.toolkit.fluxcd.io (notification-controller 1.9). The kinds that Receiver and Alert know do not hold Terraform, so they name
what leads to it: the Kustomization that waits for it, and the sources.
"""

from __future__ import annotations

from infra.base.json_value import Json
from infra.gitops.flux.flux_objects import kustomization_names
from infra.gitops.flux.manifest_text import Manifest
from infra.gitops.flux.stack_manifests import StackManifests
from infra.lake.registry.flux import FluxNotifications, FluxReceiver

_EVENTS = {"github": ["ping", "push"], "gitlab": ["Push Hook"], "bitbucket": ["repo:refs_changed"]}
_PROVIDER = "Its Secret contains the address, which is as good as a password."
_ALERT = """\
The Kustomizations and sources: Alert does not know the kind Terraform.
A plan that fails makes the Kustomization that waits for it fail."""


def notifications(stack: StackManifests) -> list[Manifest]:
    """The Receiver, then Provider and Alert; those that the registry asks for."""
    flux, found = stack.flux, list[Manifest]()
    if flux.receiver:
        found.append(Manifest(_receiver(stack, flux.receiver), "Fetches a merge at once."))
    if flux.notifications:
        found.append(Manifest(_provider(stack, flux.notifications), _PROVIDER))
        found.append(Manifest(_alert(stack, flux.notifications), _ALERT))
    return found


def _object(stack: StackManifests, version: str, kind: str, spec: Json) -> Json:
    return {
        "apiVersion": f"notification.toolkit.fluxcd.io/{version}",
        "kind": kind,
        "metadata": {"name": stack.system_name, "namespace": stack.flux.system_namespace},
        "spec": spec,
    }


def _git_repositories(stack: StackManifests) -> list[Json]:
    return [
        {"kind": "GitRepository", "name": stack.name, "namespace": stack.namespace},
        {"kind": "GitRepository", "name": stack.system_name},
    ]


def _receiver(stack: StackManifests, receiver: FluxReceiver) -> Json:
    spec: Json = {"type": receiver.type}
    if receiver.type in _EVENTS:
        spec["events"] = _EVENTS[receiver.type]
    spec |= {"secretRef": {"name": receiver.secret}, "resources": _git_repositories(stack)}
    return _object(stack, "v1", "Receiver", spec)


def _provider(stack: StackManifests, settings: FluxNotifications) -> Json:
    channel = {"channel": settings.channel} if settings.channel else {}
    spec = {"type": settings.type, **channel, "secretRef": {"name": settings.secret}}
    return _object(stack, "v1beta3", "Provider", spec)


def _alert(stack: StackManifests, settings: FluxNotifications) -> Json:
    spec = {
        "providerRef": {"name": stack.system_name},
        "eventSeverity": settings.severity,
        "eventSources": [
            *({"kind": "Kustomization", "name": name} for name in kustomization_names(stack)),
            *_git_repositories(stack),
        ],
        "eventMetadata": {"stack": stack.stack.id},
    }
    return _object(stack, "v1beta3", "Alert", spec)
