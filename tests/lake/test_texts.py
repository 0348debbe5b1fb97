"""Text that Terraform would change is refused wherever it would stand in the document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.lakes import CONNECTION, DESTINATION, LAKE, MINIMAL, SOURCE, run, write_lake

MARK = "\ufeff"
REGISTRY = "dag/registry/lake.yaml"
USERS = "dag/streams/faker/users.json"
BEGINS = "begins with the invisible character U+FEFF (byte order mark), which Terraform drops"


def lake(stack: str = "      auth: none\n", connection: str = "") -> dict[str, str]:
    head = LAKE.replace("      auth: none\n", stack)
    return {REGISTRY: head + SOURCE + DESTINATION + CONNECTION + connection}


def offered(mode: str = "append_dedup", **said: object) -> dict[str, str]:
    schema = {"type": "object", "properties": {"id": {"type": "integer"}, f"{MARK}id": {"type": "string"}}}
    stream = {"name": "users", "json_schema": schema, "supported_sync_modes": ["full_refresh", "incremental"], **said}
    chosen = {"sync_mode": "incremental", "destination_sync_mode": mode}
    cursor = {"source_defined_cursor": True, "default_cursor_field": ["id"], "source_defined_primary_key": [["id"]]}
    return {"dag/sources/faker/users.json": json.dumps({**cursor, **stream}), USERS: json.dumps(chosen)}


PLACES = {
    "a backend": (
        lake(f'      auth: none\n      backend: {{s3: {{bucket: "{MARK}b", key: k, region: x}}}}\n'),
        f"{REGISTRY}:9:30  text-not-portable  lake.stacks.airbyte.backend.s3.bucket: {BEGINS}",
    ),
    "a login": (
        lake(f'      auth: {{username: "{MARK}b", password: {{secret: x}}}}\n'),
        f"{REGISTRY}:8:24  text-not-portable  lake.stacks.airbyte.auth.username: {BEGINS}",
    ),
    "a prefix": (
        lake(connection=f'    prefix: "{MARK}x"\n'),
        f"{REGISTRY}:25:13  text-not-portable  connections.faker_to_lake.prefix: {BEGINS}",
    ),
    "a namespace that was discovered": (
        offered(namespace=f"{MARK}n"),
        f'{USERS}:1:1  text-not-portable  the source has the name "\\ufeffn", which {BEGINS}',
    ),
    "a cursor that was discovered": (
        offered(default_cursor_field=[f"{MARK}id"]),
        f'{USERS}:1:1  text-not-portable  the source has the name "\\ufeffid", which {BEGINS}',
    ),
    "a key that was discovered": (
        offered(source_defined_primary_key=[[f"{MARK}id"]]),
        f'{USERS}:1:1  text-not-portable  the source has the name "\\ufeffid", which {BEGINS}',
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_it_is_refused_where_it_stands(place: str, tmp_path: Path) -> None:
    files, said = PLACES[place]
    result = run(write_lake(tmp_path, {**MINIMAL, **files}), "synth")
    assert result.code == 1
    assert [line for line in result.err.splitlines() if "text-not-portable" in line] == [said]


def test_a_field_that_nobody_uses_is_no_matter(tmp_path: Path) -> None:
    result = run(write_lake(tmp_path, {**MINIMAL, **offered("append")}), "synth")
    assert result.code == 0, result.err
