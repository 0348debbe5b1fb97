"""Where a connection's destination writes a stream, and in which form."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.base.environment import PREFIX, environment_values
from infra.base.errors import UserError
from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.files.stream_files import StreamFiles, files_of
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry
from infra.lake.values.convert import convert
from infra.landing.read.parquet import ParquetRows
from infra.landing.read.session import Rows
from infra.landing.read.text_rows import CsvRows, JsonRows

# Codecs of Parquet as the destination calls them, that DuckDB writes too.
_CODECS = {"": "uncompressed", **{codec.upper(): codec for codec in ("snappy", "gzip", "brotli", "lz4", "zstd")}}


@dataclass(frozen=True)
class Destined:
    """The files of a stream.

    Attributes:
        bucket: its name, also where the registry refers to a value.
    """

    bucket: str
    files: StreamFiles

    def path(self, started: datetime, *, sync_id: int, part: int, now_ms: int) -> str:
        """Where the file of a part belongs, below the raw place; `now_ms`: milliseconds since 1970."""
        key = self.files.key(started, sync_id=sync_id, part=part, now_ms=now_ms, uuid=str(uuid.uuid4()))
        return f"{self.bucket}/{key}"

    def rows(self, json_schema: Mapping[str, Any], run: Callable[[str], object]) -> Rows:
        """How records stand in its files; `run`: runs a statement."""
        layout = self.files.layout
        if layout.file_format == "parquet":
            return ParquetRows(json_schema, _CODECS[layout.compression], run)
        kind = JsonRows if layout.file_format == "jsonl" else CsvRows
        return kind(json_schema, flat=layout.flattened, zipped=layout.compression == "GZIP")


def destined_of(
    stack: Stack, connection: Entry[Connection], stream: ConfiguredStream, environ: Mapping[str, str]
) -> Destined:
    """The files of a stream. Raises UserError where the destination writes none, or none that can be written here."""
    name = f"destinations.{connection.settings.destination}"
    files = files_of(stack, connection, stream)
    if files is None:
        raise UserError(f"{name} writes no files that lakeform knows, so there is nothing that a read here could write")
    layout = files.layout
    if layout.file_format == "avro":
        raise UserError(f"{name} writes Avro, which is not written here: choose Parquet, JSONL or CSV")
    if layout.file_format == "parquet" and layout.compression not in _CODECS:
        raise UserError(f"{name} compresses by {layout.compression}, which is not written here: choose ZSTD or SNAPPY")
    return Destined(_bucket(stack, name, layout.bucket, environ), files)


def _bucket(stack: Stack, name: str, bucket: Any, environ: Mapping[str, str]) -> str:
    if isinstance(bucket, str):
        return bucket
    found = stack.look_up(bucket.name, environment_values(environ))
    if found is None:
        raise UserError(f"{name} needs a value that is not set: {PREFIX}{bucket.name}")
    return str(convert(found[1], "string"))
