"""What is on a server: sources, destinations, connections, jobs, as far as lakeform looks at them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from infra.airbyte.server.remote_settings import RemoteSettings, read_settings, schedule_of
from infra.base.json_value import Json
from infra.lake.catalog.discovered import StreamKey

Kind = Literal["source", "destination"]

# OpenAPI: JobStatusEnum; pending, queued and running are still to end.
ENDED = frozenset({"succeeded", "failed", "cancelled", "incomplete"})
# Airbyte: ConnectionReadMapper writes "Every 24 HOURS"; units: ConnectionScheduleData of the Configuration API.
_INTERVAL = re.compile("every ([0-9]+) (minutes|hours|days|weeks|months)")


@dataclass(frozen=True)
class RemoteActor:
    """A source or a destination in the stack's workspace.

    Attributes:
        definition_id: of its connector; None where nobody says it.
        type: `postgres`, of source-postgres; empty for a connector that is not Airbyte's own.
        configuration: secrets are masked.
        allocation: resources of its pods, in the provider's shape; None where there are none.
    """

    id: str
    name: str
    kind: Kind
    definition_id: str | None = field(default=None, compare=False)
    type: str = field(default="", compare=False)
    configuration: Json | None = field(default=None, compare=False, repr=False)
    allocation: Json | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Interval:
    """A basic schedule: every so many minutes, hours, days, weeks or months, counted from the last sync.

    Attributes:
        unit: one of these words.
    """

    number: int
    unit: str


@dataclass(frozen=True)
class RemoteConnection:
    """A connection in the stack's workspace.

    Attributes:
        status: active, inactive or deprecated.
        cron: when it syncs, as the server writes it; None where no cron expression says it.
        schedule: when it syncs, in words.
        settings: everything else; None if the server does not tell it all.
        tags: their names.
    """

    id: str
    name: str
    source_id: str
    destination_id: str
    status: str
    cron: str | None
    schedule: str = field(default="unknown", compare=False)
    settings: RemoteSettings | None = field(default=None, compare=False, repr=False)
    tags: tuple[str, ...] = field(default=(), compare=False)

    @property
    def interval(self) -> Interval | None:
        """Its basic schedule; None for cron, manual, and what the server does not say."""
        found = None if self.cron is not None else _INTERVAL.fullmatch(self.schedule)
        return Interval(int(found[1]), found[2]) if found else None


@dataclass(frozen=True)
class Job:
    """One run of a connection.

    Attributes:
        kind: sync, refresh, clear or reset.
        status: pending, queued, running, or one of those that end it.
        started: moment in UTC, 2026-01-01T00:00:00Z.
        rows, bytes: what was synced so far; None where the server does not say.
    """

    id: int
    connection_id: str
    kind: str
    status: str
    started: str
    rows: int | None = None
    bytes: int | None = None

    @property
    def ended(self) -> bool:
        """True if its status will not change any more."""
        return self.status in ENDED

    @property
    def started_at(self) -> datetime:
        """`started` as a moment; what is none is as old as can be."""
        try:
            moment = datetime.fromisoformat(self.started)
        except ValueError:
            return datetime.min.replace(tzinfo=UTC)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True)
class JobPage:
    """A part of a long list of jobs. `is_last`: there are no further ones."""

    jobs: tuple[Job, ...]
    is_last: bool


@dataclass(frozen=True)
class RefreshJob:
    """A job that reads streams again from the beginning (refresh), or removes what is there of them (clear, reset).

    Attributes:
        streams: (namespace or "", name).
    """

    job: Job
    streams: frozenset[StreamKey]


@dataclass(frozen=True)
class Failure:
    """A reason why a job failed.

    Attributes:
        stream: name of the stream that it is about, `namespace.name` where it has one; None for the whole job.
        origin: source, destination, replication, ...; empty where the server does not say.
        message: for people, with secrets masked as far as they are known; may be empty.
    """

    stream: str | None
    origin: str
    message: str


@dataclass(frozen=True)
class ConnectionCheck:
    """What a connection check gave; the message is the connector's, with secrets masked, and may be empty."""

    succeeded: bool
    message: str


def read_actor(kind: Kind, body: Mapping[str, Any]) -> RemoteActor:
    """An item of `GET /sources` or `/destinations`. Raises KeyError, as every reader here does, where something is missing."""
    definition, allocation = body.get("definitionId"), body.get("resourceAllocation")
    return RemoteActor(
        str(body[f"{kind}Id"]),
        str(body["name"]),
        kind,
        None if definition is None else str(definition),
        str(body.get(f"{kind}Type") or ""),
        body.get("configuration"),
        _read_allocation(allocation) if allocation else None,
    )


def _read_allocation(body: Mapping[str, Any]) -> Json | None:
    """OpenAPI: ScopedResourceRequirements, JobTypeResourceLimit"""
    jobs = [
        {"job_type": job["jobType"], "resource_requirements": _said(job["resourceRequirements"])}
        for job in body.get("jobSpecific") or ()
    ]
    return _said({"default": _said(body.get("default") or {}), "job_specific": jobs}) or None


def _said(body: Mapping[str, Any]) -> Json:
    return {key: value for key, value in body.items() if value}


def read_connection(body: Mapping[str, Any]) -> RemoteConnection:
    """An item of `GET /connections`."""
    cron = (body.get("schedule") or {}).get("cronExpression")
    id_, name, source, destination, status = _texts(body, "connectionId", "name", "sourceId", "destinationId", "status")
    expression = None if cron is None else str(cron)
    tags = tuple(sorted(str(tag["name"]) for tag in body.get("tags") or ()))
    return RemoteConnection(
        id_, name, source, destination, status, expression, schedule_of(body), read_settings(body), tags
    )


def read_job(body: Mapping[str, Any]) -> Job:
    """A job of the public API (JobResponse)."""
    connection, kind, status, started = _texts(body, "connectionId", "jobType", "status", "startTime")
    return Job(int(body["jobId"]), connection, kind, status, started, body.get("rowsSynced"), body.get("bytesSynced"))


def read_config_job(body: Mapping[str, Any]) -> Job:
    """A job of the Configuration API (JobRead)."""
    started = datetime.fromtimestamp(int(body["createdAt"]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    kind = str(body["configType"]).removesuffix("_connection")
    return Job(int(body["id"]), str(body["configId"]), kind, str(body["status"]), started)


def read_refresh_job(body: Mapping[str, Any]) -> RefreshJob:
    """An item of `POST /v1/jobs/list`."""
    job = body["job"]
    refresh, reset = job.get("refreshConfig") or {}, job.get("resetConfig") or {}
    streams = refresh.get("streamsToRefresh") or reset.get("streamsToReset") or ()
    return RefreshJob(read_config_job(job), frozenset((one.get("namespace") or "", one["name"]) for one in streams))


def read_failures(body: Mapping[str, Any]) -> list[Failure]:
    """The failures of the last attempt of a job of the Configuration API (JobInfoRead)."""
    attempts = [info["attempt"] for info in body["attempts"]]
    last: Mapping[str, Any] = max(attempts, key=lambda attempt: int(attempt["id"]), default={})
    return [_read_failure(item) for item in (last.get("failureSummary") or {}).get("failures") or ()]


def _read_failure(body: Mapping[str, Any]) -> Failure:
    stream = body.get("streamDescriptor")
    name = ".".join(str(part) for part in (stream.get("namespace"), stream["name"]) if part) if stream else None
    message = body.get("externalMessage") or body.get("internalMessage") or ""
    return Failure(name, str(body.get("failureOrigin") or ""), str(message))


def _texts(body: Mapping[str, Any], *keys: str) -> list[str]:
    return [str(body[key]) for key in keys]
