"""A stack's status as people read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from infra.airbyte.workspace.connection_status import ConnectionStatus, failure_text, rows_text
from infra.base.columns import columns
from infra.gitops.cluster.objects import Ready, SourceState, TerraformState
from infra.gitops.cluster.plan_summary import PlanSummary
from infra.gitops.cluster.stack_status import NOT_THERE, StackStatus
from infra.gitops.cluster.suspension import Suspension

_INDENT = " " * 4


def render_status(status: StackStatus) -> str:
    """A line, and below it, indented, what there is to know."""
    head = f"stack {status.stack}: "
    if status.target is None:
        return f"{head}not managed by Flux: no key flux says who applies it"
    if status.terraform is None:
        hint = "; has nothing been applied yet?" if status.fault and status.fault.kind in NOT_THERE else ""
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
    return f"{_ready(terraform.ready)}{since}{', suspended' if terraform.suspended else ''}"


def _ready(ready: Ready) -> str:
    return f"Ready {ready.status}" + (f" ({ready.reason})" if ready.reason else "")


def _lines(status: StackStatus, terraform: TerraformState) -> Iterator[str]:
    if terraform.suspension is not None:
        yield from _suspension(terraform.suspension, status.stack)
    yield f"applied    {short(terraform.applied) or 'nothing yet'}"
    if terraform.attempted != terraform.applied:
        yield f"attempted  {short(terraform.attempted)}"
    if status.source is not None:
        yield from _source(status.source, status.source_said, terraform)
    elif status.source_said:
        yield f"source     {status.source_said}"
    if terraform.pending_plan:
        what = "destroys everything" if terraform.destroys else status.plan.counts if status.plan else ""
        yield f"plan       {terraform.pending_plan} is pending{f': {what}' if what else ''}"
    if terraform.drifted:
        counts = status.plan.counts if status.plan and not terraform.pending_plan else ""
        yield f"drift      yes{f': {counts}' if counts else ''}"
    yield from _changes(status.plan)
    if terraform.lock:
        yield f"lock       {terraform.lock} locks the state"
    for error in status.message.errors:
        yield from error.to_text().splitlines()
    if status.message.withheld:
        yield f"withheld   {status.message.withheld}"


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
        return "never ran"
    kind = "" if row.job.kind == "sync" else f"{row.job.kind} "
    return f"{kind}{row.job.status} {row.job.started}{rows_text(row.job)}"


def _next(row: ConnectionStatus) -> str:
    if row.next_run is not None:
        return f"next {row.next_run}"
    if row.own.entry.settings.status == "inactive":
        return "inactive"
    return "by hand" if row.own.entry.settings.schedule == "manual" and row.own.remote else ""


def short(revision: str) -> str:
    """A revision with ten digits of its commit: `main@sha1:0123456789`."""
    return re.sub(r"(:[0-9a-f]{10})[0-9a-f]+$", r"\1", revision)
