"""A workspace imported: the plan changes just what the report says, and the one after the apply is empty."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.applied import STACK, Applied, values
from tests.e2e.engine import Engine, Plan, synthesize
from tests.e2e.shop import LAKE, SERVER, VARIABLES, base
from tests.e2e.tools import Tools
from tests.standin import StandIn
from tests.support.lakes import run, write_lake
from tests.support.workspaces import filled_workspace

pytestmark = [pytest.mark.network, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

# What a POST may be for: a token, and what the Configuration API lists or reads.
_READS = re.compile(
    r"/(token|list|get_for_source|get_for_destination|(source|destination)_definition_specifications/get|most_recent_source_actor_catalog)$"
)
# The secret of each option that is masked in Airbyte, by the name that an import gives it.
SECRETS = {
    "lake_secret_access_key": VARIABLES["s3_secret_access_key"],
    "warehouse_password": VARIABLES["warehouse_password"],
    "shopify_api_password": VARIABLES["shopify_api_password"],
    "postgres_password": VARIABLES["postgres_password"],
}


def empty_lake(folder: Path) -> Path:
    """The lake's stack and its locks, without an entry."""
    locks = {path: text for path, text in base().items() if path.startswith("dag/connectors/")}
    return write_lake(folder, {LAKE: SERVER, **locks})


def files_of(lake: Path) -> dict[str, bytes]:
    return {str(path.relative_to(lake)): path.read_bytes() for path in sorted(lake.rglob("*")) if path.is_file()}


def reported(lake: Path) -> dict[str, str]:
    """Address -> `update` or `empty`, as the report says."""
    record = json.loads((lake / "dag/import.json").read_text("utf-8"))["stacks"][STACK]
    kinds = {"sources": "airbyte_source", "destinations": "airbyte_destination", "connections": "airbyte_connection"}
    return {
        f"{kinds[section]}.{entry}": one["plan"]
        for one in record["objects"].values()
        if one["managed"]
        for section, _, entry in [one["entry"].partition(".")]
    }


def planned(plan: Plan) -> dict[str, str]:
    """The same as the plan has it."""
    return {
        address: {"import": "empty", "import and update": "update"}[action] for address, action in plan.actions.items()
    }


def settings(server: StandIn) -> dict[str, Any]:
    """Every object of the workspace as it is set, without when it was changed."""
    found = {}
    for section in ("sources", "destinations", "connections"):
        for one in server.state.living(section):
            found[one.id] = copy.deepcopy(one)
    return found


def test_an_imported_workspace_plans_what_the_report_says(
    applied: Applied, tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with applied.server() as server:
        by_hand(server)
        given = {**values(server), **SECRETS}
        for name, value in given.items():
            monkeypatch.setenv(f"TF_VAR_{name}", value)
        lake = empty_lake(tmp_path / "lake")
        asked = len(server.requests)
        imported = run(lake, "import", "--from", "server", "--quiet")
        assert (imported.code, imported.out, imported.err) == (0, "", "")
        posted = {request.path for request in server.requests[asked:] if request.method != "GET"}
        assert [path for path in posted if not _READS.search(path)] == []
        assert run(lake, "check").code == 0
        synthesize(lake)
        before = settings(server)
        engine = Engine(tools, tmp_path / "tofu")
        engine.take(lake, STACK, given)
        engine.init()
        plan = engine.plan()
        assert planned(plan) == reported(lake)
        engine.apply()
        assert engine.left() == ""
        changed = sorted(one.name for id_, one in settings(server).items() if one != before[id_])
        assert changed == ["Basic"]
        there = files_of(lake)
        again = run(lake, "import", "--from", "server")
        assert (again.code, again.out.splitlines()[-1]) == (0, "nothing is new")
        assert files_of(lake) == there


@pytest.mark.parametrize("seed", [1, 2])
def test_a_workspace_of_years_of_clicking_plans_what_the_report_says(
    seed: int, tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with filled_workspace(seed, keys=False) as filled:
        server = filled.server
        for name, value in values(server).items():
            monkeypatch.setenv(f"TF_VAR_{name}", value)
        lake = write_lake(tmp_path / "lake", {LAKE: SERVER})
        registry = tmp_path / "registry.json"
        registry.write_text(filled.registry, "utf-8")
        run(lake, "import", "--from", "server", "--quiet", "--registry", str(registry))
        assert run(lake, "check", "--quiet").code == 0
        synthesize(lake)
        engine = Engine(tools, tmp_path / "tofu")
        engine.take(lake, STACK, {**values(server), **secrets_of(lake, server)})
        engine.init()
        before = settings(server)
        plan = engine.plan()
        assert len(plan.actions) == 86
        assert planned(plan) == reported(lake)
        engine.apply()
        assert engine.left() == ""
        after = settings(server)
        told = told_fields(lake)
        assert {id_: changes(before[id_], after[id_]) - told[id_] for id_ in before} == {id_: set() for id_ in before}


def secrets_of(lake: Path, server: StandIn) -> dict[str, str]:
    """Every value that Airbyte masks, as somebody knows it who gives it: name of its variable -> the value."""
    record = json.loads((lake / "dag/import.json").read_text("utf-8"))
    ids = {one["entry"]: id_ for id_, one in record["stacks"][STACK]["objects"].items()}
    found = {}
    for name, said in record["secrets"].items():
        entry, _, path = said.partition(": ")
        section = entry.partition(".")[0]
        value: Any = getattr(server.state, section)[ids[entry]].configuration
        for part in re.findall(r"[^.\[\]]+", path):
            value = value[int(part)] if isinstance(value, list) else value[part]
        found[name] = str(value)
    return found


def told_fields(lake: Path) -> dict[str, set[str]]:
    """Id -> the fields that the report says to change."""
    objects = json.loads((lake / "dag/import.json").read_text("utf-8"))["stacks"][STACK]["objects"]
    return {
        id_: {told["field"].partition(".")[0] for told in one["told"] if told["changes"]}
        for id_, one in objects.items()
    }


def changes(before: Any, after: Any) -> set[str]:
    """The settings of an object that are not what they were."""
    old, new = (in_order(asdict(one)) for one in (before, after))
    return {_SAID.get(name, name) for name in old if old[name] != new[name]}


def in_order(value: Any) -> Any:
    """The value with its lists sorted: the provider has sets of streams and fields."""
    if isinstance(value, dict):
        return {key: in_order(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return sorted((in_order(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return value


# A field of the stand-in's connection -> what the report calls it.
_SAID = {"cron": "schedule", "interval": "schedule", "zone": "schedule"}


def by_hand(server: StandIn) -> None:
    """A connection with a schedule that only the user interface can give."""
    ends: Mapping[str, str] = {
        one.name: str(one.id) for kind in ("sources", "destinations") for one in server.state.living(kind)
    }
    made = server.add_connection(
        ends["Shopify"],
        ends["Warehouse"],
        name="Basic",
        prefix="basic_",
        configurations={"streams": [{"name": "orders", "syncMode": "full_refresh_overwrite"}]},
    )
    server.state.connections[made].interval = (6, "hours")
