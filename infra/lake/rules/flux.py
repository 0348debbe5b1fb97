"""What tofu-controller would ignore, reject or never finish.

Source: flux-iac/tofu-controller 0.16.5, which writes its own backend over that of the document (`tf_controller_backend.go`)
and plans again before a manual approval counts (`tf_controller_reconcile.go`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from infra.lake.documents import Problem, did_you_mean
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.flux import Flux, kubernetes_name
from infra.lake.rules.variables import check_value

_FLUX = ("flux",)
# The runner's pod is called <name>-tf-runner, and names of pods have 63 characters at most.
_MAX_NAME = 63 - len("-tf-runner")
# OpenTofu writes the suffix of its Secret into a label, Flux the name of a Kustomization.
_MAX_LABEL = 63
_LONGEST = "-terraform"


def check_flux(model: LakeModel) -> Iterator[Problem]:
    """`flux-invalid` and `bad-name` for stacks that Flux applies; `secret-in-clear` and `wrong-type` for their values."""
    for stack in model.stacks.values():
        flux = stack.settings.flux
        if flux is not None:
            yield from _check_backend(stack, flux)
            yield from _check_approval(stack, flux)
            yield from _check_name(stack, flux)
            yield from _check_values(stack, flux)


def _check_backend(stack: Stack, flux: Flux) -> Iterator[Problem]:
    layers, backend = stack.layers, stack.settings.backend or {}
    if "local" in backend:
        message = "is a file in the runner's pod, which is deleted after every run: the state would be lost"
        yield layers.problem("flux-invalid", ("backend", "local"), message, "use kubernetes, s3, ...", key=True)
    if "kubernetes" not in backend:
        return
    settings, namespace = backend["kubernetes"], flux.namespace_with(backend)
    path = ("backend", "kubernetes")
    if not isinstance(settings.get("secret_suffix"), str):
        fix = f"add secret_suffix: {namespace or 'lake'}-{kubernetes_name(stack.id)}"
        yield layers.problem("flux-invalid", path, 'has no "secret_suffix"', fix, key=True)
    elif len(settings["secret_suffix"]) > _MAX_LABEL:
        yield layers.problem("bad-name", (*path, "secret_suffix"), f"must have at most {_MAX_LABEL} characters")
    if namespace and settings.get("namespace") != namespace:
        at = (*path, "namespace") if "namespace" in settings else path
        message = f"tofu-controller keeps the state beside its object, in the namespace {namespace}"
        yield layers.problem("flux-invalid", at, message, f"write namespace: {namespace}, or change flux.namespace")


def _check_approval(stack: Stack, flux: Flux) -> Iterator[Problem]:
    if flux.approve == "auto" or flux.git is None:
        return
    if flux.cluster is None or _repository(flux.cluster.url) == _repository(flux.git.url):
        message = (
            "never converges: the commit that approves a plan is a new revision of the same repository, and plans again"
        )
        fix = "write approve: auto, where the merge is the approval\nor keep the manifests in another repository: flux.cluster"
        yield stack.layers.problem("flux-invalid", (*_FLUX, "approve"), message, fix)


def _repository(url: str) -> str:
    """The same text for every address of a repository: without user, scheme and `.git`."""
    return re.sub(r"^[a-z]+://([^/@]*@)?", "", url).removesuffix("/").removesuffix(".git").lower()


def _check_name(stack: Stack, flux: Flux) -> Iterator[Problem]:
    layers, namespace = stack.layers, flux.namespace_with(stack.settings.backend)
    if len(stack.id) > _MAX_NAME:
        message = (
            f"the id of a stack under Flux has at most {_MAX_NAME} characters, as the runner's pod is named after it"
        )
        yield layers.problem("bad-name", (), message, key=True)
    elif namespace and len(f"{namespace}-{stack.id}{_LONGEST}") > _MAX_LABEL:
        message = (
            f"together with the namespace, the id of a stack has at most {_MAX_LABEL - len(_LONGEST) - 1} characters"
        )
        yield layers.problem("bad-name", (), message, "Flux labels what it applies with both", key=True)


def _check_values(stack: Stack, flux: Flux) -> Iterator[Problem]:
    for name, value in flux.values.items():
        if name in stack.variables:
            fix = "put it into a Secret: flux.secrets"
            yield from check_value(stack.layers, (*_FLUX, "values", name), stack.variables[name], value, fix)


def check_flux_values(model: LakeModel) -> Iterator[Problem]:
    """`unused-entry`, a warning, for values of variables that no entry of the stack refers to."""
    for stack in model.stacks.values():
        for name in stack.given_values:
            if name not in stack.variables:
                fix = did_you_mean(name, stack.variables, "variables of the stack") or "remove it"
                message, path = "no entry of the stack refers to it", (*_FLUX, "values", name)
                yield stack.layers.problem("unused-entry", path, message, fix, key=True, severity="warning")
