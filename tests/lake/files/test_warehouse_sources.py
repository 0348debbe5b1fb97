"""The tables that destinations land by themselves, as sources of dbt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.base.errors import UserError
from infra.lake.files.warehouse_sources import (
    Unplaced,
    WarehouseSources,
    render_warehouse_sources,
    warehouse_sources,
)
from infra.lake.model.load import load_lake
from tests.lake.files.warehouses import destination, lock_files
from tests.support.lakes import CONNECTION, DESTINATION, LAKE, SOURCE, write_lake

ORDERS = {
    "name": "Orders",
    "namespace": "public",
    "json_schema": {
        "description": "what was sold",
        "properties": {"Id": {"type": "integer", "description": "number of the order"}, "line": {"type": "integer"}},
    },
    "supported_sync_modes": ["full_refresh", "incremental"],
}
USERS = {
    "name": "users",
    "namespace": "crm",
    "json_schema": {"properties": {"id": {"type": "integer"}}},
    "supported_sync_modes": ["full_refresh"],
}
NAMED = {"stream": "Orders", "namespace": "public"}
KEYED = {"primary_key": [["Id"], ["line"]], "sync_mode": "incremental", "destination_sync_mode": "append_dedup"}
STREAMS = {
    "dag/sources/faker/public.Orders.json": json.dumps(ORDERS),
    "dag/sources/faker/crm.users.json": json.dumps(USERS),
    "dag/streams/faker/public.Orders.json": json.dumps({**NAMED, **KEYED, "cursor_field": ["Id"]}),
    "dag/streams/faker/crm.users.json": '{"stream": "users", "namespace": "crm"}',
}
TO_WH = "connections:\n  faker_to_wh: {source: faker, destination: wh, namespace: source, prefix: 'shop '}\n"
QUOTED = {"database": True, "schema": True, "identifier": True}


def sources_of(root: Path, warehouse: str, registry: str, *, stack: str | None = None) -> WarehouseSources:
    """What is found in a lake of that registry, with the streams of two namespaces."""
    write_lake(root, {**lock_files(warehouse), **STREAMS, "dag/registry/lake.yaml": registry})
    loaded = load_lake(root)
    assert [str(problem) for problem in loaded.problems] == []
    return warehouse_sources(loaded.model, stack)


def test_two_namespaces_are_two_sources(tmp_path: Path) -> None:
    found = sources_of(tmp_path, "postgres", LAKE + SOURCE + destination("postgres") + TO_WH)
    assert found.unplaced == ()
    assert render_warehouse_sources(found) == [
        {
            "name": "wh__crm",
            "description": "what Airbyte's destination-postgres lands in crm",
            "database": "raw",
            "schema": "crm",
            "quoting": QUOTED,
            "tables": [
                {
                    "name": "faker__crm_users",
                    "identifier": "shop_users",
                    "config": {
                        "loaded_at_field": "_airbyte_extracted_at",
                        "meta": {
                            "dagster": {"asset_key": ["warehouse", "wh", "faker", "crm_users"]},
                            "deduplicates": False,
                            "key": [],
                        },
                    },
                }
            ],
        },
        {
            "name": "wh__public",
            "description": "what Airbyte's destination-postgres lands in public",
            "database": "raw",
            "schema": "public",
            "quoting": QUOTED,
            "tables": [
                {
                    "name": "faker__public_orders",
                    "identifier": "shop_Orders",
                    "description": "what was sold",
                    "config": {
                        "loaded_at_field": "_airbyte_extracted_at",
                        "meta": {
                            "dagster": {"asset_key": ["warehouse", "wh", "faker", "public_orders"]},
                            "deduplicates": True,
                            "key": ["Id", "line"],
                        },
                    },
                    "columns": [{"name": "Id", "quote": True, "description": "number of the order"}, {"name": "line"}],
                }
            ],
        },
    ]


@pytest.mark.parametrize(
    ("warehouse", "namespace", "name", "schema", "loaded_at"),
    [
        ("snowflake", "Sales", "wh__sales", "SALES", "_AIRBYTE_EXTRACTED_AT"),
        ("bigquery", "sales", "wh__sales", "sales", "_airbyte_extracted_at"),
        ("postgres", "sales", "wh__sales", "sales", "_airbyte_extracted_at"),
        # Another schema than `sales`, and so another name.
        ("postgres", "Sales", "wh__sales_5a693886", "Sales", "_airbyte_extracted_at"),
        ("s3-data-lake", "sales", "wh__sales", "sales", "_airbyte_extracted_at"),
    ],
)
def test_the_name_of_a_source(
    warehouse: str, namespace: str, name: str, schema: str, loaded_at: str, tmp_path: Path
) -> None:
    to_wh = f"connections:\n  faker_to_wh: {{source: faker, destination: wh, namespace: {{format: {namespace}}}}}\n"
    (source,) = render_warehouse_sources(
        sources_of(tmp_path, warehouse, LAKE + SOURCE + destination(warehouse) + to_wh)
    )
    assert (source["name"], source["schema"]) == (name, schema)
    assert [table["config"]["loaded_at_field"] for table in source["tables"]] == [loaded_at, loaded_at]


def test_a_data_lake_has_no_database_and_leaves_quoting_to_its_engine(tmp_path: Path) -> None:
    registry = LAKE + SOURCE + destination("s3-data-lake") + TO_WH
    found = render_warehouse_sources(sources_of(tmp_path, "s3-data-lake", registry))
    assert [sorted(source) for source in found] == [["description", "name", "schema", "tables"]] * 2


def test_a_raw_table_of_snowflake_has_columns_in_lower_case(tmp_path: Path) -> None:
    registry = LAKE + SOURCE + destination("snowflake", disable_type_dedupe=True) + TO_WH
    (source,) = render_warehouse_sources(sources_of(tmp_path, "snowflake", registry))
    assert (source["name"], source["database"], source["schema"]) == ("wh__airbyte_internal", "RAW", "airbyte_internal")
    assert [
        (table["identifier"], table["config"]["loaded_at_field"], table["config"]["meta"]["key"])
        for table in source["tables"]
    ] == [
        ("crm_raw__stream_shop users", '"_airbyte_extracted_at"', []),
        ("public_raw__stream_shop Orders", '"_airbyte_extracted_at"', None),
    ]


STAGES = LAKE.replace("airbyte:", "production:") + LAKE.partition("  stacks:\n")[2].replace("airbyte:", "staging:")
BOTH = "    stack: [production, staging]\n"
TWO_STACKS = (
    STAGES
    + SOURCE
    + BOTH
    + destination("postgres")
    + BOTH
    + "{overrides}connections:\n  faker_to_wh:\n    source: faker\n    destination: wh\n"
    + BOTH
)
OTHER = "    overrides: {staging: {configuration: {database: try}}}\n"


def test_what_is_the_same_in_two_stacks_stands_once(tmp_path: Path) -> None:
    found = sources_of(tmp_path, "postgres", TWO_STACKS.replace("{overrides}", ""))
    assert found.unplaced == ()
    assert [(source.name, [table.stack for table in source.tables]) for source in found.sources] == [
        ("wh__sales_5a693886", ["production", "production"])
    ]


def test_a_name_for_two_tables_is_told_and_a_stack_settles_it(tmp_path: Path) -> None:
    registry = TWO_STACKS.replace("{overrides}", OTHER)
    orders = "wh.faker__public_orders would be raw.Sales.Orders and try.Sales.Orders"
    users = "wh.faker__crm_users would be raw.Sales.users and try.Sales.users"
    assert sources_of(tmp_path, "postgres", registry) == WarehouseSources(
        (),
        (
            Unplaced("production", "faker_to_wh", "crm.users", users),
            Unplaced("production", "faker_to_wh", "public.Orders", orders),
            Unplaced("staging", "faker_to_wh", "crm.users", users),
            Unplaced("staging", "faker_to_wh", "public.Orders", orders),
        ),
    )
    found = sources_of(tmp_path, "postgres", registry, stack="staging")
    assert found.unplaced == ()
    assert [(source.database, source.schema) for source in found.sources] == [("try", "Sales")]


def test_what_cannot_be_known_is_in_no_source(tmp_path: Path) -> None:
    registry = LAKE + SOURCE + destination("postgres", database={"secret": "db"}) + TO_WH
    why = "the option database of destinations.wh is {secret: db}, whose value is not in the files"
    assert sources_of(tmp_path, "postgres", registry) == WarehouseSources(
        (),
        (
            Unplaced("airbyte", "faker_to_wh", "crm.users", why),
            Unplaced("airbyte", "faker_to_wh", "public.Orders", why),
        ),
    )


def test_one_stream_in_two_schemas_is_told(tmp_path: Path) -> None:
    twice = TO_WH + "  again: {source: faker, destination: wh, streams: [public.Orders], namespace: {format: copy}}\n"
    found = sources_of(tmp_path, "postgres", LAKE + SOURCE + destination("postgres") + twice)
    why = "wh.faker__public_orders would be raw.copy.Orders and raw.public.shop_Orders"
    assert found.unplaced == (
        Unplaced("airbyte", "again", "public.Orders", why),
        Unplaced("airbyte", "faker_to_wh", "public.Orders", why),
    )
    assert [(source.name, [table.name for table in source.tables]) for source in found.sources] == [
        ("wh__crm", ["shop_users"])
    ]


def test_files_are_no_sources(tmp_path: Path) -> None:
    found = sources_of(tmp_path, "postgres", LAKE + SOURCE + DESTINATION + CONNECTION)
    assert (found, render_warehouse_sources(found)) == (WarehouseSources((), ()), [])


def test_a_stack_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(UserError, match='"airbite"'):
        sources_of(tmp_path, "postgres", LAKE + SOURCE + destination("postgres") + TO_WH, stack="airbite")
