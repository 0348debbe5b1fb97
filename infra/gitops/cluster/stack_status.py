"""StackStatus: what tofu-controller and Flux say about a stack, as far as it may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from infra.airbyte.workspace.known_secrets import KnownSecrets, learn_from_environment
from infra.base.json_value import Json
from infra.base.redactor import Redactor
from infra.gitops.cluster.cluster_secrets import learn_from_cluster
from infra.gitops.cluster.events import last_failure
from infra.gitops.cluster.kubectl import GIT_REPOSITORY, TERRAFORM, Kubectl
from infra.gitops.cluster.kubectl_errors import ClusterError
from infra.gitops.cluster.objects import (
    NOTHING_SAID,
    Ready,
    SourceState,
    TerraformState,
    read_source,
    read_terraform,
)
from infra.gitops.cluster.plan_summary import PlanSummary, join_chunks, summarize
from infra.gitops.cluster.state import has_state_in_cluster, state_name
from infra.gitops.cluster.state_lock import StateLock, read_state_lock
from infra.gitops.cluster.terraform_errors import NO_ERRORS, TerraformErrors, read_message
from infra.gitops.cluster.unanswered import unanswered
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.flux import kubernetes_name
from infra.secrets.secret_sources import namespace_of, secret_lines

# Faults that say that there is no object, not that nobody could look.
_NOT_THERE = frozenset({"not-found", "no-namespace"})


@dataclass(frozen=True)
class Target:
    """The objects of a stack under Flux: the Terraform object, and the GitRepository of the same name that it reads."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True)
class StackStatus:
    """What is known of a stack.

    Attributes:
        target: its objects; None if the registry does not put it under Flux.
        terraform, source: None where they could not be read.
        plan: of the plan that is pending, or of the drift; None if there is neither.
        fault: why the Terraform object could not be read; None if it could.
        source_said: what Flux says about a source that is not ready.
        source_gone: True if there is no such source.
        lock: the state's lock as it is now; None if the last run met none, or if it cannot be looked at.
        unanswered: what tofu-controller should have done by now; empty if nothing.
        known: what may be shown of other texts of this stack.
    """

    stack: str
    target: Target | None
    known: KnownSecrets = field(repr=False)
    terraform: TerraformState | None = None
    source: SourceState | None = None
    plan: PlanSummary | None = None
    message: TerraformErrors = NO_ERRORS
    source_said: str = ""
    source_gone: bool = False
    lock: StateLock | None = None
    unanswered: str = ""
    fault: ClusterError | None = None

    @property
    def ready(self) -> bool:
        """False if it is under Flux and not known to be as the last commit wants it."""
        if self.target is None or self.terraform is None:
            return self.target is None
        return self.terraform.ready.status == "True" and not self.unanswered and not self.terraform.deleted

    @property
    def is_not_there(self) -> bool:
        """True if nothing was applied yet, or all of it is taken down."""
        return self.fault is not None and self.fault.kind in _NOT_THERE

    def to_json(self) -> Json:
        """For `--format json`."""
        found: Json = {"stack": self.stack, "object": str(self.target) if self.target else None}
        found["fault"] = None if self.fault is None else str(self.fault)
        if self.terraform is not None:
            errors = [error.to_json() for error in self.message.errors]
            found |= _terraform_json(self.terraform, self.plan) | _lock_json(self.terraform.lock, self.lock)
            found |= {
                "errors": errors,
                "withheld": self.message.withheld or None,
                "unanswered": self.unanswered or None,
            }
        found["source"] = _source_json(self.source, self.source_said) if self.source else None
        return found


def target_of(stack: Stack) -> Target | None:
    """The objects of a stack; None if it is not under Flux, or nothing tells their namespace."""
    namespace = namespace_of(stack)
    if stack.settings.flux is None or namespace is None:
        return None
    return Target(namespace, kubernetes_name(stack.id))


def read_status(
    kubectl: Kubectl,
    model: LakeModel,
    stack: Stack,
    documents: Mapping[str, str],
    environ: Mapping[str, str],
    now: datetime,
) -> StackStatus:
    """What the cluster says about a stack; a fault of it is part of the answer. `documents`: stack -> its cdk.tf.json."""
    target = target_of(stack)
    if target is None:
        return StackStatus(stack.id, None, known_of(kubectl, stack, environ))
    try:
        found = kubectl.get(TERRAFORM, target.namespace, target.name)
    except ClusterError as error:
        return StackStatus(stack.id, target, _unknown(error, environ), fault=error)
    known = _known(kubectl, target, stack, found, environ)
    terraform = read_terraform(found)
    source, source_said, source_gone = _source(kubectl, target, environ)
    return StackStatus(
        stack.id,
        target,
        known,
        terraform=_hidden(terraform, known),
        source=source,
        plan=_plan(kubectl, target, terraform, stack.id, model),
        message=read_message(_failure(kubectl, target, terraform), known, model, stack.id, documents),
        source_said=source_said,
        source_gone=source_gone,
        lock=_lock(kubectl, target, terraform, stack, known),
        unanswered=known.redactor.one_line(unanswered(terraform, source, now)),
    )


def _failure(kubectl: Kubectl, target: Target, terraform: TerraformState) -> Ready:
    """What says how the last attempt failed; the condition Ready where that still knows it."""
    if not terraform.working or terraform.ready.status == "False":
        return terraform.ready
    if terraform.before.message or not (terraform.failures or terraform.deleted):  # a deletion counts no failures
        return terraform.before
    return last_failure(kubectl, target.namespace, target.name, terraform.deleted)


def _lock(
    kubectl: Kubectl, target: Target, terraform: TerraformState, stack: Stack, known: KnownSecrets
) -> StateLock | None:
    if not terraform.lock or not has_state_in_cluster(stack):
        return None
    return read_state_lock(kubectl, target.namespace, state_name(stack), known.redactor.one_line)


def known_of(kubectl: Kubectl, stack: Stack, environ: Mapping[str, str]) -> KnownSecrets:
    """What may be shown of the texts of a stack: its secrets as the cluster has them, else as the environment has them,
    where nobody but the one who runs this applies it.
    """
    target = target_of(stack)
    if target is None:
        names = [variable.name for variable in stack.variables.values() if variable.secret]
        return learn_from_environment(names, environ)
    try:
        found = kubectl.get(TERRAFORM, target.namespace, target.name)
    except ClusterError as error:
        return _unknown(error, environ)
    return _known(kubectl, target, stack, found, environ)


def _known(kubectl: Kubectl, target: Target, stack: Stack, found: Json, environ: Mapping[str, str]) -> KnownSecrets:
    names = [line.name for line in secret_lines(stack)]
    return learn_from_cluster(kubectl, target.namespace, [found], names, environ)


def _unknown(error: ClusterError, environ: Mapping[str, str]) -> KnownSecrets:
    return KnownSecrets(Redactor.of_environment(environ), f"the values of its Secrets are not known: {error}")


def _hidden(found: TerraformState, known: KnownSecrets) -> TerraformState:
    """The state with the filter over everything, and without the message, which is read by itself."""
    hide = known.redactor.one_line
    return replace(
        found,
        ready=replace(found.ready, reason=hide(found.ready.reason), message=""),
        before=NOTHING_SAID,
        stalled=hide(found.stalled),
        changed=hide(found.changed),
        attempted=hide(found.attempted),
        pending_plan=hide(found.pending_plan),
        lock=hide(found.lock),
        suspension=found.suspension
        and replace(found.suspension, by=hide(found.suspension.by), reason=hide(found.suspension.reason)),
    )


def _plan(
    kubectl: Kubectl, target: Target, terraform: TerraformState, stack: str, model: LakeModel
) -> PlanSummary | None:
    """The pending plan, from its ConfigMap; else what drifted, from the message."""
    if terraform.pending_plan:
        labels = {"infra.contrib.fluxcd.io/plan-name": target.name, "infra.contrib.fluxcd.io/plan-workspace": "default"}
        try:
            maps = kubectl.select("configmaps", target.namespace, labels)
        except ClusterError:
            maps = []  # its id alone is shown
        return summarize(join_chunks(maps, terraform.pending_plan), stack, model)
    drifted = terraform.ready.reason == "DriftDetected"
    return summarize(terraform.ready.message, stack, model) if drifted else None


def _source(kubectl: Kubectl, target: Target, environ: Mapping[str, str]) -> tuple[SourceState | None, str, bool]:
    """The GitRepository; what is said of it where it is not ready; and whether it is not there."""
    try:
        found = kubectl.get(GIT_REPOSITORY, target.namespace, target.name)
    except ClusterError as error:
        return None, str(error), error.kind == "not-found"
    state = read_source(found)
    if state.ready.status == "True" or not state.ready.message:
        return state, "", False
    known = learn_from_cluster(kubectl, target.namespace, [found], [], environ)
    gap = known.gap_at(state.ready.since)
    said = f"its text is withheld: {gap}" if gap else known.redactor.one_line(known.whole(state.ready.message))
    return state, said, False


def _terraform_json(terraform: TerraformState, plan: PlanSummary | None) -> Json:
    return {
        "ready": terraform.ready.status,
        "reason": terraform.ready.reason,
        "since": terraform.ready.since or None,
        "applied_revision": terraform.applied or None,
        "changed_revision": terraform.changed or None,
        "attempted_revision": terraform.attempted or None,
        "pending_plan": terraform.pending_plan or None,
        "destroys": terraform.destroys,
        "plan": plan.counts or None if plan else None,
        "changes": [change.to_json() for change in plan.changes] if plan else [],
        "drift": terraform.drifted,
        "working": terraform.working,
        "failures": terraform.failures,
        "stalled": terraform.stalled or None,
        "deleted": terraform.deleted or None,
        "suspended": terraform.suspended,
        "suspended_by": (terraform.suspension and terraform.suspension.by) or None,
        "suspended_reason": (terraform.suspension and terraform.suspension.reason) or None,
    }


def _lock_json(met: str, lock: StateLock | None) -> Json:
    """The lock that the last run met, and the one that there is now."""
    held = lock is not None and bool(lock.id)
    told = (
        {"id": lock.id, "who": lock.who or None, "doing": lock.doing or None, "since": lock.since or None}
        if lock
        else None
    )
    return {"lock": met or None, "lock_now": told if held else None}


def _source_json(source: SourceState, said: str) -> Json:
    ready = source.ready
    return {
        "ready": ready.status,
        "reason": ready.reason,
        "revision": source.revision or None,
        "suspended": source.suspended,
        "message": said or None,
    }
