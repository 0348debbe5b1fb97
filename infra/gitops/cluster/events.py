"""What tofu-controller has told Kubernetes as events: the only place where a failed plan is kept while the next one runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.base.json_value import Json
from infra.gitops.cluster.kubectl import Kubectl
from infra.gitops.cluster.kubectl_errors import ClusterError
from infra.gitops.cluster.objects import NOTHING_SAID, Ready

# With these reasons it tells how an attempt ended that failed, and a plan that destroys (`api/v1alpha2/condition_types.go`).
_FAILED, _PLAN_FAILED = "ReconciliationFailed", "TFExecPlanFailed"


def last_failure(kubectl: Kubectl, namespace: str, name: str, deleted: str = "") -> Ready:
    """The newest failure of a Terraform object, as a condition; one without a text if there is none, or if nobody may look.

    `deleted`: moment at which somebody deleted it; only what went wrong since then counts. Empty if nobody did.
    """
    reason = _PLAN_FAILED if deleted else _FAILED
    about = {"involvedObject.kind": "Terraform", "involvedObject.name": name, "reason": reason}
    try:
        found = kubectl.select("events", namespace, about, by="field-selector")
    except ClusterError:
        return NOTHING_SAID
    newest = max((event for event in found if _moment(event) >= deleted), key=_moment, default=None)
    return NOTHING_SAID if newest is None else Ready("False", reason, str(newest.get("message") or ""), _moment(newest))


def _moment(event: Mapping[str, Any]) -> str:
    found: Json = dict(event)
    return str(found.get("lastTimestamp") or found.get("eventTime") or "")
