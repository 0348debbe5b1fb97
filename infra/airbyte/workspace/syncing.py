"""Syncing a connection: find it on its server, start a job or join the one that runs, and wait for its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import sleep

from infra.airbyte.server import AirbyteServer, Job, RefusedError, RemoteConnection
from infra.airbyte.workspace.matching import Matched, Workspace, match_connections, read_workspace
from infra.base.errors import UserError
from infra.lake.documents import did_you_mean
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry

POLL_SECONDS = 5.0


def locate_connection(
    server: AirbyteServer, stack: Stack, placed: Entry[Connection], state: Callable[[], Mapping[str, str]] = dict
) -> RemoteConnection:
    """What the entry is on the server. Raises UserError where it is nothing, or may be several.

    `state`: entry id -> Airbyte id, from Terraform's state; asked for only where the name does not tell.
    """
    workspace = read_workspace(server)
    own = _own(stack, workspace, placed, {})
    if own is None:
        raise UserError(f"{placed.path} is not Airbyte's: something else loads its source")
    if own.remote is None:
        own = _own(stack, workspace, placed, state()) or own
    if own.remote is not None:
        return own.remote
    if own.several:
        ids = ", ".join(own.several)
        raise UserError(f'the workspace has {len(own.several)} connections "{own.name}": {ids}; choose one with adopt')
    known = did_you_mean(own.name, [one.name for one in workspace.connections], "connections there")
    note = "(a new entry appears there after its first apply)"
    raise UserError(f'the workspace has no connection "{own.name}"; {known or "it has none yet"} {note}')


def _own(stack: Stack, workspace: Workspace, placed: Entry[Connection], state: Mapping[str, str]) -> Matched | None:
    """The entry in the workspace; None for one that is not Airbyte's."""
    return next((one for one in match_connections(stack, workspace, state) if one.entry.key == placed.key), None)


@dataclass(frozen=True)
class Begun:
    """A job of a connection. `joined`: it ran already, so that nothing was started."""

    job: Job
    joined: bool


def start_or_join(server: AirbyteServer, remote: RemoteConnection) -> Begun:
    """The connection's job that has not ended, else that of a sync which is started, also where somebody else starts one in
    between. Raises UserError.
    """
    running = running_job(server, remote)
    if running is not None:
        return Begun(running, joined=True)
    try:
        return Begun(server.start_sync(remote.id), joined=False)
    except RefusedError as error:
        running = running_job(server, remote) if error.status == 409 else None
        if running is None:
            raise
        return Begun(running, joined=True)


def running_job(server: AirbyteServer, remote: RemoteConnection) -> Job | None:
    """The connection's job that has not ended, of whatever kind. Raises UserError."""
    kinds = (None, "clear", "refresh")  # Airbyte, JobServiceImpl: without a type only syncs and resets are listed
    jobs = (job for kind in kinds for job in server.jobs(remote.id, kind=kind))
    return next((job for job in jobs if not job.ended), None)


def reads_rows(job: Job) -> bool:
    """False for a job that only removes rows. A refresh reads what it is of from the start, and syncs the other streams.

    Source: Airbyte, docs of refreshes and clears: nothing is read after a clear.
    """
    return job.kind not in ("clear", "reset")


def wait_for(server: AirbyteServer, job: Job, tell: Callable[[Job], None]) -> Job:
    """The job once it has ended; `tell` hears of each change. Raises UserError."""
    told = None
    while not job.ended:
        if job != told:
            tell(job)
        told = job
        sleep(POLL_SECONDS)
        job = server.job(job.id)
    return job
