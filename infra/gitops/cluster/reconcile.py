"""Reconcile: asks Flux to fetch and tofu-controller to apply now, and waits until they have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, sleep, time_ns
from typing import Self

from infra.base.json_value import Json
from infra.gitops.cluster.kubectl import GIT_REPOSITORY, TERRAFORM, Kubectl
from infra.gitops.cluster.kubectl_errors import ClusterError
from infra.gitops.cluster.objects import SourceState, TerraformState, read_source, read_terraform
from infra.gitops.cluster.stack_status import Target
from infra.gitops.cluster.suspension import MANAGER

# What Flux and tofu-controller look at: any new value is a request (fluxcd/pkg, apis/meta).
REQUESTED = "reconcile.fluxcd.io/requestedAt"

POLL_SECONDS = 2.0


@dataclass(frozen=True)
class Outcome:
    """How it ended; what the objects say then is for `status` to tell.

    Attributes:
        refused: why nothing, or only a part of it, was asked; empty if all was.
        late: what was still being done when the time was over; empty if all was done.
    """

    refused: str = ""
    late: str = ""


def reconcile(
    kubectl: Kubectl, stack: str, target: Target, seconds: float, tell: Callable[[str], None], lock: str = ""
) -> Outcome:
    """Let the GitRepository fetch, then the Terraform object plan and apply; `seconds`: how long to wait for both.

    `lock`: id of the state's lock that tofu-controller is to break first, if it is the one that it has met. Raises
    ClusterError.
    """
    ends = monotonic() + seconds
    source = _Asked(kubectl, GIT_REPOSITORY, target, "GitRepository", read_source, ends, tell)
    terraform = _Asked(kubectl, TERRAFORM, target, "Terraform", read_terraform, ends, tell)
    if source.read().suspended:
        way = f"flux resume source git {target.name} --namespace {target.namespace}"
        return Outcome(refused=f"{source} is suspended: nothing happens until: {way}")
    before = read_terraform(terraform.get())
    if before.suspended:
        return Outcome(refused=f"{terraform} is suspended: nothing happens until: lakeform resume {stack}")
    if lock and before.lock != lock:
        met = f"the lock that it met is {before.lock}" if before.lock else "it met no lock"
        return Outcome(refused=f"{terraform} is not reconciled: {met}")
    with _Unlocking(kubectl, target, lock) as unlocking:
        try:
            return _carry_out(source, terraform, unlocking)
        except ClusterError as error:
            if before.deleted and error.kind == "not-found":  # what was asked for is carried out
                return Outcome()
            raise


class _Unlocking:
    """For `with`: tofu-controller may break that lock, if there is one, until it has done so or the `with` ends.

    Whoever takes the request back changes the object, which is planned again then.
    """

    def __init__(self, kubectl: Kubectl, target: Target, lock: str) -> None:
        self._kubectl, self._target, self._lock = kubectl, target, lock
        self._asked = False

    def __enter__(self) -> Self:
        if self._lock:
            self._write({"forceUnlock": "yes", "lockIdentifier": self._lock})
            self._asked = True
        return self

    def __exit__(self, *_: object) -> None:
        self._take_back()

    def ends_with(self, state: SourceState | TerraformState) -> bool:
        """Whether the lock is broken in that state, and the request was taken back for that reason just now."""
        return isinstance(state, TerraformState) and state.lock != self._lock and self._take_back()

    def _take_back(self) -> bool:
        asked, self._asked = self._asked, False
        if asked:
            self._write(None)
        return asked

    def _write(self, tfstate: Json | None) -> None:
        self._kubectl.patch(
            TERRAFORM, self._target.namespace, self._target.name, {"spec": {"tfstate": tfstate}}, MANAGER
        )


def _carry_out(source: _Asked, terraform: _Asked, unlocking: _Unlocking) -> Outcome:
    fetched = source.carry_out(unlocking)
    if isinstance(fetched, _Late):
        return Outcome(late=_late(source, fetched, "has not fetched yet", "source-controller"))
    if fetched.ready.status == "False":
        return Outcome(refused=f"{source} cannot fetch, so there is nothing new to apply")
    applied = terraform.carry_out(unlocking)
    if isinstance(applied, _Late):
        return Outcome(late=_late(terraform, applied, "is still working", "tofu-controller"))
    return Outcome()


@dataclass(frozen=True)
class _Late:
    """That the time was over first. `answered`: the controller was seen at work with the object meanwhile."""

    answered: bool


def _late(asked: _Asked, late: _Late, working: str, controller: str) -> str:
    return (
        f"{asked} {working}" if late.answered else f"{asked}: nobody has answered the request: does {controller} run?"
    )


@dataclass(frozen=True)
class _Asked:
    """One object that is asked to reconcile."""

    kubectl: Kubectl
    resource: str
    target: Target
    kind: str
    parse: Callable[[Json], SourceState | TerraformState]
    ends: float
    tell: Callable[[str], None]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"

    def get(self) -> Json:
        return self.kubectl.get(self.resource, self.target.namespace, self.target.name)

    def read(self) -> SourceState | TerraformState:
        return self.parse(self.get())

    def carry_out(self, unlocking: _Unlocking) -> SourceState | TerraformState | _Late:
        """The state after the request, if the time is not over before."""
        stamp = str(time_ns())  # nobody else's, and never twice
        self.kubectl.annotate(self.resource, self.target.namespace, self.target.name, REQUESTED, stamp)
        shown, answered = "", False
        while True:
            state = self.read()
            if not unlocking.ends_with(state) and state.handled == stamp and state.ready.settled:
                return state
            answered = answered or state.working or state.handled == stamp
            now = f"{self}: {_doing(state, stamp)}"
            if now != shown:
                self.tell(now)
            if monotonic() >= self.ends:
                return _Late(answered)
            shown = now
            sleep(POLL_SECONDS)


def _doing(state: SourceState | TerraformState, stamp: str) -> str:
    """What an object that is not done is at."""
    if state.handled == stamp:
        return "working on something newer"
    return "working" if state.ready.reason in ("Progressing", "") else f"requested, and {state.ready.reason} so far"
