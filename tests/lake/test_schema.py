"""The JSON Schemas for editors: every file that `check` accepts fits them, a typo does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from infra.lake.documents import read_json, read_yaml
from tests.support.lakes import (
    CONNECTION,
    DESTINATION,
    LAKE,
    MINIMAL,
    REGISTRY,
    REPOSITORY,
    SOURCE,
    run,
    write_lake,
)


class Validator:
    """A schema, and what an editor would underline in a value."""

    def __init__(self, schema: dict[str, Any], folder: Path = REPOSITORY / "dag/schema") -> None:
        self.root = schema
        self._validator = jsonschema_rs.Draft7Validator(
            schema, retriever=lambda uri: json.loads((folder / uri.removeprefix("json-schema:///")).read_text("utf-8"))
        )

    def errors(self, value: Any) -> list[str]:
        """Where the value does not fit; empty if it does."""
        return [f"{error.instance_path}: {error.message}" for error in self._validator.iter_errors(value)]


@pytest.fixture(scope="module")
def registry() -> Validator:
    """The committed schema of registry files."""
    return Validator(json.loads((REPOSITORY / "dag/schema/registry.json").read_text("utf-8")))


@pytest.fixture(scope="module")
def stream() -> Validator:
    """The committed schema of stream files."""
    return Validator(json.loads((REPOSITORY / "dag/schema/stream.json").read_text("utf-8")))


def value_of(path: Path) -> Any:
    read = read_json if path.suffix == ".json" else read_yaml
    document, problems = read(path.name, path.read_text("utf-8"))
    assert document is not None
    assert problems == []
    return document.value


def yaml(text: str) -> Any:
    document, problems = read_yaml("x.yaml", text)
    assert document is not None
    assert problems == []
    return document.value


LAKES = {"example": REPOSITORY, "template": REPOSITORY / "infra/scaffold/lake"}


def files(pattern: str) -> list[Any]:
    """Every file of the two lakes, named for the reader."""
    return [
        pytest.param(path, id=f"{name} {path.relative_to(root)}")
        for name, root in LAKES.items()
        for path in sorted(root.glob(pattern))
        if not path.name.startswith("_")
    ]


@pytest.mark.parametrize("path", files("dag/registry/**/*.yaml"))
def test_every_registry_file_fits(registry: Validator, path: Path) -> None:
    assert registry.errors(value_of(path)) == []


@pytest.mark.parametrize("path", files("dag/streams/*/*.json"))
def test_every_stream_file_fits(stream: Validator, path: Path) -> None:
    assert stream.errors(value_of(path)) == []


FITTING = {
    "the small lake": REGISTRY,
    "one file of many": SOURCE,
    "an entry that leaves the rest to defaults": "sources: {a: {connector: source-faker}}",
    "overrides": SOURCE + "    overrides: {prod: {configuration: {count: 2}}}\n",
    "a null that deletes a key": SOURCE + "    overrides: {prod: {configuration: {count: null}}}\n",
    "a reference for a number": SOURCE.replace("count: 10", "count: {var: rows}"),
    "a reference for text": DESTINATION.replace("s3_bucket_name: lake", "s3_bucket_name: {secret: bucket}"),
    "a secret": DESTINATION + "      access_key_id: {secret: key}\n",
    "a connector that is not locked yet": "sources: {a: {connector: source-new, configuration: {x: 1}}}",
    "one stack": CONNECTION + "    stack: prod\n",
    "two stacks": CONNECTION + "    stack: [prod, staging]\n",
    "a cron": CONNECTION + '    schedule: {cron: "0 0 * * * ?"}\n',
    "manual": CONNECTION + "    schedule: manual\n",
    "a namespace": CONNECTION + "    namespace: {format: x}\n",
    "names of streams": CONNECTION + "    streams: [a, b]\n",
    "settings of streams": CONNECTION + "    streams: {a: {destination_sync_mode: append_dedup}, b: {}}\n",
    "an existing destination": "destinations: {a: {existing: 33333333-4444-5555-6666-777777777777}}",
    "an external source": "sources: {a: {external: dlt}}",
    "history": "retired: [{entry: sources.a, date: 2026-11-23, reason: x}]\nrenamed: [{from: sources.a, to: sources.b}]",
    "an empty section": "sources:\n",
    "every kind of auth": LAKE.replace("auth: none", "auth: {username: me, password: {secret: pw}}"),
    "a backend": LAKE.replace("auth: none", "auth: none\n      backend: {s3: {bucket: x}}"),
    "defaults": LAKE.replace("  stacks:", "  defaults: {connection: {schema_changes: ignore}}\n  stacks:"),
}


@pytest.mark.parametrize("text", FITTING.values(), ids=FITTING)
def test_what_may_be_written_fits(registry: Validator, text: str) -> None:
    assert registry.errors(yaml(text)) == []


FITTING |= {
    "a coordinate of a secret": DESTINATION + "      access_key_id: secret_coordinate::aws/key\n",
    "no schedule": CONNECTION + "    schedule: null\n",
    "no status in a stack": CONNECTION + "    overrides: {prod: {status: null, streams: null, namespace: null}}\n",
    "no configuration in a stack": SOURCE + "    overrides: {prod: {configuration: null}}\n",
    "an option that the entry takes back": SOURCE.replace("count: 10", "count: null"),
    "an option that the spec does not have": SOURCE.replace("{count: 10}", "{count: 10, extra: 1}")
    + "    undeclared: [extra]\n",
}

FITTING |= {
    "an option that an override lists": SOURCE.replace("{count: 10}", "{extra: 1}")
    + "    overrides: {prod: {undeclared: [extra]}}\n",
    "an option that another connector has": SOURCE
    + "    overrides: {prod: {connector: source-x, configuration: {y: 1}}}\n",
    "an option of nobody that is taken back": SOURCE.replace("count: 10", "start_date: null"),
    "one that only looks like a reference": DESTINATION.replace(
        "format_type: Parquet", "literal: {format_type: Parquet}"
    ),
    "an override with nothing in it": SOURCE + "    overrides: {prod: {configuration: {}}}\n",
    "a stream that an override takes away": CONNECTION + "    overrides: {prod: {streams: {users: null}}}\n",
    "ids that no file has yet": CONNECTION.replace("faker", "new").replace("lake", "sea") + "    streams: [new_*]\n",
}

TYPOS = {
    "an option": SOURCE.replace("count: 10", "cuont: 10"),
    "an option in an override": SOURCE + "    overrides: {prod: {configuration: {cuont: 2}}}\n",
    "an option of another branch": DESTINATION.replace("Parquet}", "Avro, page_size_kb: 1}"),
    "an option of another branch in an override": DESTINATION
    + "    overrides: {prod: {configuration: {format: {format_type: Avro, page_size_kb: 1}}}}\n",
    "a branch": DESTINATION.replace("Parquet", "Parqet"),
    "a setting of a stream": CONNECTION + "    streams: {users: {sync_mod: incremental}}\n",
    "a section": "source: {}\n",
    "a key of a source": SOURCE.replace("configuration", "configuraton"),
    "a key of a connection": CONNECTION + "    shedule: manual\n",
    "a key of an override": SOURCE + "    overrides: {prod: {configuraton: {}}}\n",
    "a key of the lake": LAKE.replace("name: shop", "nmae: shop"),
    "a key of a stack": LAKE.replace("server_url", "serverUrl"),
    "a key of the defaults": LAKE.replace("  stacks:", "  defaults: {conection: {}}\n  stacks:"),
    "a status": CONNECTION + "    status: on\n",
    "a schedule": CONNECTION + '    schedule: "0 0 * * * ?"\n',
    "a namespace": CONNECTION + "    namespace: shopify\n",
    "schema_changes": CONNECTION + "    schema_changes: propagate\n",
    "a wrong type in an option": SOURCE.replace("count: 10", "count: many"),
    "a number below the bound": SOURCE.replace("count: 10", "count: 0"),
    "a secret in clear": DESTINATION + "      access_key_id: AKIA\n",
    "a coordinate without a place": DESTINATION + "      access_key_id: 'secret_coordinate:: '\n",
    "a second key beside a reference": DESTINATION + "      access_key_id: {secret: a, var: b}\n",
    "a bad variable name": DESTINATION + "      access_key_id: {secret: Key}\n",
    "a version": "version: 2\n",
    "a line of retired": "retired: [{entry: sources.a}]\n",
    "tags": CONNECTION + "    tags: [a]\n",
}


@pytest.mark.parametrize("text", TYPOS.values(), ids=TYPOS)
def test_a_typo_does_not_fit(registry: Validator, text: str) -> None:
    assert registry.errors(yaml(text)) != []


def test_an_option_of_a_locked_connector_is_offered_and_described(registry: Validator) -> None:
    source = registry.root["$defs"]["Source"]
    assert {"enum": ["source-faker", "source-klaviyo", "source-postgres", "source-shopify"]} in source["properties"][
        "connector"
    ]["anyOf"]
    count = registry.root["$defs"]["source-faker"]["properties"]["count"]
    assert count["description"] == "whole number, at least 1, default 1000"


@pytest.mark.parametrize(
    "file",
    [
        {},
        {"fields": ["id"]},
        {"fields": {"id": {"type": "integer"}}},
        {"backfill": True},
        {"connector": "dlt", "schedule": "0 6 * * *", "initial_value": "2026-01-01"},
        {"backfill": "2026-11"},
        {"primary_key": [["a", "b"]], "cursor_field": ["c"]},
        {
            "mappers": [
                {
                    "type": "hashing",
                    "mapper_configuration": {
                        "hashing": {"method": "MD5", "target_field": "id", "field_name_suffix": "_h"}
                    },
                }
            ]
        },
    ],
    ids=json.dumps,
)
def test_a_stream_file_that_check_accepts_fits(stream: Validator, file: Any) -> None:
    assert stream.errors(file) == []


@pytest.mark.parametrize(
    "file",
    [
        {"feilds": []},
        {"sync_mode": "incremental_append"},
        {"destination_sync_mode": "dedup"},
        {"primary_key": ["id"]},
        {"cursor_field": "updated_at"},
        {"fields": [1]},
        {"mappers": [{"type": "hash"}]},
        [],
    ],
    ids=json.dumps,
)
def test_a_stream_file_with_a_typo_does_not_fit(stream: Validator, file: Any) -> None:
    assert stream.errors(file) != []


def described(schema: Any) -> Iterator[str]:
    """Names of the keys that say nothing about themselves."""
    for name, definition in schema.get("$defs", {}).items():
        for key, value in definition.get("properties", {}).items():
            if "description" not in value and "$ref" not in value and name not in ("Resources", "JobResources"):
                yield f"{name}.{key}"


def test_every_key_says_what_it_is_for(registry: Validator, stream: Validator) -> None:
    assert list(described(registry.root)) == []
    assert [key for key, value in stream.root["properties"].items() if "description" not in value] == []


def test_the_schema_of_a_lake_without_locks_is_one_too(tmp_path: Path) -> None:
    root = write_lake(tmp_path, {**MINIMAL, "dag/connectors/.keep": ""})
    assert Validator(json.loads(run(root, "schema").out)).errors(yaml(REGISTRY)) == []


def test_the_registry_files_of_the_example_name_their_schema() -> None:
    for path in (REPOSITORY / "dag/registry").rglob("*.yaml"):
        first = path.read_text("utf-8").splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema=")
        assert (path.parent / first.partition("=")[2]).resolve() == REPOSITORY / "dag/schema/registry.json"
