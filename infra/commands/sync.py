"""`lakeform sync`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from infra.airbyte.server import AirbyteServer, Failure, Job, open_server
from infra.airbyte.workspace.connection_status import failure_json, failure_text, failures_of, job_json, job_text
from infra.airbyte.workspace.syncing import Begun, locate_connection, reads_rows, start_or_join, wait_for
from infra.base.json_value import Json
from infra.base.printable import show
from infra.base.redactor import Redactor
from infra.commands.common import add_format, find_root, print_json
from infra.commands.progress import Progress, progress
from infra.commands.stacks import add_context, read_lake
from infra.gitops.cluster.kubectl import Kubectl
from infra.gitops.cluster.stack_status import known_of
from infra.gitops.cluster.state import known_ids
from infra.lake.model.find import find_connection
from infra.lake.model.stack import Stack


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`CONNECTION --stack --wait --no-wait --context --format`."""
    parser.add_argument("connection", metavar="CONNECTION", help="id in the registry")
    parser.add_argument("--stack", metavar="STACK", help="whose server to ask; required if the entry is in several")
    waiting = parser.add_mutually_exclusive_group()
    waiting.add_argument(
        "--wait", action="store_true", help="wait also for a job that runs already, whoever started it"
    )
    waiting.add_argument("--no-wait", action="store_true", help="start it, and do not wait for it to end")
    add_context(parser)
    add_format(parser)


@dataclass(frozen=True)
class _Outcome:
    """What came of it. `failures`: why the job failed; `withheld`: why some of that is not shown."""

    begun: Begun
    job: Job
    awaited: bool
    failures: tuple[Failure, ...] = ()
    withheld: str = ""

    @property
    def synced(self) -> bool:
        """True if rows were read, up to the end of the job."""
        return self.job.status == "succeeded" and reads_rows(self.job)

    @property
    def code(self) -> int:
        """0 if a sync succeeded, or was started and nobody waits for it."""
        return 0 if self.synced or not (self.awaited or self.begun.joined) else 1

    def to_json(self) -> Json:
        """For `--format json`, but for what was asked."""
        found: Json = {"started": not self.begun.joined, "synced": self.synced, "job": job_json(self.job)}
        return {**found, "failures": [failure_json(one) for one in self.failures], "note": self.withheld or None}


def run(options: argparse.Namespace) -> int:
    """Start a sync, wait for its end and print how it ended; with `--wait`, that of a job which runs already.

    1 if it did not succeed, if it only removed rows, or if a job runs already and nobody waits for it.
    """
    model = read_lake(find_root(options))
    stack, placed = find_connection(model, options.connection, options.stack)
    kubectl = Kubectl(options.context, Redactor.of_environment(os.environ))
    with progress(options, f"starting {placed.path} in stack {stack.id}") as shown:
        server = open_server(stack, os.environ, tell=shown.tell)
        begun = start_or_join(server, locate_connection(server, stack, placed, lambda: _in_state(kubectl, stack)))
        waits = options.wait if begun.joined else not options.no_wait
        found = _end_of(begun, server, stack, options, shown) if waits else _Outcome(begun, begun.job, awaited=False)
    if options.format == "json":
        print_json({"entry": placed.path, "stack": stack.id, **found.to_json()})
    else:
        _print(placed.path, found, options)
    return found.code


def _in_state(kubectl: Kubectl, stack: Stack) -> Mapping[str, str]:
    state, _ = known_ids(kubectl, stack)
    return state.connections if state else {}


def _end_of(
    begun: Begun, server: AirbyteServer, stack: Stack, options: argparse.Namespace, shown: Progress
) -> _Outcome:
    if begun.joined:
        shown.tell(f"{_running(begun.job)}: waiting for its end")
    job = wait_for(server, begun.job, lambda now: shown.tell(job_text(now)))
    if job.status == "succeeded":
        return _Outcome(begun, job, awaited=True)
    kubectl = Kubectl(options.context, Redactor.of_environment(os.environ))
    return _Outcome(begun, job, True, *failures_of(server, job, known_of(kubectl, stack, os.environ)))


def _print(path: str, found: _Outcome, options: argparse.Namespace) -> None:
    again = f"lakeform sync {options.connection}" + (f" --stack {options.stack}" if options.stack else "")
    if found.begun.joined and not found.awaited:
        show(f"{path}: nothing started, as {_running(found.job)}", to=sys.stderr)
        show(f"    {again} --wait  waits for its end{_no_rows(found.job)}", to=sys.stderr)
        return
    show("\n".join([f"{path}: {job_text(found.job)}", *map(failure_text, found.failures)]))
    if found.awaited and not reads_rows(found.job):
        show(f"nothing was synced: a {found.job.kind} removes rows and reads none; {again} syncs now", to=sys.stderr)
    if found.withheld:
        show(found.withheld, to=sys.stderr)


def _running(job: Job) -> str:
    """`sync 12 runs since 2026-01-01T01:00:00Z (running, 1,200 rows)`."""
    what, _, how = job_text(job).partition(": ")
    return f"{what} runs since {job.started} ({how})"


def _no_rows(job: Job) -> str:
    return "" if reads_rows(job) else f"; a {job.kind} removes rows and reads none, so sync after it"
