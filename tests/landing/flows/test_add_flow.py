"""`lakeform add flow`: what it writes for which stream, and what it leaves alone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pytest
import yaml

from infra.landing.flows.names import RESERVED
from tests.support.code_locations import STACK
from tests.support.fed_lakes import DESTINATION, ENTRIES, LOCAL, FedLake, fed_lake
from tests.support.lakes import Result, run, write_files

NESTED = {
    "fields": {
        "id": {"type": "integer", "description": "Number of the\n order."},
        "order": {"type": "string"},
        "Total Price": {"type": "number"},
        "customer": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "description": "Who bought."},
                "address": {"type": "object", "properties": {"city": {"type": "string"}}},
            },
        },
        "customer__name": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "payload": {"type": "object"},
    },
    "primary_key": [["id"]],
    "cursor_field": ["order"],
    "sync_mode": "incremental",
    "destination_sync_mode": "append",
}


@pytest.fixture
def lake(tmp_path: Path) -> FedLake:
    return fed_lake(tmp_path / "lake", STACK, LOCAL, DESTINATION.format(bucket="lake", prefix=""), ENTRIES)


def stream(lake: FedLake, stem: str, value: Any) -> None:
    write_files(lake.root, {f"dag/streams/faker/{stem}.json": json.dumps(value)})


def add(lake: FedLake, *words: str) -> Result:
    return run(lake.root, "add", "flow", *words)


def text(lake: FedLake, path: str) -> str:
    return (lake.root / "dag" / path).read_text("utf-8")


def test_nested_fields_have_columns_of_their_own(lake: FedLake) -> None:
    stream(lake, "orders", NESTED)
    assert add(lake, "faker", "orders").code == 0
    assert text(lake, "processed/faker/int_faker__orders.sql") == (
        "-- The newest row of each key of the stream orders. A key that is deleted stays, with _lake_deleted.\n"
        "{{ config(\n"
        "    materialized='incremental', incremental_strategy='lake_merge',\n"
        "    unique_key=['id'],\n"
        "    meta={'newest_by': ['_airbyte_extracted_at', 'order', '_lake_file', '_lake_row', '_lake_batch']}\n"
        ") }}\n"
        "\n"
        "with landed as (\n"
        "    select * from {{ source('landing', 'faker__orders') }}\n"
        "    {% if is_incremental() %}\n"
        "    where {{ lake_unseen(source('landing', 'faker__orders')) }}\n"
        "    {% endif %}\n"
        "),\n"
        "\n"
        "typed as (\n"
        "    select\n"
        "        cast(id as bigint) as id,\n"
        '        cast("order" as varchar) as "order",\n'
        '        cast("Total_Price" as double) as "Total_Price",\n'
        "        cast(customer['name'] as varchar) as customer__name_1,\n"
        "        cast(customer['address']['city'] as varchar) as customer__address__city,\n"
        "        cast(customer__name as varchar) as customer__name,\n"
        "        cast(tags as VARCHAR[]) as tags,\n"
        "        cast(payload as json) as payload,\n"
        "        _airbyte_extracted_at,\n"
        "        _lake_file,\n"
        "        _lake_row,\n"
        "        _lake_batch,\n"
        "        false as _lake_deleted\n"
        "    from landed\n"
        ")\n"
        "\n"
        "select * from typed\n"
        "qualify row_number() over (\n"
        "    partition by id\n"
        "    order by\n"
        "        _airbyte_extracted_at desc nulls last,\n"
        '        "order" desc nulls last,\n'
        "        _lake_file desc nulls last,\n"
        "        _lake_row desc nulls last,\n"
        "        _lake_batch desc nulls last\n"
        ") = 1\n"
    )
    (model, living) = yaml.safe_load(text(lake, "processed/faker/_faker__models.yml"))["models"]
    assert model == {
        "name": "int_faker__orders",
        "description": "The stream orders of faker.",
        "data_tests": [{"lake_key": {"arguments": {"columns": ["id"]}}}],
        "columns": [
            {"name": "id", "description": "Number of the order."},
            {"name": "customer__name_1", "description": "Who bought."},
        ],
    }
    assert living["name"] == "int_faker__orders__current"


def test_fields_in_json_are_taken_by_their_path(lake: FedLake) -> None:
    stream(lake, "orders", {**NESTED, "landing": {"nested": "json"}})
    assert add(lake, "faker", "orders").code == 0
    sql = text(lake, "processed/faker/int_faker__orders.sql")
    assert "cast(customer ->> '$.name' as varchar) as customer__name_1,\n" in sql
    assert "cast(customer ->> '$.address.city' as varchar) as customer__address__city,\n" in sql
    assert "cast(tags as json) as tags,\n" in sql


@pytest.mark.parametrize(
    ("changed", "first", "last"),
    [
        ({"primary_key": None}, "-- Every row of the stream orders", "select * from typed\n"),
        (
            {"sync_mode": "full_refresh", "cursor_field": None},
            "-- The rows that the latest sync of the stream orders",
            "select * from typed\n",
        ),
        ({"landing": {"mode": "register"}}, "-- The rows of the stream orders, read where", ") = 1\n"),
        ({"primary_key": [["customer", "name"]]}, "-- The newest row of each key", ") = 1\n"),
    ],
)
def test_the_shape_follows_the_stream(lake: FedLake, changed: dict[str, Any], first: str, last: str) -> None:
    stream(lake, "orders", {key: value for key, value in {**NESTED, **changed}.items() if value is not None})
    result = add(lake, "faker", "orders")
    assert result.code == 0, result.err
    sql = text(lake, "processed/faker/int_faker__orders.sql")
    assert sql.startswith(first)
    assert sql.endswith(last)
    assert ("lake_unseen" in sql) == ("incremental" in sql)
    assert ("unique_key=['customer__name_1']" in sql) == (changed.get("primary_key") == [["customer", "name"]])


def test_nothing_that_is_there_is_written_over(lake: FedLake) -> None:
    assert add(lake, "faker", "products").code == 0
    mine = {
        "dag/processed/faker/int_faker__products.sql": "select 1\n",
        "dag/dbt_project.yml": "name: mine\nprofile: lake\nmodel-paths: [models, processed, enriched]\n",
        "dag/profiles.yml": "lake: {}\n",
        "dag/processed/faker/_faker__models.yml": "# mine\nmodels:\n  - name: int_faker__products # kept\n",
    }
    write_files(lake.root, mine)
    again = add(lake, "faker", "products")
    assert (again.code, again.err) == (
        2,
        (
            "lakeform add: dag/processed/faker/int_faker__products.sql, dag/processed/faker/int_faker__products__current.sql: "
            "the models are there already\n"
        ),
    )
    result = add(lake, "faker", "products", "--enriched", "shop")
    assert (result.code, result.out.splitlines()) == (
        0,
        [
            "wrote dag/enriched/shop/fct_products.sql",
            "wrote dag/processed/faker/_faker__models.yml",
            "wrote dag/enriched/shop/_shop__models.yml",
            "next: lakeform landing feed",
            "      cd dag && dbt build --select int_faker__products+",
        ],
    )
    kept = text(lake, "processed/faker/_faker__models.yml")
    assert kept.startswith(mine["dag/processed/faker/_faker__models.yml"] + "  - name: int_faker__products__current\n")
    assert {path: (lake.root / path).read_text("utf-8") for path in list(mine)[:3]} == dict(list(mine.items())[:3])


def test_yaml_that_ends_in_something_else_is_left_and_told(lake: FedLake) -> None:
    own = "models:\n  - name: mine\nsources: []\n"
    write_files(lake.root, {"dag/processed/faker/_faker__models.yml": own})
    result = add(lake, "faker", "products")
    assert (result.code, result.err) == (
        1,
        (
            "dag/processed/faker/_faker__models.yml was left as it is, since its models are not at its end: add "
            "int_faker__products and int_faker__products__current there\n"
        ),
    )
    assert text(lake, "processed/faker/_faker__models.yml") == own


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fakr", "users"], 'there is no source "fakr"; did you mean "faker"?'),
        (["faker", "usres"], 'there is no stream "usres"; did you mean "users"?'),
        (["faker", "users", "--enriched", "../up"], '"../up" is no name of a domain: a-z, 0-9 and _, a letter first'),
        (["faker", "users", "--landing", "ther"], 'there is no landing "ther"; did you mean "here"?'),
    ],
)
def test_what_is_misspelt_is_told(lake: FedLake, words: list[str], said: str) -> None:
    result = add(lake, *words)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_a_name_that_dbt_has_already_is_refused(lake: FedLake) -> None:
    write_files(lake.root, {"dag/enriched/old/fct_users.sql": "select 1\n"})
    result = add(lake, "faker", "users", "--enriched", "shop")
    assert (result.code, result.err) == (
        2,
        (
            "lakeform add: dag/enriched/shop/fct_users.sql: dbt needs names that are apart, and dag/enriched/old/fct_users.sql has "
            "the same\n"
        ),
    )
    assert not (lake.root / "dag/dbt_project.yml").exists()


def test_what_is_generated_is_kept_current(lake: FedLake) -> None:
    assert add(lake, "faker", "users").code == 0
    assert run(lake.root, "catalog").code == 0
    assert "flow-stale" not in run(lake.root, "check").out
    stream(lake, "orders", NESTED)
    run(lake.root, "catalog", "faker", "--quiet")
    assert "dag/models/_sources.yml:1:1  flow-stale  does not match the stream files" in run(lake.root, "check").out
    assert "dag/models/_sources.yml" in run(lake.root, "synth", "--check").out
    assert run(lake.root, "synth").out == (
        "wrote dag/models/_sources.yml\nwrote cdktf.out/stacks/airbyte/cdk.tf.json\n"
    )
    tables = yaml.safe_load(text(lake, "models/_sources.yml"))["sources"][0]["tables"]
    assert [table["name"] for table in tables] == ["faker__orders", "faker__products", "faker__users"]
    write_files(lake.root, {"dag/macros/lakeform/older.sql": "", "dag/macros/mine.sql": ""})
    assert run(lake.root, "catalog").out == "removed dag/macros/lakeform/older.sql\n"
    assert (lake.root / "dag/macros/mine.sql").exists()


def test_freshness_follows_the_schedule(lake: FedLake) -> None:
    registry = lake.root / "dag/registry/lake.yaml"
    text_ = registry.read_text("utf-8").replace(
        "    destination: files\n", "    destination: files\n    schedule: {every: 6h}\n"
    )
    registry.write_text(text_, "utf-8")
    assert add(lake, "faker", "users").code == 0
    (table,) = [
        one
        for one in yaml.safe_load(text(lake, "models/_sources.yml"))["sources"][0]["tables"]
        if one["name"] == "faker__users"
    ]
    assert table["config"]["freshness"] == {"warn_after": {"count": 19, "period": "hour"}}


def test_words_that_duckdb_keeps_are_quoted() -> None:
    with duckdb.connect() as connection:
        found = connection.execute("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'")
        assert {row[0] for row in found.fetchall()} == RESERVED


_LANDINGS: list[dict[str, Any]] = [{}, {"nested": "json"}, {"types": {"Total Price": "DECIMAL(18,2)"}}]
_CASES = [(landing, mode) for landing in _LANDINGS for mode in ("append", "overwrite")]


@pytest.mark.parametrize(("landing", "mode"), [*_CASES, ({"mode": "register"}, "append")])
@pytest.mark.parametrize("key", [[["id"]], [["order"], ["Total Price"]], [["customer", "address", "city"]], []])
def test_what_is_written_is_a_query_of_the_table(
    lake: FedLake, landing: dict[str, Any], mode: str, key: list[list[str]]
) -> None:
    stream(
        lake,
        "orders",
        {**NESTED, "sync_mode": "full_refresh", "destination_sync_mode": mode, "primary_key": key, "landing": landing},
    )
    assert add(lake, "faker", "orders").code == 0
    sql = text(lake, "processed/faker/int_faker__orders.sql").replace(
        "{{ source('landing', 'faker__orders') }}", "landing.faker__orders"
    )
    query = re.sub(r"\{\{ config\(.*?\) \}\}|\{% if .*? endif %\}", "", sql, flags=re.DOTALL)
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA landing")
        connection.execute(run(lake.root, "landing", "ddl", "faker", "orders").out)
        columns = [row[0] for row in connection.execute(f"DESCRIBE {query}").fetchall()]
    assert {
        "id",
        "order",
        "customer__name",
        "customer__name_1",
        "customer__address__city",
        "_airbyte_extracted_at",
    } <= set(columns)


def test_what_looks_like_a_template_is_a_text(lake: FedLake) -> None:
    registry = lake.root / "dag/registry/lake.yaml"
    registry.write_text(registry.read_text("utf-8").replace("{format_type: Parquet}", "{format_type: JSONL}"), "utf-8")
    fields = {
        "id": {"type": "integer", "description": "See {% if %} and {{ env_var('HOME') }}."},
        "{{ 7*7 }}": {"type": "string"},
    }
    stream(lake, "odd {{ name }}", {"fields": fields, "primary_key": [["id"]], "sync_mode": "full_refresh"})
    assert add(lake, "faker", "odd {{ name }}").code == 0
    shown = jinja2.Environment(autoescape=False)  # SQL, no HTML
    sql = text(lake, "processed/faker/int_faker__odd_name.sql")
    out = shown.from_string(sql).render(config=lambda **_: "", source=lambda *_: "t", is_incremental=lambda: False)
    assert out.startswith("-- The newest row of each key of the stream odd {{ name }}. A key")
    assert 'cast("{{ 7*7 }}" as varchar) as "{{ 7*7 }}",' in out
    (model, _) = yaml.safe_load(text(lake, "processed/faker/_faker__models.yml"))["models"]
    described = model["columns"][0]["description"]
    assert shown.from_string(described).render() == "See {% if %} and {{ env_var('HOME') }}."
    (table,) = [
        one for one in yaml.safe_load(text(lake, "models/_sources.yml"))["sources"][0]["tables"] if "odd" in one["name"]
    ]
    assert shown.from_string(table["description"]).render().startswith("Files of the stream odd {{ name }} of faker")
