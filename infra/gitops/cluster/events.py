"""What tofu-controller has told Kubernetes as events: the only place where a failed plan is kept while the next one runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.base.json_value import Json
from infra.gitops.cluster.kubectl import Kubectl
from infra.gitops.cluster.kubectl_errors import ClusterError
from infra.gitops.cluster.objects import NOTHING_SAID, Ready

# With this reason it tells how an attempt ended that failed (`api/v1alpha2/condition_types.go`).
_REASON = "ReconciliationFailed"


def last_failure(kubectl: Kubectl, namespace: str, name: str) -> Ready:
    """The newest failure of a Terraform object, as a condition; one without a text if there is none, or if nobody may look."""
    about = {"involvedObject.kind": "Terraform", "involvedObject.name": name, "reason": _REASON}
    try:
        found = kubectl.select("events", namespace, about, by="field-selector")
    except ClusterError:
        return NOTHING_SAID
    newest = max(found, key=_moment, default=None)
    return (
        NOTHING_SAID if newest is None else Ready("False", _REASON, str(newest.get("message") or ""), _moment(newest))
    )


def _moment(event: Mapping[str, Any]) -> str:
    found: Json = dict(event)
    return str(found.get("lastTimestamp") or found.get("eventTime") or "")
