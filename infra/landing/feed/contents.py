"""What files hold before they are read whole: their footers, keys and headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from infra.lake.files.layout import FileFormat
from infra.landing.engine.engine import Engine, EngineError
from infra.landing.feed.found_file import FoundFile
from infra.landing.feed.group import (
    PATHS,
    Group,
    Unreadable,
    described,
    numbered,
    path_column,
    why_unreadable,
    with_paths,
)
from infra.landing.feed.text_files import by_compression, csv_group, jsonl_group
from infra.landing.types.column_type import BIGINT, TIMESTAMPTZ, ColumnType

_EXTRACTED = "_airbyte_extracted_at"

_FOOTERS = """
SELECT list({1}) FROM (
  SELECT file_name, string_agg(concat_ws('|', name, type, type_length, repetition_type, num_children, converted_type, scale,
    precision, logical_type), chr(10) ORDER BY column_id) AS footer
  FROM parquet_schema({0}) GROUP BY file_name
) GROUP BY footer ORDER BY min(file_name)
"""


def group_files(
    engine: Engine, files: Sequence[FoundFile], file_format: FileFormat, declared: Mapping[str, ColumnType]
) -> Iterator[Group | Unreadable]:
    """The files by their columns: in one list, DuckDB would take those of the first file for all, in silence."""
    empty = [file for file in files if file.size == 0]
    yield from (Unreadable(file, "the file is empty") for file in empty)
    yield from _divided(engine, [file for file in files if file.size > 0], file_format, declared)


def _divided(
    engine: Engine, files: Sequence[FoundFile], file_format: FileFormat, declared: Mapping[str, ColumnType]
) -> Iterator[Group | Unreadable]:
    if not files:
        return
    try:
        yield from _grouped(engine, files, file_format, declared)
        return
    except EngineError as error:
        if len(files) == 1:
            yield Unreadable(files[0], why_unreadable(engine, files[0], error))
            return
    middle = len(files) // 2
    yield from _divided(engine, files[:middle], file_format, declared)
    yield from _divided(engine, files[middle:], file_format, declared)


def _grouped(
    engine: Engine, files: Sequence[FoundFile], file_format: FileFormat, declared: Mapping[str, ColumnType]
) -> list[Group]:
    if file_format == "parquet":
        return [_parquet(engine, group) for group in _by_footer(engine, files)]
    groups: list[Group] = []
    for zipped, some in by_compression(engine, files).items():
        if file_format == "csv":
            groups += [csv_group(engine, file, declared, zipped=zipped) for file in some]
        else:
            groups.append(jsonl_group(engine, some, declared, zipped=zipped))
    return groups


def _by_footer(engine: Engine, files: Sequence[FoundFile]) -> list[list[FoundFile]]:
    found = engine.rows(with_paths(engine, _FOOTERS.format(PATHS, path_column(engine, "file_name")), files))
    known = {file.path: file for file in files}
    return [sorted((known[path] for path in paths), key=lambda f: f.path) for (paths,) in found]


def _parquet(engine: Engine, files: Sequence[FoundFile]) -> Group:
    source = f"read_parquet({PATHS}, hive_partitioning = false, filename = '_lake_file')"
    stored = described(engine, source, files[:1])
    columns = dict(stored)
    replaced = f"{path_column(engine, '_lake_file')} AS _lake_file"
    if (moment := _moment(columns.get(_EXTRACTED))) is not None:
        columns[_EXTRACTED] = TIMESTAMPTZ
        replaced += f", {moment} AS {_EXTRACTED}"
    # A column of the source with this name hides DuckDB's own.
    hidden = any(name.casefold() == "file_row_number" for name in columns)
    pattern = f"(SELECT * REPLACE ({replaced}), file_row_number AS _lake_row FROM {source})"
    if hidden:
        pattern = f"(SELECT * REPLACE ({replaced}) FROM {numbered(source)})"
    return Group(tuple(files), columns, pattern, stored)


def _moment(written: ColumnType | None) -> str | None:
    """The expression of when a row was extracted, where the file has it in another type than tables do.

    Airbyte's documentation calls it a timestamp, its destination writes plain milliseconds, and other writers leave out the zone.
    """
    if written == BIGINT:
        return f"make_timestamptz({_EXTRACTED} * 1000)"
    if written is not None and written.name.startswith("TIMESTAMP") and written != TIMESTAMPTZ:
        return f"CAST({_EXTRACTED} AS {TIMESTAMPTZ.sql()})"
    return None


def rows_in(engine: Engine, files: Sequence[FoundFile], file_format: FileFormat) -> dict[str, int]:
    """Path -> rows, of those files that say so at little cost: large Parquet files."""
    large = [file for file in files if file.size >= 1 << 20] if file_format == "parquet" else []
    if not large:
        return {}
    try:
        return dict(
            engine.rows(
                with_paths(
                    engine,
                    f"SELECT {path_column(engine, 'file_name')}, num_rows FROM parquet_file_metadata({PATHS})",
                    large,
                )
            )
        )
    except EngineError:
        return {}
