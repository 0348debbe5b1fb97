"""When two destinations are one place."""

from __future__ import annotations

from pathlib import Path

import pytest

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
        "    leave one of them out: names that differ only by case are one table\n"
        "    dag/streams/faker/users_2.json:1:1  the other stream\n"
        "1 problem\n"
    )
