"""ConnectionStatus: how the last run of a connection ended, and when the next one is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from infra.airbyte.server import AirbyteServer, Failure, Job
from infra.airbyte.workspace.known_secrets import KnownSecrets
from infra.airbyte.workspace.matching import Matched, match_connections, read_workspace
from infra.base.errors import UserError
from infra.base.json_value import Json
from infra.lake.model.stack import Stack
from infra.lake.registry.entry import cron_of

_FAILED = frozenset({"failed", "incomplete"})


@dataclass(frozen=True)
class ConnectionStatus:
    """A connection of the registry.

    Attributes:
        job: its newest job; None if it never ran, or is not on the server.
        next_run: ISO 8601, UTC; None if nothing starts it by itself.
        failures: why that job failed; what may not be shown of it is empty.
        note: what else there is to know; may be empty.

    """

    own: Matched
    job: Job | None = None
    next_run: str | None = None
    failures: tuple[Failure, ...] = ()
    note: str = ""

    @property
    def failed_streams(self) -> tuple[str, ...]:
        """Names of the streams that failed, sorted."""
        return tuple(sorted({failure.stream for failure in self.failures if failure.stream}))

    def to_json(self) -> Json:
        """For `--format json`."""
        remote, job = self.own.remote, self.job
        return {
            "entry": self.own.entry.path,
            "id": remote.id if remote else None,
            "status": remote.status if remote else None,
            "last_job": job_json(job) if job else None,
            "next_run": self.next_run,
            "failed_streams": list(self.failed_streams),
            "failures": [failure_json(failure) for failure in self.failures],
            "note": self.note or None,
        }


def job_json(job: Job) -> Json:
    """A job for `--format json`."""
    return {"id": job.id, "kind": job.kind, "status": job.status, "started": job.started, "rows": job.rows}


def failure_json(failure: Failure) -> Json:
    """A failure for `--format json`."""
    return {"stream": failure.stream, "origin": failure.origin or None, "message": failure.message or None}


def read_connections(server: AirbyteServer, stack: Stack, known: KnownSecrets, now: datetime) -> list[ConnectionStatus]:
    """Every connection of a stack, sorted by id. Raises UserError. `known`: what may be shown of messages."""
    own = match_connections(stack, read_workspace(server), {})
    return [_look(server, one, known, now) for one in own]


def failures_of(server: AirbyteServer, job: Job, known: KnownSecrets) -> tuple[tuple[Failure, ...], str]:
    """Why a job failed, and what of that is not shown, and why; both empty for one that did not."""
    if job.status not in _FAILED:
        return (), ""
    try:
        found = server.failures(job.id)
    except UserError as error:
        return (), str(error)
    gap = known.gap_at(job.started)
    shown = tuple(dict.fromkeys(_shown(failure, known, hidden=bool(gap)) for failure in found))
    return shown, f"messages are withheld: {gap}" if gap and any(failure.message for failure in found) else ""


def _look(server: AirbyteServer, own: Matched, known: KnownSecrets, now: datetime) -> ConnectionStatus:
    if own.remote is None:
        several = f"{len(own.several)} connections with that name: {', '.join(own.several)}; choose one with adopt"
        return ConnectionStatus(own, note=several if own.several else "not in Airbyte")
    job = next(iter(server.jobs(own.remote.id, 1)), None)
    failures, withheld = failures_of(server, job, known) if job else ((), "")
    runs = own.entry.settings.status == "active" and own.remote.status == "active"
    off = "" if own.remote.status == own.entry.settings.status else f"{own.remote.status} in Airbyte"
    note = "; ".join(part for part in (off, withheld) if part)
    return ConnectionStatus(own, job, _next_run(own, now) if runs else None, failures, note)


def _next_run(own: Matched, now: datetime) -> str | None:
    """From the registry's schedule."""
    cron = cron_of(own.entry)
    return next((run.strftime("%Y-%m-%dT%H:%M:%SZ") for run in cron.next_runs(now, 1)), None) if cron else None


def _shown(failure: Failure, known: KnownSecrets, *, hidden: bool) -> Failure:
    message = "" if hidden else known.redactor.one_line(failure.message)
    return Failure(failure.stream, failure.origin, message)


def job_text(job: Job) -> str:
    """`sync 12: running, 1,200 rows`; without rows where the server does not say."""
    return f"{job.kind} {job.id}: {job.status}{rows_text(job)}"


def rows_text(job: Job) -> str:
    """`, 1,200 rows`; empty where the server does not say."""
    if job.rows is None:
        return ""
    return f", {job.rows:,} row" + ("" if job.rows == 1 else "s")


def failure_text(failure: Failure) -> str:
    """An indented line: what failed, and why."""
    what = failure.stream or failure.origin or "the job"
    return f"    {what}: {failure.message or 'failed'}"
