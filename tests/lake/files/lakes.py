"""A lake with one destination that writes files, from text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.lake.files.stream_files import StreamFiles, files_of
from infra.lake.model.load import load_lake
from tests.support.lakes import CONNECTION, LAKE, SOURCE, write_lake

PARQUET = {"format_type": "Parquet"}


def files_in(
    root: Path, options: Mapping[str, Any], *, stream: str = "users", connection: str = ""
) -> StreamFiles | None:
    """The files of the only stream of the only connection; `options`: of the destination."""
    configuration = {"s3_bucket_name": "lake", "s3_bucket_path": "raw", "format": PARQUET, **options}
    destination = (
        "destinations:\n  lake:\n    connector: destination-s3\n"
        f"    configuration: {json.dumps({key: value for key, value in configuration.items() if value is not None})}\n"
    )
    lines = "".join(f"    {line}\n" for line in connection.splitlines())
    write_lake(
        root,
        {
            "dag/registry/lake.yaml": LAKE + SOURCE + destination + CONNECTION + lines,
            "dag/streams/faker/users.json": json.dumps({"stream": stream, "fields": {"id": {}}}),
        },
    )
    stack = load_lake(root).model.stacks["airbyte"]
    found = stack.connections["faker_to_lake"]
    return files_of(stack, found, stack.streams["faker_to_lake"][0])
