"""LastJobs: the newest job of each of many connections, in a few requests for all of them together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from infra.airbyte.server import AirbyteServer, Job

# Pages of the workspace's jobs that are looked at, however many connections are not among them.
_PAGES = 20


@dataclass(frozen=True)
class LastJobs:
    """What is known of the newest jobs.

    Attributes:
        jobs: id of a connection -> its newest job; one that never ran is not in it.
        older: ids of the connections whose newest job, if there is one, is older than all jobs that were looked at.
        since: moment of the oldest of these.
    """

    jobs: Mapping[str, Job]
    older: frozenset[str] = frozenset()
    since: str = ""


def read_last_jobs(server: AirbyteServer, wanted: Collection[str], tell: Callable[[str], None]) -> LastJobs:
    """The newest jobs of the connections with these ids. Raises UserError.

    The newest jobs of the workspace are read page by page, as long as that costs fewer requests than to ask for each
    connection that is left; the few that are left then are asked for one by one.
    """
    found: dict[str, Job] = {}
    left, pages, offset, since = set(wanted), 0, 0, ""
    while pages < _PAGES and len(left) > pages + 1:
        page = server.newest_jobs(offset)
        for job in page.jobs:
            if job.connection_id in left:
                found[job.connection_id] = job
                left.remove(job.connection_id)
        if page.is_last:
            return LastJobs(found)
        pages, offset, since = pages + 1, offset + len(page.jobs), page.jobs[-1].started
        tell(f"last jobs: {len(found)} of {len(wanted)} connections")
    if len(left) > _PAGES:
        return LastJobs(found, frozenset(left), since)
    for connection in sorted(left):
        found.update((job.connection_id, job) for job in server.jobs(connection, 1))
    return LastJobs(found)
