"""Judges of Kubernetes objects: the real CRDs where they are at hand, else the fields that are known to be in them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from tests.support.lakes import REPOSITORY

FIXTURES = REPOSITORY.parent / "shared/fixtures"
FILES = (FIXTURES / "tofu-controller-crd.yaml", *sorted((FIXTURES / "flux-crds").glob("*.yaml")))

Object = dict[str, Any]

# (apiVersion, kind) -> paths of the fields that we use; `[]` for an item, `*` for any key. Lists of the kinds that have no
# CRD here are those of their own documentation: Kubernetes' ConfigMap, kustomize's Kustomization.
FIELDS: dict[tuple[str, str], frozenset[str]] = {
    ("source.toolkit.fluxcd.io/v1", "GitRepository"): frozenset(
        {"interval", "url", "ref", "ref.branch", "secretRef", "secretRef.name", "sparseCheckout"}
    ),
    ("kustomize.toolkit.fluxcd.io/v1", "Kustomization"): frozenset(
        {
            *("interval", "retryInterval", "path", "prune", "sourceRef", "sourceRef.kind", "sourceRef.name"),
            *("dependsOn", "dependsOn[].name", "wait", "timeout", "deletionPolicy"),
            *("healthCheckExprs", "healthCheckExprs[].apiVersion", "healthCheckExprs[].kind"),
            *("healthCheckExprs[].failed", "healthCheckExprs[].current"),
            *("decryption", "decryption.provider", "decryption.secretRef", "decryption.secretRef.name"),
        }
    ),
    ("notification.toolkit.fluxcd.io/v1", "Receiver"): frozenset(
        {
            *("type", "events", "secretRef", "secretRef.name"),
            *("resources", "resources[].kind", "resources[].name", "resources[].namespace"),
        }
    ),
    ("notification.toolkit.fluxcd.io/v1beta3", "Provider"): frozenset(
        {"type", "channel", "secretRef", "secretRef.name"}
    ),
    ("notification.toolkit.fluxcd.io/v1beta3", "Alert"): frozenset(
        {
            *("providerRef", "providerRef.name", "eventSeverity", "eventMetadata", "eventMetadata.*"),
            *("eventSources", "eventSources[].kind", "eventSources[].name", "eventSources[].namespace"),
        }
    ),
    ("infra.contrib.fluxcd.io/v1alpha2", "Terraform"): frozenset(
        {
            *("interval", "retryInterval", "approvePlan", "path", "sourceRef", "sourceRef.kind", "sourceRef.name"),
            *("storeReadablePlan", "upgradeOnInit", "destroyResourcesOnDeletion"),
            *("backendConfig", "backendConfig.secretSuffix", "backendConfig.inClusterConfig"),
            *("backendConfig.labels", "backendConfig.labels.*", "backendConfig.customConfiguration"),
            *("branchPlanner", "branchPlanner.enablePathScope", "vars", "vars[].name", "vars[].value"),
            *("varsFrom", "varsFrom[].kind", "varsFrom[].name", "varsFrom[].varsKeys"),
            *("runnerPodTemplate", "runnerPodTemplate.metadata"),
            *("runnerPodTemplate.metadata.annotations", "runnerPodTemplate.metadata.annotations.*"),
        }
    ),
    ("v1", "ConfigMap"): frozenset({"data", "data.*"}),
    ("kustomize.config.k8s.io/v1beta1", "Kustomization"): frozenset(
        {
            *("resources", "secretGenerator", "secretGenerator[].name", "secretGenerator[].namespace"),
            *("secretGenerator[].envs", "secretGenerator[].options"),
            "secretGenerator[].options.disableNameSuffixHash",
        }
    ),
}
_METADATA = {
    *("apiVersion", "kind", "metadata", "metadata.name", "metadata.namespace"),
    *("metadata.annotations", "metadata.annotations.*"),
}


def known_fields(version: str, kind: str) -> set[str]:
    """The paths of the table, from the root of an object."""
    inside = FIELDS[version, kind]
    return _METADATA | ({"spec"} | {f"spec.{path}" for path in inside} if "fluxcd.io" in version else set(inside))


def unknown_fields(found: Object) -> list[str]:
    """Paths of the fields that are not in the table of their kind."""
    known = known_fields(found["apiVersion"], found["kind"])
    free = tuple(path.removesuffix("*") for path in known if path.endswith(".*"))
    return [path for path in paths_of(found) if path not in known and not path.startswith(free)]


def paths_of(value: Any, path: str = "") -> Iterator[str]:
    """Every path of keys below a value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            here = f"{path}.{key}".lstrip(".")
            yield here
            yield from paths_of(inner, here)
    elif isinstance(value, list):
        for item in value:
            yield from paths_of(item, f"{path}[]")


@cache
def crd_schemas() -> dict[tuple[str, str], Object]:
    """(apiVersion, kind) -> schema with unknown fields refused, of every CRD that is here."""
    schemas = {}
    for file in FILES:
        crd = yaml.load(file.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for version in crd["spec"]["versions"]:
            schema = _closed(version["schema"]["openAPIV3Schema"])
            schema["properties"]["metadata"] = {"type": "object"}
            schemas[f"{crd['spec']['group']}/{version['name']}", crd["spec"]["names"]["kind"]] = schema
    return schemas


def _closed(schema: Any) -> Any:
    """The schema with no other properties than those it names, but where it says that others are kept."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and not schema.get("x-kubernetes-preserve-unknown-fields"):
        closed.setdefault("additionalProperties", False)
    if schema.get("nullable") and isinstance(schema.get("type"), str):
        closed["type"] = [schema["type"], "null"]
    return closed


def crd_errors(found: Object) -> list[str]:
    """What the real CRD says against an object; needs the fixtures."""
    validator = jsonschema.Draft7Validator(crd_schemas()[found["apiVersion"], found["kind"]])
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(found)]


def has_field(schema: Any, path: str) -> bool:
    """True if a schema of a CRD describes the field at a path of the table."""
    for part in path.split("."):
        name = part.removesuffix("[]")
        schema = schema.get("additionalProperties") if name == "*" else schema.get("properties", {}).get(name)
        if not schema:
            return False
        schema = schema["items"] if part.endswith("[]") else schema
    return True


def objects_in(folder: Path) -> list[Object]:
    """Every object of the YAML files below a folder, but encrypted ones."""
    found = []
    for file in sorted(folder.rglob("*.yaml")):
        found += [value for value in yaml.safe_load_all(file.read_text("utf-8")) if value and "sops" not in value]
    return found
