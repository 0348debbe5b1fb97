"""What the server remembers."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.standin.call import Json

NAMESPACE = uuid.UUID("5ca1ab1e-0000-4000-8000-000000000000")

StreamKey = tuple[str | None, str]
"""(namespace, name) of a stream, as discovered."""


@dataclass
class Workspace:
    """`role` is what the token's user may do there; None means nothing."""

    id: str
    name: str
    role: str | None = "editor"
    notifications: Json = field(default_factory=dict)


@dataclass
class Actor:
    """A source or a destination. `configuration` holds its secrets in clear, as the server's own store does.

    `version` is what somebody pinned its connector to; `support_state` is that of the version in which it runs.
    """

    kind: str
    id: str
    workspace_id: str
    name: str
    definition_id: str
    configuration: Json
    resource_allocation: Json | None
    created_at: int
    version: str | None = None
    support_state: str = "supported"
    deleted: bool = False


@dataclass
class ConfiguredStream:
    """A stream of a connection in the Configuration API's form; `progress` is what a sync leaves behind."""

    stream: Json
    config: Json

    @property
    def key(self) -> StreamKey:
        return self.stream.get("namespace"), self.stream["name"]


@dataclass
class Progress:
    """How far one stream of a connection has come."""

    generation: int = 0
    has_state: bool = False


@dataclass
class Connection:
    """`cron` is stored without its time zone. `pending` are refreshes that no job has taken up yet.

    `interval` (units and unit of a basic schedule), `zone` and what follows it are what only the user interface sets.
    """

    id: str
    name: str
    source_id: str
    destination_id: str
    created_at: int
    status: str = "active"
    cron: str | None = None
    namespace_definition: str = "destination"
    namespace_format: str | None = None
    prefix: str = ""
    schema_changes: str = "ignore"
    tags: list[Json] = field(default_factory=list)
    streams: list[ConfiguredStream] = field(default_factory=list)
    progress: dict[StreamKey, Progress] = field(default_factory=dict)
    pending: list[tuple[StreamKey, str]] = field(default_factory=list)
    interval: tuple[int, str] | None = None
    zone: str = "UTC"
    notify: bool = False
    notify_by_email: bool = False
    backfill: bool = False
    resources: Json = field(default_factory=dict)
    breaking_change: bool = False
    status_reason: str | None = None
    deleted: bool = False


@dataclass
class Job:
    """`kind` is sync, reset, clear or refresh. `polls` is how often it is still seen running; None: until told.

    `failures` are those of its only attempt, `rows` what it synced.
    """

    id: int
    kind: str
    connection_id: str
    streams: list[StreamKey]
    created_at: int
    updated_at: int
    status: str = "running"
    polls: int | None = None
    rows: int = 0
    failures: list[Json] = field(default_factory=list)


@dataclass
class State:
    """Everything by id, in the order of creation. Deleted objects stay, marked."""

    workspaces: dict[str, Workspace] = field(default_factory=dict)
    sources: dict[str, Actor] = field(default_factory=dict)
    destinations: dict[str, Actor] = field(default_factory=dict)
    connections: dict[str, Connection] = field(default_factory=dict)
    jobs: dict[int, Job] = field(default_factory=dict)
    counters: Counter[str] = field(default_factory=Counter)

    def new_id(self, kind: str) -> str:
        """The same for the n-th object of a kind in every run."""
        self.counters[kind] += 1
        return str(uuid.uuid5(NAMESPACE, f"{kind}-{self.counters[kind]}"))

    def actors(self, kind: str) -> dict[str, Actor]:
        return self.sources if kind == "source" else self.destinations

    def living(self, kind: str) -> list[Any]:
        """Objects of a plural kind that are not deleted: `state.living("connections")`."""
        return [item for item in getattr(self, kind).values() if not item.deleted]
