"""A stack's status as people read it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from infra.airbyte.workspace.connection_status import ConnectionStatus, failure_text, rows_text
from infra.base.columns import columns
from infra.gitops.cluster.objects import Ready, SourceState, TerraformState
from infra.gitops.cluster.plan_summary import PlanSummary
from infra.gitops.cluster.revision import short
from infra.gitops.cluster.stack_status import StackStatus
from infra.gitops.cluster.state_lock import StateLock
from infra.gitops.cluster.suspension import Suspension

_INDENT = " " * 4


def render_status(status: StackStatus) -> str:
    """A line, and below it, indented, what there is to know."""
    head = f"stack {status.stack}: "
    if status.target is None:
        return f"{head}not managed by Flux: no key flux says who applies it"
    if status.terraform is None:
        hint = "; has nothing been applied yet, or is it taken down?" if status.is_not_there else ""
        return f"{head}not known\n{_INDENT}Terraform {status.target}: {status.fault}{hint}"
    lines = [head + _headline(status.terraform), *(_INDENT + line for line in _lines(status, status.terraform))]
    return "\n".join(lines)


def render_connections(rows: Sequence[ConnectionStatus]) -> str:
    """A line for each connection, in columns, with its failures below it."""
    if not rows:
        return f"{_INDENT}no connections"
    lines: list[str] = []
    for row, line in zip(rows, columns([(row.own.entry.id, _told(row)) for row in rows], _INDENT), strict=True):
        lines += [line, *(_INDENT + failure_text(failure) for failure in row.failures)]
    return "\n".join(lines)


def _headline(terraform: TerraformState) -> str:
    since = f", since {terraform.ready.since}" if terraform.ready.since else ""
    deleted = f", being deleted since {terraform.deleted}" if terraform.deleted else ""
    return f"{_ready(terraform.ready)}{since}{', suspended' if terraform.suspended else ''}{deleted}"


def _ready(ready: Ready) -> str:
    return f"Ready {ready.status}" + (f" ({ready.reason})" if ready.reason else "")


def _lines(status: StackStatus, terraform: TerraformState) -> Iterator[str]:
    if terraform.suspension is not None:
        yield from _suspension(terraform.suspension, status.stack)
        if terraform.working:
            yield "suspended  the attempt that had begun goes on to its end"
    if terraform.deleted:
        yield from _deletion(status, terraform)
    yield f"applied    {_applied(terraform)}"
    if terraform.attempted not in ("", terraform.applied):
        yield f"attempted  {short(terraform.attempted)}"
    if status.source is not None:
        yield from _source(status.source, status.source_said, terraform)
    elif status.source_said:
        yield f"source     {status.source_said}"
    yield from _plan(status.plan, terraform)
    yield from _lock(terraform.lock, status.lock, status.stack)
    yield from _halted(status, terraform)
    yield from _errors(status, terraform)


def _plan(plan: PlanSummary | None, terraform: TerraformState) -> Iterator[str]:
    """The plan that is pending, and the drift."""
    if terraform.pending_plan:
        what = "destroys everything" if terraform.destroys else plan.counts if plan else ""
        yield f"plan       {terraform.pending_plan} is pending{f': {what}' if what else ''}"
    if terraform.drifted:
        counts = plan.counts if plan and not terraform.pending_plan else ""
        yield f"drift      yes{f': {counts}' if counts else ''}"
    yield from _changes(plan)


def _halted(status: StackStatus, terraform: TerraformState) -> Iterator[str]:
    """Why nothing goes on."""
    if status.unanswered:
        yield f"no answer  {status.unanswered}"
    if terraform.stalled:
        yield f"stalled    {terraform.stalled}"


def _errors(status: StackStatus, terraform: TerraformState) -> Iterator[str]:
    yield from _failures(status, terraform)
    for error in status.message.errors:
        yield from error.to_text().splitlines()
    if status.message.withheld:
        yield f"withheld   {status.message.withheld}"


def _applied(terraform: TerraformState) -> str:
    """The commit that Airbyte is like; and the one that changed something, if that is another one."""
    if terraform.applied == terraform.changed:
        return short(terraform.applied) or "nothing yet"
    since = f" since {short(terraform.changed)}" if terraform.changed else ""
    return f"{short(terraform.applied)}, with nothing to change{since}"


def _deletion(status: StackStatus, terraform: TerraformState) -> Iterator[str]:
    """What becomes of Airbyte; and what it waits for, as far as that is known."""
    yield f"deletion   {'destroys what is in Airbyte' if terraform.destroys_all else 'leaves what is in Airbyte'}"
    if terraform.suspended:
        yield f"           waits, as the stack is suspended: lakeform resume {status.stack}"
    if status.source_gone:
        again = "kubectl apply --filename=sources.yaml, with that file of the stack's manifests"
        yield f"           waits for its GitRepository, which is gone; make it again until the object is gone: {again}"


def _lock(met: str, lock: StateLock | None, stack: str) -> Iterator[str]:
    """Who locks the state, and since when; and the way out."""
    if not met:
        return
    if lock is not None and lock.id != met:
        now = f"now {lock.id} locks it" if lock.id else "nothing locks it now"
        yield f"lock       {met} locked the state in the last attempt; {now}, and the next attempt begins by itself"
        return
    who = f", by {lock.who}" if lock and lock.who else ""
    doing = f", for {lock.doing}" if lock and lock.doing else ""
    yield f"lock       {met} locks the state{f' since {lock.since}' if lock and lock.since else ''}{who}{doing}"
    yield f"           if nobody is at work there any more: lakeform reconcile {stack} --break-lock {shlex.quote(met)}"


def _failures(status: StackStatus, terraform: TerraformState) -> Iterator[str]:
    """How many attempts failed; and that the errors below are not those of the attempt that is being made."""
    count = f"{terraform.failures} in a row" if terraform.failures else "before this attempt"
    if terraform.ready.status != "False" and status.message.errors:
        yield f"failed     {count}; the next attempt is being made, and the last one said:"
    elif terraform.failures and terraform.ready.status == "Unknown":
        yield f"failed     {count}; the next attempt is being made"
    elif terraform.failures > 1 and terraform.ready.status == "False":
        yield f"failed     {count}"


def _suspension(found: Suspension, stack: str) -> Iterator[str]:
    """Who did it and why; and that it does not last, where Flux undoes it."""
    if found.by:
        yield f"suspended  by {found.by}: {found.reason}"
    if found.is_undone:
        how = " and ".join(found.holders)
        yield f"suspended  through {how}, which Flux undoes; to keep it: lakeform suspend {stack} --reason TEXT"


def _source(source: SourceState, said: str, terraform: TerraformState) -> Iterator[str]:
    suspended = " (suspended)" if source.suspended else ""
    if source.ready.status != "True":
        yield f"source     {_ready(source.ready)}{suspended}{f': {said}' if said else ''}"
    elif suspended or source.revision not in (terraform.applied, terraform.attempted):
        yield f"source     {short(source.revision)}{suspended}"


def _changes(plan: PlanSummary | None) -> Iterator[str]:
    if plan is None:
        return
    for change in plan.changes:
        yield f"           {change.place.location}  {change.address} {change.action}"
    if plan.others:
        yield f"           {plan.others} more, of objects that the registry does not have"


def _told(row: ConnectionStatus) -> str:
    return "; ".join(part for part in (_last(row), _next(row), row.note) if part)


def _last(row: ConnectionStatus) -> str:
    if row.own.remote is None:
        return ""
    if row.job is None:
        return "never ran" if row.looked else ""
    kind = "" if row.job.kind == "sync" else f"{row.job.kind} "
    return f"{kind}{row.job.status} {row.job.started}{rows_text(row.job)}"


def _next(row: ConnectionStatus) -> str:
    if row.next_run is not None:
        return f"next {row.next_run}"
    if row.own.entry.settings.status == "inactive":
        return "inactive"
    return "by hand" if row.own.entry.settings.schedule == "manual" and row.own.remote else ""
