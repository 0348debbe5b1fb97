"""ConnectionStatus: how the last run of a connection ended, and when the next one is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from infra.airbyte.server import AirbyteServer, Failure, Job
from infra.airbyte.workspace.known_secrets import KnownSecrets
from infra.airbyte.workspace.last_jobs import LastJobs, read_last_jobs
from infra.airbyte.workspace.matching import Matched, match_connections, read_workspace
from infra.base.errors import UserError
from infra.base.json_value import Json
from infra.base.printable import one_line
from infra.lake.documents import plural
from infra.lake.model.stack import Stack
from infra.lake.registry.entry import cron_of

_FAILED = frozenset({"failed", "incomplete"})

# Jobs whose reasons are asked for, one by one.
_ASKED = 20


@dataclass(frozen=True)
class ConnectionStatus:
    """A connection of the registry.

    Attributes:
        job: its newest job; None if it never ran, or is not on the server.
        next_run: ISO 8601, UTC; None if nothing starts it by itself.
        failures: why that job failed; what may not be shown of it is empty.
        note: what else there is to know; may be empty.
        looked: False if its newest job is older than all that were looked at, so that nobody knows whether there is one.

    """

    own: Matched
    job: Job | None = None
    next_run: str | None = None
    failures: tuple[Failure, ...] = ()
    note: str = ""
    looked: bool = True

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


def read_connections(
    server: AirbyteServer,
    stack: Stack,
    known: KnownSecrets,
    now: datetime,
    state: Mapping[str, str] = MappingProxyType({}),
    tell: Callable[[str], None] = lambda _: None,
) -> list[ConnectionStatus]:
    """Every connection of a stack, sorted by id. Raises UserError.

    `known`: what may be shown of messages; `state`: entry id -> Airbyte id, from Terraform's state, as far as it is known;
    `tell` hears how far it is.
    """
    own = match_connections(stack, read_workspace(server), state)
    last = read_last_jobs(server, {one.remote.id for one in own if one.remote}, tell)
    asked = _reasons(server, last, known, tell)
    return [_look(one, last, asked, now) for one in own]


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


_Reasons = Mapping[str, tuple[tuple[Failure, ...], str]]


def _reasons(server: AirbyteServer, last: LastJobs, known: KnownSecrets, tell: Callable[[str], None]) -> _Reasons:
    """Id of a connection whose newest job failed -> what `failures_of` says; of so many only, the newest, as each is a request."""
    failed = sorted((job for job in last.jobs.values() if job.status in _FAILED), key=_age)
    asked = failed[:_ASKED]
    if asked:
        tell(f"why {plural(len(asked), 'job')} failed")
    left = {
        job.connection_id: ((), f"its reason was not asked for, as only those of the {_ASKED} newest failures are")
        for job in failed[_ASKED:]
    }
    return {**left, **{job.connection_id: failures_of(server, job, known) for job in asked}}


def _age(job: Job) -> tuple[float, str]:
    """Sorts the newest first."""
    return -job.started_at.timestamp(), job.connection_id


def _look(own: Matched, last: LastJobs, reasons: _Reasons, now: datetime) -> ConnectionStatus:
    remote = own.remote
    if remote is None:
        several = f"{len(own.several)} connections with that name: {', '.join(own.several)}; choose one with adopt"
        return ConnectionStatus(own, note=several if own.several else "not in Airbyte")
    failures, withheld = reasons.get(remote.id, ((), ""))
    runs = own.entry.settings.status == "active" and remote.status == "active"
    notes = (
        f'called "{one_line(remote.name)}" in Airbyte' if own.name and remote.name != own.name else "",
        "" if remote.status == own.entry.settings.status else f"{remote.status} in Airbyte",
        f"no run since {last.since}" if remote.id in last.older else "",
        withheld,
    )
    note, next_run = "; ".join(filter(None, notes)), _next_run(own, now) if runs else None
    return ConnectionStatus(own, last.jobs.get(remote.id), next_run, failures, note, remote.id not in last.older)


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
