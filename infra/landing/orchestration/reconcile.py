"""The reconcile schedule: a look at everything, one run a source. It alone sees late files, and files that are gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg

from infra.landing.orchestration.dbt_models import DbtModel
from infra.landing.orchestration.location import SourceFeeds
from infra.landing.orchestration.sensor import run_config
from infra.landing.orchestration.specs import SOURCE, table_key


def reconcile_schedule(
    sources: Sequence[SourceFeeds],
    feeders: Sequence[dg.AssetsDefinition],
    cron: str,
    models: Sequence[Sequence[DbtModel]],
) -> dg.ScheduleDefinition:
    """One run a source, at the time that `cron` says in UTC; `models`: those of each source."""

    @dg.schedule(
        name="reconcile",
        cron_schedule=cron,
        execution_timezone="UTC",
        target=list(feeders),
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="looks at all folders of every source: late files, and files that are gone",
    )
    def reconcile(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
        at = context.scheduled_execution_time.isoformat()
        for source, own in zip(sources, models, strict=True):
            tables = [table_key(feeds[0].table) for feeds in source.tables.values()]
            yield dg.RunRequest(
                run_key=f"{source.id}:{at}",
                run_config=run_config(source, everything=True),
                asset_selection=[*tables, *(model.spec.key for model in own)],
                tags={SOURCE: source.id},
            )

    return reconcile
