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


NOTHING_SAID = Ready("Unknown", "", "", "")


@dataclass(frozen=True)
class SourceState:
    """A GitRepository.

    Attributes:
        revision: of the artifact that it holds, `main@sha1:...`; empty if none.
        fetched: moment at which it got that one; empty if none.
        working: True while the controller is at work with the object.
        handled: the last request to reconcile that was carried out.
    """

    ready: Ready
    revision: str
    fetched: str
    suspended: bool
    working: bool
    handled: str


@dataclass(frozen=True)
class TerraformState:
    """A Terraform object.

    Attributes:
        changed: the revision of the last apply, which changed something; empty if there was none.
        attempted: the revision of the last plan; empty if there was none, or if a lock was in its way.
        pending_plan: id of a plan that is not applied; empty if none.
        destroys: True if that plan destroys everything.
        lock: id of the state's lock that the last run met; empty if none.
        drifted: True if Airbyte is not as the last apply left it, as far as the controller has looked.
        suspension: None while the controller is at work.
        working: True while the controller is at work with the object.
        before: what the attempt before the one that is being made said, if it failed.
        failures: attempts in a row that failed with this commit and this object.
        stalled: why the controller thinks that nothing goes on; empty if it does not.
        deleted: moment at which somebody deleted the object, which is there until its deletion is carried out; else empty.
        destroys_all: True if that deletes what is in Airbyte, too.
        written: moment of the last change that its controller has not answered; empty if not known.
    """

    ready: Ready
    changed: str
    attempted: str
    pending_plan: str
    destroys: bool
    lock: str
    drifted: bool
    suspension: Suspension | None
    handled: str
    working: bool
    before: Ready
    failures: int
    stalled: str
    deleted: str
    destroys_all: bool
    written: str

    @property
    def applied(self) -> str:
        """The newest revision that Airbyte is like, also one in which nothing changed for this stack; empty if none."""
        return self.attempted if self.ready.status == "True" and self.attempted else self.changed

    @property
    def suspended(self) -> bool:
        """True if tofu-controller leaves the object alone."""
        return self.suspension is not None


def read_source(found: Json) -> SourceState:
    """A GitRepository as kubectl prints it."""
    status = part(found, "status")
    artifact = part(status, "artifact")
    return SourceState(
        ready=_ready(found),
        revision=_text(artifact, "revision"),
        fetched=_text(artifact, "lastUpdateTime"),
        suspended=read_suspension(found) is not None,
        working=_is_at_work(found),
        handled=_text(status, "lastHandledReconcileAt"),
    )


def read_terraform(found: Json) -> TerraformState:
    """A Terraform object as kubectl prints it."""
    status, metadata = part(found, "status"), part(found, "metadata")
    ready, plan, failures = _ready(found), part(status, "plan"), status.get("reconciliationFailures")
    return TerraformState(
        ready=ready,
        changed=_text(status, "lastAppliedRevision"),
        attempted=_text(status, "lastAttemptedRevision"),
        pending_plan=_text(plan, "pending"),
        destroys=plan.get("isDestroyPlan") is True,
        lock="" if ready.status == "True" else _text(part(status, "lock"), "pending"),
        drifted=_drifted(status, ready),
        suspension=read_suspension(found),
        handled=_text(status, "lastHandledReconcileAt"),
        working=_is_at_work(found),
        before=_before(found, ready),
        failures=failures if isinstance(failures, int) else 0,
        stalled=_reason_of(found, "Stalled"),
        deleted=_text(metadata, "deletionTimestamp"),
        destroys_all=part(found, "spec").get("destroyResourcesOnDeletion") is True,
        written=_written(metadata),
    )


def _is_at_work(found: Json) -> bool:
    condition = _condition(found, "Ready")
    at_it = condition.get("status") == "Unknown" and condition.get("reason") == "Progressing"
    return at_it or bool(_reason_of(found, "Reconciling"))


def _reason_of(found: Json, kind: str) -> str:
    """The reason of a condition that holds; else empty."""
    condition = _condition(found, kind)
    return _text(condition, "reason") if condition.get("status") == "True" else ""


def _before(found: Json, ready: Ready) -> Ready:
    """Ready forgets the last failure when the next attempt begins; the condition Apply keeps it, also long after a success."""
    apply, success = _condition(found, "Apply"), _text(part(found, "status"), "lastSuccessfulReconcileAt")
    since = _text(apply, "lastTransitionTime")
    if ready.status != "Unknown" or apply.get("status") != "False" or success >= since:
        return NOTHING_SAID
    return Ready("False", _text(apply, "reason"), _text(apply, "message"), since)


def _written(metadata: Json) -> str:
    """When somebody deleted the object or set a field of it; a field that was taken out leaves no trace of its moment."""
    set_, spoken = (_last_time(metadata, field) for field in ("f:spec", "f:status"))
    return _text(metadata, "deletionTimestamp") or (set_ if set_ >= spoken else "")


def _last_time(metadata: Json, field: str) -> str:
    """When somebody set something below that field for the last time."""
    managed = metadata.get("managedFields")
    listed = [one for one in managed if isinstance(one, dict)] if isinstance(managed, list) else []
    return max((_text(one, "time") for one in listed if field in part(one, "fieldsV1")), default="")


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
