"""The ids of connections in Terraform's state, which the kubernetes backend keeps in a Secret.

Source: OpenTofu, internal/backend/remote-state/kubernetes/client.go: key `tfstate`, compressed with gzip.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any

from infra.faults import Fault
from infra.gitops.secret_sources import namespace_of
from infra.model.lake_model import StackModel
from infra.operate.kubectl import Kubectl
from infra.registry.flux import kubernetes_name


def has_state_in_cluster(stack: StackModel) -> bool:
    """True if the stack's state is in a Secret of the cluster that Flux is in."""
    return stack.entries.settings.flux is not None and _suffix(stack) is not None and namespace_of(stack) is not None


def connection_ids(kubectl: Kubectl, stack: StackModel) -> Mapping[str, str]:
    """Connection of the registry -> its id in Airbyte, of those that Terraform has made. Nothing else of the state is
    kept. Raises Fault if it cannot be read.
    """
    namespace, suffix = namespace_of(stack), _suffix(stack)
    secret = kubectl.get("secrets", str(namespace), f"tfstate-default-{suffix}")
    try:
        state = json.loads(gzip.decompress(base64.b64decode(secret["data"]["tfstate"])))
        outputs = state.get("outputs") or {}  # an encrypted state has none
        return {name: one["value"] for name, one in outputs.items() if isinstance(one["value"], str)}
    except (KeyError, TypeError, ValueError, AttributeError, OSError, EOFError):
        raise Fault(f"the Secret tfstate-default-{suffix} holds no state that can be read") from None


def _suffix(stack: StackModel) -> str | None:
    """What the state's name ends in; None for a state that is elsewhere."""
    backend: Mapping[str, Mapping[str, Any]] | None = stack.entries.settings.backend
    if backend is None:
        return kubernetes_name(stack.id)
    found = backend.get("kubernetes", {}).get("secret_suffix")
    return found if isinstance(found, str) else None
