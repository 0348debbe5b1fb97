"""When two destinations are one place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.lake.files.warehouses import destination, lock_files
from tests.support.lakes import CONNECTION, DESTINATION, LAKE, SOURCE, USERS, problems_of, run, write_lake

TWO_DESTINATIONS = """\
destinations:
  one:
    connector: destination-s3
    configuration: {s3_bucket_name: lake, s3_bucket_path: raw, s3_bucket_region: eu-central-1, format: {format_type: Parquet}}
  two:
    connector: destination-s3
    configuration: {s3_bucket_name: lake, s3_bucket_path: raw, s3_bucket_region: eu-central-1, format: {format_type: Parquet}, EXTRA}
connections:
  first: {source: faker, destination: one}
  second: {source: faker, destination: two}
"""


@pytest.mark.parametrize(
    ("extra", "collide"),
    [
        ("file_name_pattern: '{part_number}'", True),
        ("s3_endpoint: ''", True),
        ("s3_endpoint: https://minio.example.com", False),
        ("s3_path_format: 'staging/${STREAM_NAME}/'", False),
    ],
)
def test_places_are_told_apart_by_where_data_goes_and_not_by_how(extra: str, *, collide: bool, tmp_path: Path) -> None:
    registry = LAKE + SOURCE + TWO_DESTINATIONS.replace("EXTRA", extra)
    root = write_lake(tmp_path, {"dag/registry/lake.yaml": registry, "dag/streams/faker/users.json": USERS})
    rules = [problem.rule for problem in problems_of(root)]
    assert rules == (["table-collision"] if collide else [])


def test_streams_whose_names_differ_only_by_case_are_one_table(tmp_path: Path) -> None:
    """Snowflake, BigQuery and most file systems would hold the rows of both in one."""
    root = write_lake(
        tmp_path,
        {
            "dag/registry/lake.yaml": LAKE + SOURCE + DESTINATION + CONNECTION,
            "dag/streams/faker/users.json": USERS,
            "dag/streams/faker/users_2.json": USERS.replace("{", '{"stream": "Users", ', 1),
        },
    )
    assert run(root, "check").out == (
        'dag/streams/faker/users.json:1:1  table-collision  the streams "Users" and "users" of connections.faker_to_lake '
        "land in the same table\n"
        "    leave one of them out, or sync it in a connection of its own with another prefix: names that differ only by case are one table\n"
        "    dag/streams/faker/users_2.json:1:1  the other stream\n"
        "1 problem\n"
    )


def warehouse_lake(root: Path, warehouse: str, connections: str, streams: Mapping[str, str]) -> Path:
    """A lake with a warehouse `wh`; `streams`: file -> name, with the namespace before a dot."""
    registry = LAKE + SOURCE + destination(warehouse) + "connections:\n" + connections
    files = {}
    for file, text in streams.items():
        namespace, _, name = text.rpartition(".")
        stream = {
            "stream": name,
            "fields": {"id": {"type": "integer"}},
            **({"namespace": namespace} if namespace else {}),
        }
        files[f"dag/streams/faker/{file}.json"] = json.dumps(stream)
    return write_lake(root, {**lock_files(warehouse), "dag/registry/lake.yaml": registry, **files})


APART = "namespace: source"


@pytest.mark.parametrize(
    ("warehouse", "settings", "streams", "said"),
    [
        ("postgres", "", ("order-items", "order_items"), "destination-postgres makes one name of both"),
        ("bigquery", "", ("order items", "order_items"), "destination-bigquery makes one name of both"),
        ("redshift", "", ("Ärzte", "arzte"), "destination-redshift makes one name of both"),
        ("redshift", APART, ("eu-1.users", "eu_1.users"), "destination-redshift makes one name of both"),
        ("s3-data-lake", "", ("order-items", "order_items"), "destination-s3-data-lake makes one name of both"),
        ("snowflake", "", ("users", "USERS"), "names that differ only by case are one table"),
        # These are two tables in Snowflake, which quotes them as they are.
        ("snowflake", "", ("order-items", "order_items"), None),
        ("redshift", APART, ("eu_1.users", "eu_2.users"), None),
    ],
)
def test_streams_that_a_warehouse_makes_one_table_of(
    warehouse: str, settings: str, streams: tuple[str, str], said: str | None, tmp_path: Path
) -> None:
    connection = f"  faker_to_wh: {{source: faker, destination: wh, {settings}}}\n"
    root = warehouse_lake(tmp_path, warehouse, connection, dict(zip(("one", "two"), streams, strict=True)))
    assert [(problem.rule, problem.fix) for problem in problems_of(root)] == (
        []
        if said is None
        else [
            (
                "table-collision",
                f"leave one of them out, or sync it in a connection of its own with another prefix: {said}",
            )
        ]
    )


def test_a_default_schema_and_the_same_namespace_are_one_schema(tmp_path: Path) -> None:
    connections = (
        "  first: {source: faker, destination: wh}\n"
        "  second: {source: faker, destination: wh, namespace: {format: SALES}, prefix: U}\n"
    )
    root = warehouse_lake(tmp_path, "snowflake", connections, {"one": "users", "two": "sers"})
    assert run(root, "check").out == (
        'dag/registry/lake.yaml:19:3  table-collision  connections.second: "sers" lands where connections.first writes "users"\n'
        "    give one of the connections another namespace or prefix\n"
        "    dag/registry/lake.yaml:18:3  the other connection\n"
        "1 problem\n"
    )
