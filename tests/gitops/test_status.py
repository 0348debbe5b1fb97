"""`lakeform status`: what the cluster says about each stack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.kube import (
    BEFORE,
    NEW,
    OLD,
    Cluster,
    applied,
    condition,
    failed,
    readable_plan,
    repository,
    terraform,
)
from tests.support.lakes import run
from tests.support.operate_lakes import NOT_ASKED, said
from tests.support.provider_errors import HIDDEN

PLAN = "plan-main-bbbbbbbbbb"
PENDING: dict[str, Any] = {"plan": {"pending": PLAN}, "lastAppliedRevision": OLD, "lastAttemptedRevision": NEW}
PLANNED = condition("Ready", "Unknown", "TerraformPlannedWithChanges", f'Plan generated: set approvePlan: "{PLAN}"')
FAILED = "stack airbyte: Ready False (TFExecApplyFailed), since 2026-01-02T00:00:00Z\n"
REVISIONS = "    applied    main@sha1:aaaaaaaaaa\n    attempted  main@sha1:bbbbbbbbbb\n"

# What a provider's error looks like in a Ready condition.
ERROR = """\
error running Apply: rpc error: code = Internal desc = error running Apply: exit status 1

Error: failure to invoke API

  with airbyte_source.faker,
  on cdk.tf.json line 40, in resource.airbyte_source.faker:
  40:       "name": "Faker",

unexpected response from API. Got an unexpected response code 400
"""

# The text for people of a plan, as far as it matters.
READABLE = """\
Terraform will perform the following actions:

  # airbyte_connection.faker_to_files must be replaced
-/+ resource "airbyte_connection" "faker_to_files" {
      ~ name = "Old" -> "New" # forces replacement
    }

  # airbyte_source.faker will be updated in-place
  ~ resource "airbyte_source" "faker" {}

  # airbyte_source.somebody_elses will be destroyed

Plan: 1 to add, 1 to change, 2 to destroy.
"""
CHANGES = """\
               dag/registry/lake.yaml:26:3  airbyte_connection.faker_to_files must be replaced
               dag/registry/lake.yaml:14:3  airbyte_source.faker will be updated in-place
               1 more, of objects that the registry does not have
"""


# What the objects say


def test_a_stack_that_is_as_the_last_commit_wants_it(lake: Path, cluster: Cluster) -> None:
    cluster.put(applied())
    result = run(lake, "status", "--quiet")
    ready = "stack airbyte: Ready True (TerraformAppliedSucceed), since 2026-01-02T00:00:00Z\n"
    assert (result.code, said(result)) == (0, f"{ready}    applied    main@sha1:bbbbbbbbbb\n")


def test_a_failed_apply_is_told_at_the_registry_line(lake: Path, cluster: Cluster) -> None:
    cluster.put(failed(ERROR))
    result = run(lake, "status", "--quiet")
    assert result.code == 1
    assert said(result) == (
        f"{FAILED}{REVISIONS}"
        "    dag/registry/lake.yaml:14:3  error  failure to invoke API\n"
        "        unexpected response from API. Got an unexpected response code 400\n"
        "        airbyte_source.faker\n"
        f"        {HIDDEN.format(' lakeform check finds nothing wrong in sources.faker;')}\n"
    )


def test_a_message_without_complaints_of_terraform_is_shown_as_it_is(lake: Path, cluster: Cluster) -> None:
    cluster.put(failed("Source is not ready,\x1b[2J artifact not found", "ArtifactFailed"))
    result = run(lake, "status", "--quiet")
    headline = FAILED.replace("TFExecApplyFailed", "ArtifactFailed")
    assert said(result) == f"{headline}{REVISIONS}    -  error  Source is not ready, [2J artifact not found\n"


def test_a_pending_plan_is_told_by_what_it_does(lake: Path, cluster: Cluster) -> None:
    cluster.put(terraform(PLANNED, **PENDING))
    cluster.put(readable_plan(READABLE, PLAN))
    result = run(lake, "status", "--quiet")
    assert result.code == 1
    assert said(result) == (
        "stack airbyte: Ready Unknown (TerraformPlannedWithChanges), since 2026-01-02T00:00:00Z\n"
        f"{REVISIONS}    plan       {PLAN} is pending: 1 to add, 1 to change, 2 to destroy\n{CHANGES}"
    )


def test_a_large_plan_is_put_together_in_the_order_of_its_parts(lake: Path, cluster: Cluster) -> None:
    cluster.put(terraform(PLANNED, **PENDING))
    parts = [READABLE[index * 30 : index * 30 + 30] for index in range(len(READABLE) // 30 + 1)]
    assert len(parts) > 10  # so that 10 stands between 1 and 2
    for number, part in enumerate(parts):
        cluster.put(readable_plan(part, PLAN, number))
    assert CHANGES in run(lake, "status", "--quiet").out


@pytest.mark.parametrize("refused", [True, False], ids=["forbidden", "of another plan"])
def test_a_plan_whose_text_is_not_there_is_told_by_its_id(lake: Path, cluster: Cluster, *, refused: bool) -> None:
    cluster.put(terraform(PLANNED, **PENDING))
    cluster.put(readable_plan(READABLE, "plan-main-0000000000"))
    if refused:
        cluster.refuse("get configmaps", "Error from server (Forbidden): no")
    result = run(lake, "status", "--quiet")
    assert said(result).endswith(f"    plan       {PLAN} is pending\n")


def test_a_plan_that_destroys_everything_says_so(lake: Path, cluster: Cluster) -> None:
    cluster.put(terraform(PLANNED, **{**PENDING, "plan": {"pending": PLAN, "isDestroyPlan": True}}))
    assert f"{PLAN} is pending: destroys everything\n" in run(lake, "status", "--quiet").out


def test_drift_is_told_by_what_differs_and_not_by_its_values(lake: Path, cluster: Cluster) -> None:
    cluster.put(failed(READABLE, "DriftDetected", lastDriftDetectedAt=BEFORE))
    result = run(lake, "status", "--quiet")
    drift = "    drift      yes: 1 to add, 1 to change, 2 to destroy\n"
    assert said(result) == FAILED.replace("TFExecApplyFailed", "DriftDetected") + REVISIONS + drift + CHANGES


@pytest.mark.parametrize(
    ("reason", "seen", "drift"),
    [
        ("TFExecPlanFailed", "2026-01-03T00:00:00Z", True),
        ("TFExecPlanFailed", "2026-01-01T00:00:00Z", False),
        ("NoDrift", "2026-01-03T00:00:00Z", False),
    ],
)
def test_drift_lasts_until_an_apply_or_until_it_is_gone(
    lake: Path, cluster: Cluster, reason: str, seen: str, *, drift: bool
) -> None:
    ready = condition("Ready", "False", reason, "Error: x")
    cluster.put(terraform(ready, condition("Apply", "True", "Applied"), lastDriftDetectedAt=seen))
    assert ("    drift      yes\n" in run(lake, "status", "--quiet").out) == drift


def test_a_suspended_stack_says_so(lake: Path, cluster: Cluster) -> None:
    found = applied()
    found["spec"]["suspend"] = True
    cluster.put(found)
    cluster.put(repository(spec={"suspend": True}))
    result = run(lake, "status", "--quiet")
    assert said(result) == (
        "stack airbyte: Ready True (TerraformAppliedSucceed), since 2026-01-02T00:00:00Z, suspended\n"
        "    applied    main@sha1:bbbbbbbbbb\n    source     main@sha1:bbbbbbbbbb (suspended)\n"
    )


def test_a_source_that_cannot_fetch_is_shown(lake: Path, cluster: Cluster) -> None:
    cluster.put(applied())
    message = "failed to checkout and determine revision: https://bot:tok3n@git.example.com: not found"
    cluster.put(repository(condition("Ready", "False", "GitOperationFailed", message)))
    shown = message.replace("bot:tok3n", "***")
    assert f"    source     Ready False (GitOperationFailed): {shown}\n" in run(lake, "status", "--quiet").out


def test_an_object_that_changed_since_is_not_ready(lake: Path, cluster: Cluster) -> None:
    ready = condition("Ready", "True", "TerraformAppliedSucceed")
    cluster.put(terraform(ready, generation=2, lastAppliedRevision=NEW, lastAttemptedRevision=NEW))
    result = run(lake, "status", "--quiet")
    assert (result.code, said(result).splitlines()[0]) == (
        1,
        "stack airbyte: Ready Unknown (NotObserved), since 2026-01-02T00:00:00Z",
    )


def test_an_object_without_a_status_is_not_ready(lake: Path, cluster: Cluster) -> None:
    cluster.put({**terraform(), "status": {}})
    cluster.put({**repository(), "status": {}})
    result = run(lake, "status", "--quiet")
    expected = "stack airbyte: Ready Unknown\n    applied    nothing yet\n    source     Ready Unknown\n"
    assert (result.code, said(result)) == (1, expected)


def test_json_has_everything(lake: Path, cluster: Cluster) -> None:
    cluster.put(failed(ERROR, lock={"pending": "x"}))
    result = run(lake, "status", "--quiet", "--format", "json")
    place = {"file": "dag/registry/lake.yaml", "line": 14, "column": 3, "path": "sources.faker", "note": ""}
    assert json.loads(result.out) == {
        "problems": [],
        "stacks": [
            {
                "stack": "airbyte",
                "object": "lake/airbyte",
                "fault": None,
                "ready": "False",
                "reason": "TFExecApplyFailed",
                "since": BEFORE,
                "applied_revision": OLD,
                "changed_revision": OLD,
                "attempted_revision": NEW,
                "pending_plan": None,
                "destroys": False,
                "plan": None,
                "changes": [],
                "drift": False,
                "working": False,
                "failures": 0,
                "stalled": None,
                "deleted": None,
                "lock": "x",
                "lock_now": None,
                "unanswered": None,
                "suspended": False,
                "suspended_by": None,
                "suspended_reason": None,
                "errors": [
                    {
                        "severity": "error",
                        "summary": "failure to invoke API",
                        "detail": "unexpected response from API. Got an unexpected response code 400",
                        "address": "airbyte_source.faker",
                        "places": [place],
                        "rules": [],
                        "hint": HIDDEN.format(" lakeform check finds nothing wrong in sources.faker;"),
                    }
                ],
                "withheld": None,
                "source": {
                    "ready": "True",
                    "reason": "Succeeded",
                    "revision": NEW,
                    "suspended": False,
                    "message": None,
                },
                "connections": None,
                "connections_note": None,
                "connections_fault": NOT_ASKED.removeprefix("connections: not queried: ").rstrip("\n"),
            }
        ],
    }


def test_progress_is_told_on_stderr(lake: Path, cluster: Cluster) -> None:
    cluster.put(applied())
    assert run(lake, "status").err == "looking at the cluster and at Airbyte\n"
