"""Schemas of another method, and deletions that nobody would see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.lakes import Result, run, write_files, write_lake
from tests.support.log_lakes import CDC, ORDERS, database, log_lake

FILE = "dag/registry/lake.yaml"
STREAM = "dag/streams/shop/public.orders.json"
ABOUT = "dag/sources/shop/_discovery.json"
ONE = "  shop_to_lake: {source: shop, destination: lake}\n"
STANDARD = "{method: Standard}"


def lake_of(root: Path, method: str, *, seen: str | None = None, stream: Any = None) -> Path:
    about = {"connector": "source-postgres", "from": "file"} | ({"method": seen} if seen else {})
    files = log_lake(database("shop", method=method), ONE, stream=stream)
    lake = write_lake(root, {**files, ABOUT: json.dumps(about)})
    run(lake, "catalog", "--quiet")
    return lake


@pytest.mark.parametrize("seen", ["cdc", None])
def test_a_cursor_of_the_log_without_the_log(tmp_path: Path, seen: str | None) -> None:
    assert run(lake_of(tmp_path, STANDARD, seen=seen), "check", "--quiet") == Result(
        1,
        f"{FILE}:22:37  replication-state  sources.shop.configuration.replication_method.method: reads by standard, and 1 stream "
        "has a cursor that exists only where the database's log is read (CDC)\n"
        "    run: lakeform discover shop; while the server still has the other method, with --from connector or FILE\n"
        f"    {STREAM}:1:1  the cursor _ab_cdc_lsn\n"
        "1 problem\n",
        "",
    )


def test_a_cursor_of_the_log_of_postgres_without_a_method(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, CDC, seen="cdc")
    text = (lake / FILE).read_text()
    write_files(lake, {FILE: text.replace(f",\n       replication_method: {CDC}", "")})
    assert run(lake, "check", "--quiet") == Result(
        1,
        f"{FILE}:21:7  replication-state  sources.shop.configuration: reads by standard, and 1 stream has a cursor that exists only "
        "where the database's log is read (CDC)\n"
        "    run: lakeform discover shop; while the server still has the other method, with --from connector or FILE\n"
        f"    {STREAM}:1:1  the cursor _ab_cdc_lsn\n"
        "1 problem\n",
        "",
    )


def test_another_method_may_have_other_fields(tmp_path: Path) -> None:
    stream = {"sync_mode": "full_refresh"}
    assert run(lake_of(tmp_path, STANDARD, seen="cdc", stream=stream), "check", "--quiet") == Result(
        0,
        f"{FILE}:22:37  replication-state  warning: sources.shop.configuration.replication_method.method: reads by standard, and its "
        "streams were discovered by cdc: other fields and other cursors\n"
        "    run: lakeform discover shop; while the server still has the other method, with --from connector or FILE\n"
        f"    {ABOUT}:1:60  discovered by cdc\n"
        "1 warning\n",
        "",
    )


@pytest.mark.parametrize(
    ("method", "seen", "stream"),
    [
        (CDC, "cdc", {}),
        (CDC, None, {}),
        ("{method: {var: method}}", "cdc", {}),
        (STANDARD, None, {"sync_mode": "full_refresh"}),
    ],
    ids=["the same", "an older file", "a variable", "an older file, and no cursor"],
)
def test_nothing_is_told(tmp_path: Path, method: str, seen: str | None, stream: dict[str, Any]) -> None:
    result = run(lake_of(tmp_path, method, seen=seen, stream=stream), "check", "--quiet")
    assert "replication-state" not in result.out


@pytest.mark.parametrize(
    ("cdc", "method", "remembered"), [(True, CDC, "cdc"), (True, STANDARD, "cdc"), (False, STANDARD, "standard"), (False, CDC, None)]
)  # fmt: skip
def test_a_discovery_remembers_the_method(tmp_path: Path, cdc: bool, method: str, remembered: str | None) -> None:
    lake = lake_of(tmp_path, method)
    fields = ORDERS["json_schema"] if cdc else {"type": "object", "properties": {"id": {"type": "integer"}}}
    write_files(lake, {"catalog.json": json.dumps({"streams": [{**ORDERS, "json_schema": fields}]})})
    assert run(lake, "discover", "shop", "--from", str(lake / "catalog.json")).code == 0
    about = {"connector": "source-postgres", "from": "file"} | ({"method": remembered} if remembered else {})
    assert json.loads((lake / ABOUT).read_text("utf-8")) == about


@pytest.mark.parametrize(
    ("stream", "key", "fix"),
    [
        ({"fields": ["id", "_ab_cdc_lsn"]}, "fields", 'add "_ab_cdc_deleted_at" to fields'),
        (
            {"exclude_fields": ["_ab_cdc_deleted_at"]},
            "exclude_fields",
            'remove "_ab_cdc_deleted_at" from exclude_fields',
        ),
    ],
)
def test_deletions_that_nobody_would_see(tmp_path: Path, stream: dict[str, Any], key: str, fix: str) -> None:
    column = json.dumps({"stream": "orders", "namespace": "public", **stream}).index(f'"{key}"') + 1
    assert run(lake_of(tmp_path, CDC, stream=stream), "check", "--quiet") == Result(
        0,
        f'{STREAM}:1:{column}  selected-field-missing-delete-marker  warning: {key}: "_ab_cdc_deleted_at" is not among the selected '
        "fields: rows that the source deletes stay, or look like empty ones\n"
        f"    {fix}\n"
        "1 warning\n",
        "",
    )


@pytest.mark.parametrize(
    "stream",
    [{"fields": ["id", "_ab_cdc_lsn", "_ab_cdc_deleted_at"]}, {"fields": ["id"], "sync_mode": "full_refresh"}, {}],
)
def test_deletions_are_seen_or_not_needed(tmp_path: Path, stream: dict[str, Any]) -> None:
    assert run(lake_of(tmp_path, CDC, stream=stream), "check", "--quiet") == Result(0, "", "")
