"""What tofu-controller and Flux write about their objects.

Source: `api/v1alpha2/terraform_types.go` of flux-iac/tofu-controller, `api/v1/gitrepository_types.go` of
fluxcd/source-controller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from infra.base.json_value import Json, part
from infra.gitops.cluster.suspension import Suspension, read_suspension

Status = Literal["True", "False", "Unknown"]

_STATUSES: Mapping[str, Status] = {"True": "True", "False": "False"}


@dataclass(frozen=True)
class Ready:
    """The condition Ready.

    Attributes:
        reason: one word of the controller.
        message: free text, which may quote anything; never to be shown as it is.
        since: moment in UTC at which the status became this one; empty if nobody said anything yet.
    """

    status: Status
    reason: str
    message: str
    since: str

    @property
    def settled(self) -> bool:
        """False while the controller is at work."""
        return self.status != "Unknown" or self.reason not in ("Progressing", "NotObserved", "")


@dataclass(frozen=True)
class SourceState:
    """A GitRepository.

    Attributes:
        revision: of the artifact that it holds, `main@sha1:...`; empty if none.
        handled: the last request to reconcile that was carried out.
    """

    ready: Ready
    revision: str
    suspended: bool
    handled: str


@dataclass(frozen=True)
class TerraformState:
    """A Terraform object.

    Attributes:
        applied, attempted: revisions; empty if there are none.
        pending_plan: id of a plan that is not applied; empty if none.
        destroys: True if that plan destroys everything.
        lock: id of the state's lock that the last run met; empty if none.
        drifted: True if Airbyte is not as the last apply left it, as far as the controller has looked.
        suspension: None while the controller is at work.
    """

    ready: Ready
    applied: str
    attempted: str
    pending_plan: str
    destroys: bool
    lock: str
    drifted: bool
    suspension: Suspension | None
    handled: str

    @property
    def suspended(self) -> bool:
        """True if tofu-controller leaves the object alone."""
        return self.suspension is not None


def read_source(found: Json) -> SourceState:
    """A GitRepository as kubectl prints it."""
    status = part(found, "status")
    revision = _text(part(status, "artifact"), "revision")
    suspended = read_suspension(found) is not None
    return SourceState(_ready(found), revision, suspended, _text(status, "lastHandledReconcileAt"))


def read_terraform(found: Json) -> TerraformState:
    """A Terraform object as kubectl prints it."""
    status = part(found, "status")
    ready, plan = _ready(found), part(status, "plan")
    return TerraformState(
        ready=ready,
        applied=_text(status, "lastAppliedRevision"),
        attempted=_text(status, "lastAttemptedRevision"),
        pending_plan=_text(plan, "pending"),
        destroys=plan.get("isDestroyPlan") is True,
        lock="" if ready.status == "True" else _text(part(status, "lock"), "pending"),
        drifted=_drifted(status, ready),
        suspension=read_suspension(found),
        handled=_text(status, "lastHandledReconcileAt"),
    )


def _ready(found: Json) -> Ready:
    """The condition; Unknown also where it is about an older version of the object than the one that there is."""
    condition = _condition(found, "Ready")
    status = _STATUSES.get(_text(condition, "status"), "Unknown")
    reason, message, since = (_text(condition, key) for key in ("reason", "message", "lastTransitionTime"))
    seen, now = part(found, "status").get("observedGeneration"), part(found, "metadata").get("generation")
    if status == "True" and now is not None and seen != now:
        return Ready("Unknown", "NotObserved", "", since)
    return Ready(status, reason, message, since)


def _drifted(status: Json, ready: Ready) -> bool:
    """Drift that was seen after the last apply and is not known to be gone (tofu-controller: HasDrift)."""
    if ready.reason in ("DriftDetected", "NoDrift"):
        return ready.reason == "DriftDetected"
    apply = _condition({"status": status}, "Apply")
    seen = _text(status, "lastDriftDetectedAt")
    return apply.get("status") == "True" and seen > _text(apply, "lastTransitionTime")


def _condition(found: Json, kind: str) -> Json:
    conditions = part(found, "status").get("conditions")
    listed = conditions if isinstance(conditions, list) else []
    return next((one for one in listed if isinstance(one, dict) and one.get("type") == kind), {})


def _text(value: Json, key: str) -> str:
    inner = value.get(key)
    return inner if isinstance(inner, str) else ""
