"""`lakeform status` while something goes on or does not: attempts, locks, a controller that says nothing, a deletion."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.gitops.test_status import ERROR, FAILED, REVISIONS
from tests.support.kube import (
    BEFORE,
    LONG_AGO,
    NEW,
    OLD,
    Cluster,
    applied,
    condition,
    event,
    failed,
    lease,
    repository,
    secret,
    terraform,
)
from tests.support.lakes import run
from tests.support.operate_lakes import said


@pytest.fixture(autouse=True)
def present(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, "2026-01-02T00:01:00Z")


# Somebody holds the lock

LOCK, OTHER_LOCK = "f2ab685b-f84d-ac0b-a125-378a22877e8d", "0e1c1f52-66ec-4f63-9e02-5b5a3a3b0c11"
LOCKED = failed(
    "error running Plan: rpc error: code = Internal desc = error acquiring the state lock: Lock Info:\n"
    f"  ID:        {LOCK}\n  Path:      \n  Operation: OperationTypePlan\n  Who:       runner@airbyte-tf-runner\n",
    "TFExecPlanFailed",
    lock={"pending": LOCK},
)
WAY_OUT = f"               if nobody is at work there any more: lakeform reconcile airbyte --break-lock {LOCK}\n"
INFO = json.dumps({"Who": "ada@laptop", "Operation": "OperationTypeApply", "Created": "2026-01-02T00:00:01.123456789Z"})


def test_a_lock_is_told_by_its_id(lake: Path, cluster: Cluster) -> None:
    cluster.put(LOCKED)
    cluster.refuse("get leases", "Error from server (Forbidden): no")
    result = run(lake, "status", "--quiet")
    expected = FAILED.replace("TFExecApplyFailed", "TFExecPlanFailed") + REVISIONS
    assert said(result) == f"{expected}    lock       {LOCK} locks the state\n{WAY_OUT}"


@pytest.mark.parametrize(
    ("info", "told"),
    [
        (INFO, " since 2026-01-02T00:00:01Z, by ada@laptop, for OperationTypeApply"),
        ('{"Who": "the-secret-of-it\\u001b"}', ", by *** "),
        ("{", ""),
        ("[]", ""),
    ],
)
def test_who_holds_a_lock_is_told_with_the_way_out(lake: Path, cluster: Cluster, info: str, told: str) -> None:
    cluster.put(LOCKED)
    cluster.put(lease(LOCK, info))
    assert f"    lock       {LOCK} locks the state{told.rstrip()}" in run(lake, "status", "--quiet").out
    assert run(lake, "status", "--quiet").out.count(WAY_OUT) == 1


def test_the_way_out_can_be_typed_whatever_the_lock_is_called(lake: Path, cluster: Cluster) -> None:
    cluster.put(failed("locked", "TFExecPlanFailed", lock={"pending": "1; id $(id)"}))
    cluster.refuse("get leases", "Error from server (Forbidden): no")
    assert "lakeform reconcile airbyte --break-lock '1; id $(id)'\n" in run(lake, "status", "--quiet").out


@pytest.mark.parametrize(
    ("held", "now"), [(None, "nothing locks it now"), (OTHER_LOCK, f"now {OTHER_LOCK} locks it")], ids=["free", "other"]
)
def test_a_lock_that_is_gone_needs_no_way_out(lake: Path, cluster: Cluster, held: str | None, now: str) -> None:
    cluster.put(LOCKED)
    cluster.put(lease(held))
    out = run(lake, "status", "--quiet").out
    assert (
        f"    lock       {LOCK} locked the state in the last attempt; {now}, and the next attempt begins by itself\n"
        in out
    )
    assert "--break-lock" not in out


# Nobody answers

NEWER = f"main@sha1:{'d' * 40}"
NOBODY = "and nobody has taken it up: does tofu-controller run?"


@pytest.mark.parametrize(("now", "code", "told"), [("00:01:59", 0, False), ("00:02:01", 1, True)])
def test_a_commit_that_nobody_tries_is_shown(
    lake: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, now: str, code: int, *, told: bool
) -> None:
    at(monkeypatch, f"2026-01-02T{now}Z")
    cluster.put(applied())
    cluster.put(repository(revision=NEWER))
    result = run(lake, "status", "--quiet")
    assert "    source     main@sha1:dddddddddd\n" in result.out
    silent = f"    no answer  main@sha1:dddddddddd was fetched at {BEFORE}, {NOBODY}\n"
    assert (result.code, silent in result.out) == (code, told)


def at(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Let it be that moment."""
    monkeypatch.setattr("infra.commands.status.now", lambda: datetime.fromisoformat(moment))


def written_at(found: dict[str, Any], moment: str, *, spoken: str = LONG_AGO) -> dict[str, Any]:
    """The object, whose spec Flux has changed then, and whose status tofu-controller then; somebody has annotated it later."""
    managed = [
        {"manager": "kustomize-controller", "time": moment, "fieldsV1": {"f:spec": {}}},
        {"manager": "tf-controller", "time": spoken, "subresource": "status", "fieldsV1": {"f:status": {}}},
        {"manager": "kubectl-annotate", "time": "2026-02-01T00:00:00Z", "fieldsV1": {"f:metadata": {}}},
    ]
    return {**found, "metadata": {**found["metadata"], "managedFields": managed}}


@pytest.mark.parametrize("conditions", [(), (condition("Ready", "True", "TerraformAppliedSucceed"),)])
@pytest.mark.parametrize(("now", "told"), [("00:01:59", False), ("00:02:01", True)])
def test_an_object_that_nobody_takes_up_is_told(
    lake: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, conditions: tuple[Any, ...], now: str, *, told: bool
) -> None:
    at(monkeypatch, f"2026-01-02T{now}Z")
    cluster.put(written_at(terraform(*conditions, generation=2), BEFORE))
    result = run(lake, "status", "--quiet")
    line = f"    no answer  the object was written at {BEFORE}, {NOBODY}\n"
    assert (result.code, line in result.out) == (1, told)


def test_a_field_that_was_taken_out_has_no_moment_to_wait_since(
    lake: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is after a `lakeform resume`: all that is known is that Flux wrote the object once, which was answered."""
    at(monkeypatch, "2026-01-03T00:00:00Z")
    cluster.put(written_at(resumed(), LONG_AGO, spoken=BEFORE))
    head = "stack airbyte: Ready Unknown (NotObserved), since 2026-01-02T00:00:00Z\n"
    result = run(lake, "status", "--quiet")
    assert (result.code, said(result)) == (1, f"{head}    applied    main@sha1:bbbbbbbbbb\n")


def resumed() -> dict[str, Any]:
    """An object that has applied the newest commit, and has changed a moment ago."""
    ready = condition("Ready", "True", "TerraformAppliedSucceed")
    return terraform(ready, generation=3, lastAppliedRevision=NEW, lastAttemptedRevision=NEW)


@pytest.mark.parametrize(("now", "told"), [("00:29:59", False), ("00:30:01", True)])
def test_an_attempt_that_takes_very_long_is_told(
    lake: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, now: str, *, told: bool
) -> None:
    at(monkeypatch, f"2026-01-02T{now}Z")
    cluster.put(terraform(WORKING, lastAttemptedRevision=NEW))
    cluster.put(repository(revision=NEWER))
    line = f"    no answer  at work since {BEFORE}, which is long: does tofu-controller run?\n"
    assert (line in run(lake, "status", "--quiet").out) == told


def test_nobody_has_to_answer_while_a_stack_is_suspended(
    lake: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, "2026-01-03T00:00:00Z")
    cluster.put(terraform(condition("Ready", "True", "x"), spec={"suspend": True}, lastAttemptedRevision=NEW))
    cluster.put(repository(revision=NEWER))
    result = run(lake, "status", "--quiet")
    assert (result.code, "no answer" in result.out) == (0, False)


@pytest.mark.parametrize(
    ("before", "told"), [(OLD, ", with nothing to change since main@sha1:aaaaaaaaaa"), ("", ", with nothing to change")]
)
def test_a_commit_that_changes_nothing_is_applied(lake: Path, cluster: Cluster, before: str, told: str) -> None:
    ready = condition("Ready", "True", "NoDrift")
    cluster.put(terraform(ready, lastAppliedRevision=before, lastAttemptedRevision=NEW))
    headline = "stack airbyte: Ready True (NoDrift), since 2026-01-02T00:00:00Z\n"
    assert said(run(lake, "status", "--quiet")) == f"{headline}    applied    main@sha1:bbbbbbbbbb{told}\n"
    (found,) = json.loads(run(lake, "status", "--quiet", "--format", "json").out)["stacks"]
    assert (found["applied_revision"], found["changed_revision"]) == (NEW, before or None)


# While the next attempt is being made

WORKING = condition("Ready", "Unknown", "Progressing", "Initializing")
RETRIED = "stack airbyte: Ready Unknown (Progressing), since 2026-01-02T00:00:00Z\n" + REVISIONS
REFUSED = condition("Apply", "False", "TerraformAppliedFail", ERROR, "2026-01-01T23:00:00Z")
AT_ITS_LINE = "    dag/registry/lake.yaml:14:3  error  failure to invoke API\n"


def test_the_last_error_is_told_during_a_retry(lake: Path, cluster: Cluster) -> None:
    revisions: dict[str, Any] = {"lastAppliedRevision": OLD, "lastAttemptedRevision": NEW}
    cluster.put(terraform(WORKING, REFUSED, reconciliationFailures=3, **revisions))
    cluster.put(secret({"client_id": "the-client"}, changed=LONG_AGO))
    told = "    failed     3 in a row; the next attempt is being made, and the last one said:\n"
    result = run(lake, "status", "--quiet")
    assert (result.code, said(result).startswith(RETRIED + told + AT_ITS_LINE)) == (1, True)
    (found,) = json.loads(run(lake, "status", "--quiet", "--format", "json").out)["stacks"]
    assert (found["failures"], found["working"], found["errors"][0]["summary"]) == (3, True, "failure to invoke API")


def test_the_error_of_the_commit_before_is_told_as_such(lake: Path, cluster: Cluster) -> None:
    cluster.put(terraform(WORKING, REFUSED, lastAppliedRevision=OLD, lastAttemptedRevision=NEW))
    told = "    failed     before this attempt; the next attempt is being made, and the last one said:\n" + AT_ITS_LINE
    assert told in run(lake, "status", "--quiet").out


def test_an_error_that_is_over_is_not_told(lake: Path, cluster: Cluster) -> None:
    cluster.put(terraform(WORKING, REFUSED, lastSuccessfulReconcileAt="2026-01-01T23:30:00Z"))
    assert "failed" not in run(lake, "status", "--quiet").out


def test_a_failed_plan_is_told_from_its_event(lake: Path, cluster: Cluster) -> None:
    revisions: dict[str, Any] = {"lastAppliedRevision": OLD, "lastAttemptedRevision": NEW}
    cluster.put(terraform(WORKING, reconciliationFailures=2, **revisions))
    cluster.put(event("error running Plan: Error: an older one", "2026-01-01T21:00:00Z", "airbyte.1"))
    cluster.put(event(ERROR.replace("Apply", "Plan"), "2026-01-01T23:00:00Z", "airbyte.2"))
    cluster.put(event("of another stack", "2026-01-01T23:30:00Z", "other.1", about="other"))
    told = "    failed     2 in a row; the next attempt is being made, and the last one said:\n"
    assert said(run(lake, "status", "--quiet")).startswith(RETRIED + told + AT_ITS_LINE)
    cluster.put(secret({"client_id": "another"}, changed="2026-01-01T23:10:00Z"))
    told = said(run(lake, "status", "--quiet"))
    assert "error  (its text is withheld)\n        airbyte_source.faker\n" in told
    assert (
        "    withheld   a Secret was changed later, at 2026-01-01T23:10:00Z: its previous value may be in it\n" in told
    )
    assert "failure to invoke" not in told
    cluster.refuse("get events", "Error from server (Forbidden): no")
    assert (
        said(run(lake, "status", "--quiet")) == f"{RETRIED}    failed     2 in a row; the next attempt is being made\n"
    )


def test_attempts_that_failed_are_counted(lake: Path, cluster: Cluster) -> None:
    cluster.put(failed(ERROR, reconciliationFailures=12))
    assert said(run(lake, "status", "--quiet")).startswith(
        f"{FAILED}{REVISIONS}    failed     12 in a row\n{AT_ITS_LINE}"
    )


def test_attempts_are_not_told_of_that_came_to_a_good_end(lake: Path, cluster: Cluster) -> None:
    """tofu-controller counts from zero again a little after it says that it is Ready."""
    cluster.put(applied(reconciliationFailures=2))
    result = run(lake, "status", "--quiet")
    assert (result.code, "failed" in said(result)) == (0, False)


# A stack that is taken down

DELETED = {"deletionTimestamp": "2026-01-03T00:00:00Z"}


def deleted(found: dict[str, Any]) -> dict[str, Any]:
    """As the API server leaves it: a deletion is a change of the object."""
    metadata = {**found["metadata"], **DELETED}
    return {**found, "metadata": {**metadata, "generation": metadata["generation"] + 1}}


@pytest.mark.parametrize(("destroys", "what"), [(False, "leaves"), (True, "destroys")])
def test_an_object_that_is_being_deleted_says_so(lake: Path, cluster: Cluster, what: str, *, destroys: bool) -> None:
    ready = condition("Ready", "True", "NoDrift")
    spec = {"destroyResourcesOnDeletion": destroys}
    cluster.put(deleted(terraform(ready, spec=spec, lastAppliedRevision=NEW, lastAttemptedRevision=NEW)))
    result = run(lake, "status", "--quiet")
    since = "since 2026-01-02T00:00:00Z, being deleted since 2026-01-03T00:00:00Z"
    head = f"stack airbyte: Ready Unknown (NotObserved), {since}\n"
    rest = f"    deletion   {what} what is in Airbyte\n    applied    main@sha1:bbbbbbbbbb\n"
    assert (result.code, said(result)) == (1, head + rest)
    (found,) = json.loads(run(lake, "status", "--quiet", "--format", "json").out)["stacks"]
    assert found["deleted"] == "2026-01-03T00:00:00Z"


@pytest.mark.parametrize(("now", "told"), [("00:01:59", False), ("00:02:01", True)])
def test_a_deletion_that_nobody_carries_out_is_told(
    lake: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, now: str, *, told: bool
) -> None:
    at(monkeypatch, f"2026-01-03T{now}Z")
    cluster.put(written_at(deleted(applied()), LONG_AGO))
    line = f"    no answer  the object was deleted at 2026-01-03T00:00:00Z, {NOBODY}\n"
    assert (line in run(lake, "status", "--quiet").out) == told


def test_a_plan_that_destroys_and_fails_is_told_from_its_event(lake: Path, cluster: Cluster) -> None:
    """tofu-controller counts no failures of a deletion, tries again at once, and says as an event alone what went wrong."""
    spec = {"destroyResourcesOnDeletion": True}
    cluster.put(deleted(terraform(WORKING, spec=spec, lastAppliedRevision=NEW, lastAttemptedRevision=NEW)))
    plan = ERROR.replace("error running Apply:", "Plan error:")
    cluster.put(event(plan, "2026-01-02T23:59:59Z", "airbyte.1", reason="TFExecPlanFailed"))
    assert "failed" not in said(run(lake, "status", "--quiet"))
    cluster.put(event(plan, "2026-01-03T00:00:02Z", "airbyte.2", reason="TFExecPlanFailed"))
    told = "    failed     before this attempt; the next attempt is being made, and the last one said:\n"
    assert told + AT_ITS_LINE in said(run(lake, "status", "--quiet"))


def test_what_a_deletion_waits_for_is_told(lake: Path, cluster: Cluster) -> None:
    stalled = condition("Stalled", "True", "ArtifactFailed", "GitRepository not found")
    ready = condition("Ready", "False", "ArtifactFailed", 'GitRepository "airbyte" not found')
    cluster.put(deleted(terraform(ready, stalled, spec={"suspend": True})))
    (cluster.folder / "gitrepositories/lake/airbyte.json").unlink()
    out = run(lake, "status", "--quiet").out
    assert "           waits, as the stack is suspended: lakeform resume airbyte\n" in out
    assert (
        "           waits for its GitRepository, which is gone; make it again until the object is gone: kubectl" in out
    )
    assert "    stalled    ArtifactFailed\n" in out
