"""Specs and catalogs in the forms in which other tools have them: YAML, manifests, output with log lines, octavia's files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.lakes import LAKE, run, write_files, write_lake

UUID = "33333333-4444-5555-6666-777777777777"

SPEC_YAML = """\
documentationUrl: https://docs.example.com
connectionSpecification:
  $schema: http://json-schema.org/draft-07/schema#
  type: object
  required: [api_key]
  additionalProperties: True
  properties:
    api_key: {type: string, airbyte_secret: True, title: Key}
    start_date: {type: string, pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', examples: [2021-01-01]}
    sandbox: {type: boolean, default: no}
"""

MANIFEST = """\
version: 6.1.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [things]}
streams: [{type: DeclarativeStream, name: things, retriever: {}}]
spec:
  type: Spec
  connection_specification:
    type: object
    required: [api_key]
    additionalProperties: true
    properties:
      api_key: {type: string, airbyte_secret: true}
      start_date: {$ref: "#/definitions/date"}
      sandbox: {type: boolean, default: false}
definitions:
  date: {type: string, pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'}
"""

REFERRING = MANIFEST.replace("spec:\n  type: Spec", 'spec: {$ref: "#/definitions/spec"}\nunused:\n  type: Spec')
REFERRING = REFERRING.replace(
    "definitions:\n", "definitions:\n  spec:\n    type: Spec\n    connection_specification: *spec\n"
)
REFERRING = REFERRING.replace("connection_specification:\n    type", "connection_specification: &spec\n    type")

COMPACT: dict[str, Any] = {
    "additionalProperties": True,
    "properties": {
        "api_key": {"airbyte_secret": True, "type": "string"},
        "sandbox": {"default": False, "type": "boolean"},
        "start_date": {"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "type": "string"},
    },
    "required": ["api_key"],
    "type": "object",
}

OUTPUT = "\n".join(
    [
        "2026-11-23 10:00:00 INFO starting {not json",
        '{"type": "LOG", "log": {"level": "INFO", "message": "{}"}}',
        json.dumps({"type": "SPEC", "spec": {"connectionSpecification": COMPACT}}),
        '{"type": "LOG", "log": {"level": "INFO", "message": "done"}}',
    ]
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("spec.yaml", SPEC_YAML),
        ("spec.yml", SPEC_YAML),
        ("manifest.yaml", MANIFEST),
        ("referring.yaml", REFERRING),
        ("manifest.json", json.dumps({"spec": {"type": "Spec", "connection_specification": COMPACT}})),
        ("output.json", OUTPUT),
        ("output.txt", OUTPUT),
        ("timed.txt", "\n".join(f"2026-11-23T10:00:00.1Z {line}" for line in OUTPUT.splitlines())),
    ],
    ids=[
        "spec.yaml",
        "spec.yml",
        "manifest",
        "manifest that refers",
        "manifest.json",
        "output",
        "output of any name",
        "docker logs --timestamps",
    ],
)
def test_a_spec_is_locked_in_every_form_that_connectors_have(tmp_path: Path, name: str, text: str) -> None:
    lake = write_lake(tmp_path / "lake", {"dag/registry/lake.yaml": LAKE})
    write_files(tmp_path, {name: text})
    result = run(lake, "lock", "source-own", "--from-spec", str(tmp_path / name), "--definition-id", UUID)
    assert (result.code, result.out, result.err) == (0, "wrote dag/connectors/source-own.json (custom)\n", "")
    assert json.loads((lake / "dag/connectors/source-own.json").read_text())["spec"] == COMPACT


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "broken.yaml",
            "properties: [a\n",
            "broken.yaml:1:15 is not YAML: the file ends before a list or mapping is closed",
        ),
        ("log.txt", "INFO nothing\nINFO more\n", "log.txt:1:1 is not JSON: text stands without quotes"),
        (
            "log.json",
            '{"type": "LOG", "log": {}}\n{"type": "LOG", "log": {}}\n',
            "log.json contains no JSON Schema of a configuration: it has no ",
        ),
        (
            "failed.txt",
            'INFO x\n{"type": "TRACE", "trace": {"type": "ERROR", "error": {"message": "no such\\ncommand"}}}\n',
            "failed.txt: the connector reports no spec: no such command",
        ),
        (
            "catalog.yaml",
            "streams: []\n",
            "catalog.yaml contains no JSON Schema of a configuration: it has no ",
        ),
    ],
)
def test_a_file_without_a_spec_is_told_in_one_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    lake = write_lake(tmp_path / "lake", {"dag/registry/lake.yaml": LAKE})
    write_files(tmp_path, {name: text})
    result = run(lake, "lock", "source-own", "--from-spec", str(tmp_path / name), "--definition-id", UUID)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"lakeform lock: {tmp_path}/{said}")
    assert len(result.err.splitlines()) == 1


def test_a_reference_of_a_spec_that_names_nothing_is_told_and_costs_only_its_option(tmp_path: Path) -> None:
    spec = {
        "type": "object",
        "properties": {
            "kept": {"$ref": "#/definitions/a~1b", "airbyte_secret": True},
            "gone": {"$ref": "#/definitions/no"},
            "rows": {"type": "array", "items": {"$ref": "other.json"}},
        },
        "definitions": {"a/b": {"type": "string"}},
    }
    lake = write_lake(tmp_path / "lake", {"dag/registry/lake.yaml": LAKE})
    write_files(tmp_path, {"spec.json": json.dumps(spec)})
    result = run(lake, "lock", "source-own", "--from-spec", str(tmp_path / "spec.json"), "--definition-id", UUID)
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "wrote dag/connectors/source-own.json (custom)\n"
        'left out: properties.gone.$ref names nothing ("#/definitions/no") in the spec of source-own\n'
        'left out: properties.rows.items.$ref names nothing ("other.json") in the spec of source-own\n'
    )
    assert json.loads((lake / "dag/connectors/source-own.json").read_text())["spec"]["properties"] == {
        "kept": {"type": "string", "airbyte_secret": True},
        "gone": {},
        "rows": {"type": "array", "items": {}},
    }


OCTAVIA = """\
# Configuration for connection poke_to_pg
definition_type: connection
resource_name: "poke_to_pg"
definition_version: 0.40.8

configuration:
  status: active
  schedule_type: manual
  namespace_format: ${SOURCE_NAMESPACE}
  sync_catalog:
    streams:
      - config:
          alias_name: pokemon
          cursor_field: []
          destination_sync_mode: append
          primary_key: []
          selected: true
          sync_mode: full_refresh
        stream:
          default_cursor_field: []
          json_schema:
            $schema: http://json-schema.org/draft-07/schema#
            properties:
              id: {type: ['null', integer]}
              is_default: {type: ["null", boolean]}
            type: object
          name: pokemon
          namespace: null
          source_defined_cursor: null
          source_defined_primary_key: []
          supported_sync_modes: [full_refresh]
"""

CATALOG = """\
streams:
  - name: pokemon
    json_schema:
      $schema: http://json-schema.org/draft-07/schema#
      type: object
      properties: {id: {type: ["null", integer]}, is_default: {type: ["null", boolean]}}
    supported_sync_modes: [full_refresh]
"""

STREAM = '{"name": "pokemon", "json_schema": {"properties": {"id": {}}}, "supported_sync_modes": ["full_refresh"]}'

SOURCE = "sources:\n  poke: {connector: source-faker, configuration: {}}\n"


@pytest.mark.parametrize(
    ("name", "text", "fields"),
    [
        ("configuration.yaml", OCTAVIA, ["id", "is_default"]),
        ("catalog.yaml", CATALOG, ["id", "is_default"]),
        ("catalog.yml", CATALOG, ["id", "is_default"]),
        (
            "configured.json",
            f'{{"streams": [{{"sync_mode": "full_refresh", "stream": {STREAM}}}]}}',
            ["id"],
        ),
        (
            "output.txt",
            f'INFO x\nairbyte-1  | {{"type": "CATALOG", "catalog": {{"streams": [{STREAM}]}}}}\nbye',
            ["id"],
        ),
        (
            "message.yaml",
            "type: CATALOG\ncatalog:\n  " + CATALOG.replace("\n", "\n  ").strip() + "\n",
            ["id", "is_default"],
        ),
    ],
    ids=["octavia", "catalog.yaml", "catalog.yml", "configured catalog", "docker compose logs", "message"],
)
def test_a_yaml_catalog_is_read_and_not_run(tmp_path: Path, name: str, text: str, fields: list[str]) -> None:
    lake = write_lake(tmp_path / "lake", {"dag/registry/lake.yaml": LAKE + SOURCE})
    write_files(tmp_path, {name: text})
    result = run(lake, "discover", "poke", "--from", str(tmp_path / name))
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "wrote dag/sources/poke/pokemon.json\nwrote dag/sources/poke/_discovery.json\npoke offers 1 stream\n"
    )
    stream = json.loads((lake / "dag/sources/poke/pokemon.json").read_text())
    assert stream["name"] == "pokemon"
    assert sorted(stream["json_schema"]["properties"]) == fields
    assert stream["supported_sync_modes"] == ["full_refresh"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "definition_type: source\ndefinition_image: airbyte/source-pokeapi\nconfiguration: {pokemon_name: ditto}\n",
            " contains no catalog: expected a line with a CATALOG message, or an AirbyteCatalog",
        ),
        ("streams: [\n", ":1:11 is not YAML: the file ends before a list or mapping is closed"),
    ],
    ids=["octavia's source", "broken"],
)
def test_yaml_that_is_neither_a_catalog_nor_a_manifest_is_told_and_not_run(
    tmp_path: Path, text: str, said: str
) -> None:
    lake = write_lake(tmp_path / "lake", {"dag/registry/lake.yaml": LAKE + SOURCE})
    write_files(tmp_path, {"file.yaml": text})
    result = run(lake, "discover", "poke", "--from", str(tmp_path / "file.yaml"))
    assert (result.code, result.out) == (2, "")
    assert result.err == f"lakeform discover: {tmp_path}/file.yaml{said}\n"


def test_a_manifest_is_no_catalog(tmp_path: Path) -> None:
    lake = write_lake(tmp_path / "lake", {"dag/registry/lake.yaml": LAKE + SOURCE})
    write_files(tmp_path, {"manifest.yaml": MANIFEST})
    result = run(lake, "discover", "poke", "--from", str(tmp_path / "manifest.yaml"), "--cached")
    assert (result.code, result.out) == (2, "")
    assert result.err == "lakeform discover: --cached needs --from server\n"


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        ('{"name": 5, "json_schema": {}}', "name: must be text, not a number"),
        ('{"json_schema": {}}', 'the key "name" is missing'),
        ('{"name": "a", "json_schema": []}', "json_schema: must be a mapping, not a list"),
    ],
)
def test_a_stream_that_is_none_is_told_with_the_reason(tmp_path: Path, stream: str, reason: str) -> None:
    lake = write_lake(tmp_path / "lake", {"dag/registry/lake.yaml": LAKE + SOURCE})
    write_files(tmp_path, {"catalog.json": f'{{"streams": [{stream}]}}'})
    result = run(lake, "discover", "poke", "--from", str(tmp_path / "catalog.json"))
    assert result.code == 2
    assert result.err.endswith(f"is not an AirbyteStream: {reason}\n")
