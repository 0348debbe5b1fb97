"""StateLock: who holds the lock of a Terraform state in the cluster.

Source: OpenTofu, internal/backend/remote-state/kubernetes/client.go: a Lease with the id as its holder, and an annotation with what
else is known (internal/states/statemgr, `LockInfo`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infra.base.json_value import Json, json_of, part
from infra.gitops.cluster.kubectl import Kubectl
from infra.gitops.cluster.kubectl_errors import ClusterError

_LEASES = "leases.v1.coordination.k8s.io"
_INFO = "app.terraform.io/lock-info"


@dataclass(frozen=True)
class StateLock:
    """The lock as it is now.

    Attributes:
        id: empty if nothing locks the state.
        who: `user@machine` of whoever holds it; free text.
        doing: Terraform's name of what they do, `OperationTypeApply`; free text.
        since: moment in UTC.
    """

    id: str = ""
    who: str = ""
    doing: str = ""
    since: str = ""


def read_state_lock(kubectl: Kubectl, namespace: str, state: str, shown: Callable[[str], str]) -> StateLock | None:
    """The lock of the state with that name; None if it cannot be looked at. `shown`: what may be shown of a free text."""
    try:
        found = kubectl.get(_LEASES, namespace, f"lock-{state}")
    except ClusterError as error:
        return StateLock() if error.kind == "not-found" else None
    holder = part(found, "spec").get("holderIdentity")
    info = _info(part(part(found, "metadata"), "annotations"))
    who, doing, since = (shown(str(info.get(key) or "")) for key in ("Who", "Operation", "Created"))
    return StateLock(shown(holder) if isinstance(holder, str) else "", who, doing, since[:19] + "Z" if since else "")


def _info(annotations: Json) -> Json:
    text = annotations.get(_INFO)
    try:
        value = json_of(text) if isinstance(text, str) else None
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
