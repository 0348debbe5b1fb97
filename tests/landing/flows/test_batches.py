"""Which rows a model has: of each key the newest, whatever comes late, again, or is taken away."""

from __future__ import annotations

import pytest

from tests.support.flow_lakes import FlowLake
from tests.support.lakes import write_files

KINDS = ["sqlite", pytest.param("postgres", marks=[pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])])]
pytestmark = [pytest.mark.slow, pytest.mark.parametrize("kind", KINDS)]


def test_late_and_replayed_files_change_nothing_that_is_newer(flows: FlowLake) -> None:
    lake = flows.lake
    flows.add("faker", "users")
    first = lake.write("users", "2026-11-01", {1: "Ada", 2: "Bob"}, sync=1)
    flows.build()
    assert flows.names("users") == {1: "Ada", 2: "Bob"}
    lake.write("users", "2026-11-03", {1: "Ada L."}, sync=3)
    flows.build()
    lake.write("users", "2026-11-02", {1: "late", 3: "Cy"}, sync=2)
    flows.build()
    assert flows.names("users") == {1: "Ada L.", 2: "Bob", 3: "Cy"}
    assert lake.run("replay", "faker", "users", "--file", f"*{first.name}").code == 0
    flows.build()
    assert flows.names("users") == {1: "Ada L.", 2: "Bob", 3: "Cy"}
    assert flows.rows("SELECT count(*) AS n, count(DISTINCT id) AS ids FROM processed.int_faker__users") == [["3", "3"]]


def test_each_batch_is_marked_once(flows: FlowLake) -> None:
    flows.add("faker", "users")
    for day in range(1, 4):
        flows.lake.write("users", f"2026-11-0{day}", {day: "x"}, sync=day)
        flows.build()
    flows.build()
    marks = "SELECT epoch, landing_table, batch FROM _processed.int_faker__users ORDER BY ALL"
    before = flows.rows(marks)
    assert [row[2] for row in before] == [
        row[0]
        for row in flows.rows("SELECT batch FROM lake._lake.batches WHERE table_name = 'faker__users' ORDER BY batch")
    ]
    assert {tuple(row[:2]) for row in before} == {("1", "faker__users")}
    flows.build("--full-refresh")
    assert [row for row in flows.rows(marks) if row[0] == "1"] == before
    assert [row[1:] for row in flows.rows(marks) if row[0] == "2"] == [row[1:] for row in before]
    assert flows.names("users") == {1: "x", 2: "x", 3: "x"}


def test_a_new_generation_leaves_what_it_lacks_as_deleted(flows: FlowLake) -> None:
    lake = flows.lake
    flows.add("faker", "products")
    old = lake.write("products", "2026-11-01", {1: "hat", 2: "cup", 3: "pen"}, sync=1, generation=1)
    flows.build()
    lake.write("products", "2026-11-02", {1: "cap", 2: "cup"}, sync=2, generation=2)
    old.unlink()
    flows.build()
    assert flows.names("products") == {1: "cap", 2: "cup"}
    assert flows.all_of("products") == [["1", "cap", "False"], ["2", "cup", "False"], ["3", "pen", "True"]]
    again = lake.write("products", "2026-11-03", {3: "pen again"}, sync=3, generation=2)
    flows.build()
    assert flows.names("products") == {1: "cap", 2: "cup", 3: "pen again"}
    again.unlink()
    flows.feed()
    assert lake.run("replay", "faker", "products", "--all", "--drop-vanished").code == 0
    flows.build()
    assert flows.names("products") == {1: "cap", 2: "cup"}


def test_a_row_that_the_source_deleted_comes_back_by_no_old_file(flows: FlowLake) -> None:
    flows.add("faker", "orders")
    fields = "{id}::BIGINT AS id, {name}::VARCHAR AS name, {lsn}::DOUBLE AS _ab_cdc_lsn, {gone}::VARCHAR AS _ab_cdc_deleted_at"
    first = flows.put("orders", "2026-11-01", fields.format(id=1, name="'ink'", lsn=10, gone="NULL"), sync=1)
    flows.put("orders", "2026-11-03", fields.format(id=1, name="NULL", lsn=30, gone="'2026-11-03'"), sync=3)
    flows.build()
    assert flows.names("orders") == {}
    flows.put("orders", "2026-11-02", fields.format(id=1, name="'late'", lsn=20, gone="NULL"), sync=2)
    flows.build()
    assert flows.lake.run("replay", "faker", "orders", "--file", f"*{first.name}").code == 0
    flows.build()
    assert flows.names("orders") == {}
    assert flows.all_of("orders") == [["1", None, "True"]]
    # Of two rows that were read at one time, the later one in the log.
    flows.put("orders", "2026-11-04", fields.format(id=1, name="'new'", lsn=50, gone="NULL"), sync=4)
    flows.put("orders", "2026-11-04", fields.format(id=1, name="'older'", lsn=40, gone="NULL"), sync=5)
    flows.build()
    assert flows.names("orders") == {1: "new"}


def test_without_a_key_every_row_stays_once(flows: FlowLake) -> None:
    lake = flows.lake
    flows.add("faker", "events")
    first = lake.write("events", "2026-11-01", {1: "click", 2: "click"}, sync=1)
    flows.build()
    lake.write("events", "2026-11-02", {1: "click"}, sync=2)
    flows.build()
    assert lake.run("replay", "faker", "events", "--file", f"*{first.name}").code == 0
    flows.build()
    assert flows.rows("SELECT id, name FROM processed.int_faker__events__current ORDER BY ALL") == [
        ["1", "click"],
        ["1", "click"],
        ["2", "click"],
    ]


def test_a_refresh_that_appends_shows_its_latest_sync(flows: FlowLake) -> None:
    flows.add("faker", "prices")
    flows.lake.write("prices", "2026-11-01", {1: "5", 2: "6"}, sync=1)
    flows.build()
    flows.lake.write("prices", "2026-11-02", {1: "7"}, sync=2)
    flows.build()
    assert flows.rows("SELECT id, name FROM processed.int_faker__prices") == [["1", "7"]]


def test_a_full_refresh_that_would_lose_rows_is_refused(flows: FlowLake) -> None:
    lake = flows.lake
    flows.add("faker", "users")
    lake.write("users", "2026-11-01", {1: "Ada", 2: "Bob"}, sync=1)
    flows.build()
    assert lake.run("sql", "--write", "DELETE FROM faker__users WHERE id = 1").code == 0
    flows.build()
    assert flows.names("users") == {1: "Ada", 2: "Bob"}
    refused = flows.dbt.run("build", "--full-refresh")
    status, message = refused.results["int_faker__users"]
    assert status == "error"
    assert (
        "faker__users has 1 rows, and 2 were fed: int_faker__users would lose the others. Feed them again (lakeform landing "
        "replay), or, to let them go, drop table lake._processed.int_faker__users and build with --full-refresh"
    ) in message
    assert flows.names("users") == {1: "Ada", 2: "Bob"}
    assert lake.run("sql", "--write", "DROP TABLE lake._processed.int_faker__users").code == 0
    flows.build("--full-refresh", feed=False)
    assert flows.names("users") == {2: "Bob"}


def test_a_failing_model_leaves_neither_rows_nor_marks(flows: FlowLake) -> None:
    flows.add("faker", "users")
    flows.lake.write("users", "2026-11-01", {1: "1"}, sync=1)
    model = flows.lake.root / "dag/processed/faker/int_faker__users.sql"
    text = model.read_text("utf-8")
    model.write_text(text.replace("cast(name as varchar)", "cast(name as integer)"), "utf-8")
    flows.build()
    flows.lake.write("users", "2026-11-02", {2: "two"}, sync=2)
    flows.feed()
    assert not flows.dbt.run("build").ok
    assert flows.names("users") == {1: "1"}
    assert flows.rows("SELECT max(batch) FROM _processed.int_faker__users") == [["1"]]
    model.write_text(text.replace("cast(name as varchar)", "try_cast(name as integer)"), "utf-8")
    flows.build()
    assert flows.names("users") == {1: "1", 2: None}


def test_a_branch_is_apart(flows: FlowLake) -> None:
    flows.add("faker", "users")
    flows.lake.write("users", "2026-11-01", {1: "Ada"}, sync=1)
    flows.build("--target", "branch")
    found = flows.rows(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = 'lake' "
        "AND table_schema NOT IN ('landing', '_lake') ORDER BY ALL"
    )
    assert found == [
        ["_branch_processed", "int_faker__users"],
        ["_branch_processed", "int_faker__users__turns"],
        ["branch_processed", "int_faker__users"],
        ["branch_processed", "int_faker__users__current"],
    ]


def test_a_model_over_two_tables_is_compared_with_both(flows: FlowLake) -> None:
    flows.add("faker", "users")
    source = (
        "select '{0}' as kind, id, _lake_batch, false as _lake_deleted from {{{{ source('landing', 'faker__{0}') }}}}\n"
    )
    unseen = "{{% if is_incremental() %}}where {{{{ lake_unseen(source('landing', 'faker__{0}')) }}}}{{% endif %}}\n"
    one, other = ((source + unseen).format(stem) for stem in ("users", "products"))
    config = "materialized='incremental', incremental_strategy='lake_merge', unique_key=['kind', 'id']"
    text = f"{{{{ config({config}, meta={{'newest_by': ['_lake_batch']}}) }}}}\n{one}union all\n{other}"
    write_files(flows.lake.root, {"dag/processed/faker/both.sql": text})
    flows.lake.write("users", "2026-11-01", {1: "Ada"}, sync=1)
    flows.lake.write("products", "2026-11-01", {1: "hat", 2: "cup"}, sync=1)
    flows.build()
    assert flows.lake.run("replay", "faker", "users", "--all").code == 0
    for _ in range(2):
        flows.build()
        assert flows.rows("SELECT kind, id, _lake_deleted FROM processed.both ORDER BY ALL") == [
            ["products", "1", "False"],
            ["products", "2", "False"],
            ["users", "1", "False"],
        ]
