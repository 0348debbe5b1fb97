"""Jobs: syncs, clears and refreshes, one at a time for a connection."""

from __future__ import annotations

from collections.abc import Iterable

from tests.standin.airbyte import Airbyte
from tests.standin.call import Answer, Call, Json, choice
from tests.standin.errors import bad_request, conflict, not_found, unprocessable
from tests.standin.paging import page
from tests.standin.state import Connection, Job, Progress, StreamKey

# OpenAPI: JobStatus; the others are still to end.
ENDED = ("succeeded", "failed", "cancelled", "incomplete")

CONFIG_TYPES = {"reset": "reset_connection"}


def start(airbyte: Airbyte, connection: Connection, kind: str, streams: Iterable[StreamKey] | None = None) -> Job:
    """A job that runs. Raises a conflict while another of the connection does.

    Known of syncs and refreshes (Airbyte: SchedulerHandler); of clears it is assumed, as the stricter of the two.
    """
    if any(job.connection_id == connection.id and job.status not in ENDED for job in airbyte.state.jobs.values()):
        raise conflict(f"A sync is already running for: {connection.id}")
    keys = [stream.key for stream in connection.streams] if streams is None else list(streams)
    if kind == "sync" and connection.pending:
        # A refresh that was recorded while another job ran is taken up by the next sync.
        keys, kind = [key for key, _ in connection.pending], "refresh"
        connection.pending = []
    if kind != "sync":
        # Airbyte: CatalogGenerationSetter: the state goes and a new generation begins; other streams keep theirs.
        for key in keys:
            progress = connection.progress.setdefault(key, Progress())
            progress.generation, progress.has_state = progress.generation + 1, False
    now = airbyte.clock.seconds
    job = Job(len(airbyte.state.jobs) + 1, kind, connection.id, keys, now, now, polls=airbyte.job_polls)
    airbyte.state.jobs[job.id] = job
    return job


def finish(airbyte: Airbyte, job: Job, status: str) -> None:
    """End a job. A sync or refresh that succeeds leaves state; a clear leaves none and nothing runs after it."""
    job.status, job.updated_at = status, airbyte.clock.seconds
    connection = airbyte.state.connections[job.connection_id]
    if status == "succeeded" and job.kind in ("sync", "refresh"):
        for stream in connection.streams:
            progress = connection.progress.setdefault(stream.key, Progress())
            progress.has_state = stream.config["syncMode"] == "incremental"


def create_job(airbyte: Airbyte, call: Call) -> Answer:
    """POST /jobs: of whole connections, and no refreshes."""
    # See Airbyte: JobsController.publicCreateJob
    kind = choice(call.fields(), "jobType", ("sync", "reset", "refresh", "clear"))
    if kind is None:
        raise bad_request("Missing required creator property 'jobType'")
    role = "runner" if kind == "sync" else "editor"
    connection = airbyte.connection(call.required("connectionId"), role)
    if kind == "refresh":
        raise unprocessable("Refreshes are not supported in the public API")
    return 200, _public(airbyte, start(airbyte, connection, kind))


def list_jobs(airbyte: Airbyte, call: Call) -> Answer:
    """GET /jobs, newest first unless `orderBy` says otherwise; without a type only syncs and resets."""
    # See Airbyte: JobServiceImpl.getJobConfigTypes
    workspaces = airbyte.visible(call.texts("workspaceIds"))
    kinds = call.query.get("jobType", ["sync", "reset"])
    every = (job for job in airbyte.state.jobs.values() if job.kind in kinds)
    jobs = [job for job in every if _workspace(airbyte, job) in workspaces]
    for key, name in (("connectionId", "connection_id"), ("status", "status")):
        if key in call.query:
            jobs = [job for job in jobs if getattr(job, name) == call.query[key][-1]]
    field, _, order = call.query.get("orderBy", ["createdAt|DESC"])[-1].partition("|")
    name = "updated_at" if field == "updatedAt" else "created_at"
    jobs.sort(key=lambda job: (getattr(job, name), job.id), reverse=order != "ASC")
    return page(call, jobs, lambda job: _public(airbyte, job))


def get_job(airbyte: Airbyte, call: Call) -> Answer:
    job = _find(airbyte, call.params["jobId"], "reader")
    _poll(airbyte, job)
    return 200, _public(airbyte, job)


def cancel_job(airbyte: Airbyte, call: Call) -> Answer:
    job = _find(airbyte, call.params["jobId"], "runner")
    if job.status not in ENDED:
        finish(airbyte, job, "cancelled")
    return 200, _public(airbyte, job)


def sync(airbyte: Airbyte, call: Call) -> Answer:
    """POST /v1/connections/sync"""
    connection = airbyte.connection(call.required("connectionId"), "runner")
    return 200, _info(start(airbyte, connection, "sync"))


def clear(airbyte: Airbyte, call: Call) -> Answer:
    """POST /v1/connections/clear and /v1/connections/reset: every stream."""
    connection = airbyte.connection(call.required("connectionId"), "editor")
    return 200, _info(start(airbyte, connection, _clear_kind(call)))


def clear_streams(airbyte: Airbyte, call: Call) -> Answer:
    """POST /v1/connections/clear/stream and /v1/connections/reset/stream"""
    connection = airbyte.connection(call.required("connectionId"), "editor")
    return 200, _info(start(airbyte, connection, _clear_kind(call), _keys(call.required("streams"))))


def refresh(airbyte: Airbyte, call: Call) -> Answer:
    """POST /v1/connections/refresh. No job in the answer means that nothing was done."""
    # See Airbyte: StreamRefreshesHandler.createRefreshesForConnection
    connection = airbyte.connection(call.required("connectionId"), "editor")
    mode = choice(call.fields(), "refreshMode", ("Truncate", "Merge"))
    if mode is None:
        raise unprocessable("refreshMode is required")
    destination = airbyte.state.destinations[connection.destination_id]
    if not airbyte.connector(destination.definition_id).supports_refreshes:
        return 200, {}
    wanted = call.fields().get("streams") or []
    keys = _keys(wanted) or [stream.key for stream in connection.streams]
    # Recorded first: when a job already runs, the start fails and the refresh stays.
    connection.pending += [(key, mode) for key in keys]
    return 200, {"job": _job(start(airbyte, connection, "sync"))}


def get_without_logs(airbyte: Airbyte, call: Call) -> Answer:
    """POST /v1/jobs/get_without_logs"""
    job = _find(airbyte, call.required("id"), "reader")
    _poll(airbyte, job)
    return 200, _info(job)


def config_list(airbyte: Airbyte, call: Call) -> Answer:
    """POST /v1/jobs/list, newest first"""
    body = call.fields()
    kinds = call.required("configTypes")
    jobs = [job for job in airbyte.state.jobs.values() if CONFIG_TYPES.get(job.kind, job.kind) in kinds]
    if body.get("configId"):
        airbyte.connection(body["configId"], "reader")
        jobs = [job for job in jobs if job.connection_id == body["configId"]]
    jobs.sort(key=lambda job: (job.created_at, job.id), reverse=True)
    limits = body.get("pagination") or {}
    first = limits.get("rowOffset", 0)
    shown = jobs[first : first + limits.get("pageSize", 200)]
    return 200, {"jobs": [{"job": _job(job), "attempts": []} for job in shown], "totalJobCount": len(jobs)}


def _clear_kind(call: Call) -> str:
    return "reset" if "/reset" in call.path else "clear"


def _keys(streams: list[Json]) -> list[StreamKey]:
    return [(stream.get("streamNamespace"), stream["streamName"]) for stream in streams]


def _find(airbyte: Airbyte, identifier: object, role: str) -> Job:
    text = str(identifier)
    job = airbyte.state.jobs.get(int(text)) if text.isdigit() else None
    if job is None:
        raise not_found("job", identifier)
    airbyte.workspace(_workspace(airbyte, job), role)
    return job


def _workspace(airbyte: Airbyte, job: Job) -> str:
    return airbyte.workspace_of(airbyte.state.connections[job.connection_id])


def _poll(airbyte: Airbyte, job: Job) -> None:
    """A job with a count of polls is seen running that often, then it has succeeded."""
    if job.polls is None or job.status in ENDED:
        return
    if job.polls == 0:
        finish(airbyte, job, "succeeded")
    else:
        job.polls -= 1


def _public(airbyte: Airbyte, job: Job) -> Json:
    """OpenAPI: JobResponse"""
    return {
        "jobId": job.id,
        "status": job.status,
        "jobType": job.kind,
        "startTime": airbyte.clock.text(job.created_at),
        "connectionId": job.connection_id,
        "lastUpdatedAt": airbyte.clock.text(job.updated_at),
        "duration": f"PT{job.updated_at - job.created_at}S",
        "bytesSynced": 0,
        "rowsSynced": job.rows,
    }


def _job(job: Job) -> Json:
    """OpenAPI: JobRead"""
    streams = [{"name": name} | ({"namespace": space} if space is not None else {}) for space, name in job.streams]
    body = {
        "id": job.id,
        "configType": CONFIG_TYPES.get(job.kind, job.kind),
        "configId": job.connection_id,
        "createdAt": job.created_at,
        "updatedAt": job.updated_at,
        "status": job.status,
        "enabledStreams": streams,
    }
    if job.kind == "refresh":
        body["refreshConfig"] = {"streamsToRefresh": streams}
    elif job.kind in ("clear", "reset"):
        body["resetConfig"] = {"streamsToReset": streams}
    return body


def _info(job: Job) -> Json:
    """OpenAPI: JobInfoRead"""
    return {"job": _job(job), "attempts": [{"attempt": _attempt(job)}] if job.failures else []}


def _attempt(job: Job) -> Json:
    """OpenAPI: AttemptRead"""
    failures = [{"timestamp": job.updated_at, **failure} for failure in job.failures]
    return {
        "id": 0,
        "status": "failed",
        "createdAt": job.created_at,
        "updatedAt": job.updated_at,
        "failureSummary": {"failures": failures},
    }
