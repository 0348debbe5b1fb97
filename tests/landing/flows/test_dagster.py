"""Flows in Dagster: a source's run goes on to its models, and what stands on those is built by itself."""

from __future__ import annotations

import json
from pathlib import Path

import dagster as dg
import pytest

from tests.support.code_locations import TODAY, CodeLocation
from tests.support.flow_lakes import FlowLake

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("kind", ["sqlite"])]

USERS = dg.AssetKey(["landing", "faker", "users"])
INT = dg.AssetKey(["processed", "faker", "int_faker__users"])
CURRENT = dg.AssetKey(["processed", "faker", "int_faker__users__current"])
FCT = dg.AssetKey(["enriched", "sales", "fct_users"])


@pytest.fixture
def location(flows: FlowLake) -> CodeLocation:
    flows.add("faker", "users", "--enriched", "sales")
    flows.dbt.run("parse")
    return CodeLocation(flows.lake)


def test_one_graph_from_the_connection_to_what_people_ask(location: CodeLocation) -> None:
    graph = location.repository.asset_graph
    assert {key: set(graph.get(key).parent_keys) for key in (USERS, INT, CURRENT, FCT)} == {
        USERS: {dg.AssetKey(["airbyte", "airbyte", "faker_to_files"])},
        INT: {USERS},
        CURRENT: {INT},
        FCT: {CURRENT},
    }
    assert {graph.get(key).group_name for key in (USERS, INT, CURRENT)} == {"faker"}
    assert graph.get(FCT).group_name == "sales"
    assert {key.name for key in graph.asset_check_keys if key.asset_key == INT} == {"lake_key_int_faker__users_id"}


def test_a_run_of_a_source_goes_on_to_its_models(location: CodeLocation, flows: FlowLake) -> None:
    flows.lake.write("users", TODAY, {1: "Ada", 2: "Bob"}, sync=1)
    request = location.request()
    assert set(request.asset_selection or ()) == {USERS, INT, CURRENT}
    result = location.perform(request)
    assert result.success
    assert {event.asset_key for event in result.asset_materializations_for_node("landing__faker")} == {
        USERS,
        INT,
        CURRENT,
    }
    assert flows.names("users") == {1: "Ada", 2: "Bob"}
    checks = {one.check_name: one.passed for one in result.get_asset_check_evaluations()}
    assert checks["lake_key_int_faker__users_id"] is True
    # Nothing is new: no dbt is started for it.
    assert location.skips() == "nothing new"
    again = location.perform(request)
    assert again.asset_materializations_for_node("landing__faker") == []


def test_a_stream_that_fails_does_not_keep_the_models_of_the_others(location: CodeLocation, flows: FlowLake) -> None:
    flows.add("faker", "events")
    flows.dbt.run("parse")
    location.reload()
    flows.lake.write("users", TODAY, {1: "Ada"}, sync=1)
    flows.lake.path(flows.lake.key("events", TODAY, sync=1)).parent.mkdir(parents=True)
    flows.lake.path(flows.lake.key("events", TODAY, sync=1)).write_bytes(b"PAR1 and no more")
    result = location.perform(location.request())
    made = {event.asset_key for event in result.asset_materializations_for_node("landing__faker")}
    assert {USERS, INT, CURRENT} <= made
    assert flows.names("users") == {1: "Ada"}


def test_a_test_that_fails_stops_what_is_below(location: CodeLocation, flows: FlowLake) -> None:
    models = flows.lake.root / "dag/processed/faker/_faker__models.yml"
    text = models.read_text("utf-8")
    models.write_text(
        text.replace(
            "    description: The stream users of faker.\n",
            "    description: The stream users of faker.\n    columns:\n    - name: name\n      data_tests: [not_null]\n",
            1,
        ),
        "utf-8",
    )
    flows.dbt.run("parse")
    location.reload()
    flows.put("users", TODAY, "1::BIGINT AS id, NULL::VARCHAR AS name", sync=1)
    result = location.perform(location.request())
    assert not result.success
    assert {event.asset_key for event in result.asset_materializations_for_node("landing__faker")} == {USERS, INT}
    (failed,) = [one for one in result.get_asset_check_evaluations() if not one.passed]
    assert failed.check_name == "not_null_int_faker__users_name"
    # What was marked stays: the rows are there.
    assert flows.all_of("users") == [["1", None, "False"]]


@pytest.mark.filterwarnings("ignore:Parameter `include_sources`")
def test_enriched_models_are_built_by_themselves(location: CodeLocation, flows: FlowLake) -> None:
    defs, instance = location.definitions, location.instance
    cursor = dg.evaluate_automation_conditions(defs, instance).cursor
    flows.lake.write("users", TODAY, {1: "Ada"}, sync=1)
    location.perform(location.request())
    # A code location that is loaded anew in between forgets nothing.
    location.reload()
    found = dg.evaluate_automation_conditions(location.definitions, instance, cursor=cursor)
    assert found.total_requested == 1
    assert found.get_num_requested(FCT) == 1
    location.run([FCT])
    assert flows.rows("SELECT * FROM enriched.fct_users") == [["1", "Ada"]]
    idle = dg.evaluate_automation_conditions(location.definitions, instance, cursor=found.cursor)
    assert idle.total_requested == 0


def test_without_a_manifest_it_says_what_to_run(flows: FlowLake) -> None:
    flows.add("faker", "users")
    with pytest.raises(dg.DagsterInvalidDefinitionError) as raised:
        CodeLocation(flows.lake)
    assert str(raised.value) == (
        "dag/target/manifest.json is not there, so the models cannot be assets; run: cd dag && dbt parse"
    )
    target = flows.lake.root / "dag/target"
    target.mkdir(exist_ok=True)
    Path(target / "manifest.json").write_text(json.dumps([]), "utf-8")
    with pytest.raises(dg.DagsterInvalidDefinitionError) as raised:
        CodeLocation(flows.lake)
    assert str(raised.value) == "dag/target/manifest.json is no manifest of dbt; run: cd dag && dbt parse"


def test_a_model_that_is_called_otherwise_since_is_told(location: CodeLocation, flows: FlowLake) -> None:
    flows.feed_one("users")
    folder = flows.lake.root / "dag/enriched/sales"
    (folder / "fct_users.sql").rename(folder / "fct_people.sql")
    result = location.run([FCT])
    assert not result.success
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert "fct_users: dbt has no such model; the manifest is older, run: cd dag && dbt parse" in str(
        failure.step_failure_data
    )
