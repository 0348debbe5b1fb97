"""The commands that operate, with the real kubectl against a real API server that has the real definitions of the kinds."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.cluster import RealCluster, programs_or_skip, real_cluster
from tests.support.crds import FILES
from tests.support.kube import NEW, applied, condition, failed, readable_plan, repository, secret, terraform
from tests.support.lakes import run
from tests.support.operate_lakes import operate_lake, stack

pytestmark = [
    pytest.mark.network,
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(file.exists() for file in FILES), reason="cannot run here: the definitions of the kinds are not at hand"
    ),
]

IN_CLUSTER = "s3cret/of the+cluster"
PLAN = "plan-main-bbbbbbbbbb"
MESSAGE = (
    f"error running Apply: exit status 1\n\nError: bad key\n\n  with airbyte_source.faker,\n\n{IN_CLUSTER} is bad\n"
)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCluster]:
    """A cluster in which nothing is installed yet."""
    programs_or_skip()
    with real_cluster(tmp_path_factory.mktemp("cluster")) as found:
        yield found


@pytest.fixture(scope="module")
def installed(bare: RealCluster) -> RealCluster:
    """The same with the kinds of Flux and tofu-controller, and a namespace with a Secret."""
    bare.kubectl("create", *(f"--filename={file}" for file in FILES))
    bare.wait_for_crds()
    bare.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "lake"}})
    found = secret({"client_secret": IN_CLUSTER})
    found["metadata"] = {"name": "lake-values", "namespace": "lake"}
    bare.put(found)
    return bare


@pytest.fixture
def lake(tmp_path: Path, bare: RealCluster, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KUBECONFIG", str(bare.kubeconfig))
    monkeypatch.setenv("PATH", f"{bare.kubectl_path.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))  # kubectl keeps what it has seen of a cluster there
    return operate_lake(tmp_path / "lake", stack())


def later(found: dict[str, Any]) -> dict[str, Any]:
    """The object with conditions that are newer than any Secret of this run."""
    for one in found["status"]["conditions"]:
        one["lastTransitionTime"] = "2099-01-01T00:00:00Z"
    del found["metadata"]["generation"]
    return found


def said(lake: Path, *words: str) -> tuple[int, str]:
    """The exit code, and what is said of the stack, without its connections."""
    result = run(lake, "status", "--quiet", *words)
    assert result.err == ""
    return result.code, result.out.partition("\nconnections: ")[0]


def not_known(message: str, code: int = 2) -> tuple[int, str]:
    return code, f"stack airbyte: not known\n    Terraform lake/airbyte: {message}"


@pytest.mark.parametrize("verb", ["status", "reconcile"])
def test_a_cluster_without_the_kinds(bare: RealCluster, lake: Path, verb: str) -> None:
    assert bare.kubectl("get", "namespaces", "--output=name").startswith("namespace/")
    kind, owner = ("terraforms", "tofu-controller") if verb == "status" else ("gitrepositories", "Flux")
    result = run(lake, verb, "--quiet")
    assert (result.code, f"does not know objects called {kind}: is {owner} installed" in result.out + result.err) == (
        2,
        True,
    )


def test_nothing_is_applied_yet(installed: RealCluster, lake: Path) -> None:
    not_found = (
        'terraforms.infra.contrib.fluxcd.io "airbyte" not found; has nothing been applied yet, or is it taken down?'
    )
    assert said(lake) == not_known(not_found, 1)
    installed.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "other"}})
    path = lake / "dag/registry/lake.yaml"
    path.write_text(path.read_text().replace("namespace: lake", "namespace: nowhere"))
    message = 'the cluster has no namespace "nowhere"; has nothing been applied yet, or is it taken down?'
    assert said(lake) == (1, f"stack airbyte: not known\n    Terraform nowhere/airbyte: {message}")


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("context", "message"),
    [
        (
            "reader",
            'the cluster forbids it: terraforms.infra.contrib.fluxcd.io "airbyte" is forbidden: User "reader" cannot get ',
        ),
        ("nobody", "you are not logged in to the cluster: "),
        ("nowhere", "the cluster does not answer: "),
        ("wrong", 'context "wrong" does not exist; to list them: kubectl config get-contexts'),
    ],
)
def test_a_cluster_that_does_not_answer(lake: Path, context: str, message: str) -> None:
    code, text = said(lake, "--context", context)
    assert (code, text.startswith(not_known(message)[1])) == (2, True)


def test_no_kubeconfig_at_all(lake: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    assert said(lake) == not_known("kubectl has no cluster; log in to one, or set KUBECONFIG to a kubeconfig")


def test_a_stack_that_is_applied(installed: RealCluster, lake: Path) -> None:
    installed.put(later(applied()))
    installed.put(later(repository()))
    ready = "stack airbyte: Ready True (TerraformAppliedSucceed), since 2099-01-01T00:00:00Z"
    assert said(lake) == (0, f"{ready}\n    applied    main@sha1:bbbbbbbbbb")


def test_an_object_that_changed_since_is_not_ready(installed: RealCluster, lake: Path) -> None:
    installed.put(later(applied()))
    installed.kubectl(
        "patch", "terraform", "airbyte", "--namespace=lake", "--type=merge", '--patch={"spec":{"path":"x"}}'
    )
    assert said(lake)[1].startswith("stack airbyte: Ready Unknown (NotObserved)")
    installed.kubectl("delete", "terraform", "airbyte", "--namespace=lake")


def test_an_error_with_a_secret_in_it(installed: RealCluster, lake: Path) -> None:
    installed.put(later(repository()))
    installed.put(later(failed(MESSAGE)))
    code, text = said(lake)
    assert (code, text.splitlines()[3:5]) == (
        1,
        ["    dag/registry/lake.yaml:14:3  error  bad key", "        *** is bad"],
    )


def test_an_error_that_is_older_than_the_secret_is_withheld(installed: RealCluster, lake: Path) -> None:
    found = failed(MESSAGE)
    del found["metadata"]["generation"]
    installed.put(found)
    text = said(lake)[1]
    assert "    dag/registry/lake.yaml:14:3  error  (its text is withheld)\n" in text
    assert "    withheld   a Secret was changed later, at 20" in text
    assert IN_CLUSTER not in text


def test_who_may_not_read_secrets_gets_no_text(installed: RealCluster, lake: Path) -> None:
    installed.put(later(failed(MESSAGE)))
    role = ["--verb=get,list", "--resource=terraforms.infra.contrib.fluxcd.io,gitrepositories.source.toolkit.fluxcd.io"]
    installed.kubectl("create", "role", "looks", "--namespace=lake", *role)
    installed.kubectl("create", "rolebinding", "looks", "--namespace=lake", "--role=looks", "--group=readers")
    try:
        text = said(lake, "--context", "reader")[1]
    finally:
        installed.kubectl("delete", "rolebinding", "looks", "--namespace=lake")
    reason = 'secrets "lake-values" is forbidden: User "reader" cannot get resource "secrets" in API group ""'
    assert "error  (its text is withheld)\n        airbyte_source.faker\n    withheld   the Secret lake-values" in text
    assert reason in text
    assert "bad" not in text


def test_a_pending_plan(installed: RealCluster, lake: Path) -> None:
    installed.put(later(repository()))
    planned = condition("Ready", "Unknown", "TerraformPlannedWithChanges", "Plan generated")
    installed.put(later(terraform(planned, plan={"pending": PLAN}, lastAttemptedRevision=NEW)))
    readable = f"  # airbyte_source.faker will be created\n  {IN_CLUSTER}\nPlan: 1 to add, 0 to change, 0 to destroy.\n"
    installed.put(readable_plan(readable, PLAN))
    assert said(lake)[1].splitlines()[3:] == [
        f"    plan       {PLAN} is pending: 1 to add, 0 to change, 0 to destroy",
        "               dag/registry/lake.yaml:14:3  airbyte_source.faker will be created",
    ]


@contextmanager
def controllers(cluster: RealCluster, *names: str) -> Iterator[None]:
    """What obeys requests to reconcile, as Flux and tofu-controller do."""
    stop = threading.Event()

    def obey() -> None:
        while not stop.wait(0.05):
            for name in names:
                asked = cluster.kubectl("get", name, "--namespace=lake", "--output=jsonpath={.metadata.annotations}")
                _, found, rest = asked.partition('"reconcile.fluxcd.io/requestedAt":"')
                if found:
                    patch = f'{{"status":{{"lastHandledReconcileAt":"{rest.partition(chr(34))[0]}"}}}}'
                    options = ["--namespace=lake", "--subresource=status", "--type=merge", f"--patch={patch}"]
                    cluster.kubectl("patch", name, *options)

    thread = threading.Thread(target=obey, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_reconcile_asks_and_waits(installed: RealCluster, lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.gitops.cluster.reconcile.POLL_SECONDS", 0.05)
    installed.kubectl("delete", "terraform", "airbyte", "--namespace=lake", "--ignore-not-found")
    installed.put(later(applied()))
    installed.put(later(repository()))
    with controllers(installed, "gitrepository/airbyte", "terraform/airbyte"):
        result = run(lake, "reconcile", "--timeout", "60s", "--quiet")
    expected = "stack airbyte: Ready True (TerraformAppliedSucceed), since 2099-01-01T00:00:00Z\n"
    assert (result.code, result.out, result.err) == (0, f"{expected}    applied    main@sha1:bbbbbbbbbb\n", "")


def test_reconcile_needs_the_right_to_annotate(installed: RealCluster, lake: Path) -> None:
    installed.put(later(repository()))
    installed.put(later(applied()))
    role = ["--verb=get", "--resource=terraforms.infra.contrib.fluxcd.io,gitrepositories.source.toolkit.fluxcd.io"]
    installed.kubectl("create", "role", "reads", "--namespace=lake", *role)
    installed.kubectl("create", "rolebinding", "reads", "--namespace=lake", "--role=reads", "--group=readers")
    result = run(lake, "reconcile", "--context", "reader", "--quiet")
    assert (result.code, result.out) == (2, "")
    assert (
        'lakeform reconcile: the cluster forbids it: gitrepositories.source.toolkit.fluxcd.io "airbyte"' in result.err
    )
    assert 'User "reader" cannot patch resource' in result.err
