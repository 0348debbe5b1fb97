"""The feeder of a source: one multi-asset with a table for each stream, and its models; one run feeds all that are chosen."""

# No `from __future__ import annotations`: Dagster does not read annotations of configurations that are texts.

from collections.abc import Iterator, Sequence

import dagster as dg

from infra.landing.orchestration.dbt_models import DbtModel
from infra.landing.orchestration.feed_config import FeedConfig
from infra.landing.orchestration.feeder_run import FeederRun
from infra.landing.orchestration.location import Location, SourceFeeds
from infra.landing.orchestration.models_run import Told
from infra.landing.orchestration.options import Options
from infra.landing.orchestration.servers import Servers
from infra.landing.orchestration.specs import check_specs, table_specs


def feeder(
    location: Location, source: SourceFeeds, servers: Servers, options: Options, models: Sequence[DbtModel]
) -> dg.AssetsDefinition:
    """The assets of a source: its tables, and the models that its runs go on to."""

    @dg.multi_asset(
        name=feeder_name(source),
        specs=[*table_specs(location, source), *(model.spec for model in models)],
        check_specs=[*check_specs(source), *(check for model in models for check in model.checks.values())],
        can_subset=True,
        pool=pool_of(location, source),
        hooks=set(options.hooks),
    )
    def feed(context: dg.AssetExecutionContext, config: FeedConfig) -> Iterator[Told]:
        yield from FeederRun(location, source, servers, options.sample, models, context).go(config)

    return feed


def feeder_name(source: SourceFeeds) -> str:
    """The name of the op, which the configuration in a launchpad stands under."""
    return f"landing__{source.id}"


def pool_of(location: Location, source: SourceFeeds) -> str:
    """Runs of one pool wait for each other in Dagster, before they have a process; the lock holds without it.

    A catalog in SQLite has one writer, whatever the table.
    """
    landing = location.model.registry.lake.landings[location.landing]
    return f"landing_{location.landing}" if landing.catalog.sqlite else f"landing_{location.landing}_{source.id}"
