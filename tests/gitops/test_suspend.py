"""`lakeform suspend` and `resume`: the emergency stop, with who and why."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support import kube
from tests.support.kube import (
    NEW,
    OLD,
    Cluster,
    applied,
    cluster_on_path,
    condition,
    repository,
    secret,
    terraform,
)
from tests.support.lakes import run
from tests.support.operate_lakes import operate_lake, stack

READY = "stack airbyte: Ready True (TerraformAppliedSucceed), since 2026-01-02T00:00:00Z"
APPLIED = "    applied    main@sha1:bbbbbbbbbb\n"
REASON = "orders come twice"


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    found = cluster_on_path(tmp_path, monkeypatch)
    found.put(secret({"client_id": "the-client"}))
    found.put(repository())
    found.put(applied())
    return found


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for scope in ("SYSTEM", "GLOBAL"):
        monkeypatch.setenv(f"GIT_CONFIG_{scope}", "/dev/null")
    return operate_lake(tmp_path / "lake", stack())


def changes(cluster: Cluster) -> list[list[str]]:
    return [words for words in cluster.calls() if words[0] != "get"]


def stopped(*managers: str, by: str = "", reason: str = "") -> dict[str, Any]:
    """A Terraform object that these field managers have suspended."""
    found = applied()
    found["spec"]["suspend"] = True
    if by:
        found["metadata"]["annotations"] = {"lakeform/suspended-by": by, "lakeform/suspended-reason": reason}
    found["metadata"]["managedFields"] = [
        {"manager": name, "operation": "Update", "fieldsV1": {"f:spec": {"f:suspend": {}}}} for name in managers
    ]
    return found


@pytest.mark.usefixtures("cluster")
def test_the_stop_is_told_with_who_and_why_until_somebody_resumes(lake: Path) -> None:
    shown = f"{READY}, suspended\n    suspended  by Ada: {REASON}\n{APPLIED}"
    result = run(lake, "suspend", "airbyte", "--reason", REASON, "--by", "Ada")
    assert (result.code, result.out, result.err) == (0, shown, "")
    status = run(lake, "status", "--quiet")
    assert (status.code, status.out.partition("connections: ")[0]) == (0, shown)
    told = json.loads(run(lake, "status", "--quiet", "--format", "json").out)["stacks"][0]
    assert (told["suspended"], told["suspended_by"], told["suspended_reason"]) == (True, "Ada", REASON)

    refused = run(lake, "reconcile", "--quiet")
    assert (refused.code, refused.out) == (1, shown)
    assert refused.err == "Terraform lake/airbyte is suspended: nothing happens until: lakeform resume airbyte\n"

    result = run(lake, "resume", "airbyte")
    taken_up = READY.replace("True (TerraformAppliedSucceed)", "Unknown (NotObserved)")
    assert (result.code, result.out, result.err) == (0, f"{taken_up}\n{APPLIED}", "")
    assert run(lake, "reconcile", "--quiet", "--timeout", "1s").err.startswith(
        "GitRepository lake/airbyte: nobody has answered"
    )


def test_a_stack_that_is_being_taken_down_is_gone_once_it_is_resumed(lake: Path, cluster: Cluster) -> None:
    found = stopped("lakeform", by="Ada", reason=REASON)
    cluster.put({**found, "metadata": {**found["metadata"], "deletionTimestamp": "2026-01-03T00:00:00Z"}})
    gone = 'terraforms.infra.contrib.fluxcd.io "airbyte" not found; has nothing been applied yet, or is it taken down?'
    result = run(lake, "resume")
    shown = f"stack airbyte: not known\n    Terraform lake/airbyte: {gone}\n"
    assert (result.code, result.out, result.err) == (0, shown, "")


def test_a_stop_in_the_middle_of_an_attempt_says_that_it_goes_on(lake: Path, cluster: Cluster) -> None:
    working = condition("Ready", "Unknown", "Progressing", "Applying")
    cluster.put(terraform(working, lastAppliedRevision=OLD, lastAttemptedRevision=NEW))
    lines = run(lake, "suspend", "--reason", REASON, "--by", "Ada").out.splitlines()
    assert lines[:3] == [
        "stack airbyte: Ready Unknown (Progressing), since 2026-01-02T00:00:00Z, suspended",
        f"    suspended  by Ada: {REASON}",
        "    suspended  the attempt that had begun goes on to its end",
    ]


def test_flux_is_not_given_a_field_manager_that_it_takes_over(lake: Path, cluster: Cluster) -> None:
    assert run(lake, "suspend", "--reason", REASON, "--by", "Ada").code == 0
    assert run(lake, "resume").code == 0
    managers = [[word for word in words if "manager" in word] for words in changes(cluster)]
    assert managers == [["--field-manager=lakeform"]] * 2


def test_without_by_it_is_the_user_of_git(lake: Path, cluster: Cluster) -> None:
    for words in (["init", "--quiet"], ["config", "user.name", "Grace Hopper"]):
        subprocess.run(["git", "-C", str(lake), *words], check=True)
    assert f"by Grace Hopper: {REASON}\n" in run(lake, "suspend", "--reason", REASON).out
    assert cluster.calls()


def test_without_git_it_is_the_user_of_the_machine(
    lake: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "grace")
    assert f"by grace: {REASON}\n" in run(lake, "suspend", "--reason", REASON).out
    monkeypatch.setenv("LOGNAME", "gr\x1bace")
    result = run(lake, "suspend", "--reason", REASON)
    assert (result.code, result.err) == (2, "lakeform suspend: nothing here says who you are; add --by NAME\n")
    assert len(changes(cluster)) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "the following arguments are required: --reason"),
        (("--reason", " "), "must be one line of printable text"),
        (("--reason", "two\nlines"), "must be one line of printable text"),
        (("--reason", "x\x1b[31m"), "must be one line of printable text"),
        (("--reason", "x", "--by", "a\u202eb"), "must be one line of printable text"),
        (("--reason", "x" * 301), "must have at most 300 characters"),
    ],
)
def test_who_and_why_are_a_line_each(lake: Path, cluster: Cluster, words: tuple[str, ...], said: str) -> None:
    result = run(lake, "suspend", *words)
    assert (result.code, result.out, said in result.err) == (2, "", True)
    assert cluster.calls() == []


def test_a_secret_is_no_reason(lake: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_VAR_client_secret", "hunter2hunter2")
    result = run(lake, "suspend", "--by", "Ada", "--reason", "hunter2hunter2 has leaked")
    assert (result.code, result.out, "hunter2" in result.err) == (2, "", False)
    assert "contains a secret" in result.err
    assert cluster.calls() == []


def test_the_stop_of_somebody_else_is_kept(lake: Path, cluster: Cluster) -> None:
    cluster.put(stopped("lakeform", by="Ada", reason=REASON))
    result = run(lake, "suspend", "--reason", "mine", "--by", "Bob")
    assert (result.code, result.err) == (
        1,
        "nothing was done: it is already suspended; who did that, and why, is kept\n",
    )
    assert f"suspended  by Ada: {REASON}\n" in result.out
    assert changes(cluster) == []


def test_the_same_stop_again_is_fine(lake: Path, cluster: Cluster) -> None:
    cluster.put(stopped("lakeform", by="Ada", reason=REASON))
    assert run(lake, "suspend", "--reason", REASON, "--by", "Ada").code == 0


def test_a_stop_that_flux_undoes_says_so_and_is_made_to_hold(lake: Path, cluster: Cluster) -> None:
    cluster.put(stopped("kubectl-patch"))
    hint = (
        "    suspended  through kubectl-patch, which Flux undoes; to keep it: lakeform suspend airbyte --reason TEXT\n"
    )
    assert hint in run(lake, "status", "--quiet").out
    assert run(lake, "suspend", "--reason", REASON, "--by", "Ada").code == 0
    assert [words[0] for words in changes(cluster)] == ["apply"]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (applied(), "it is not suspended"),
        (
            stopped("kustomize-controller"),
            "its manifest in git says suspend: true; remove that line, and merge",
        ),
    ],
    ids=["nothing to resume", "git says it"],
)
def test_there_is_nothing_that_resume_could_take_back(
    lake: Path, cluster: Cluster, found: dict[str, Any], said: str
) -> None:
    cluster.put(found)
    result = run(lake, "resume")
    assert (result.code, result.err) == (1, f"nothing was done: {said}\n")
    assert changes(cluster) == []
    assert json.loads(run(lake, "resume", "--format", "json").out)["refused"] == said


def test_what_others_wrote_into_the_annotations_is_fit_to_be_shown(lake: Path, cluster: Cluster) -> None:
    cluster.put(stopped("lakeform", by="Ada\n\x1b[31m::error::", reason=f"the-client {'x' * 2000}"))
    out = run(lake, "status", "--quiet").out
    (line,) = [line for line in out.splitlines() if "suspended  " in line]
    assert line.isprintable()
    assert "the-client" not in out
    assert len(line) < 1000


@pytest.mark.parametrize("verb", ["suspend", "resume"])
@pytest.mark.parametrize(
    ("words", "stderr", "said"),
    [
        ("get terraforms", kube.REFUSED, f"the cluster does not answer: {kube.REFUSED}"),
        (
            "{} terraforms",
            'Error from server (Forbidden): terraforms "airbyte" is forbidden: User "x" cannot patch',
            'the cluster forbids it: terraforms "airbyte" is forbidden: User "x" cannot patch',
        ),
    ],
)
def test_a_cluster_that_refuses_is_one_sentence(
    lake: Path, cluster: Cluster, verb: str, words: str, stderr: str, said: str
) -> None:
    if verb == "resume":
        cluster.put(stopped("lakeform", by="Ada", reason=REASON))
    cluster.refuse(words.format({"suspend": "apply", "resume": "patch"}[verb]), stderr)
    result = run(lake, verb, *(["--reason", REASON, "--by", "Ada"] if verb == "suspend" else []))
    assert (result.code, result.out, result.err) == (2, "", f"lakeform {verb}: {said}\n")


@pytest.mark.parametrize("verb", ["suspend", "resume"])
def test_a_stack_that_flux_does_not_apply_cannot_be_stopped(tmp_path: Path, cluster: Cluster, verb: str) -> None:
    lake = operate_lake(tmp_path / "by_hand", stack(flux=""))
    result = run(lake, verb, *(["--reason", REASON] if verb == "suspend" else []))
    fix = "add lake.stacks.airbyte.flux, then run: lakeform flux"
    assert (result.code, result.err) == (2, f'lakeform {verb}: stack "airbyte" is not managed by Flux: {fix}\n')
    assert cluster.calls() == []
