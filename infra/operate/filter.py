"""Filter: which values no text of a cluster or a server may show, and when that cannot be told.

A message of tofu-controller quotes what Terraform, the provider and Airbyte said, and any of them may echo a value. So
a free text is shown only if every value that it may hold is known: those of the Secrets that the stack's objects name,
which are read for nothing else. Where one cannot be read, or was changed after the text was written, so that its
former value may be in it, the text is withheld.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.operate.kubectl import Kubectl
from infra.operate.refused import ClusterFault
from infra.server.masks import Masks
from infra.server.settings import PREFIX

Json = Mapping[str, Any]

# tofu-controller cuts a message here, perhaps in the middle of a value (MaxConditionMessageLength).
MESSAGE_LIMIT = 20_000


@dataclass(frozen=True)
class Filter:
    """What is known about the values of a stack's secrets.

    Attributes:
        gap: why a text may hold a value that is not known; empty if all are.
        changed: moment in UTC of the last change of a Secret; empty if there is none.
        longest: letters of the longest value.

    """

    masks: Masks
    gap: str = ""
    changed: str = ""
    longest: int = field(default=0, repr=False)

    def gap_at(self, moment: str) -> str:
        """Why a text of that moment may hold a value that is not known; empty if it cannot."""
        if self.gap or not self.changed or moment > self.changed:
            return self.gap
        return f"a Secret was changed at {self.changed}, after that: its former value may be in it"

    def whole(self, text: str) -> str:
        """The text without an end that may be a part of a value."""
        return text if len(text) < MESSAGE_LIMIT else text[: max(0, MESSAGE_LIMIT - self.longest)]


def environment_masks(environ: Mapping[str, str]) -> Masks:
    """Hides every value that the environment has for a variable."""
    return Masks(_environment(environ))


def learn_from_environment(names: Iterable[str], environ: Mapping[str, str]) -> Filter:
    """For a stack that somebody applies by hand: complete if the environment has a value for each secret of `names`."""
    missing = [f"{PREFIX}{name}" for name in sorted(names) if not environ.get(f"{PREFIX}{name}")]
    gap = f"not all values are known; set in the environment: {', '.join(missing)}" if missing else ""
    return Filter(environment_masks(environ), gap)


def learn_from_cluster(
    kubectl: Kubectl, namespace: str, objects: Sequence[Json], names: Iterable[str], environ: Mapping[str, str]
) -> Filter:
    """Complete if every Secret that the objects' specs or `names` name can be read. The environment may know more."""
    wanted = {*names, *(name for found in objects for name in secret_names(found.get("spec")))}
    values, gaps, changed = list(_environment(environ)), [], ""
    for name in sorted(wanted):
        try:
            secret = kubectl.get("secrets", namespace, name)
        except ClusterFault as fault:
            gaps.append(f"the Secret {name} cannot be read, so its values are not known: {fault}")
            continue
        values += _values(secret)
        changed = max(changed, *_changes(secret.get("metadata") or {}))
    return Filter(Masks(values), "; ".join(gaps), changed, max(map(len, values), default=0))


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


def _environment(environ: Mapping[str, str]) -> Iterator[str]:
    return (value for name, value in environ.items() if name.startswith(PREFIX) and value)


def _values(secret: Json) -> Iterator[str]:
    """Each value, also as it stands in the Secret."""
    data = secret.get("data")
    for encoded in (data if isinstance(data, dict) else {}).values():
        if isinstance(encoded, str) and encoded:
            yield encoded
            try:
                yield base64.b64decode(encoded).decode()
            except (binascii.Error, UnicodeDecodeError):
                continue


def _changes(metadata: Json) -> Iterator[str]:
    """When it was made, and when somebody last wrote each part of it."""
    managed = metadata.get("managedFields")
    for one in (metadata, *(managed if isinstance(managed, list) else ())):
        moment = one.get("creationTimestamp" if one is metadata else "time") if isinstance(one, dict) else None
        yield moment if isinstance(moment, str) else ""
