"""What a code location holds: made from the lake's files alone."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.lake.files.tables import owner_of, table_of, tag_of
from infra.landing.orchestration import landing_definitions
from tests.support.code_locations import STACK, CodeLocation, table
from tests.support.fed_lakes import DESTINATION, LOCAL, FedLake, fed_lake
from tests.support.lakes import write_files

SYNC = dg.AssetKey(["airbyte", "airbyte", "faker_to_files"])


def test_everything_comes_from_the_lakes_files(location: CodeLocation) -> None:
    repository = location.repository
    graph = repository.asset_graph
    assert graph.get_all_asset_keys() == {SYNC, table("users"), table("products")}
    assert graph.external_asset_keys == {SYNC}
    users = graph.get(table("users"))
    assert users.parent_keys == {SYNC}
    assert (users.group_name, users.owners, users.kinds) == ("faker", ["team:data-platform"], {"ducklake"})
    assert dict(users.tags) == {
        "lakeform/source": "faker",
        "lakeform/stack": "airbyte",
        "lakeform/connection": "faker_to_files",
        "dagster/kind/ducklake": "",
    }
    assert users.description == (
        "Files of the stream `users` of Faker, synced by `faker_to_files`.\n\n"
        "Sync mode: full_refresh, append. Primary key: id."
    )
    assert users.metadata["dagster/table_name"] == "landing.faker__users"
    assert users.metadata["dagster/uri"] == ".lake/raw/lake/raw/shop/users/"
    assert graph.get(SYNC).description == "`faker` to `files`, synced by Airbyte: `0 21 6 * * ?` UTC."
    assert [sensor.name for sensor in repository.sensor_defs] == ["feed_faker", "watchdog"]
    assert [(one.name, one.cron_schedule) for one in repository.schedule_defs] == [
        ("maintain", "30 4 * * *"),
        ("reconcile", "30 2 * * *"),
    ]
    assert {(key.asset_key.path[-1], key.name) for key in graph.asset_check_keys} == {
        *((stem, name) for stem in ("users", "products") for name in ("quarantine", "rows", "freshness")),
        ("faker_to_files", "watchdog"),
    }


def test_a_launchpad_offers_a_replay(location: CodeLocation) -> None:
    node = location.repository.asset_graph.get(table("users")).assets_def.op
    assert node.pool == "landing_here"
    fields = node.config_schema.config_type.fields  # type: ignore[union-attr]
    assert sorted(fields) == ["everything", "replay", "retry"]
    assert sorted(fields["replay"].config_type.fields) == ["epoch", "everything", "files", "prefix", "since", "until"]


def test_schedules_can_be_others_or_none(lake: FedLake) -> None:
    found = CodeLocation(lake, {"reconcile": "0 1 * * 1", "maintain": None, "tick": 5}).repository
    assert [(one.name, one.cron_schedule) for one in found.schedule_defs] == [("reconcile", "0 1 * * 1")]
    assert found.get_sensor_def("feed_faker").minimum_interval_seconds == 5


def test_a_lake_with_a_mistake_is_refused_with_its_place(lake: FedLake) -> None:
    write_files(lake.root, {"dag/streams/faker/users.json": '{"sync_mod": "incremental"}'})
    with pytest.raises(dg.DagsterInvalidDefinitionError) as refused:
        landing_definitions(lake.root)
    assert str(refused.value) == 'dag/streams/faker/users.json:1:2: unknown key "sync_mod"; run: lakeform check'


def test_the_landing_is_chosen_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two = LOCAL + LOCAL.replace("  landings:\n", "").replace("here:", "there:").replace(".lake/", ".other/")
    lake = fed_lake(tmp_path / "lake", STACK, two, DESTINATION.format(bucket="lake", prefix=""))
    with pytest.raises(
        dg.DagsterInvalidDefinitionError, match=r"^choose one with --landing or LAKEFORM_LANDING: here, there$"
    ):
        landing_definitions(lake.root)
    monkeypatch.setenv("LAKEFORM_LANDING", "here")
    assert len(CodeLocation(lake).repository.asset_graph.get_all_asset_keys()) == 3
    # No stack names the other one: there is nothing to feed, and nothing to look after but its tables.
    monkeypatch.setenv("LAKEFORM_LANDING", "there")
    found = CodeLocation(lake).repository
    assert not found.asset_graph.get_all_asset_keys()
    assert ([one.name for one in found.sensor_defs], [one.name for one in found.schedule_defs]) == ([], ["maintain"])


def test_runs_of_one_source_wait_for_each_other_where_the_catalog_is_postgres(tmp_path: Path) -> None:
    postgres = "{postgres: {host: db.example.com, dbname: lake, user: lake, password: {secret: catalog_password}}}"
    landings = LOCAL.replace("{sqlite: .lake/catalog.sqlite}", postgres)
    lake = fed_lake(tmp_path / "lake", STACK, landings, DESTINATION.format(bucket="lake", prefix=""))
    # Loaded without any secret, without a server and without a catalog.
    found = CodeLocation(lake).repository
    assert found.asset_graph.get(table("users")).assets_def.op.pool == "landing_here_faker"


@given(st.text(min_size=1), st.from_regex("[a-z][a-z0-9_]{0,80}", fullmatch=True), st.text(min_size=1))
def test_dagster_takes_every_name(owner: str, source: str, stem: str) -> None:
    named = table_of(source, stem)
    dg.AssetSpec(
        named.asset_key, group_name=named.group, owners=[owner_of(owner)], tags={"lakeform/source": tag_of(source)}
    )
