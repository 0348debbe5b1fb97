"""The macros that a user's own models may call: views that are made again only when they changed, tests, schemas."""

from __future__ import annotations

import pytest

from tests.support.flow_lakes import FlowLake
from tests.support.lakes import write_files

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("kind", ["sqlite"])]

SNAPSHOTS = "SELECT count(*) FROM ducklake_snapshots('lake')"


def test_a_view_is_made_again_when_its_text_or_its_columns_changed(flows: FlowLake) -> None:
    root = flows.lake.root
    flows.add("faker", "users")
    flows.lake.write("users", "2026-11-01", {1: "Ada"}, sync=1)
    flows.build()
    before = flows.rows(SNAPSHOTS)
    flows.build(feed=False)
    assert flows.rows(SNAPSHOTS) == before
    # A column more in the table below: a view that was made before would not have it.
    model = root / "dag/processed/faker/int_faker__users.sql"
    model.write_text(
        model.read_text("utf-8")
        .replace("    from landed", "        , upper(name) as loud\n    from landed")
        .replace("_lake_deleted\n        ,", "_lake_deleted,"),
        "utf-8",
    )
    flows.lake.write("users", "2026-11-02", {2: "Bob"}, sync=2)
    flows.build()
    assert flows.rows("SELECT id, loud FROM processed.int_faker__users__current ORDER BY id") == [
        ["1", None],
        ["2", "BOB"],
    ]
    view = root / "dag/processed/faker/int_faker__users__current.sql"
    view.write_text(view.read_text("utf-8") + "and id > 1\n", "utf-8")
    flows.build(feed=False)
    assert flows.names("users") == {2: "Bob"}


def test_keys_and_freshness_are_tested(flows: FlowLake) -> None:
    write_files(
        flows.lake.root,
        {
            "dag/enriched/shop/twice.sql": "select * from (values (1, 'a'), (1, 'a'), (null, 'b')) t(id, name)\n",
            "dag/enriched/shop/odd.sql": 'select 1 as "Größe", 2 as "it\'s"\n',
            "dag/enriched/shop/old.sql": "select now() - interval 5 hour as at\n",
            "dag/enriched/shop/none.sql": "select now() as at where false\n",
            "dag/enriched/shop/shop.yml": (
                "models:\n"
                "  - name: twice\n    data_tests: [{lake_key: {arguments: {columns: [id, name]}}}]\n"
                "  - name: odd\n    data_tests: [{lake_key: {name: odd_key, arguments: {columns: [Größe, it's]}}}]\n"
                "  - name: old\n    data_tests:\n"
                "      - lake_fresh: {name: late, arguments: {column: at, hours: 4}}\n"
                "      - lake_fresh: {name: in_time, arguments: {column: at, hours: 6}}\n"
                "  - name: none\n    data_tests: [{lake_fresh: {name: empty, arguments: {column: at, hours: 1}}}]\n"
            ),
        },
    )
    flows.add("faker", "users")
    flows.feed_one("users")
    results = flows.dbt.run("build", "--select", "path:enriched").results
    found = {name: status for name, (status, _) in results.items()}
    assert (found["late"], found["in_time"], found["empty"]) == ("fail", "pass", "pass")
    assert found["odd_key"] == "pass"
    status, message = results["lake_key_twice_id__name"]
    assert (status, message) == ("fail", "Got 2 results, configured to fail if != 0")


def test_a_model_says_its_own_schema(flows: FlowLake) -> None:
    write_files(
        flows.lake.root,
        {
            "dag/enriched/one.sql": "select 1 as id\n",
            "dag/enriched/two.sql": "{{ config(schema='board') }}\nselect 1 as id\n",
        },
    )
    flows.add("faker", "users")
    flows.feed_one("users")
    assert flows.dbt.run("build", "--select", "path:enriched").ok
    found = flows.rows(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_name IN ('one', 'two') ORDER BY 2"
    )
    assert found == [["enriched", "one"], ["board", "two"]]


def test_a_model_of_the_strategy_without_what_it_needs_says_so(flows: FlowLake) -> None:
    flows.add("faker", "users")
    flows.feed_one("users")
    flows.build(feed=False)
    config = "materialized='incremental', incremental_strategy='lake_merge'"
    write_files(
        flows.lake.root,
        {
            "dag/processed/faker/loose.sql": f"{{{{ config({config}) }}}}\nselect * from {{{{ source('landing', 'faker__users') }}}}\n",
            "dag/processed/faker/else.sql": f"{{{{ config({config}) }}}}\nselect 1 as id\n",
        },
    )
    flows.dbt.run("build", "--select", "loose", "else")
    results = flows.dbt.run("build", "--select", "loose", "else").results
    assert "lake_merge is for models that read source('landing', ...)" in results["else"][1]
    assert "lake_merge needs unique_key, and newest_by in meta: what tells newer rows" in results["loose"][1]
