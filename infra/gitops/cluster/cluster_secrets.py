"""What a cluster's Secrets hold, read so that it is never shown."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from infra.airbyte.workspace.known_secrets import KnownSecrets
from infra.base.environment import environment_values
from infra.base.json_value import Json, part
from infra.base.redactor import Redactor
from infra.gitops.cluster.kubectl import Kubectl
from infra.gitops.cluster.kubectl_errors import ClusterError


def learn_from_cluster(
    kubectl: Kubectl, namespace: str, objects: Sequence[Json], names: Iterable[str], environ: Mapping[str, str]
) -> KnownSecrets:
    """Complete if every Secret that the objects' specs or `names` name can be read. The environment may know more."""
    wanted = {*names, *(name for found in objects for name in secret_names(found.get("spec")))}
    values, gaps, changed = list(environment_values(environ).values()), [], ""
    for name in sorted(wanted):
        try:
            secret = kubectl.get("secrets", namespace, name)
        except ClusterError as error:
            gaps.append(f"the Secret {name} cannot be read, so its values are not known: {error}")
            continue
        values += _values(secret)
        changed = max(changed, *_changes(part(secret, "metadata")))
    return KnownSecrets(Redactor(values), "; ".join(gaps), changed)


def secret_names(value: Any) -> Iterator[str]:
    """The Secrets that a spec names: `secretRef: {name}`, `{kind: Secret, name}`, `readInputsFromSecrets: [{name}]`."""
    if isinstance(value, list):
        for inner in value:
            yield from secret_names(inner)
    elif isinstance(value, dict):
        if value.get("kind") == "Secret" and isinstance(value.get("name"), str):
            yield value["name"]
        for key, inner in value.items():
            named = inner if key == "readInputsFromSecrets" and isinstance(inner, list) else [inner]
            if key.lower().endswith(("secretref", "fromsecrets")):
                yield from (one["name"] for one in named if isinstance(one, dict) and isinstance(one.get("name"), str))
            yield from secret_names(inner)


def _values(secret: Json) -> Iterator[str]:
    """Each value, also as it stands in the Secret."""
    for encoded in part(secret, "data").values():
        if isinstance(encoded, str) and encoded:
            yield encoded
            try:
                yield base64.b64decode(encoded).decode()
            except ValueError:  # no base64, or no text
                continue


def _changes(metadata: Json) -> Iterator[str]:
    """When it was made, and when somebody last wrote each part of it."""
    managed = metadata.get("managedFields")
    for one in (metadata, *(managed if isinstance(managed, list) else ())):
        moment = one.get("creationTimestamp" if one is metadata else "time") if isinstance(one, dict) else None
        yield moment if isinstance(moment, str) else ""
