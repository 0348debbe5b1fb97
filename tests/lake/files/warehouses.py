"""Lakes with one destination that lands tables itself, from text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.lake.files.warehouse_places import NotKnown
from infra.lake.files.warehouse_tables import WarehouseTable, warehouse_table
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.load import load_lake
from tests.support.lakes import CONNECTION, LAKE, SOURCE, locks, write_lake

OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "snowflake": {"database": "raw", "schema": "Sales"},
    "bigquery": {"project_id": "my-project", "dataset_id": "Sales"},
    "postgres": {"database": "raw", "schema": "Sales"},
    "redshift": {"database": "raw", "schema": "Sales"},
    "s3-data-lake": {"catalog_type": {"catalog_type": "GLUE", "database_name": "Sales"}},
}
# The releases that the names of each are known of, newest first.
TAGS = {
    "snowflake": "4.0.39",
    "bigquery": "3.0.17",
    "postgres": "3.0.11",
    "redshift": "4.0.0",
    "s3-data-lake": "0.3.45",
}


def lock_files(warehouse: str, tag: str | None = None) -> dict[str, str | bytes]:
    """The locks of the example lake, and one of the warehouse, whose spec takes anything."""
    lock = {
        "connector": f"destination-{warehouse}",
        "definition_id": "11111111-1111-1111-1111-111111111111",
        "destination_sync_modes": ["append", "append_dedup", "overwrite"],
        "image": f"airbyte/destination-{warehouse}",
        "tag": TAGS.get(warehouse, "1.0.0") if tag is None else tag,
        "spec": {"type": "object", "additionalProperties": True, "properties": {}},
    }
    known = {f"dag/connectors/{file.name}": file.read_bytes() for file in locks()}
    return {**known, f"dag/connectors/destination-{warehouse}.json": json.dumps(lock)}


def destination(warehouse: str, **options: Any) -> str:
    """The destination `wh` of a registry; an option that is None is left out."""
    configuration = {**OPTIONS.get(warehouse, {}), **options}
    written = json.dumps({key: value for key, value in configuration.items() if value is not None})
    return f"destinations:\n  wh:\n    connector: destination-{warehouse}\n    configuration: {written}\n"


def warehouse_lake(
    root: Path,
    warehouse: str,
    *,
    connection: str = "",
    stream: Mapping[str, Any] | None = None,
    tag: str | None = None,
    lake: str = LAKE,
    **options: Any,
) -> LakeModel:
    """A lake whose only connection brings one stream, in the file `users.json`."""
    to_wh = CONNECTION.replace("destination: lake", "destination: wh")
    lines = "".join(f"    {line}\n" for line in connection.splitlines())
    fields = {"fields": {"id": {"type": "integer"}}, **(stream or {})}
    write_lake(
        root,
        {
            **lock_files(warehouse, tag),
            "dag/registry/lake.yaml": lake + SOURCE + destination(warehouse, **options) + to_wh + lines,
            "dag/streams/faker/users.json": json.dumps(fields),
        },
    )
    loaded = load_lake(root)
    assert [str(problem) for problem in loaded.problems] == []
    return loaded.model


def only_table(model: LakeModel) -> WarehouseTable | NotKnown | None:
    """The table of the only stream of the only connection."""
    stack = model.stacks["airbyte"]
    return warehouse_table(model, stack, stack.connections["faker_to_lake"], stack.streams["faker_to_lake"][0])


def where(model: LakeModel) -> tuple[str | None, str, str] | str | None:
    """(database, schema, table), or why it is not known."""
    found = only_table(model)
    if isinstance(found, WarehouseTable):
        return found.database, found.schema, found.name
    return found.why if found else None
