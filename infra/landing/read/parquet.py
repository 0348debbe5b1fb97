"""Parquet as Airbyte's destination writes it: the columns of a stream, and the statement that makes a file.

Source: `AirbyteTypeToAvroSchema` and `ProtoToParquetFormatter` of Airbyte's CDK (airbytehq/airbyte, airbyte-cdk/bulk), and
the migration guide of destination-s3 1.0.0, which says that `_airbyte_extracted_at` is a timestamp by UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.lake.files.column_names import safe_names
from infra.landing.read.coerce import Change, Coerce, coercion, json_text
from infra.landing.read.record import Stamp, encoded
from infra.landing.types.airbyte_type import root_fields
from infra.landing.types.column_type import BIGINT, VARCHAR, ColumnType
from infra.landing.types.schema_types import AIRBYTE_COLUMNS, file_type
from infra.landing.types.sql import exact_path, identifier, literal

_RAW_ID, _EXTRACTED_AT, _META_KEY, _GENERATION = "r", "e", "m", "g"
_OWN = (
    (_RAW_ID, VARCHAR, "{key}", "_airbyte_raw_id"),
    (_EXTRACTED_AT, BIGINT, "make_timestamptz({key} * 1000)", "_airbyte_extracted_at"),
    (_META_KEY, AIRBYTE_COLUMNS["_airbyte_meta"], "{key}", "_airbyte_meta"),
    (_GENERATION, BIGINT, "{key}", "_airbyte_generation_id"),
)


@dataclass(frozen=True)
class Column:
    """Attributes:
    source: the field's name in records.
    key: what stands for it in the lines that DuckDB reads, which would take `Id` and `id` for one.
    """

    source: str
    key: str
    name: str
    type: ColumnType
    coerce: Coerce


class ParquetRows:
    """Records of a stream as lines that DuckDB makes a Parquet file of; `compression`: as DuckDB calls it."""

    def __init__(self, json_schema: Mapping[str, Any], compression: str, run: Callable[[str], object]) -> None:
        fields = root_fields(json_schema)
        own = [name for *_, name in _OWN]
        names = safe_names([*own, *(name for name, _ in fields)])[len(own) :]
        self._compression = compression
        self._run = run
        self._columns = [
            Column(field, f"c{index}", name, file_type(type_), coercion(type_))
            for index, ((field, type_), name) in enumerate(zip(fields, names, strict=True))
        ]
        self._fields = [(column.source, column.key, column.coerce) for column in self._columns]

    def line(self, data: Mapping[str, Any], stamp: Stamp, changes: Sequence[Change]) -> bytes:
        """A record as DuckDB reads it."""
        changed = list(changes)
        row: dict[str, Any] = {_RAW_ID: stamp.raw_id, _EXTRACTED_AT: stamp.emitted_at}
        for name, key, coerce in self._fields:
            value = data.get(name)
            if value is not None:
                row[key] = coerce(value, name, changed)
        row[_META_KEY] = {"sync_id": stamp.sync_id, "changes": changed}
        row[_GENERATION] = stamp.generation
        return encoded(json_text(row))

    def write(self, lines: Path, file: Path, longest: int) -> None:
        """Make a file of lines; `longest`: bytes of the longest."""
        self._run(self._statement(lines, file, longest))

    def _statement(self, lines: Path, file: Path, longest: int) -> str:
        types = {**{key: type_ for key, type_, _, _ in _OWN}, **{c.key: c.type for c in self._columns}}
        given = ", ".join(f"{key}: {literal(type_.sql())}" for key, type_ in types.items())
        own = [f"{shown.format(key=key)} AS {identifier(name)}" for key, _, shown, name in _OWN]
        rest = [f"{column.key} AS {identifier(column.name)}" for column in self._columns]
        read = (
            f"{literal(exact_path(str(lines)))}, format = 'newline_delimited', columns = {{{given}}},"
            f" maximum_object_size = {max(longest + 1024, 1 << 24)}"
        )
        chosen = f"SELECT {', '.join([*own, *rest])} FROM read_json({read})"
        return f"COPY ({chosen}) TO {literal(str(file))} (FORMAT parquet, COMPRESSION {self._compression})"
