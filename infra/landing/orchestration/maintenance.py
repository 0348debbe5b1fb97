"""Looking after the tables of a landing: a job, and the schedule that starts it."""

# No `from __future__ import annotations`: Dagster does not read annotations of configurations that are texts.

from datetime import timedelta

import dagster as dg

from infra.base.errors import UserError
from infra.landing.engine.opening import open_engine
from infra.landing.feed.ledger import prepare
from infra.landing.feed.maintain import maintain
from infra.landing.orchestration.location import Location


class MaintainConfig(dg.Config):
    """How far back the tables can still be looked at."""

    keep_days: int = 7


def maintain_schedule(location: Location, cron: str) -> dg.ScheduleDefinition:
    """The job `maintain`, started at the time that `cron` says in UTC."""
    return dg.ScheduleDefinition(
        name="maintain",
        job=maintain_job(location),
        cron_schedule=cron,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="merges small files, forgets old snapshots, removes what nobody needs",
    )


def maintain_job(location: Location) -> dg.JobDefinition:
    """What `lakeform landing maintain` does."""

    @dg.op(name="maintain_tables", pool=f"landing_{location.landing}")
    def maintain_tables(context: dg.OpExecutionContext, config: MaintainConfig) -> None:
        try:
            with open_engine(location.settings) as engine:
                prepare(engine)
                for what, count in maintain(engine, timedelta(days=config.keep_days)):
                    context.log.info("%s: %s", what, f"{count:,}")
        except UserError as error:
            raise dg.Failure(str(error)) from None

    @dg.job(name="maintain_landing", description=f"look after the tables of the landing {location.landing}")
    def job() -> None:
        maintain_tables()

    return job
