"""The watchdog: what is late, and what nobody feeds, is said without a run."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta

import dagster as dg

from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry
from infra.landing.orchestration.freshness import freshness
from tests.support.code_locations import TODAY, CodeLocation
from tests.support.fed_lakes import FedLake

FOUR_DAYS_AGO = (datetime.now(UTC) - timedelta(days=4)).strftime("%Y-%m-%d")


def told(location: CodeLocation) -> dict[str, tuple[bool, str | None]]:
    """`<check> <asset>` -> whether it passed, and why not."""
    found = location.tick("watchdog").asset_events
    return {
        f"{one.check_name} {one.asset_key.path[-1]}": (one.passed, one.description)
        for one in found
        if isinstance(one, dg.AssetCheckEvaluation)
    }


def test_all_is_well(lake: FedLake, location: CodeLocation) -> None:
    lake.write("users", TODAY, {1: "ada"}, sync=1)
    assert lake.run("feed").code == 0
    found = location.tick("watchdog")
    assert found.skip_message == "0 of 3 checks fail"
    assert found.asset_events == []


def test_a_table_that_gets_nothing_is_late_and_told_once(lake: FedLake, location: CodeLocation) -> None:
    lake.write("users", FOUR_DAYS_AGO, {1: "ada"}, sync=1)
    assert lake.run("feed").code == 0
    passed, why = told(location)["freshness users"]
    assert not passed
    assert why == f"nothing has come since {FOUR_DAYS_AGO} 00:00 UTC, and 3 syncs of faker_to_files were due"
    assert told(location) == {}
    lake.write("users", TODAY, {2: "grace"}, sync=2)
    assert lake.run("feed").code == 0
    assert told(location) == {"freshness users": (True, None)}


def test_a_file_that_nobody_feeds(lake: FedLake, location: CodeLocation) -> None:
    path = lake.write("users", TODAY, {1: "ada"}, sync=1)
    old = time.time() - 5 * 3600
    os.utime(path, (old, old))
    passed, why = told(location)["watchdog faker_to_files"]
    assert not passed
    since = datetime.fromtimestamp(old, UTC)
    assert why == (
        f"1 file has not been fed since {since:%Y-%m-%d %H:%M} UTC, for example lake/raw/shop/users/day={TODAY}/1_0.parquet: "
        "is the sensor on?"
    )
    job = location.repository.get_job("__ASSET_JOB").get_subset(
        asset_selection=set(),
        asset_check_selection={dg.AssetCheckKey(dg.AssetKey(["airbyte", "airbyte", "faker_to_files"]), "watchdog")},
    )
    result = job.execute_in_process(instance=location.instance)
    assert [(one.passed, one.description) for one in result.get_asset_check_evaluations()] == [(False, why)]


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000_000)


def connection(lake: FedLake, old: str, new: str) -> Entry[Connection]:
    path = lake.root / "dag/registry/lake.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    return lake.feed("users").connection


def test_late_is_what_three_syncs_did_not_bring(lake: FedLake) -> None:
    """Over a weekend nothing is due, so nothing is late: 2026-11-20 is a Friday."""
    weekdays = connection(lake, "{every: 24h}", '{cron: "0 0 8 ? * MON-FRI"}')
    newest = at("2026-11-20T08:05:00")
    assert freshness(weekdays, newest, at("2026-11-25T08:59:00")) == ""
    assert freshness(weekdays, newest, at("2026-11-25T09:01:00")) == (
        "nothing has come since 2026-11-20 08:05 UTC, and 3 syncs of faker_to_files were due"
    )
    assert freshness(weekdays, None, at("2026-11-25T09:01:00")) == ""


def test_what_starts_by_hand_or_never_is_not_late(lake: FedLake) -> None:
    newest, now = at("2020-01-01T00:00:00"), at("2026-11-25T00:00:00")
    assert freshness(connection(lake, "{every: 24h}", "manual"), newest, now) == ""
    assert (
        freshness(connection(lake, "schedule: manual", "schedule: {every: 24h}\n    status: inactive"), newest, now)
        == ""
    )
