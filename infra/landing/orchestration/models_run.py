"""ModelsRun: dbt in a run of Dagster: which models are built, and what is told of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import dagster as dg

from infra.base.errors import UserError
from infra.base.redactor import Redactor
from infra.landing.engine.opening import open_engine
from infra.landing.feed.ledger import prepare
from infra.landing.flows.dbt_build import DbtBuild, Outcome
from infra.landing.flows.unseen import with_unseen
from infra.landing.orchestration.dbt_models import PARSE, DbtModel
from infra.landing.orchestration.location import Location
from infra.landing.settings import LandingSettings

Told = dg.MaterializeResult[None] | dg.AssetCheckResult


@dataclass(frozen=True)
class ModelsRun:
    """One run of dbt, or none.

    Attributes:
        failed: what went wrong, one line each; known once it was run.
    """

    location: Location
    context: dg.AssetExecutionContext
    failed: list[str] = field(default_factory=list)

    def chosen(self, models: Sequence[DbtModel]) -> list[DbtModel]:
        """The models that the run is about."""
        return [model for model in models if model.spec.key in self.context.selected_asset_keys]

    def go(self, models: Sequence[DbtModel]) -> Iterator[Told]:
        """Build them with their tests, in one run of dbt. Nothing is raised: what failed is noted."""
        if not models:
            return
        try:
            yield from self._build(models)
        except TimeoutError:
            self.failed.append("dbt was stopped: it had run for a day")
        except UserError as error:
            self.failed.append(str(error))

    def _build(self, models: Sequence[DbtModel]) -> Iterator[Told]:
        location, secrets = self.location, self.location.settings.secrets
        build = DbtBuild(location.model.root, location.landing, Redactor(frozenset(secrets)), location.environ)
        known = {model.id: model for model in models}
        missing = dict(known)
        of_test = {test: model for model in models for test in model.checks}
        for said in build.run([model.name for model in models]):
            if isinstance(said, str):
                self.context.log.info("%s", said)
                continue
            missing.pop(said.id, None)
            if said.failed:
                self.failed.append(f"{said.id.split('.')[2]}: {said.message or said.status}")
            if said.id in known and said.status == "success":
                yield _materialized(known[said.id], said)
            elif said.id in of_test and said.status != "skipped":
                yield from self._checked(of_test[said.id], said)
        for model in missing.values():
            self.failed.append(f"{model.name}: dbt has no such model; the manifest is older, {PARSE}")

    def _checked(self, model: DbtModel, said: Outcome) -> Iterator[dg.AssetCheckResult]:
        spec = model.checks[said.id]
        if spec.key in self.context.selected_asset_check_keys:
            severity = dg.AssetCheckSeverity.WARN if said.status == "warn" else dg.AssetCheckSeverity.ERROR
            yield dg.AssetCheckResult(
                asset_key=spec.asset_key,
                check_name=spec.name,
                passed=said.status == "pass",
                severity=severity,
                description=said.message or None,
            )


def with_news(settings: LandingSettings, models: Sequence[DbtModel], fed: Collection[str]) -> list[DbtModel]:
    """The models with batches that they have not taken, those that read tables which were `fed` now, and those behind them.

    Raises UserError where the lake cannot be asked.
    """
    merging = [model.merging for model in models if model.merging is not None]
    with open_engine(settings) as engine:
        prepare(engine)
        behind = with_unseen(engine, merging) if merging else set()
    new = {model.id for model in models if _is_new(model, behind, fed)}
    while more := {model.id for model in models if model.id not in new and model.above & new}:
        new |= more
    return [model for model in models if model.id in new]


def _is_new(model: DbtModel, behind: Collection[str], fed: Collection[str]) -> bool:
    return model.merging.name in behind if model.merging is not None else any(table in fed for table in model.tables)


def _materialized(model: DbtModel, said: Outcome) -> dg.MaterializeResult[None]:
    metadata: dict[str, dg.MetadataValue] = {"seconds": dg.MetadataValue.float(round(said.seconds, 3))}
    if said.message:
        metadata["dbt"] = dg.MetadataValue.text(said.message)
    return dg.MaterializeResult(asset_key=model.spec.key, metadata=metadata)
