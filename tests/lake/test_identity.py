"""What is the same is told by what it is, never by being the same object: a copy of a lake gives the same answers."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.evolution.stream_uses import stream_uses
from infra.lake.model.lake_model import LakeModel
from infra.lake.rules.check import check_lake
from infra.lake.rules.streams import synced_streams
from infra.scaffold.backfill_file import backfills_for
from tests.support.lakes import LAKE, REPOSITORY, write_lake

TWO_CONNECTIONS = """\
sources:
  faker: {connector: source-faker, configuration: {count: 10}}
destinations:
  lake:
    connector: destination-s3
    configuration: {s3_bucket_name: a, s3_bucket_path: b, s3_bucket_region: eu-central-1, format: {format_type: Parquet}}
connections:
  one: {source: faker, destination: lake, prefix: a_}
  two: {source: faker, destination: lake, streams: {users: {fields: [id]}, orders: {}}}
"""


def copied(stream: ConfiguredStream) -> ConfiguredStream:
    return replace(stream)


def copy_of(model: LakeModel) -> LakeModel:
    """The same lake, every folder and every stream of a connection a copy of its own."""
    stacks = {
        id_: replace(stack, streams={key: tuple(map(copied, streams)) for key, streams in stack.streams.items()})
        for id_, stack in model.stacks.items()
    }
    return replace(model, stacks=stacks, sources={id_: replace(folder) for id_, folder in model.sources.items()})


@pytest.fixture
def model(tmp_path: Path) -> LakeModel:
    stream = '{"fields": {"id": {}, "name": {}}, "backfill": "2026-01"}\n'
    files = {"users.json": stream, "orders.json": stream}
    write_lake(
        tmp_path,
        {
            "dag/registry/lake.yaml": LAKE + "      backfills: true\n" + TWO_CONNECTIONS,
            **{f"dag/streams/faker/{name}": text for name, text in files.items()},
        },
    )
    return check_lake(tmp_path, catalogs=False).model


def told(model: LakeModel) -> list[tuple[str, list[str]]]:
    return [(str(stream.layers.pieces[-1].place), sorted(locks)) for stream, _, locks in synced_streams(model)]


def test_a_stream_of_several_connections_is_one_in_a_copy_too(model: LakeModel) -> None:
    assert len(told(model)) == 4
    assert told(copy_of(model)) == told(model)


def test_who_uses_a_stream_is_known_in_a_copy_too(model: LakeModel) -> None:
    uses = [[touched.what for touched in use.connections] for use in stream_uses(model, "faker")]
    assert sorted(uses) == [["connections.one"]] * 2 + [["connections.two"]] * 2
    assert stream_uses(copy_of(model), "faker") == stream_uses(model, "faker")


def test_backfills_are_found_by_the_folder_of_another_copy(model: LakeModel) -> None:
    folder = replace(model.sources["faker"])
    assert len(list(backfills_for(model, folder, "users"))) == 2


def test_no_object_stands_for_itself() -> None:
    for file in (REPOSITORY / "infra").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            assert not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "id"), file
