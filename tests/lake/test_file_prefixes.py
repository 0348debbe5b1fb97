"""Which streams share files, and which only seem to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.lakes import LAKE, SOURCE, USERS, problems_of, run, write_lake

TWO_STACKS = LAKE + LAKE.partition("  stacks:\n")[2].replace("airbyte", "staging").replace("1111", "2222")
STREAM = {"fields": {"id": {"type": "integer"}}}


def destination(id_: str = "lake", **options: object) -> str:
    """A destination of the same bucket."""
    configuration = {
        "s3_bucket_name": "lake",
        "s3_bucket_path": "raw",
        "s3_bucket_region": "eu-central-1",
        "format": {"format_type": "Parquet"},
        **options,
    }
    return f"  {id_}: {{connector: destination-s3, configuration: {json.dumps(configuration)}}}\n"


def rules_of(root: Path, registry: str, **streams: dict[str, object]) -> list[str]:
    """The rules that are broken."""
    files = {f"dag/streams/faker/{name}.json": json.dumps({**STREAM, **stream}) for name, stream in streams.items()}
    write_lake(root, {"dag/registry/lake.yaml": registry, **(files or {"dag/streams/faker/users.json": USERS})})
    return [problem.rule for problem in problems_of(root)]


def two(first: str, second: str) -> str:
    """Two connections of the source, each with a destination."""
    connections = "connections:\n" + "".join(
        f"  faker_{id_}: {{source: faker, destination: {id_}}}\n" for id_ in ("one", "two")
    )
    return LAKE + SOURCE + f"destinations:\n{first}{second}" + connections


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        # Another region or another key reaches the same bucket; `table-collision` does not see that.
        ({"s3_path_format": "${STREAM_NAME}/"}, {"s3_path_format": "${NAMESPACE}/${STREAM_NAME}/"}, True),
        (
            {"s3_bucket_path": "raw/users"},
            {"s3_path_format": "users/${STREAM_NAME}/${YEAR}_${MONTH}_${DAY}_${EPOCH}_"},
            True,
        ),
        ({"s3_path_format": "${STREAM_NAME}/"}, {"s3_path_format": "${STREAM_NAME}/${YEAR}/"}, False),
        (
            {"s3_path_format": "${STREAM_NAME}/"},
            {
                "s3_path_format": "${NAMESPACE}/${STREAM_NAME}/",
                "format": {"format_type": "CSV", "flattening": "No flattening"},
            },
            False,
        ),
        ({"s3_path_format": "${STREAM_NAME}/"}, {"s3_path_format": "${STREAM_NAME}/", "s3_bucket_name": "pond"}, False),
        ({"s3_path_format": "a/"}, {"s3_path_format": "/a/", "s3_endpoint": "https://minio.example.com"}, False),
        (
            {"s3_path_format": "a/b/", "s3_bucket_name": {"var": "b"}},
            {"s3_path_format": "a//b/", "s3_bucket_name": {"var": "b"}},
            True,
        ),
        (
            {"s3_path_format": "a/b/", "s3_bucket_name": {"var": "b"}},
            {"s3_path_format": "a//b/", "s3_bucket_name": {"var": "c"}},
            False,
        ),
    ],
)
def test_two_destinations(one: dict[str, object], other: dict[str, object], *, shared: bool, tmp_path: Path) -> None:
    found = rules_of(tmp_path, two(destination("one", **one), destination("two", **other)))
    assert found == (["file-prefix-shared"] if shared else [])


@pytest.mark.parametrize("bucket", ["lake", {"var": "bucket"}])
def test_a_bucket_that_is_a_reference_is_another_one_in_each_stack(bucket: object, tmp_path: Path) -> None:
    registry = (
        f"{TWO_STACKS}  defaults:\n    source: {{stack: [airbyte, staging]}}\n    connection: {{stack: [airbyte, staging]}}\n"
        f"{SOURCE}destinations:\n"
        f"{destination(s3_bucket_name=bucket, s3_path_format='${STREAM_NAME}/').replace('{connector', '{stack: [airbyte, staging], overrides: {staging: {configuration: {s3_path_format: users/}}}, connector')}"
        "connections:\n  faker_to_lake: {source: faker, destination: lake}\n"
    )
    assert rules_of(tmp_path, registry) == (["file-prefix-shared"] if bucket == "lake" else [])


def test_what_table_collision_tells_is_not_told_again(tmp_path: Path) -> None:
    assert rules_of(tmp_path, two(destination("one"), destination("two"))) == ["table-collision"]


def test_every_connection_is_told_once(tmp_path: Path) -> None:
    """Of forty streams that share everything, one message."""
    registry = (
        LAKE + SOURCE + f"destinations:\n{destination(s3_path_format='x/')}"
        "connections:\n  faker_to_lake: {source: faker, destination: lake}\n"
    )
    streams = {f"stream_{number}": dict[str, object]() for number in range(40)}
    assert rules_of(tmp_path, registry, **streams) == ["file-prefix-shared"]


def test_the_stream_whose_syncs_delete_is_named(tmp_path: Path) -> None:
    """`orders1` is overwritten and matches nothing of `orders`; `orders` only appends."""
    registry = (
        LAKE + SOURCE + f"destinations:\n{destination(s3_path_format='${STREAM_NAME}')}"
        "connections:\n  faker_to_lake: {source: faker, destination: lake}\n"
    )
    append: dict[str, object] = {"sync_mode": "full_refresh", "destination_sync_mode": "append"}
    rules_of(tmp_path, registry, orders=append, orders1={})
    assert run(tmp_path, "check").out == (
        'dag/streams/faker/orders1.json:1:1  file-prefix-shared  files of "orders1" are called like files of "orders": '
        "nothing tells them apart\n"
        "    end s3_path_format of the destination in a slash: ${STREAM_NAME}/\n"
        "    dag/streams/faker/orders.json:1:1  the other stream\n"
        "1 problem\n"
    )
