"""Lakes whose plans are slow: wide streams, and as many of them as a test wants."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.lakes import DESTINATION, LAKE, run, write_lake

FILE = "dag/registry/lake.yaml"
FAKER = "    connector: source-faker\n    configuration: {count: 10}\n"
CDC = """\
    connector: source-postgres
    configuration:
      host: db.example.com
      port: 5432
      database: shop
      username: airbyte
      replication_method: {method: CDC, replication_slot: airbyte, publication: airbyte}
"""


def wide_lake(
    root: Path, sources: Mapping[str, Sequence[int]], *, stack: str = "", unselected: int = 0, mappers: int = 0
) -> Path:
    """A lake with a connection for each source.

    `sources`: id -> the selected fields of each of its streams, 0 for none; `database` reads its database's log.
    `stack`: more lines of the stack. `unselected`: fields that every stream has besides. `mappers`: how many each stream
    has, which hide one field more and more.
    """
    files = {FILE: LAKE + stack + DESTINATION + _entries(list(sources))}
    for source, sizes in sources.items():
        for number, size in enumerate(sizes):
            names = [f"stream_{number}_field_{n}" for n in range(size or 5)]
            offered = {name: {"type": "string"} for name in [*names, *(f"other_{n}" for n in range(unselected))]}
            schema = {"type": "object", "properties": offered}
            offer = {"name": f"s{number}", "json_schema": schema, "supported_sync_modes": ["full_refresh"]}
            stream: dict[str, Any] = {"fields": names} if size else {}
            stream |= {"mappers": [hiding(names[0], n) for n in range(mappers)]} if mappers else {}
            files[f"dag/sources/{source}/s{number}.json"] = json.dumps(offer)
            files[f"dag/streams/{source}/s{number}.json"] = json.dumps(stream) + "\n"
    lake = write_lake(root, files)
    assert run(lake, "catalog", "--quiet").code == 0
    return lake


def hiding(field: str, number: int) -> dict[str, Any]:
    """A mapper that hides a field which so many mappers before it have renamed."""
    hashing = {"target_field": field + "_h" * number, "method": "SHA-256", "field_name_suffix": "_h"}
    return {"type": "hashing", "mapper_configuration": {"hashing": hashing}}


def _entries(sources: Sequence[str]) -> str:
    actors = "".join(f"  {id_}:\n{CDC if id_ == 'database' else FAKER}" for id_ in sources)
    connections = "".join(f"  {id_}_to_lake: {{source: {id_}, destination: lake, prefix: {id_}_}}\n" for id_ in sources)
    return f"sources:\n{actors}connections:\n{connections}"
