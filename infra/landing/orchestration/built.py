"""Models that go with no source's run, the enriched ones above all: they are built when something before them was."""

# No `from __future__ import annotations`: Dagster does not read annotations of configurations that are texts.

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from infra.landing.orchestration.dbt_models import Condition, DbtModel
from infra.landing.orchestration.location import Location
from infra.landing.orchestration.models_run import ModelsRun, Told
from infra.landing.orchestration.options import Options


def automation() -> Condition:
    """When such a model is built: something that it reads was, it is not being built, and no test before it failed.

    Not `eager()`: it looks at much more (a tick over 1,500 streams took 7 to 9 seconds), and asks for nothing any more once a
    code location was loaded anew (dagster issue 33656), since what it notes begins with its first look.
    """
    conditions = dg.AutomationCondition
    news = conditions.any_deps_updated().since(conditions.newly_requested() | conditions.newly_updated())
    return news & conditions.all_deps_blocking_checks_passed() & ~conditions.in_progress()


def built_assets(
    location: Location, groups: Mapping[str, Sequence[DbtModel]], options: Options
) -> list[dg.AssetsDefinition]:
    """One multi-asset a group: a run of dbt builds all of it that is chosen."""
    return [_built(location, name, models, options) for name, models in groups.items()]


def _built(location: Location, name: str, models: Sequence[DbtModel], options: Options) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=name,
        specs=[model.spec for model in models],
        check_specs=[check for model in models for check in model.checks.values()],
        can_subset=True,
        pool=_pool(location),
        hooks=set(options.hooks),
    )
    def build(context: dg.AssetExecutionContext) -> Iterator[Told]:
        run = ModelsRun(location, context)
        yield from run.go(run.chosen(models))
        if run.failed:
            raise dg.Failure("\n".join(run.failed), allow_retries=False)

    return build


def automation_sensors(groups: Mapping[str, Sequence[DbtModel]]) -> list[dg.AutomationConditionSensorDefinition]:
    """One a group, so that each looks at few."""
    return [
        dg.AutomationConditionSensorDefinition(
            f"build_{name}",
            target=dg.AssetSelection.assets(*(model.spec.key for model in models)),
            default_status=dg.DefaultSensorStatus.RUNNING,
            description=f"builds the models of {name} when something before them was built",
        )
        for name, models in groups.items()
    ]


def _pool(location: Location) -> str | None:
    """A catalog in SQLite has one writer."""
    landing = location.model.registry.lake.landings[location.landing]
    return f"landing_{location.landing}" if landing.catalog.sqlite else None
