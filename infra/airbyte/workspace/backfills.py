"""Whether the backfills of a stack have run, and how far they are: told from the jobs of the server.

A job does not say for which token it ran. It is taken for the backfill's if it reads or clears the stream and was started
after the commit that last touched the file in which the backfill stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from infra.airbyte.server import AirbyteServer, Job, RefreshJob
from infra.airbyte.workspace.matching import Matched
from infra.base.git import git_output, needs
from infra.lake.model.backfills import StackBackfill

State = Literal["unknown", "missing", "uncommitted", "waiting", "running", "done", "failed"]


@dataclass(frozen=True)
class BackfillState:
    """A backfill of a stack, and what came of it.

    Attributes:
        file: where the backfill is written.
        job: the job that is taken for the backfill's.
    """

    stack: str
    backfill: StackBackfill
    file: str
    state: State = "unknown"
    job: Job | None = None

    def to_json(self) -> dict[str, Any]:
        """For `--format json`."""
        backfill, job = self.backfill, self.job
        return {
            "stack": self.stack,
            "connection": backfill.connection,
            "stream": backfill.stream,
            "token": backfill.token,
            "mode": backfill.mode,
            "reason": backfill.reason,
            "file": self.file,
            "state": None if self.state == "unknown" else self.state,
            "job": {"id": job.id, "status": job.status, "started": job.started, "rows": job.rows} if job else None,
        }

    def to_text(self) -> str:
        """What came of it, in words; empty if nobody was asked."""
        rows = f", {self.job.rows} rows" if self.job and self.job.rows is not None else ""
        job = f"job {self.job.id} since {self.job.started}{rows}" if self.job else ""
        return {
            "unknown": "",
            "missing": "the connection is not on the server",
            "uncommitted": "not committed",
            "waiting": "not requested yet",
            "running": f"running: {job}",
            "done": f"done: {job}",
            "failed": f"{self.job.status if self.job else 'failed'}: {job}",
        }[self.state]


def written_in(backfill: StackBackfill) -> str:
    """The file in which a backfill stands."""
    return backfill.configured.layers.locate(("backfill",)).file


def read_states(
    root: Path, stack: str, backfills: Iterable[StackBackfill], own: Mapping[str, Matched], server: AirbyteServer
) -> Iterator[BackfillState]:
    """What came of the backfills; `own`: id -> connection on the server. Raises UserError."""
    known: dict[str, list[RefreshJob]] = {}
    for backfill in backfills:
        file, found = written_in(backfill), own.get(backfill.connection)
        since = _committed(root, file)
        if since is None:
            yield BackfillState(stack, backfill, file, "uncommitted")
        elif found is None or found.remote is None:
            yield BackfillState(stack, backfill, file, "missing")
        else:
            if backfill.connection not in known:
                known[backfill.connection] = server.refresh_jobs(found.remote.id)
            job = next((one.job for one in known[backfill.connection] if _is_of(one, backfill, since)), None)
            yield _state(stack, backfill, file, server.job(job.id) if job else None)


def _state(stack: str, backfill: StackBackfill, file: str, job: Job | None) -> BackfillState:
    if job is None:
        return BackfillState(stack, backfill, file, "waiting")
    if not job.ended:
        return BackfillState(stack, backfill, file, "running", job)
    return BackfillState(stack, backfill, file, "done" if job.status == "succeeded" else "failed", job)


def _is_of(refresh: RefreshJob, backfill: StackBackfill, since: str) -> bool:
    is_alike = (refresh.job.kind in ("clear", "reset")) == (backfill.mode == "clear")
    return is_alike and backfill.configured.key in refresh.streams and refresh.job.started >= since


def _committed(root: Path, file: str) -> str | None:
    """When the file was last changed by a commit, UTC; None if what is there is not committed."""
    if not git_output(root, "rev-parse", "--verify", "--quiet", "HEAD"):
        return None
    if needs(root, "status", "--porcelain", "--", file):
        return None
    found = needs(root, "rev-list", "--max-count=1", "--timestamp", "HEAD", "--", file).split()
    return datetime.fromtimestamp(int(found[0]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if found else None
