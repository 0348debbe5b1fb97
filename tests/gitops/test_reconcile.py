"""`lakeform reconcile`: Flux fetches, then tofu-controller applies, and the outcome is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import kube
from tests.support.kube import NEW, Cluster, applied, cluster_on_path, condition, failed, repository, secret, terraform
from tests.support.lakes import run
from tests.support.operate_lakes import operate_lake, stack

ASKED: dict[str, Any] = {"lastHandledReconcileAt": "$requested"}
EARLIER: dict[str, Any] = {"lastHandledReconcileAt": "1"}
WORKING = condition("Ready", "Unknown", "Progressing", "Initializing")
NOBODY = "nobody has answered the request: does"
READY = "stack airbyte: Ready True (TerraformAppliedSucceed), since 2026-01-02T00:00:00Z\n    applied    main@sha1:bbbbbbbbbb\n"


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that would have been waited; the clock goes on by them."""
    seconds: list[float] = []
    monkeypatch.setattr("infra.gitops.cluster.reconcile.sleep", seconds.append)
    monkeypatch.setattr("infra.gitops.cluster.reconcile.monotonic", lambda: sum(seconds))
    return seconds


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waited: list[float]) -> Cluster:
    found = cluster_on_path(tmp_path, monkeypatch)
    found.put(secret({"client_id": "the-client"}))
    found.put(repository(**EARLIER), repository(**ASKED))
    found.put(applied(**EARLIER), applied(**ASKED))
    assert waited == []
    return found


def requests(cluster: Cluster) -> list[tuple[str, str]]:
    """(resource, annotation) of each request."""
    return [(words[1], words[6]) for words in cluster.calls() if words[0] == "annotate"]


def test_the_source_is_asked_before_the_terraform_object(lake: Path, cluster: Cluster) -> None:
    result = run(lake, "reconcile")
    assert (result.code, result.out) == (0, READY)
    assert result.err == (
        "reconciling stack airbyte\nGitRepository lake/airbyte: requested, and Succeeded so far\n"
        "Terraform lake/airbyte: requested, and TerraformAppliedSucceed so far\n"
    )
    resources = [resource for resource, _ in requests(cluster)]
    assert resources == ["gitrepositories.v1.source.toolkit.fluxcd.io", "terraforms.v1alpha2.infra.contrib.fluxcd.io"]


def test_every_request_has_a_value_of_its_own(lake: Path, cluster: Cluster) -> None:
    for _ in range(2):
        assert run(lake, "reconcile", "airbyte", "--quiet").code == 0
    annotations = [annotation for _, annotation in requests(cluster)]
    assert len(set(annotations)) == 4
    assert {annotation.partition("=")[0] for annotation in annotations} == {"reconcile.fluxcd.io/requestedAt"}


def test_it_waits_until_the_work_is_done(lake: Path, cluster: Cluster, waited: list[float]) -> None:
    started = terraform(WORKING, lastAppliedRevision=NEW, lastAttemptedRevision=NEW, **EARLIER)
    newer = terraform(WORKING, lastAppliedRevision=NEW, lastAttemptedRevision=NEW, **ASKED)
    cluster.put(applied(**EARLIER), started, started, newer, applied(**ASKED))
    result = run(lake, "reconcile")
    assert (result.code, result.out) == (0, READY)
    assert result.err.splitlines()[2:] == [
        "Terraform lake/airbyte: requested, and TerraformAppliedSucceed so far",
        "Terraform lake/airbyte: working",
        "Terraform lake/airbyte: working on something newer",
    ]
    assert waited == [2.0] * 5


def test_a_failed_apply_is_told_at_its_lines(lake: Path, cluster: Cluster) -> None:
    message = "error running Apply: exit status 1\n\nError: bad key\n\n  with airbyte_source.faker,\n\nthe-client\n"
    cluster.put(applied(**EARLIER), failed(message, **ASKED))
    result = run(lake, "reconcile", "--quiet")
    assert (result.code, result.err) == (1, "")
    assert "    dag/registry/lake.yaml:14:3  error  bad key\n        ***\n" in result.out


def test_a_plan_that_waits_for_its_approval_is_an_end(lake: Path, cluster: Cluster) -> None:
    planned = condition("Ready", "Unknown", "TerraformPlannedWithChanges", "Plan generated")
    cluster.put(applied(**EARLIER), terraform(planned, plan={"pending": "plan-main-bbbbbbbbbb"}, **ASKED))
    result = run(lake, "reconcile", "--quiet")
    assert (result.code, result.err) == (1, "")
    assert "    plan       plan-main-bbbbbbbbbb is pending\n" in result.out


def test_nothing_is_applied_where_nothing_could_be_fetched(lake: Path, cluster: Cluster) -> None:
    not_ready = condition("Ready", "False", "GitOperationFailed", "no such host")
    cluster.put(repository(**EARLIER), repository(not_ready, **ASKED))
    result = run(lake, "reconcile", "--quiet")
    assert (result.code, result.err) == (
        1,
        "GitRepository lake/airbyte cannot fetch, so there is nothing new to apply\n",
    )
    assert result.out == f"{READY}    source     Ready False (GitOperationFailed): no such host\n"
    assert len(requests(cluster)) == 1


@pytest.mark.parametrize("which", ["GitRepository", "Terraform"])
def test_what_is_suspended_is_not_asked(lake: Path, cluster: Cluster, which: str) -> None:
    found = repository(spec={"suspend": True}) if which == "GitRepository" else terraform(spec={"suspend": True})
    cluster.put(found)
    result = run(lake, "reconcile", "--quiet")
    way = {"GitRepository": "flux resume source git airbyte --namespace lake", "Terraform": "lakeform resume airbyte"}
    said = f"{which} lake/airbyte is suspended: nothing happens until: {way[which]}\n"
    assert (result.code, result.err, requests(cluster)) == (1, said, [])


LOCK = "f2ab685b-f84d-ac0b-a125-378a22877e8d"


def tfstate_patches(cluster: Cluster) -> list[Any]:
    """What was written to the object's `spec.tfstate`, in order, each by our own field manager."""
    patches = [words for words in cluster.calls() if words[0] == "patch"]
    assert all("--field-manager=lakeform" in words for words in patches)
    return [json.loads(words[-2].removeprefix("--patch="))["spec"]["tfstate"] for words in patches]


def test_a_lock_is_broken_first_and_the_request_is_gone_afterwards(lake: Path, cluster: Cluster) -> None:
    """Each of the two changes of the object is planned, and the end is awaited."""
    locked = failed("locked", "TFExecPlanFailed", lock={"pending": LOCK}, **EARLIER)
    broken, planned = (applied(observedGeneration=generation, **ASKED) for generation in (2, 3))
    cluster.put(locked, broken, broken, broken, planned)
    result = run(lake, "reconcile", "--break-lock", LOCK)
    assert (result.code, result.out) == (0, READY)
    assert result.err.splitlines()[-1] == "Terraform lake/airbyte: working on something newer"
    assert tfstate_patches(cluster) == [{"forceUnlock": "yes", "lockIdentifier": LOCK}, None]


@pytest.mark.parametrize(("met", "said"), [("x-1", "the lock that it met is x-1"), ("", "it met no lock")])
def test_another_lock_is_not_broken(lake: Path, cluster: Cluster, met: str, said: str) -> None:
    cluster.put(failed("locked", "TFExecPlanFailed", lock={"pending": met}, **EARLIER))
    result = run(lake, "reconcile", "--quiet", "--break-lock", LOCK)
    assert (result.code, result.err) == (1, f"Terraform lake/airbyte is not reconciled: {said}\n")
    assert (tfstate_patches(cluster), requests(cluster)) == ([], [])


def test_the_request_to_break_a_lock_is_taken_back_also_after_a_fault(lake: Path, cluster: Cluster) -> None:
    cluster.put(failed("locked", "TFExecPlanFailed", lock={"pending": LOCK}, **EARLIER))
    cluster.refuse("annotate gitrepositories", kube.REFUSED)
    result = run(lake, "reconcile", "--quiet", "--break-lock", LOCK)
    assert (result.code, result.out) == (2, "")
    assert tfstate_patches(cluster)[-1] is None


def test_a_deletion_that_was_asked_for_again_is_an_end(lake: Path, cluster: Cluster) -> None:
    found = failed("error running Apply", **EARLIER)
    cluster.put({**found, "metadata": {**found["metadata"], "deletionTimestamp": "2026-01-03T00:00:00Z"}})
    result = run(lake, "reconcile", "--quiet")
    gone = 'terraforms.infra.contrib.fluxcd.io "airbyte" not found; has nothing been applied yet, or is it taken down?'
    assert (result.code, result.err) == (1, "")
    assert result.out == f"stack airbyte: not known\n    Terraform lake/airbyte: {gone}\n"


@pytest.mark.parametrize(
    ("stuck", "said"),
    [
        (repository(WORKING, **EARLIER), "GitRepository lake/airbyte has not fetched yet"),
        (terraform(WORKING, **EARLIER), "Terraform lake/airbyte is still working"),
        (repository(**EARLIER), f"GitRepository lake/airbyte: {NOBODY} source-controller run?"),
        (applied(**EARLIER), f"Terraform lake/airbyte: {NOBODY} tofu-controller run?"),
    ],
    ids=["source at work", "at work", "no source-controller", "no tofu-controller"],
)
def test_it_does_not_wait_for_ever(
    lake: Path, cluster: Cluster, waited: list[float], stuck: dict[str, Any], said: str
) -> None:
    cluster.put(stuck)
    result = run(lake, "reconcile", "--timeout", "1m", "--quiet")
    assert (result.code, result.err) == (1, f"{said}\n")
    assert sum(waited) in (60, 62)


def test_json_has_the_outcome(lake: Path, cluster: Cluster) -> None:
    cluster.put(applied(**EARLIER))
    found = json.loads(run(lake, "reconcile", "--timeout", "2s", "--quiet", "--format", "json").out)
    assert (found["ready"], found["refused"], found["late"]) == (
        "True",
        None,
        f"Terraform lake/airbyte: {NOBODY} tofu-controller run?",
    )


@pytest.mark.parametrize(
    ("words", "stderr", "said"),
    [
        ("*", kube.REFUSED, f"the cluster does not answer: {kube.REFUSED}"),
        (
            "annotate gitrepositories",
            'Error from server (Forbidden): gitrepositories "airbyte" is forbidden: User "me" cannot patch',
            'the cluster forbids it: gitrepositories "airbyte" is forbidden: User "me" cannot patch',
        ),
        (
            "get gitrepositories",
            kube.NOT_FOUND.format(kube.REPOSITORIES, "airbyte"),
            'gitrepositories.source.toolkit.fluxcd.io "airbyte" not found',
        ),
    ],
    ids=["cluster", "RBAC", "object"],
)
def test_what_does_not_let_itself_be_asked_is_named(
    lake: Path, cluster: Cluster, words: str, stderr: str, said: str
) -> None:
    cluster.refuse(words, stderr)
    result = run(lake, "reconcile", "--quiet")
    assert (result.code, result.out, result.err) == (2, "", f"lakeform reconcile: {said}\n")


def test_which_stack_must_be_clear(tmp_path: Path) -> None:
    entries = "  defaults: {source: {stack: [prod]}}\n"
    lake = operate_lake(tmp_path / "two", stack("prod") + stack("by_hand", flux="") + entries, "")
    result = run(lake, "reconcile")
    assert (result.code, result.err) == (2, "lakeform reconcile: name one of the stacks: by_hand, prod\n")
    result = run(lake, "reconcile", "by_hand")
    fix = "add lake.stacks.by_hand.flux, then run: lakeform flux"
    assert (result.code, result.err) == (2, f'lakeform reconcile: stack "by_hand" is not managed by Flux: {fix}\n')
    assert run(lake, "reconcile", "prodd").err == (
        'lakeform reconcile: there is no stack "prodd"; did you mean "prod"?\n'
    )


@pytest.mark.parametrize("text", ["0s", "10", "1d", "-1m", "abc"])
def test_a_timeout_is_a_duration(lake: Path, text: str) -> None:
    result = run(lake, "reconcile", f"--timeout={text}")
    assert result.code == 2
    assert "must be a duration such as 90s, 10m or 1h" in result.err
