"""Health: what Flux is to think of a Terraform object, as expressions in CEL.

Without them Flux takes an object that failed for one that is still at work, waits for the whole timeout, and applies no newer
commit meanwhile. It looks at them only once `status.observedGeneration` is that of the object (fluxcd/pkg, runtime/cel), which
tofu-controller sets with every result (`api/v1alpha2/terraform_types.go`, `SetTerraformReadiness`).
"""

from __future__ import annotations

from infra.base.json_value import Json

_READY = "has(status.conditions) && status.conditions.exists(c, c.type == 'Ready' && {})"

_CURRENT = _READY.format("c.status == 'True'")

# Between two attempts, and during the next one: the count starts anew with a commit and with a change of the object, and a little
# after a success. A drift is no failure: where plans are approved by themselves it is taken back at once, and elsewhere it counts
# as an attempt.
_REFUSED = _READY.format("c.status == 'False' && c.reason != 'DriftDetected'")
_FAILED = (
    f"!({_CURRENT}) && ((has(status.reconciliationFailures) && status.reconciliationFailures > 0) || ({_REFUSED}))"
)
_PENDING = "(has(status.plan) && has(status.plan.pending) && status.plan.pending != '')"


def health_of_terraform(*, manual: bool) -> Json:
    """The entry of `healthCheckExprs`. `manual`: a plan that waits for its approval is as healthy as one that is applied."""
    return {
        "apiVersion": "infra.contrib.fluxcd.io/v1alpha2",
        "kind": "Terraform",
        "failed": _FAILED,
        "current": f"({_CURRENT}) || {_PENDING}" if manual else _CURRENT,
    }
