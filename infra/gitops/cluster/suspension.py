"""Suspension: a Terraform object that tofu-controller leaves alone, and who wanted that and why.

`spec.suspend` is in no manifest, and Flux takes out what git does not have where it believes that kubectl has set it:
kustomize-controller takes over the fields of every field manager whose name begins with `kubectl`
(`internal/controller/kustomization_controller.go`, `FieldManagers`). A field manager of our own is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infra.base.json_value import Json

# Who holds what lakeform sets in an object.
MANAGER = "lakeform"

BY = "lakeform/suspended-by"
REASON = "lakeform/suspended-reason"

# Flux's own, which applies what is in git.
_GIT = "kustomize-controller"


@dataclass(frozen=True)
class Suspension:
    """That an object is suspended.

    Attributes:
        by, reason: what `lakeform suspend` was told, free text; empty if it was done in another way.
        holders: field managers that have set `spec.suspend`, sorted.
    """

    by: str = ""
    reason: str = ""
    holders: tuple[str, ...] = ()

    @property
    def is_undone(self) -> bool:
        """True if Flux takes it back the next time that it applies what is in git."""
        return bool(self.holders) and all(name.startswith("kubectl") for name in self.holders)

    @property
    def is_in_git(self) -> bool:
        """True if the manifest says it."""
        return _GIT in self.holders


def read_suspension(found: Json) -> Suspension | None:
    """That of an object as kubectl prints it; None if it is not suspended."""
    spec, metadata = found.get("spec"), found.get("metadata")
    if not isinstance(spec, dict) or spec.get("suspend") is not True:
        return None
    known = metadata if isinstance(metadata, dict) else {}
    annotations = known.get("annotations")
    by, reason = (annotations.get(key) if isinstance(annotations, dict) else None for key in (BY, REASON))
    holders = tuple(sorted(set(_holders(known))))
    return Suspension(by if isinstance(by, str) else "", reason if isinstance(reason, str) else "", holders)


def suspended_part(api_version: str, kind: str, namespace: str, name: str, by: str, reason: str) -> dict[str, Any]:
    """What a field manager holds of a suspended object."""
    metadata = {"namespace": namespace, "name": name, "annotations": {BY: by, REASON: reason}}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": {"suspend": True}}


# A merge that takes out all of it, so that git alone decides again.
RESUMED: dict[str, Any] = {"metadata": {"annotations": {BY: None, REASON: None}}, "spec": {"suspend": None}}


def _holders(metadata: Json) -> Iterator[str]:
    managed = metadata.get("managedFields")
    for one in managed if isinstance(managed, list) else ():
        fields = one.get("fieldsV1") if isinstance(one, dict) else None
        spec = fields.get("f:spec") if isinstance(fields, dict) else None
        if isinstance(spec, dict) and "f:suspend" in spec and isinstance(one.get("manager"), str):
            yield one["manager"]
