"""The ids of Airbyte's objects in Terraform's state, which the kubernetes backend keeps in a Secret.

Source: OpenTofu, internal/backend/remote-state/kubernetes/client.go: key `tfstate`, compressed with gzip.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from infra.airbyte.workspace.state_ids import StateIds
from infra.base.errors import UserError
from infra.base.json_value import json_of
from infra.gitops.cluster.kubectl import Kubectl
from infra.lake.model.stack import Stack
from infra.lake.registry.flux import kubernetes_name
from infra.lake.registry.kinds import KIND_OF, SECTION_OF_TYPE
from infra.secrets.secret_sources import namespace_of

# A Secret has a megabyte, and a state takes twenty times as much once it is unpacked.
MOST_BYTES = 128 * 2**20


def has_state_in_cluster(stack: Stack) -> bool:
    """True if the stack's state is in a Secret of the cluster that Flux is in."""
    return stack.settings.flux is not None and _suffix(stack) is not None and namespace_of(stack) is not None


def state_name(stack: Stack) -> str:
    """What the backend calls the state of a stack that has one in the cluster, and its Secret."""
    return f"tfstate-default-{_suffix(stack)}"


def known_ids(kubectl: Kubectl, stack: Stack) -> tuple[StateIds | None, str]:
    """The ids in the state of a stack; and why they are not known, where they should be in the cluster."""
    if not has_state_in_cluster(stack):
        return None, ""
    try:
        return read_state_ids(kubectl, stack), ""
    except UserError as error:
        return None, f"recognized by name alone, as Terraform's state cannot be read: {error}"


def read_state_ids(kubectl: Kubectl, stack: Stack) -> StateIds:
    """The ids in the state of a stack. Raises UserError if it cannot be read."""
    name = state_name(stack)
    secret = kubectl.get("secrets", str(namespace_of(stack)), name)
    try:
        state = json_of(_unpacked(base64.b64decode(secret["data"]["tfstate"])))
        if "encrypted_data" in state:
            raise UserError(f"the Secret {name} contains an encrypted state")
        found = [one for resource in state["resources"] for one in _ids_of(resource)]
    except (KeyError, TypeError, ValueError, AttributeError, OSError, EOFError, zlib.error):
        raise UserError(f"the Secret {name} contains no state that can be read") from None
    current = {path: id_ for path, id_, deposed in found if not deposed}
    return StateIds(current, frozenset(id_ for _, id_, _ in found))


def _unpacked(data: bytes) -> bytes:
    """Raises ValueError for what is not gzip, and for more than MOST_BYTES."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)  # of gzip
    try:
        found = unpacker.decompress(data, MOST_BYTES)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if not unpacker.eof:
        raise ValueError("cut, or too large")
    return found


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
