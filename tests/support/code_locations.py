"""A code location over a lake on disk, ticked and run in this process, as Dagster's daemon does it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import dagster as dg
from dagster._core.definitions.assets.job.asset_job import IMPLICIT_ASSET_JOB_NAME
from dagster._core.definitions.sensor_definition import SensorExecutionData

from infra.landing.orchestration import landing_definitions
from tests.support.fed_lakes import FedLake

STACK = """\
    airbyte:
      server_url: https://airbyte.example.com/api/public/v1
      workspace_id: 11111111-2222-3333-4444-555555555555
      auth: {client_id: {secret: airbyte_id}, client_secret: {secret: airbyte_secret}}
"""
TODAY = datetime.now(UTC).strftime("%Y-%m-%d")


@dataclass
class CodeLocation:
    """What `dag/definitions.py` gives, and an instance that knows its runs."""

    lake: FedLake
    options: Mapping[str, Any] = field(default_factory=dict)
    cursors: dict[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        folder = self.lake.root.parent / "dagster"
        folder.mkdir(exist_ok=True)
        self.instance = dg.DagsterInstance.ephemeral(tempdir=str(folder))
        self.reload()

    def reload(self) -> None:
        """Load it anew, as a new process would."""
        self.definitions = landing_definitions(self.lake.root, **self.options)
        self.repository = self.definitions.get_repository_def()

    def tick(self, sensor: str = "feed_faker") -> SensorExecutionData:
        """What the sensor answers; its events are stored, its cursor is kept."""
        context = dg.build_sensor_context(
            instance=self.instance, cursor=self.cursors.get(sensor), repository_def=self.repository
        )
        found = self.repository.get_sensor_def(sensor).evaluate_tick(context)
        self.cursors[sensor] = found.cursor
        for event in found.asset_events:
            self.instance.report_runless_asset_event(event)
        return found

    def skips(self, sensor: str = "feed_faker") -> str | None:
        """Why the sensor asks for nothing."""
        found = self.tick(sensor)
        assert not found.run_requests
        return found.skip_message

    def request(self, sensor: str = "feed_faker") -> dg.RunRequest:
        """The only run that the sensor asks for."""
        (request,) = self.tick(sensor).run_requests or ()
        return request

    def perform(self, request: dg.RunRequest) -> dg.ExecuteInProcessResult:
        """The run that was asked for, in this process."""
        assert request.asset_selection is not None
        assert isinstance(request.run_config, dict)
        return self.run(request.asset_selection, request.run_config, request.tags)

    def run(
        self,
        keys: Collection[dg.AssetKey],
        config: Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> dg.ExecuteInProcessResult:
        """A run of some assets with the checks of them."""
        job = self.repository.get_job(IMPLICIT_ASSET_JOB_NAME).get_subset(asset_selection=set(keys))
        return job.execute_in_process(
            run_config=dict(config or {}), instance=self.instance, tags=dict(tags or {}), raise_on_error=False
        )


def table(stem: str) -> dg.AssetKey:
    """The asset of a stream of faker."""
    return dg.AssetKey(["landing", "faker", stem])


def config(**values: Any) -> dict[str, Any]:
    """The configuration of a run of faker, as one writes it in a launchpad."""
    return {"ops": {"landing__faker": {"config": values}}}


def metadata(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    """Asset -> the metadata of its materialization in a run."""
    events = result.get_asset_materialization_events()
    return {
        event.asset_key.to_user_string(): {
            key: value.value for key, value in event.step_materialization_data.materialization.metadata.items()
        }
        for event in events
        if event.asset_key is not None
    }


def checks(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    """`<check> <last part of the asset's key>` -> whether it passed."""
    found = result.get_asset_check_evaluations()
    return {f"{one.check_name} {one.asset_key.path[-1]}": one.passed for one in found}
