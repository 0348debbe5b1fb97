"""The schema of a source's stream files: names from the discovery, and every file that `check` accepts fits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.support.lakes import CONNECTION, DESTINATION, LAKE, SOURCE, run, write_lake


def discovered(name: str, *fields: str, namespace: str | None = None, **more: Any) -> str:
    stream = {"name": name, "json_schema": {"properties": {key: {"type": "string"} for key in fields}}, **more}
    return json.dumps(stream if namespace is None else {**stream, "namespace": namespace})


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A source with a stream in two namespaces, and one whose name needs an escape."""
    root = write_lake(
        tmp_path / "lake",
        {
            "dag/registry/lake.yaml": LAKE + SOURCE + DESTINATION + CONNECTION,
            "dag/sources/faker/public.orders.json": discovered("orders", "id", "total", namespace="public"),
            "dag/sources/faker/audit.orders.json": discovered("orders", "id", "changed", namespace="audit"),
            "dag/sources/faker/a%2Fb.json": discovered("a/b", "odd"),
            "dag/streams/faker/public.orders.json": '{"stream": "orders", "namespace": "public"}',
            "dag/streams/faker/audit.orders.json": '{"stream": "orders", "namespace": "audit"}',
        },
    )
    assert run(root, "schema", "--write").code == 0
    return root


def schema_of(lake: Path) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((lake / "dag/schema/streams/faker.json").read_text("utf-8"))
    return schema


def errors(lake: Path, file: Any) -> list[str]:
    """What an editor would underline."""
    any_stream = json.loads((lake / "dag/schema/stream.json").read_text("utf-8"))
    schema = {**schema_of(lake), "$id": "lake:///streams/faker.json"}
    judge = jsonschema_rs.Draft7Validator(schema, retriever={"lake:///stream.json": any_stream}.__getitem__)
    return [error.message for error in judge.iter_errors(file)]


def offered(lake: Path, **said: str) -> list[str]:
    """The fields that are offered in a file that says this."""
    schema = schema_of(lake)
    for branch in schema["allOf"]:
        wanted = branch.get("if")
        if wanted and jsonschema_rs.is_valid(wanted, said):
            name = branch["then"]["properties"]["cursor_field"]["items"]["$ref"].removeprefix("#/definitions/")
            names: list[str] = schema["definitions"][name.replace("%25", "%")]["anyOf"][0]["enum"]
            return names
    return []


def test_a_file_that_names_its_stream_is_offered_the_fields_of_that_one(lake: Path) -> None:
    assert offered(lake, stream="orders", namespace="public") == ["id", "total"]
    assert offered(lake, stream="orders", namespace="audit") == ["changed", "id"]
    assert offered(lake, stream="a/b") == ["odd"]


def test_a_file_that_names_none_is_offered_those_of_all_that_are_synced(lake: Path) -> None:
    assert offered(lake) == ["changed", "id", "total"]
    said = schema_of(lake)["definitions"]["fields"]["anyOf"][0]["enumDescriptions"]
    assert said == ["in audit.orders", "in audit.orders, public.orders", "in public.orders"]


def test_a_name_that_two_namespaces_share_means_none_of_them(lake: Path) -> None:
    assert offered(lake, stream="orders") == []


@pytest.mark.parametrize(
    "file",
    [
        {},
        {"stream": "orders", "namespace": "public", "cursor_field": ["not_yet_discovered"]},
        {"fields": {"new": {"type": "string"}}, "exclude_fields": None},
        {"stream": "later", "primary_key": [["id"]]},
        {"$schema": "../../schema/streams/faker.json"},
    ],
    ids=json.dumps,
)
def test_what_check_may_accept_fits(lake: Path, file: Any) -> None:
    assert errors(lake, file) == []


@pytest.mark.parametrize("file", [{"cursor": []}, {"stream": "orders", "fields": [1]}], ids=json.dumps)
def test_a_typo_does_not_fit(lake: Path, file: Any) -> None:
    assert errors(lake, file) != []


def test_a_source_without_discovery_has_the_names_of_its_files(tmp_path: Path) -> None:
    root = write_lake(tmp_path / "lake")
    assert run(root, "schema", "--write").code == 0
    assert schema_of(root)["definitions"]["stream-files"]["items"]["anyOf"][0] == {"enum": ["users"]}
