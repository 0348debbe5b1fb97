"""Raw files without the rows of one person: found by reading them, written anew beside themselves, and compared."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from infra.base.errors import UserError
from infra.landing.engine.engine import Engine, EngineError, Row
from infra.landing.feed.contents import group_files
from infra.landing.feed.erase_key import EraseKey
from infra.landing.feed.found_file import FoundFile
from infra.landing.feed.group import PATHS, Group, Unreadable, why_unreadable
from infra.landing.feed.listing import list_files
from infra.landing.feed.text_files import by_compression, csv_source, jsonl_source
from infra.landing.types.sql import exact_path, literal
from infra.landing.types.target import Target

_CODECS = {"GZIP": "gzip", "ZSTD": "zstd", "BROTLI": "brotli", "LZ4_RAW": "lz4_raw", "UNCOMPRESSED": "uncompressed"}


@dataclass(frozen=True)
class Shelf:
    """How the files of one format are read and written without a look at what they mean.

    Attributes:
        source: what to select from, with PATHS in it.
        selected: what a row is made of.
        written: the options of COPY.
        numbered: the expression of a row's number in the file, from 0.
    """

    source: str
    selected: str
    written: str
    numbered: str = "row_number() OVER () - 1"

    def rest(self, whole: str, without: Sequence[int] = ()) -> str:
        """The query of a file's rows, but for those of some numbers. `whole`: its place."""
        source = self.source.replace(PATHS, f"[{literal(exact_path(whole))}]")
        if not without:
            return f"SELECT {self.selected} FROM {source}"
        counted = f"(SELECT *, {self.numbered} AS _lake_row FROM {source})"
        return f"SELECT {self.selected} FROM (SELECT * EXCLUDE (_lake_row) FROM {counted} WHERE _lake_row NOT IN ({', '.join(map(str, without))}))"


@dataclass(frozen=True)
class RawRows:
    """What was found in raw files.

    Attributes:
        rows: file -> numbers of the rows, sorted by file; files without one are left out.
        problems: path -> why nobody knows what is in it.
    """

    rows: Mapping[FoundFile, tuple[int, ...]]
    problems: Mapping[str, str]


def find_rows(engine: Engine, target: Target, files: Sequence[FoundFile], key: EraseKey) -> RawRows:
    """Where the rows are in the files, every one of which is read."""
    rows: dict[FoundFile, tuple[int, ...]] = {}
    problems: dict[str, str] = {}
    for group in group_files(engine, files, target.file_format, {**target.declared, **target.asked}):
        if isinstance(group, Unreadable):
            if group.file.size:
                problems[group.file.path] = group.reason
        else:
            _find(engine, group, group.files, key, rows, problems)
    return RawRows(dict(sorted(rows.items())), problems)


def _find(
    engine: Engine,
    group: Group,
    files: Sequence[FoundFile],
    key: EraseKey,
    rows: dict[FoundFile, tuple[int, ...]],
    problems: dict[str, str],
) -> None:
    if (condition := key.condition(group.columns)) is None:
        return
    asked = f"SELECT _lake_file, list(_lake_row ORDER BY _lake_row) FROM {group.relation(engine, files)} WHERE {condition} GROUP BY 1"
    known = {file.path: file for file in files}
    try:
        rows.update({known[path]: tuple(numbers) for path, numbers in engine.rows(asked, key.values)})
    except EngineError as error:
        if len(files) == 1:
            problems[files[0].path] = why_unreadable(engine, files[0], error)
            return
        for file in files:
            _find(engine, group, [file], key, rows, problems)


def write_without(engine: Engine, target: Target, file: FoundFile, numbers: Sequence[int]) -> FoundFile:
    """Write a file anew without the rows of these numbers; the file as it is then.

    Raises UserError, and leaves the file alone, where the rows that stay would not be what they were.
    """
    shelf, place = _shelf(engine, target, file), engine.settings.raw + file.path
    with _beside(engine, file) as temporary, _in_order(engine):
        engine.run(f"COPY ({shelf.rest(place, numbers)}) TO {literal(temporary)} ({shelf.written})")
        if not os.path.getsize(temporary):
            # No line at all: an empty file is one that is broken.
            Path(temporary).write_bytes(b"\n")
        if _sum(engine, shelf.rest(place, numbers)) != _sum(engine, shelf.rest(temporary)):
            raise UserError("it cannot be written as it was read, so it is left alone")
        _put_in_place(engine, temporary, place)
    return next(file_now(engine, file.path))


def file_now(engine: Engine, path: str) -> Iterator[FoundFile]:
    """The file as it lies there, if it does."""
    return (file for file in list_files(engine, [path]) if file.path == path)


def _shelf(engine: Engine, target: Target, file: FoundFile) -> Shelf:
    if target.file_format == "parquet":
        return _parquet_shelf(engine, file)
    zipped = by_compression(engine, [file]).keys() == {True}
    packed = f"COMPRESSION {'gzip' if zipped else 'none'}"
    if target.file_format == "csv":
        written = f"FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR '', {packed}"
        return Shelf(csv_source(zipped=zipped), "* EXCLUDE (_lake_file)", written)
    # A line is one text: no JSON holds the character that would divide it.
    written = f"FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01', {packed}"
    return Shelf(jsonl_source(zipped=zipped), "CAST(json AS VARCHAR) AS json", written)


def _parquet_shelf(engine: Engine, file: FoundFile) -> Shelf:
    place = literal(exact_path(engine.settings.raw + file.path))
    columns = {
        name.casefold()
        for name, *_ in engine.rows(f"DESCRIBE SELECT * FROM read_parquet({place}, hive_partitioning = false)")
    }
    found = engine.rows(f"SELECT compression FROM parquet_metadata({place}) LIMIT 1")
    codec = _CODECS.get(found[0][0] if found else "", "snappy")
    shelf = Shelf(f"read_parquet({PATHS}, hive_partitioning = false)", "*", f"FORMAT parquet, COMPRESSION {codec}")
    # A column of the source with this name hides DuckDB's own.
    return shelf if "file_row_number" in columns else replace(shelf, numbered="file_row_number")


@contextmanager
def _beside(engine: Engine, file: FoundFile) -> Iterator[str]:
    """A place for the new file: in the folder of the old one, under a name that listings leave alone, or on this machine where
    the old one is in S3.
    """
    place = engine.settings.raw + file.path
    if place.startswith("s3://"):
        os.makedirs(engine.settings.spill, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=engine.settings.spill) as folder:
            yield f"{folder}/file"
        return
    temporary = Path(place).with_name(f".{Path(place).name}.tmp")
    try:
        yield str(temporary)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _in_order(engine: Engine) -> Iterator[None]:
    """Rows are written as they are read."""
    engine.run("SET preserve_insertion_order = true")
    try:
        yield
    finally:
        engine.run("SET preserve_insertion_order = false")


def _sum(engine: Engine, query: str) -> list[Row]:
    """Columns, how many rows, and a sum of them all."""
    return [*engine.rows(f"DESCRIBE {query}"), *engine.rows(f"SELECT count(*), sum(hash(r)) FROM ({query}) AS r")]


def _put_in_place(engine: Engine, temporary: str, place: str) -> None:
    """Give the new file the old one's name, at once; here also its rights and time, which replays and retention go by."""
    if place.startswith("s3://"):
        content = f"SELECT content FROM read_blob({literal(exact_path(temporary))})"
        engine.run(f"COPY ({content}) TO {literal(place)} (FORMAT blob)")
        return
    shutil.copystat(place, temporary)
    with open(temporary, "rb") as file:
        os.fsync(file.fileno())
    os.replace(temporary, place)
