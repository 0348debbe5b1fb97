"""The ids of Airbyte's objects in Terraform's state, which the kubernetes backend keeps in a Secret.

Source: OpenTofu, internal/backend/remote-state/kubernetes/client.go: key `tfstate`, compressed with gzip.
"""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from infra.airbyte.workspace.state_ids import StateIds
from infra.base.errors import UserError
from infra.gitops.cluster.kubectl import Kubectl
from infra.lake.model.stack import Stack
from infra.lake.registry.flux import kubernetes_name
from infra.lake.registry.kinds import KIND_OF, SECTION_OF_TYPE
from infra.secrets.secret_sources import namespace_of


def has_state_in_cluster(stack: Stack) -> bool:
    """True if the stack's state is in a Secret of the cluster that Flux is in."""
    return stack.settings.flux is not None and _suffix(stack) is not None and namespace_of(stack) is not None


def read_state_ids(kubectl: Kubectl, stack: Stack) -> StateIds:
    """The ids in the state of a stack. Raises UserError if it cannot be read."""
    name = f"tfstate-default-{_suffix(stack)}"
    secret = kubectl.get("secrets", str(namespace_of(stack)), name)
    try:
        state = json.loads(gzip.decompress(base64.b64decode(secret["data"]["tfstate"])))
        if "encrypted_data" in state:
            raise UserError(f"the Secret {name} contains an encrypted state")
        found = [one for resource in state["resources"] for one in _ids_of(resource)]
    except (KeyError, TypeError, ValueError, AttributeError, OSError, EOFError, zlib.error, RecursionError):
        raise UserError(f"the Secret {name} contains no state that can be read") from None
    current = {path: id_ for path, id_, deposed in found if not deposed}
    return StateIds(current, frozenset(id_ for _, id_, _ in found))


def _ids_of(resource: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """(entry, id, whether it is only still to be destroyed) of an object of Airbyte."""
    section = SECTION_OF_TYPE.get(resource["type"])
    if resource["mode"] == "managed" and section:
        for instance in resource["instances"]:
            id_ = instance["attributes"][f"{KIND_OF[section]}_id"]
            yield f"{section}.{resource['name']}", str(id_), "deposed" in instance


def _suffix(stack: Stack) -> str | None:
    """What the state's name ends in; None for a state that is elsewhere."""
    backend: Mapping[str, Mapping[str, Any]] | None = stack.settings.backend
    if backend is None:
        return kubernetes_name(stack.id)
    found = backend.get("kubernetes", {}).get("secret_suffix")
    return found if isinstance(found, str) else None
