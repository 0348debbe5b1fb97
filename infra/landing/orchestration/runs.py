"""The runs of a source, as Dagster's instance knows them."""

from __future__ import annotations

import dagster as dg

from infra.landing.orchestration.attempts import PastRun
from infra.landing.orchestration.specs import NEWS, SOURCE

# Enough for every attempt at some news within a day.
MOST = 100


def past_runs(instance: dg.DagsterInstance, source: str) -> list[PastRun]:
    """The newest runs of a source, newest first."""
    records = instance.get_run_records(dg.RunsFilter(tags={SOURCE: source}), limit=MOST)
    return [_read(record) for record in records]


def _read(record: dg.RunRecord) -> PastRun:
    run, created = record.dagster_run, record.create_timestamp.timestamp()
    ended = (record.end_time or record.update_timestamp.timestamp()) if run.is_finished else None
    return PastRun(run.run_id, run.tags.get(NEWS, ""), record.start_time or created, ended, run.is_success)
