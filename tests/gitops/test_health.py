"""What Flux thinks of a Terraform object by the expressions in its Kustomization, judged by Flux's own code.

The statuses are those that tofu-controller's functions leave (`api/v1alpha2/terraform_types.go`), one after the other in the life
of a stack.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.gitops.flux.health import health_of_terraform
from tests.support.kube import condition, terraform
from tests.support.lakes import REPOSITORY
from tests.tools.build import ToolsMissing, build, give_up

MODULE = REPOSITORY / "tests/tools/health"

pytestmark = [pytest.mark.network, pytest.mark.slow]

PROGRESSING = condition("Ready", "Unknown", "Progressing", "Reconciliation in progress")
PLANNED = condition("Ready", "Unknown", "TerraformPlannedWithChanges", "Plan generated")
APPLIED = condition("Ready", "True", "TerraformAppliedSucceed")
REFUSED = condition("Ready", "False", "TFExecApplyFailed", "error running Apply")
DRIFT = condition("Ready", "False", "DriftDetected", "drift")
APPLY_FAILED = condition("Apply", "False", "TerraformAppliedFail", "error running Apply")
PENDING: Any = {"plan": {"pending": "plan-main-bbbbbbbbbb"}}


def seen(generation: int, *conditions: dict[str, Any], now: int | None = None, **status: Any) -> dict[str, Any]:
    """The object that is at generation `now`, and of which tofu-controller has spoken at `generation`."""
    found = terraform(*conditions, generation=generation if now is None else now, **status)
    return {**found, "status": {**found["status"], "observedGeneration": generation}}


# (what it is, the object, where plans are approved by themselves, where they are approved by hand)
LIFE = [
    ("new", {**terraform(), "status": {"observedGeneration": -1}}, "InProgress", "InProgress"),
    ("first attempt", seen(-1, PROGRESSING, now=1), "InProgress", "InProgress"),
    ("planned", seen(1, PLANNED, **PENDING), "InProgress", "Current"),
    ("applied", seen(1, APPLIED), "Current", "Current"),
    ("at the next commit", seen(1, PROGRESSING), "InProgress", "InProgress"),
    ("refused", seen(1, REFUSED, APPLY_FAILED, reconciliationFailures=1), "Failed", "Failed"),
    ("refused, and not counted yet", seen(1, REFUSED, APPLY_FAILED), "Failed", "Failed"),
    ("tried again", seen(1, PROGRESSING, APPLY_FAILED, reconciliationFailures=1), "Failed", "Failed"),
    ("cured by another object", seen(1, REFUSED, now=2, reconciliationFailures=2), "InProgress", "InProgress"),
    ("at the cure", seen(1, PROGRESSING, APPLY_FAILED, now=2), "InProgress", "InProgress"),
    ("the cure was none", seen(2, REFUSED, APPLY_FAILED, reconciliationFailures=1), "Failed", "Failed"),
    ("cured, and still counted", seen(2, APPLIED, reconciliationFailures=1), "Current", "Current"),
    ("stopped", seen(2, APPLIED), "Current", "Current"),
    ("stopped after a failure", seen(1, REFUSED, now=2, reconciliationFailures=1), "InProgress", "InProgress"),
    ("drift", seen(2, DRIFT), "InProgress", "InProgress"),
    ("drift that waits for an approval", seen(2, DRIFT, reconciliationFailures=1), "Failed", "Failed"),
    ("no drift", seen(2, condition("Ready", "True", "NoDrift")), "Current", "Current"),
    ("locked", seen(2, condition("Ready", "False", "TFExecPlanFailed"), reconciliationFailures=1), "Failed", "Failed"),
]


@pytest.fixture(scope="module")
def flux() -> Path:
    """The program that judges as kustomize-controller does."""
    try:
        return build(MODULE, "flux-health", ".")
    except ToolsMissing as error:
        give_up(error)


@pytest.mark.parametrize("manual", [False, True], ids=["auto", "manual"])
def test_a_failure_is_seen_at_once_and_nothing_else_is_one(flux: Path, *, manual: bool) -> None:
    asked = {"expressions": health_of_terraform(manual=manual), "objects": [found for _, found, *_ in LIFE]}
    done = subprocess.run([flux], input=json.dumps(asked), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    names = [name for name, *_ in LIFE]
    assert dict(zip(names, done.stdout.split(), strict=True)) == {name: words[manual] for name, _, *words in LIFE}
