"""The sensor of a source: it asks for one run with all streams that have news; what is fed decides whether that is needed."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

import dagster as dg

from infra.airbyte.server import Job
from infra.base.errors import UserError
from infra.lake.files.tables import connection_key
from infra.landing.engine.lock import BusyError
from infra.landing.orchestration.attempts import decide
from infra.landing.orchestration.dbt_models import DbtModel
from infra.landing.orchestration.feeder import feeder_name
from infra.landing.orchestration.location import Location, SourceFeeds
from infra.landing.orchestration.options import Options
from infra.landing.orchestration.runs import past_runs
from infra.landing.orchestration.servers import Servers
from infra.landing.orchestration.specs import NEWS, SOURCE, table_key
from infra.landing.orchestration.syncs import job_metadata
from infra.landing.orchestration.tick import Tick, look


def feed_sensor(
    location: Location,
    source: SourceFeeds,
    servers: Servers,
    options: Options,
    feed: dg.AssetsDefinition,
    models: Sequence[DbtModel],
) -> dg.SensorDefinition:
    """The sensor of a source's feeder."""

    @dg.sensor(
        name=f"feed_{source.id}",
        asset_selection=dg.AssetSelection.assets(feed),
        minimum_interval_seconds=options.tick,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"asks for a run when files of {source.id} are new, or a sync of it has ended",
    )
    def tick(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        try:
            found = look(location, source, servers)
        except BusyError as busy:
            return dg.SkipReason(str(busy))
        except UserError as error:
            # Without what it was raised from: that may quote a secret.
            raise dg.Failure(str(error)) from None
        for note in found.notes:
            context.log.info("looked at the folders: %s", note)
        return _answer(context, source, models, found)

    return tick


def _answer(
    context: dg.SensorEvaluationContext, source: SourceFeeds, models: Sequence[DbtModel], found: Tick
) -> dg.SensorResult:
    seen = _read_cursor(context.cursor)
    ended = {f"{stack}/{connection}": job for (stack, connection), job in found.jobs.items()}
    events = [
        _synced(key, job) for key, job in ended.items() if job.status == "succeeded" and job.id > seen.get(key, 0)
    ]
    cursor = json.dumps({**seen, **{key: job.id for key, job in ended.items()}}, sort_keys=True)
    requests, skip = list[dg.RunRequest](), found.says
    if found.tables:
        runs = past_runs(context.instance, source.id)
        decision = decide(source.id, found.digest, runs, time.time(), once=found.once)
        if decision.does == "run":
            context.log.info("%s: %s", source.id, found.says)
            requests = [_request(source, models, found, decision.run_key)]
        skip = decision.why
    return dg.SensorResult(requests, skip_reason=None if requests else skip, cursor=cursor, asset_events=events)


def _read_cursor(text: str | None) -> dict[str, int]:
    """`<stack>/<connection>` -> the last job that was told of. What is lost here is told twice, and nothing else."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return {key: job for key, job in found.items() if isinstance(job, int)} if isinstance(found, dict) else {}


def _synced(key: str, job: Job) -> dg.AssetMaterialization:
    """A sync that somebody started, Airbyte itself as a rule."""
    stack, connection = key.split("/")
    return dg.AssetMaterialization(connection_key(stack, connection), metadata=job_metadata(job))


def _request(source: SourceFeeds, models: Sequence[DbtModel], found: Tick, run_key: str) -> dg.RunRequest:
    """A run of the tables with news and all models of the source: which of those have news, the run finds out."""
    keys = [*(table_key(source.tables[name][0].table) for name in found.tables), *(model.spec.key for model in models)]
    return dg.RunRequest(
        run_key=run_key,
        asset_selection=keys,
        tags={SOURCE: source.id, NEWS: found.digest},
        run_config=run_config(source, everything=found.everything),
    )


def run_config(source: SourceFeeds, *, everything: bool) -> dict[str, object]:
    """The configuration of a run of the feeder."""
    return {"ops": {feeder_name(source): {"config": {"everything": everything}}}}
