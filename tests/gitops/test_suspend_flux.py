"""The emergency stop against Flux itself: its own library applies what is in git again, in a real API server."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.cluster import RealCluster, programs_or_skip, real_cluster
from tests.support.lakes import REPOSITORY, run
from tests.support.operate_lakes import operate_lake, stack
from tests.tools.build import ToolsMissing, build, give_up

MODULE = REPOSITORY / "tests/tools/flux"

pytestmark = [pytest.mark.network, pytest.mark.slow]

GROUP, KIND = "infra.contrib.fluxcd.io", "Terraform"
OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}

# As much of the definition as Flux needs, which knows the kind by its name alone.
DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": f"terraforms.{GROUP}"},
    "spec": {
        "group": GROUP,
        "names": {"kind": KIND, "listKind": "TerraformList", "plural": "terraforms", "singular": "terraform"},
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1alpha2",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": OPEN, "status": OPEN}}},
            }
        ],
    },
}

REASON = "orders come twice"
STOP = ("suspend", "airbyte", "--reason", REASON, "--by", "Ada")


def manifest(**spec: Any) -> dict[str, Any]:
    """What is in git."""
    about = {"name": "airbyte", "namespace": "lake"}
    found = {"interval": "10m", "path": "./cdktf.out/stacks/airbyte", **spec}
    return {"apiVersion": f"{GROUP}/v1alpha2", "kind": KIND, "metadata": about, "spec": found}


@pytest.fixture(scope="module")
def flux() -> Path:
    """The program that applies as kustomize-controller does."""
    try:
        return build(MODULE, "flux-apply", ".")
    except ToolsMissing as error:
        give_up(error)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCluster]:
    programs_or_skip()
    with real_cluster(tmp_path_factory.mktemp("cluster")) as found:
        found.put(DEFINITION)
        found.wait_for_crds()
        found.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "lake"}})
        yield found


@pytest.fixture
def cluster(server: RealCluster) -> RealCluster:
    """The same without the Terraform object of an earlier test."""
    server.kubectl("delete", "terraforms", "--all", "--namespace=lake")
    return server


@pytest.fixture
def lake(tmp_path: Path, cluster: RealCluster, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KUBECONFIG", str(cluster.kubeconfig))
    monkeypatch.setenv("PATH", f"{cluster.kubectl_path.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))
    return operate_lake(tmp_path / "lake", stack())


@pytest.fixture
def merge(cluster: RealCluster, flux: Path) -> Callable[..., str]:
    """Lets Flux apply what is in git, with these fields of the spec; what it says that it did."""

    def apply(**spec: Any) -> str:
        environment = {**os.environ, "KUBECONFIG": str(cluster.kubeconfig)}
        given = json.dumps(manifest(**spec))
        done = subprocess.run([flux], input=given, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.strip().rpartition(" ")[2]

    return apply


def spec_of(cluster: RealCluster) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        cluster.kubectl("get", "terraform", "airbyte", "--namespace=lake", "--output=json")
    )["spec"]
    return found


def patch(cluster: RealCluster, spec: dict[str, Any]) -> None:
    """By hand, as an operator does who knows kubectl."""
    words = ["patch", "terraform", "airbyte", "--namespace=lake", "--type=merge"]
    cluster.kubectl(*words, f"--patch={json.dumps({'spec': spec})}")


def is_shown_as_stopped(lake: Path) -> bool:
    return f"suspended  by Ada: {REASON}\n" in run(lake, "status", "--quiet").out


def test_kubectl_alone_is_undone_by_flux(cluster: RealCluster, merge: Callable[..., str]) -> None:
    """Why there is a command for it; and that Flux is here as it is in a cluster."""
    assert merge() == "created"
    patch(cluster, {"suspend": True})
    assert spec_of(cluster)["suspend"] is True
    assert merge() == "configured"
    assert "suspend" not in spec_of(cluster)


def test_the_stop_outlives_flux_and_a_resume_leaves_nothing(
    cluster: RealCluster, lake: Path, merge: Callable[..., str]
) -> None:
    merge()
    assert run(lake, *STOP).code == 0
    assert (merge(), merge()) == ("unchanged", "unchanged")
    assert spec_of(cluster)["suspend"] is True
    # A new commit is applied as well, and the stop stays.
    assert merge(path="./elsewhere") == "configured"
    assert (spec_of(cluster)["path"], spec_of(cluster)["suspend"]) == ("./elsewhere", True)
    assert is_shown_as_stopped(lake)
    assert run(lake, "reconcile", "--quiet").code != 0

    assert run(lake, "resume").code == 0
    assert spec_of(cluster) == manifest(path="./elsewhere")["spec"]
    assert (merge(path="./elsewhere"), merge()) == ("unchanged", "configured")
    metadata = json.loads(cluster.kubectl("get", "terraform", "airbyte", "--namespace=lake", "--output=json"))
    assert "lakeform" not in json.dumps(metadata)


def test_a_stop_that_kubectl_made_is_made_to_hold(cluster: RealCluster, lake: Path, merge: Callable[..., str]) -> None:
    merge()
    patch(cluster, {"suspend": True})
    assert "which Flux undoes" in run(lake, "status", "--quiet").out
    assert run(lake, *STOP).code == 0
    merge()
    merge()
    assert spec_of(cluster)["suspend"] is True
    assert is_shown_as_stopped(lake)
    assert run(lake, "resume").code == 0
    merge()
    assert "suspend" not in spec_of(cluster)


def test_what_git_says_is_not_resumed(cluster: RealCluster, lake: Path, merge: Callable[..., str]) -> None:
    merge(suspend=True)
    result = run(lake, "resume")
    assert (result.code, "its manifest in git says suspend: true" in result.err) == (1, True)
    assert spec_of(cluster)["suspend"] is True
    merge()
    assert "suspend" not in spec_of(cluster)


def test_a_stop_needs_the_right_to_patch(cluster: RealCluster, lake: Path, merge: Callable[..., str]) -> None:
    merge()
    names = [f"--resource=terraforms.{GROUP}", "--namespace=lake"]
    cluster.kubectl("create", "role", "looks", "--verb=get", *names)
    cluster.kubectl("create", "rolebinding", "looks", "--namespace=lake", "--role=looks", "--group=readers")
    result = run(lake, *STOP, "--context", "reader")
    assert (result.code, result.out) == (2, "")
    assert 'User "reader" cannot patch resource "terraforms"' in result.err
    cluster.kubectl("create", "role", "stops", "--verb=get,patch", *names)
    cluster.kubectl("create", "rolebinding", "stops", "--namespace=lake", "--role=stops", "--group=readers")
    assert run(lake, *STOP, "--context", "reader").code == 0
    assert spec_of(cluster)["suspend"] is True
    assert run(lake, "resume", "--context", "reader").code == 0
