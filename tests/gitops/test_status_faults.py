"""`lakeform status` where something is not there: kubectl, the cluster, a kind, a namespace, an object, a right; and which stacks and cluster are meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import kube
from tests.support.kube import Cluster, applied, failed
from tests.support.lakes import run
from tests.support.operate_lakes import operate_lake, said, stack

LET_IN = "you are not logged in to the cluster: You must be logged in to the server (Unauthorized); log in again, or choose another --context"
FORBIDDEN = (
    'terraforms.infra.contrib.fluxcd.io "airbyte" is forbidden: User "me" cannot get resource "terraforms" in API group'
    ' "infra.contrib.fluxcd.io" in the namespace "lake"'
)


@pytest.mark.parametrize(
    ("words", "stderr", "code", "message"),
    [
        (
            "get terraforms",
            "",
            1,
            'terraforms.infra.contrib.fluxcd.io "airbyte" not found; has nothing been applied yet, or is it taken down?',
        ),
        ("*", kube.REFUSED, 2, f"the cluster does not answer: {kube.REFUSED}"),
        ("*", kube.NO_HOST, 2, f"the cluster does not answer: {kube.NO_HOST}"),
        ("*", kube.NO_CONFIG, 2, "kubectl has no cluster; log in to one, or set KUBECONFIG to a kubeconfig"),
        (
            "*",
            kube.LOGGED_OUT,
            2,
            LET_IN,
        ),
        (
            "*",
            f"E0102 15:04:05.1 1 memcache.go:265] x\n{kube.NO_KIND.format('terraforms')}",
            2,
            "the cluster does not know objects called terraforms: is tofu-controller installed there?",
        ),
        (
            "get terraforms",
            f"Error from server (Forbidden): {FORBIDDEN}",
            2,
            f"the cluster forbids it: {FORBIDDEN}",
        ),
        ("*", "error: something new", 2, "kubectl: something new"),
        ("*", " ", 2, "kubectl: no reason given"),
    ],
    ids=["object", "port", "host", "kubeconfig", "login", "CRD", "RBAC", "unknown", "silent"],
)
def test_what_is_not_there_is_named(
    lake: Path, cluster: Cluster, words: str, stderr: str, code: int, message: str
) -> None:
    if stderr:
        cluster.refuse(words, stderr)
    result = run(lake, "status", "--quiet")
    assert (result.code, said(result)) == (code, f"stack airbyte: not known\n    Terraform lake/airbyte: {message}\n")
    assert len(cluster.calls()) == 3 - code  # whoever does not answer is not asked again


def test_a_namespace_that_is_not_there_is_named(tmp_path: Path, cluster: Cluster) -> None:
    lake = operate_lake(tmp_path / "other", stack().replace("namespace: lake", "namespace: sea"))
    result = run(lake, "status", "--quiet")
    message = 'the cluster has no namespace "sea"; has nothing been applied yet, or is it taken down?'
    assert (result.code, said(result)) == (1, f"stack airbyte: not known\n    Terraform sea/airbyte: {message}\n")
    cluster.refuse("get namespaces", "Error from server (Forbidden): no")
    assert 'terraforms.infra.contrib.fluxcd.io "airbyte" not found; has nothing' in run(lake, "status", "--quiet").out


def test_without_kubectl_it_is_named(lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run(lake, "status", "--quiet")
    message = "there is no kubectl on PATH; install it: https://kubernetes.io/docs/tasks/tools"
    assert (result.code, said(result)) == (2, f"stack airbyte: not known\n    Terraform lake/airbyte: {message}\n")


def test_another_program_of_that_name_is_noticed(lake: Path, cluster: Cluster) -> None:
    program = cluster.folder.parent / "bin/kubectl"
    program.write_text("#!/bin/sh\necho hello\n")
    result = run(lake, "status", "--quiet")
    assert "what kubectl prints is not a JSON object; is it another program with that name?" in result.out
    program.chmod(0o644)
    assert result.code == 2


def test_a_source_that_is_not_there_is_named(lake: Path, cluster: Cluster) -> None:
    cluster.put(applied())
    cluster.refuse("get gitrepositories", kube.NO_KIND.format("gitrepositories"))
    expected = "    source     the cluster does not know objects called gitrepositories: is Flux installed there?\n"
    assert expected in run(lake, "status", "--quiet").out


# Which stacks, which cluster


def test_the_context_goes_to_kubectl(lake: Path, cluster: Cluster) -> None:
    cluster.put(applied())
    assert run(lake, "status", "--quiet", "--context", "prod").code == 0
    assert {tuple(words[-2:]) for words in cluster.calls()} == {("--context", "prod")}
    cluster.refuse("*", kube.NO_CONTEXT.format("prod"))
    result = run(lake, "status", "--quiet", "--context", "prod")
    assert 'context "prod" does not exist; to list them: kubectl config get-contexts\n' in result.out


def test_every_stack_is_shown_and_the_worst_decides(tmp_path: Path, cluster: Cluster) -> None:
    entries = "  defaults:\n    source: {stack: [airbyte]}\n"
    stacks = stack() + stack("by_hand", flux="") + entries
    lake = operate_lake(tmp_path / "two", stacks, "")
    cluster.put(applied())
    result = run(lake, "status", "--quiet")
    assert [line for line in result.out.splitlines() if line.startswith("stack")] == [
        "stack airbyte: Ready True (TerraformAppliedSucceed), since 2026-01-02T00:00:00Z",
        "stack by_hand: not managed by Flux: no key flux says who applies it",
    ]
    assert result.code == 0
    cluster.put(failed("no"))
    assert run(lake, "status", "--quiet").code == 1
    assert run(lake, "status", "--quiet", "--stack", "by_hand").code == 0
    result = run(lake, "status", "--stack", "by_hnd")
    assert (result.code, result.err) == (2, 'lakeform status: there is no stack "by_hnd"; did you mean "by_hand"?\n')


def test_a_lake_whose_stacks_cannot_be_read_is_refused(lake: Path) -> None:
    path = lake / "dag/registry/lake.yaml"
    path.write_text(path.read_text().replace("  stacks:", "  staks:"))
    result = run(lake, "status")
    assert result.code == 2
    assert result.err.startswith("lakeform status: dag/registry/lake.yaml:")
    assert result.err.endswith("; run: lakeform check\n")
