"""`lakeform sync`."""

from __future__ import annotations

import argparse
import os
import sys

from infra.airbyte.server import Failure, open_server
from infra.airbyte.workspace.connection_status import failure_json, failure_text, failures_of, job_json, job_text
from infra.airbyte.workspace.syncing import locate_connection, running_job, wait_for
from infra.base.redactor import Redactor
from infra.commands.common import add_format, find_root, print_json
from infra.commands.progress import progress
from infra.commands.stacks import add_context, read_lake
from infra.gitops.cluster.kubectl import Kubectl
from infra.gitops.cluster.stack_status import known_of
from infra.lake.model.find import find_connection


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`CONNECTION --stack --no-wait --context --format`."""
    parser.add_argument("connection", metavar="CONNECTION", help="id in the registry")
    parser.add_argument("--stack", metavar="STACK", help="whose server to ask; required if the entry is in several")
    parser.add_argument("--no-wait", action="store_true", help="start it, and do not wait for it to end")
    add_context(parser)
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Start a sync, wait for its end and print how it ended; 1 if it failed, or if a job runs already."""
    model = read_lake(find_root(options))
    stack, placed = find_connection(model, options.connection, options.stack)
    failures: tuple[Failure, ...] = ()
    withheld = ""
    with progress(options, f"starting {placed.path} in stack {stack.id}") as shown:
        server = open_server(stack, os.environ, tell=shown.tell)
        remote = locate_connection(server, stack, placed)
        running = running_job(server, remote)
        job = running or server.start_sync(remote.id)
        if running is None and not options.no_wait:
            job = wait_for(server, job, lambda now: shown.tell(job_text(now)))
            kubectl = Kubectl(options.context, Redactor.of_environment(os.environ))
            if job.status != "succeeded":
                failures, withheld = failures_of(server, job, known_of(kubectl, model.stacks[stack.id], os.environ))
    if options.format == "json":
        found = {"entry": placed.path, "stack": stack.id, "started": running is None, "job": job_json(job)}
        found |= {"failures": [failure_json(one) for one in failures], "note": withheld or None}
        print_json(found)
    elif running is not None:
        print(f"{placed.path}: nothing started, as another job has not ended: {job_text(job)}", file=sys.stderr)
    else:
        print("\n".join([f"{placed.path}: {job_text(job)}", *map(failure_text, failures)]))
        if withheld:
            print(withheld, file=sys.stderr)
    return 0 if running is None and job.status in ("succeeded", "pending", "queued", "running") else 1
