"""Connections as assets: known from the registry alone, and started from here where the environment holds the login."""

# No `from __future__ import annotations`: Dagster does not read the annotation of a context that is a text.

from collections.abc import Iterator, Mapping

import dagster as dg

from infra.airbyte.server import Job, open_server
from infra.airbyte.workspace.connection_status import job_text
from infra.airbyte.workspace.syncing import locate_connection, reads_rows, start_or_join, wait_for
from infra.base.errors import UserError
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry
from infra.landing.orchestration.location import Location
from infra.landing.orchestration.servers import Servers
from infra.landing.orchestration.specs import connection_spec


def connection_assets(location: Location, servers: Servers) -> Iterator[dg.AssetsDefinition | dg.AssetSpec]:
    """An asset a connection; one whose server has no login in the environment is external."""
    configured = {stack.id: servers.is_configured(stack.id) for stack, _ in location.connections()}
    for stack, entry in location.connections():
        spec = connection_spec(stack, entry)
        yield _sync(stack, entry, spec, location.environ) if configured[stack.id] else spec


def _sync(
    stack: Stack, entry: Entry[Connection], spec: dg.AssetSpec, environ: Mapping[str, str]
) -> dg.AssetsDefinition:
    @dg.multi_asset(name=f"sync__{stack.id}__{entry.id}", specs=[spec])
    def sync(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        try:
            job = _ended(context, stack, entry, environ)
        except UserError as error:
            raise dg.Failure(str(error)) from None
        if job.status != "succeeded":
            raise dg.Failure(f"{entry.path}: {job_text(job)}; why: lakeform status --stack {stack.id}")
        return dg.MaterializeResult(metadata=job_metadata(job))

    return sync


def _ended(
    context: dg.AssetExecutionContext, stack: Stack, entry: Entry[Connection], environ: Mapping[str, str]
) -> Job:
    """The end of the job that runs already, else of one that is started; after one that only removes rows, that of a sync.
    Where this run ends first, the job goes on, and the next run joins it.
    """
    server = open_server(stack, environ, tell=context.log.info)
    remote = locate_connection(server, stack, entry)
    while True:
        begun = start_or_join(server, remote)
        if begun.joined:
            context.log.info("joined %s, which runs already", job_text(begun.job))
        job = wait_for(server, begun.job, lambda now: context.log.info(job_text(now)))
        if reads_rows(job) or not begun.joined:
            return job


def job_metadata(job: Job) -> dict[str, dg.MetadataValue]:
    """What a job brought."""
    numbers = {"job": job.id, "rows": job.rows, "bytes": job.bytes}
    found = {name: dg.MetadataValue.int(number) for name, number in numbers.items() if number is not None}
    return {**found, "started": dg.MetadataValue.text(job.started)}
