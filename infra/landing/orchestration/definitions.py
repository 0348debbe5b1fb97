"""The definitions of a code location: everything that a landing is in Dagster."""

from __future__ import annotations

import gc
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from infra.base.errors import UserError
from infra.landing.orchestration.built import automation, automation_sensors, built_assets
from infra.landing.orchestration.dbt_models import read_models
from infra.landing.orchestration.feeder import feeder
from infra.landing.orchestration.location import Location, read_location
from infra.landing.orchestration.maintenance import maintain_schedule
from infra.landing.orchestration.options import Options
from infra.landing.orchestration.reconcile import reconcile_schedule
from infra.landing.orchestration.sensor import feed_sensor
from infra.landing.orchestration.servers import Servers
from infra.landing.orchestration.syncs import connection_assets
from infra.landing.orchestration.watchdog import watchdog_checks, watchdog_sensor


def landing_definitions(
    root: Path,
    *,
    tick: int = 60,
    reconcile: str | None = "30 2 * * *",
    maintain: str | None = "30 4 * * *",
    sample: int = 0,
    hooks: Collection[dg.HookDefinition] = (),
) -> dg.Definitions:
    """The assets, sensors, schedules and checks of the landing that LAKEFORM_LANDING names, else of the only one.

    `tick`: seconds between two looks of a source's sensor. `reconcile`, `maintain`: when everything is looked at, and when
    the tables are looked after: five fields, in UTC; None for never. `sample`: rows that are shown with each
    materialization, which stay in Dagster's event log. `hooks`: such as a @failure_hook, for the feeder of each source.

    Nothing is asked of any server or catalog, and no secret is needed, until something runs. Raises
    DagsterInvalidDefinitionError with the place where the lake has a mistake.
    """
    options = Options(tick, reconcile, maintain, sample, hooks)
    try:
        with _without_collecting():
            location = read_location(root, os.environ)
            return _definitions(location, Servers(location.model, location.environ), options)
    except UserError as error:
        raise dg.DagsterInvalidDefinitionError(str(error)) from None


def _definitions(location: Location, servers: Servers, options: Options) -> dg.Definitions:
    sources = list(location.sources())
    models = read_models(location, automation())
    own = [models.of_source(source.id) for source in sources]
    feeders = [feeder(location, source, servers, options, mine) for source, mine in zip(sources, own, strict=True)]
    sensors = [
        feed_sensor(location, source, servers, options, feed, mine)
        for source, feed, mine in zip(sources, feeders, own, strict=True)
    ]
    others = models.others([source.id for source in sources])
    schedules = []
    if options.reconcile is not None and feeders:
        schedules.append(reconcile_schedule(sources, feeders, options.reconcile, own))
    if options.maintain is not None:
        schedules.append(maintain_schedule(location, options.maintain))
    return dg.Definitions(
        assets=[*connection_assets(location, servers), *feeders, *built_assets(location, others, options)],
        asset_checks=[watchdog_checks(location)] if sources else [],
        sensors=[*sensors, watchdog_sensor(location, servers), *automation_sensors(others)] if sources else [],
        schedules=schedules,
    )


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Everything that is made here stays: looking for cycles in it is a quarter of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
