"""Translator: how dagster-dbt calls the assets of models: by the folders that they are in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator

from infra.lake.files.tables import owner_of, tag_of
from infra.landing.orchestration.dbt_models import Condition, place_of
from infra.landing.orchestration.location import Location
from infra.landing.orchestration.specs import SOURCE


class Translator(DagsterDbtTranslator):
    """Keys `processed/<source>/<model>` and `enriched/<domain>/<model>`; those of sources are in the generated file."""

    def __init__(self, location: Location, condition: Condition) -> None:
        super().__init__()
        self._condition = condition
        self._sources = {source.id: source.entry for source in location.sources()}

    def spec_of(self, manifest: Mapping[str, Any], id_: str) -> dg.AssetSpec:
        """The spec of a model, without what dagster-dbt needs for its own runs of dbt."""
        spec = self.get_asset_spec(manifest, id_, None)
        kept = {key: value for key, value in spec.metadata.items() if key.startswith("dagster/")}
        return spec.replace_attributes(metadata=kept)

    def check_of(self, manifest: Mapping[str, Any], spec: dg.AssetSpec, test: str) -> dg.AssetCheckSpec | None:
        """The spec of a test; None for one of another asset."""
        found = self.get_asset_check_spec(spec, manifest, test, None)
        return None if found is None else found._replace(metadata={})

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """The folders of a model, and its name."""
        if dbt_resource_props["resource_type"] != "model":
            return super().get_asset_key(dbt_resource_props)
        return dg.AssetKey([*filter(None, place_of(dbt_resource_props)), dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The folder that names a source or a domain."""
        group = place_of(dbt_resource_props)[1]
        return re.sub("[^A-Za-z0-9_]", "_", group) or super().get_group_name(dbt_resource_props)

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """What people wrote; the SQL is in git."""
        return str(dbt_resource_props.get("description") or "")

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        """Those that dbt knows, else those of the source."""
        source = self._sources.get(place_of(dbt_resource_props)[1])
        own = source.settings.owner if source is not None else None
        return super().get_owners(dbt_resource_props) or ([owner_of(own)] if own else None)

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        """Those that dbt knows, and the source."""
        group = place_of(dbt_resource_props)[1]
        return {**super().get_tags(dbt_resource_props), **({SOURCE: tag_of(group)} if group in self._sources else {})}

    def get_automation_condition(self, dbt_resource_props: Mapping[str, Any]) -> Condition | None:
        """None for what goes with its source's run."""
        layer, group = place_of(dbt_resource_props)
        is_sources = layer == "processed" and group in self._sources
        return None if is_sources or dbt_resource_props["resource_type"] != "model" else self._condition
