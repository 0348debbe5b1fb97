"""Files of a stream that no state tells of: written by somebody else, or before the state was lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from infra.base.errors import UserError
from infra.landing.engine.workbench import Workbench
from infra.landing.read.destined import Destined
from infra.landing.read.state import StreamMemory, WrittenFile
from infra.landing.types.sql import exact_path, literal


def adopted(folder: Path, destined: Destined, bench: Workbench) -> StreamMemory:
    """A memory that holds the files which are there already, with the generation that their rows say.

    `folder`: the one of the bucket. What cannot be read is left alone.
    """
    files = []
    for key in sorted(_keys(folder, destined.files.prefix)):
        name = destined.files.match(key)
        generation = _generation(bench, folder / key, destined.files.layout.file_format) if name else None
        if name is not None and generation is not None:
            files.append(WrittenFile(f"{destined.bucket}/{key}", generation, 0, name.part or 0))
    return StreamMemory(generation=max((file.generation for file in files), default=0), files=tuple(files))


def _keys(folder: Path, prefix: str) -> Iterator[str]:
    """Keys of files that begin with a prefix."""
    for place, _, names in os.walk(folder / os.path.dirname(prefix).lstrip("/")):
        below = Path(place).relative_to(folder)
        yield from ((below / name).as_posix() for name in names if not name.startswith("."))


def _generation(bench: Workbench, file: Path, file_format: str) -> int | None:
    path = literal(exact_path(str(file)))
    zipped = "gzip" if _is_zipped(file) else "uncompressed"
    column = "_airbyte_generation_id"
    sources = {
        "parquet": f"{column} AS generation FROM read_parquet({path}, hive_partitioning = false)",
        "jsonl": f"json->>'{column}' AS generation FROM read_ndjson_objects({path}, compression = '{zipped}')",
        "csv": f"{column} AS generation FROM read_csv({path}, all_varchar = true, compression = '{zipped}')",
    }
    try:
        ((found,),) = bench.rows(f"SELECT max(CAST(generation AS BIGINT)) FROM (SELECT {sources[file_format]})")
    except UserError:
        return None
    return None if found is None else int(found)


def _is_zipped(file: Path) -> bool:
    with open(file, "rb") as given:
        return given.read(2) == b"\x1f\x8b"
