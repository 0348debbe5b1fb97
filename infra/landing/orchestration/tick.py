"""Tick: what a sensor finds: the tables of a source that have news, and a digest that is the same for the same news."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from infra.airbyte.server import Job
from infra.lake.documents import plural
from infra.landing.engine.opening import open_engine
from infra.landing.feed.landing_feed import folders_of
from infra.landing.feed.ledger import prepare
from infra.landing.feed.look import recent_days
from infra.landing.feed.unfed import find_unfed
from infra.landing.orchestration.location import Location, SourceFeeds
from infra.landing.orchestration.servers import AwayError, Servers

# A tick is over in a minute, or Dagster ends it; so it waits for a writer only this long, in seconds.
WAIT = 10.0


@dataclass(frozen=True)
class Tick:
    """The news of a source.

    Attributes:
        tables: with news, sorted.
        digest: of the news; empty without any.
        everything: True if the news may lie in older folders than the recent ones.
        once: True if a run that succeeded has seen all of it; else what is still there is still news.
        says: what was found, for people.
        jobs: (stack, connection) -> its newest job that has ended.
        notes: why a server was not asked.
    """

    tables: tuple[str, ...] = ()
    digest: str = ""
    everything: bool = False
    once: bool = False
    says: str = "nothing new"
    jobs: Mapping[tuple[str, str], Job] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def look(location: Location, source: SourceFeeds, servers: Servers) -> Tick:
    """Ask the servers for jobs that have ended; the folders are looked at where one is not asked. Raises UserError."""
    try:
        return by_jobs(location, source, _ended(source, servers))
    except AwayError as away:
        return replace(by_folders(location, source), notes=(str(away),))


def _ended(source: SourceFeeds, servers: Servers) -> dict[tuple[str, str], Job]:
    """(stack, connection) -> its newest job that has ended. Raises AwayError where one cannot be asked."""
    found: dict[tuple[str, str], Job] = {}
    for stack, connection in source.connections():
        ended = [job for job in servers.jobs(stack, connection) if job.ended]
        if ended:
            found[stack, connection] = max(ended, key=lambda job: job.id)
    return found


def by_jobs(location: Location, source: SourceFeeds, jobs: Mapping[tuple[str, str], Job]) -> Tick:
    """What has ended is news until a run has seen it, also a failed job: its files are there too."""
    tables = sorted({feed.table.name for feed in source.feeds() if (feed.stack, feed.connection.id) in jobs})
    if not tables:
        return Tick(says="no job has ended yet")
    said = [[stack, connection, job.id] for (stack, connection), job in sorted(jobs.items())]
    landing = location.model.registry.lake.landings[location.landing]
    oldest = datetime.now(UTC) - timedelta(days=landing.recent)
    early = any(job.started_at < oldest for job in jobs.values())
    says = ", ".join(f"job {job} of {connection} has ended" for _, connection, job in said)
    return Tick(tuple(tables), _digest(said), early, once=True, says=says, jobs=jobs)


def by_folders(location: Location, source: SourceFeeds) -> Tick:
    """The files of the recent folders that the ledger does not know. Raises UserError."""
    settings = replace(location.settings, wait=WAIT)
    days = recent_days(datetime.now(UTC).date(), settings.recent)
    with open_engine(settings) as engine:
        prepare(engine)
        found = find_unfed(engine, folders_of(settings, location.feeds), source.feeds(), days)
    files = [[file.path, *file.identity] for own in found.files.values() for file in own]
    said = [*files, *(list(one) for one in sorted(found.failed.items()))]
    if not said:
        return Tick()
    tables = sorted({*found.files, *found.failed})
    says = "; ".join(
        [plural(len(files), "new file"), *(f"{name}: {why}" for name, why in sorted(found.failed.items()))]
    )
    return Tick(tuple(tables), _digest(said), says=says)


def _digest(said: Sequence[object]) -> str:
    return hashlib.blake2b(json.dumps(said).encode(), digest_size=8).hexdigest()
