"""DbtModels: the models of the lake's dbt project as assets, by the manifest that `dbt parse` has written before."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import dagster as dg

from infra.base.errors import UserError
from infra.lake.models.extra import can_build_models
from infra.lake.models.project import FOLDER, has_models
from infra.landing.flows.unseen import Merging
from infra.landing.orchestration.location import Location

MANIFEST = f"{FOLDER}/target/manifest.json"
PARSE = f"run: cd {FOLDER} && dbt parse"

# When a model is built by itself.
Condition = dg.AutomationCondition[dg.AssetKey | dg.AssetCheckKey]


@dataclass(frozen=True)
class DbtModel:
    """A model.

    Attributes:
        id: in the manifest.
        layer, group: the folders that it is in: `processed` and a source, `enriched` and a domain; "" where there is none.
        tables: of landing, that it reads.
        above: ids of models that it reads.
        merging: what it takes batch after batch, if it does.
        checks: its tests, id in the manifest -> spec.
    """

    id: str
    name: str
    layer: str
    group: str
    tables: tuple[str, ...]
    above: frozenset[str]
    merging: Merging | None
    spec: dg.AssetSpec
    checks: Mapping[str, dg.AssetCheckSpec]


@dataclass(frozen=True)
class DbtModels:
    """All models of the project, sorted by id."""

    models: tuple[DbtModel, ...] = ()

    def of_source(self, source: str) -> tuple[DbtModel, ...]:
        """Those below dag/processed/<source>/."""
        return self._groups.get(("processed", source), ())

    def others(self, sources: Sequence[str]) -> Mapping[str, tuple[DbtModel, ...]]:
        """`<layer>` or `<layer>__<group>` -> the models that go with no source's run; sorted."""
        own = {("processed", source) for source in sources}
        rest = {key: models for key, models in sorted(self._groups.items()) if key not in own}
        return {"__".join(filter(None, key)): models for key, models in rest.items()}

    @cached_property
    def _groups(self) -> Mapping[tuple[str, str], tuple[DbtModel, ...]]:
        found: dict[tuple[str, str], tuple[DbtModel, ...]] = {}
        for model in self.models:
            found[model.layer, model.group] = (*found.get((model.layer, model.group), ()), model)
        return found


def read_models(location: Location, condition: Condition) -> DbtModels:
    """The models; none without a project, or without the extra. `condition`: of those that go with no source's run.

    Nothing is parsed here, which takes dbt seconds. Raises UserError where there is no manifest, or not of these models.
    """
    root = location.model.root
    if not has_models(root) or not can_build_models():
        return DbtModels()
    try:
        manifest = json.loads((root / MANIFEST).read_bytes())
        nodes: Mapping[str, Any] = manifest["nodes"]
    except FileNotFoundError:
        raise UserError(f"{MANIFEST} is not there, so the models cannot be assets; {PARSE}") from None
    except (OSError, ValueError, LookupError, TypeError):
        raise UserError(f"{MANIFEST} is no manifest of dbt; {PARSE}") from None
    return DbtModels(tuple(_models(location, manifest, nodes, condition)))


def _models(
    location: Location,
    manifest: Mapping[str, Any],
    nodes: Mapping[str, Any],
    condition: Condition,
) -> Iterator[DbtModel]:
    from infra.landing.orchestration.dbt_translator import Translator  # noqa: PLC0415  # a second, for those with models

    translator = Translator(location, condition)
    tests = _tests(manifest)
    for id_ in sorted(nodes):
        node = nodes[id_]
        if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral":
            spec = translator.spec_of(manifest, id_)
            checks = {
                test: check for test in tests.get(id_, ()) if (check := translator.check_of(manifest, spec, test))
            }
            yield _model(id_, node, spec, checks)


def _model(id_: str, node: Mapping[str, Any], spec: dg.AssetSpec, checks: Mapping[str, dg.AssetCheckSpec]) -> DbtModel:
    layer, group = place_of(node)
    above = node["depends_on"]["nodes"]
    tables = tuple(sorted(one.rpartition(".")[2] for one in above if re.match(r"source\.[^.]+\.landing\.", one)))
    merges = node["config"].get("incremental_strategy") == "lake_merge"
    merging = Merging(node["schema"], node["alias"], tables) if merges else None
    models = frozenset(one for one in above if one.startswith("model."))
    return DbtModel(id_, node["name"], layer, group, tables, models, merging, spec, checks)


def place_of(node: Mapping[str, Any]) -> tuple[str, str]:
    """The first two folders of a node's file, "" for what it has not."""
    folders = node["original_file_path"].replace("\\", "/").split("/")[:-1]
    return (*folders, "", "")[0], (*folders, "", "")[1]


def _tests(manifest: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    children: Mapping[str, Sequence[str]] = manifest["child_map"]
    return {id_: sorted(one for one in below if one.startswith("test.")) for id_, below in children.items()}
