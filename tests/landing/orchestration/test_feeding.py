"""From a sensor's look to rows in a table, and what Dagster is told of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from infra.landing.engine.lock import file_lock
from infra.landing.orchestration import tick as tick_module
from tests.support.code_locations import TODAY, CodeLocation, checks, config, metadata, table
from tests.support.fed_lakes import FedLake

LONG_AGO = (datetime.now(UTC) - timedelta(days=60)).strftime("%Y-%m-%d")
ALL_PASS = {f"{name} users": True for name in ("quarantine", "rows", "freshness")}


def test_new_files_are_fed_once(lake: FedLake, location: CodeLocation) -> None:
    assert location.skips() == "nothing new"
    lake.write("users", TODAY, {1: "ada", 2: "grace", 3: "edsger"}, sync=1)
    request = location.request()
    assert request.asset_selection == [table("users")]
    assert request.tags["lakeform/source"] == "faker"
    result = location.perform(request)
    assert result.success
    assert lake.rows("SELECT id, name FROM faker__users ORDER BY id") == "1   ada\n2   grace\n3   edsger"
    told = metadata(result)
    assert list(told) == ["landing/faker/users"]
    users = told["landing/faker/users"]
    assert {name: users[name] for name in ("dagster/row_count", "rows", "files", "deleted", "total_files")} == {
        "dagster/row_count": 3,
        "rows": 3,
        "files": 1,
        "deleted": 0,
        "total_files": 1,
    }
    assert users["bytes"] == users["total_bytes"] > 0
    assert 0 <= users["lag_seconds"] <= 2 * 86_400
    columns = {column.name: column.type for column in users["dagster/column_schema"].columns}
    assert columns["id"] == "BIGINT"
    assert columns["_lake_file"] == "VARCHAR"
    assert [record.data for record in users["sample"].records] == [
        {"id": "1", "name": "ada"},
        {"id": "2", "name": "grace"},
    ]
    assert checks(result) == ALL_PASS
    assert location.skips() == "nothing new"


def test_a_run_takes_all_streams_with_news_and_only_those_with_files_change(
    lake: FedLake, location: CodeLocation
) -> None:
    lake.write("users", TODAY, {1: "ada"}, sync=1)
    lake.write("products", TODAY, {7: "tea"}, sync=1)
    request = location.request()
    assert request.asset_selection == [table("products"), table("users")]
    assert set(metadata(location.perform(request))) == {"landing/faker/products", "landing/faker/users"}
    again = location.run([table("users"), table("products")])
    assert again.success
    assert metadata(again) == {}
    assert len(checks(again)) == 6


def test_no_row_is_shown_where_nobody_asked_for_a_sample(lake: FedLake) -> None:
    lake.write("users", TODAY, {1: "ada"}, sync=1)
    location = CodeLocation(lake)
    assert "sample" not in metadata(location.perform(location.request()))["landing/faker/users"]


def test_a_file_that_cannot_be_read_fails_a_check_and_nothing_else(lake: FedLake, location: CodeLocation) -> None:
    bad = lake.write("users", TODAY, {1: "ada"}, sync=1)
    bad.write_bytes(bad.read_bytes()[:100])
    lake.write("users", TODAY, {2: "grace"}, sync=2)
    result = location.perform(location.request())
    assert result.success
    assert metadata(result)["landing/faker/users"]["rows"] == 1
    assert checks(result) == {**ALL_PASS, "quarantine users": False}
    (found,) = [one for one in result.get_asset_check_evaluations() if not one.passed]
    assert found.description == "1 of its files is not in the table as it lies there"
    assert found.severity is dg.AssetCheckSeverity.WARN
    assert bad.name in str(found.metadata["files"].value)


def test_a_table_that_fails_stops_no_other_one_and_is_told(lake: FedLake) -> None:
    told = list[str]()

    @dg.failure_hook
    def tell(context: dg.HookContext) -> None:
        told.append(str(context.op_exception))

    location = CodeLocation(lake, {"hooks": {tell}})
    lake.write("users", TODAY, {1: "ada"}, sync=1)
    folder = lake.path(lake.key("products", TODAY, sync=1)).parent.parent
    folder.write_text("a file where a folder should be", "utf-8")
    result = location.perform(location.request())
    assert not result.success
    assert list(metadata(result)) == ["landing/faker/users"]
    assert lake.rows("SELECT id, name FROM faker__users") == "1   ada"
    (failed,) = dict.fromkeys(told)
    assert "faker__products: " in failed
    assert failed.endswith(" cannot be listed: Not a directory")
    assert "faker__users" not in failed
    # What is left is tried at once, as it is other news, and then after pauses.
    assert not location.perform(location.request()).success
    assert str(location.skips()).startswith("tried once; the next time is in ")


def test_what_failed_is_tried_again_with_another_key_and_a_pause(lake: FedLake, location: CodeLocation) -> None:
    lake.write("users", TODAY, {1: "ada"}, sync=1)
    first = location.request()
    location.instance.create_run_for_job(
        location.repository.get_job("__ASSET_JOB"), tags=dict(first.tags), status=dg.DagsterRunStatus.FAILURE
    )
    assert str(location.skips()).startswith("tried once; the next time is in ")
    assert first.run_key is not None
    key, number = first.run_key.rsplit(":", 1)
    assert number == "0"
    old = datetime.now(UTC) - timedelta(minutes=2)
    _move_runs(location, old)
    second = location.request()
    assert second.run_key == f"{key}:1"
    assert location.perform(second).success
    assert lake.rows("SELECT count(*) FROM faker__users") == "1"


def _move_runs(location: CodeLocation, to: datetime) -> None:
    """Every run ended then."""
    with location.instance.run_storage.connect() as connection:  # type: ignore[attr-defined]
        for text in ("UPDATE runs SET update_timestamp = ?, create_timestamp = ?",):
            connection.exec_driver_sql(text, (to.replace(tzinfo=None).isoformat(sep=" "),) * 2)


def test_a_run_that_goes_on_keeps_the_next_one_back_for_an_hour(lake: FedLake, location: CodeLocation) -> None:
    lake.write("users", TODAY, {1: "ada"}, sync=1)
    first = location.request()
    run = location.instance.create_run_for_job(
        location.repository.get_job("__ASSET_JOB"), tags=dict(first.tags), status=dg.DagsterRunStatus.STARTED
    )
    assert location.skips() == f"run {run.run_id} of faker has not ended"
    _move_runs(location, datetime.now(UTC) - timedelta(hours=2))
    assert location.request().run_key != first.run_key


def test_a_late_file_in_an_old_folder_is_the_reconciling_runs(lake: FedLake, location: CodeLocation) -> None:
    lake.write("users", LONG_AGO, {1: "ada"}, sync=1)
    assert location.skips() == "nothing new"
    schedule = location.repository.get_schedule_def("reconcile")
    moment = datetime(2026, 11, 26, 2, 30, tzinfo=UTC)
    found = schedule.evaluate_tick(
        dg.build_schedule_context(
            location.instance, scheduled_execution_time=moment, repository_def=location.repository
        )
    )
    (request,) = found.run_requests or ()
    assert request.run_key == "faker:2026-11-26T02:30:00+00:00"
    assert request.tags["lakeform/source"] == "faker"
    result = location.perform(request)
    assert set(metadata(result)) == {"landing/faker/users"}
    assert lake.rows("SELECT id, name FROM faker__users") == "1   ada"


def test_a_replay_from_the_launchpad(lake: FedLake, location: CodeLocation) -> None:
    lake.write("users", TODAY, {1: "ada"}, sync=1)
    lake.write("users", TODAY, {2: "grace"}, sync=2)
    location.perform(location.request())
    before = lake.rows("SELECT id, _lake_batch FROM faker__users ORDER BY id")
    result = location.run([table("users")], config(replay={"files": ["*/1_0.parquet"]}))
    assert result.success
    assert metadata(result)["landing/faker/users"]["deleted"] == 1
    after = lake.rows("SELECT id, _lake_batch FROM faker__users ORDER BY id")
    assert before == "1   1\n2   1"
    assert after == "1   2\n2   1"
    wrong = location.run([table("users")], config(replay={"since": "yesterday"}))
    assert not wrong.success
    assert failure(wrong) == "replay.since: 'yesterday' is no time; write 2026-11-01 or 2026-11-01T06:00"


def failure(result: dg.ExecuteInProcessResult) -> str:
    """What the step that failed says."""
    (event,) = [event for event in result.all_events if event.is_step_failure]
    assert event.step_failure_data.user_failure_data is not None
    return str(event.step_failure_data.user_failure_data.description)


def test_a_lake_that_is_being_written_to_is_no_failure(
    lake: FedLake, location: CodeLocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.write("users", TODAY, {1: "ada"}, sync=1)
    assert lake.run("feed").code == 0
    monkeypatch.setattr(tick_module, "WAIT", 0.05)
    with file_lock(lake.root / ".lake/catalog.sqlite.lock", exclusive=True, wait=0):
        assert str(location.skips()).startswith("the lake is busy: process ")


def test_a_secret_without_a_value_is_said(lake: FedLake, location: CodeLocation) -> None:
    text = (lake.root / "dag/registry/lake.yaml").read_text("utf-8")
    postgres = "{postgres: {host: localhost, dbname: lake, user: lake, password: {secret: catalog_password}}}"
    (lake.root / "dag/registry/lake.yaml").write_text(text.replace("{sqlite: .lake/catalog.sqlite}", postgres), "utf-8")
    location.reload()
    with pytest.raises(dg.Failure, match=r"set in the environment: TF_VAR_catalog_password$"):
        location.tick()
    result = location.run([table("users")])
    assert not result.success
    assert "TF_VAR_catalog_password" in failure(result)


def test_maintenance_is_a_job(lake: FedLake, location: CodeLocation) -> None:
    lake.write("users", TODAY, {1: "ada"}, sync=1)
    location.perform(location.request())
    job = location.repository.get_job("maintain_landing")
    done = job.execute_in_process(
        run_config={"ops": {"maintain_tables": {"config": {"keep_days": 0}}}}, instance=location.instance
    )
    assert done.success
    assert lake.rows("SELECT id FROM faker__users") == "1"
