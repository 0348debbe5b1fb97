"""Clusters for tests: a stand-in for kubectl that serves objects from a folder, and what controllers write into them."""

from __future__ import annotations

import base64
import gzip
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

Json = dict[str, Any]

OLD, NEW = f"main@sha1:{'a' * 40}", f"main@sha1:{'b' * 40}"
BEFORE, LONG_AGO = "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"

TERRAFORMS = "terraforms.infra.contrib.fluxcd.io"
REPOSITORIES = "gitrepositories.source.toolkit.fluxcd.io"

# The words of kubectl 1.32 to 1.36.
REFUSED = "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?"
NO_HOST = "Unable to connect to the server: dial tcp: lookup kube.example.com on 10.0.0.2:53: no such host"
NO_CONFIG = "The connection to the server localhost:8080 was refused - did you specify the right host or port?"
NO_KIND = 'error: the server doesn\'t have a resource type "{}"'
NOT_FOUND = 'Error from server (NotFound): {} "{}" not found'
LOGGED_OUT = "error: You must be logged in to the server (Unauthorized)"
NO_CONTEXT = 'error: context "{}" does not exist'

# `$requested` in an object is the annotation that somebody gave it: what a controller writes when it has obeyed. An object that is
# Ready and gets suspended is observed at once, and one that is being deleted is gone as soon as it is not suspended (tofu-controller:
# Reconcile); everything else that is changed is yet to be observed.
_PROGRAM = f"""\
#!{sys.executable} -IS
import json, os, pathlib, sys
folder = pathlib.Path(os.environ["STAND_IN_CLUSTER"])
words = sys.argv[1:]
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps(words) + "\\n")
verb, resource = words[0], words[1].split(".")[0]
value = lambda option: words[words.index(option) + 1] if option in words else None
refusals = json.loads((folder / "refusals.json").read_text())
def merge(old, new):
    for key, value in new.items():
        if value is None:
            old.pop(key, None)
        elif isinstance(value, dict):
            merge(old.setdefault(key, {{}}), value)
        else:
            old[key] = value
given = json.load(sys.stdin) if verb == "apply" else None
if given:
    resource = given["kind"].lower() + "s"
    words = ["apply", resource, given["metadata"]["name"], "--namespace", given["metadata"]["namespace"]]
name = None if words[2].startswith("--") else words[2]
for key in (f"{{verb}} {{resource}} {{name}}", f"{{verb}} {{resource}}", "*"):
    if key in refusals:
        sys.exit(refusals[key])
place = folder / resource / (value("--namespace") or "-")
def field(item, path):
    for key in path.split("."):
        item = item.get(key, {{}})
    return item
if name is None:
    labels, fields = (dict(pair.split("=") for pair in (value(by) or "").split(",") if pair) for by in ("--selector", "--field-selector"))
    items = [json.loads(path.read_text())[0] for path in sorted(place.glob("*.json"))]
    items = [item for item in items if labels.items() <= item["metadata"].get("labels", {{}}).items()]
    items = [item for item in items if all(field(item, path) == wanted for path, wanted in fields.items())]
    print(json.dumps({{"kind": "List", "items": items}}))
    sys.exit(0)
file = place / f"{{name}}.json"
if not file.exists():
    full = words[1].split(".")
    shown = ".".join([resource, *full[2:]]) if len(full) > 1 else resource
    sys.exit(f'Error from server (NotFound): {{shown}} "{{name}}" not found')
versions = json.loads(file.read_text())
if verb in ("apply", "patch", "annotate"):
    patches = [word.partition("=")[2] for word in words if word.startswith("--patch=")]
    pairs = [word.partition("=") for word in words[3:] if "/" in word.partition("=")[0] and "=" in word]
    annotated = {{"metadata": {{"annotations": {{key: text for key, _, text in pairs}}}}}}
    part = given or (json.loads(patches[0]) if patches else annotated)
    for version in versions:
        before = json.dumps(version["spec"])
        merge(version, part)
        if json.dumps(version["spec"]) != before:
            version["metadata"]["generation"] += 1
        ready = any((one["type"], one["status"]) == ("Ready", "True") for one in version["status"]["conditions"])
        if version["spec"].get("suspend") and ready:
            version["status"]["observedGeneration"] = version["metadata"]["generation"]
    file.write_text(json.dumps(versions))
    if versions[0]["metadata"].get("deletionTimestamp") and not versions[0]["spec"].get("suspend"):
        file.unlink()
    print(f"{{resource}}/{{name}} changed")
else:
    found = versions[0]
    asked = found["metadata"].get("annotations", {{}}).get("reconcile.fluxcd.io/requestedAt", "")
    print(json.dumps(found).replace("$requested", asked))
    if len(versions) > 1 and asked:
        file.write_text(json.dumps(versions[1:]))
"""


@dataclass(frozen=True)
class Cluster:
    """A folder of objects which a stand-in for kubectl on PATH serves."""

    folder: Path

    def put(self, *versions: Json) -> None:
        """An object; with several versions each look shows the next one, from the first request to reconcile on."""
        metadata = versions[0]["metadata"]
        plural = {"GitRepository": "gitrepositories"}.get(versions[0]["kind"], versions[0]["kind"].lower() + "s")
        path = self.folder / plural / metadata.get("namespace", "-") / f"{metadata['name']}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(versions))

    def refuse(self, words: str, stderr: str) -> None:
        """Answer calls that begin so, `get secrets`, or all of them, `*`, with this."""
        path = self.folder / "refusals.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), words: stderr}))

    def calls(self) -> list[list[str]]:
        """The words of every call."""
        path = self.folder / "calls"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def cluster_on_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """An empty cluster with the namespace `lake`, behind the only kubectl that there is."""
    for name in ("bin", "cluster"):
        (folder / name).mkdir(parents=True)
    program = folder / "bin/kubectl"
    program.write_text(_PROGRAM)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("STAND_IN_CLUSTER", str(folder / "cluster"))
    found = Cluster(folder / "cluster")
    (found.folder / "refusals.json").write_text("{}")
    found.put({"kind": "Namespace", "metadata": {"name": "lake"}})
    return found


def condition(kind: str, status: str, reason: str, message: str = "", since: str = BEFORE) -> Json:
    """A condition of an object."""
    return {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": since}


def terraform(*conditions: Json, spec: Json | None = None, generation: int = 1, **status: Any) -> Json:
    """A Terraform object of the stack `airbyte`; `status`: what tofu-controller wrote beside the conditions."""
    written = {"conditions": list(conditions), "observedGeneration": 1, **status}
    values = {"kind": "Secret", "name": "lake-values", "varsKeys": ["client_id", "client_secret"]}
    source = {"kind": "GitRepository", "name": "airbyte"}
    return {
        "apiVersion": "infra.contrib.fluxcd.io/v1alpha2",
        "kind": "Terraform",
        "metadata": {"name": "airbyte", "namespace": "lake", "generation": generation},
        "spec": {"interval": "10m", "sourceRef": source, "varsFrom": [values], **(spec or {})},
        "status": written,
    }


def applied(**status: Any) -> Json:
    """One that has applied the newest commit."""
    ready = condition("Ready", "True", "TerraformAppliedSucceed", f"Applied successfully: {NEW}")
    return terraform(ready, lastAppliedRevision=NEW, lastAttemptedRevision=NEW, **status)


def failed(message: str, reason: str = "TFExecApplyFailed", **status: Any) -> Json:
    """One whose newest commit could not be applied."""
    ready = condition("Ready", "False", reason, message)
    return terraform(ready, lastAppliedRevision=OLD, lastAttemptedRevision=NEW, **status)


def repository(*conditions: Json, spec: Json | None = None, revision: str = NEW, **status: Any) -> Json:
    """The GitRepository that it reads."""
    ready = conditions or (condition("Ready", "True", "Succeeded", f"stored artifact for revision '{revision}'"),)
    artifact = {
        "revision": revision,
        "digest": f"sha256:{'c' * 64}",
        "lastUpdateTime": BEFORE,
        "path": "gitrepository/lake/airbyte/x.tar.gz",
        "url": "http://source-controller.flux-system.svc/x.tar.gz",
    }
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": "airbyte", "namespace": "lake", "generation": 1},
        "spec": {"interval": "1m", "url": "ssh://git@git.example.com/team/lake", **(spec or {})},
        "status": {"conditions": list(ready), "observedGeneration": 1, "artifact": artifact, **status},
    }


def secret(values: dict[str, str], name: str = "lake-values", changed: str = LONG_AGO) -> Json:
    """A Secret, as Flux decrypted it."""
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    managed = [{"manager": "kustomize-controller", "operation": "Apply", "time": changed}]
    metadata = {"name": name, "namespace": "lake", "creationTimestamp": LONG_AGO, "managedFields": managed}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data}


def state(connections: dict[str, str], suffix: str = "lake-state", **actors: dict[str, str]) -> Json:
    """The Secret with Terraform's state, which holds these connections, and `source` and `destination`: entry -> id."""
    resources = [
        {
            "mode": "managed",
            "type": f"airbyte_{kind}",
            "name": name,
            "provider": 'provider["registry.opentofu.org/airbytehq/airbyte"]',
            "instances": [{"schema_version": 0, "attributes": {f"{kind}_id": id_, "name": "some name"}}],
        }
        for kind, held in {"connection": connections, **actors}.items()
        for name, id_ in held.items()
    ]
    return state_of({"version": 4, "outputs": {}, "resources": resources}, suffix)


def state_of(held: Json, suffix: str = "lake-state") -> Json:
    """The Secret with that state."""
    data = base64.b64encode(gzip.compress(json.dumps(held).encode())).decode()
    found = secret({}, f"tfstate-default-{suffix}")
    return {**found, "data": {"tfstate": data}}


def lease(id_: str | None, info: str = "", suffix: str = "lake-state") -> Json:
    """The lock of Terraform's state, held under that id, or by nobody any more; `info`: what the holder wrote about itself."""
    about = {"name": f"lock-tfstate-default-{suffix}", "namespace": "lake"}
    annotations = {"annotations": {"app.terraform.io/lock-info": info}} if info else {}
    held = {"holderIdentity": id_} if id_ else {}
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {**about, **annotations}, "spec": held}


def event(
    message: str, at: str, name: str = "airbyte.1", about: str = "airbyte", reason: str = "ReconciliationFailed"
) -> Json:
    """What tofu-controller tells of an attempt that failed."""
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": "lake"},
        "involvedObject": {"kind": "Terraform", "name": about, "namespace": "lake"},
        "reason": reason,
        "type": "Warning",
        "message": message,
        "lastTimestamp": at,
    }


def readable_plan(text: str, plan: str, chunk: int | None = None) -> Json:
    """The ConfigMap in which tofu-controller keeps a plan for people, or a part of it."""
    labels = {
        "infra.contrib.fluxcd.io/plan-name": "airbyte",
        "infra.contrib.fluxcd.io/plan-workspace": "default",
    }
    annotations = {"savedPlan": plan}
    if chunk is not None:
        annotations["infra.contrib.fluxcd.io/plan-chunk"] = str(chunk)
    name = "tfplan-default-airbyte" + ("" if chunk is None else f"-{chunk}")
    metadata = {"name": name, "namespace": "lake", "labels": labels, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"tfplan": text}}
