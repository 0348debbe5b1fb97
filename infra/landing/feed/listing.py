"""Listings: what lies in a folder or in S3, at the cost of the list alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from infra.base.errors import UserError
from infra.landing.engine.engine import Engine, EngineError, Row
from infra.landing.feed.found_file import FoundFile
from infra.landing.types.sql import exact_path

# A prefix with more files than this is no prefix of one stream.
MOST_FILES = 5_000_000


# Whole path, size, time of the last change in microseconds since 1970.
_Listed = tuple[str, int, int]


def list_files(engine: Engine, prefixes: Iterable[str]) -> tuple[FoundFile, ...]:
    """Every file whose path begins with one of the prefixes (bucket and key), sorted by path.

    Raises UserError where one cannot be listed; a folder that is not there holds nothing.
    """
    raw = engine.settings.raw
    found: dict[str, FoundFile] = {}
    for prefix in prefixes:
        if "?" in prefix and raw.startswith("s3://"):
            raise UserError(f"{prefix}: DuckDB cannot ask S3 for names with ?, so these files cannot be fed")
        for path, size, modified in (
            _in_s3(engine, raw + prefix) if raw.startswith("s3://") else _in_folder(raw + prefix)
        ):
            file = FoundFile(path[len(raw) :], size, modified)
            found[file.path] = file
            if len(found) > MOST_FILES:
                raise UserError(f"more than {MOST_FILES:,} files begin with {prefix}")
    return tuple(sorted(found.values()))


def _in_folder(prefix: str) -> Iterator[_Listed]:
    folder = prefix.rpartition("/")[0] or "/"
    try:
        yield from _walk(folder, lambda path: path.startswith(prefix) or prefix.startswith(path + "/"))
    except OSError as error:
        raise UserError(f"{error.filename or folder} cannot be listed: {error.strerror}") from None


def _walk(folder: str, wanted: Callable[[str], bool]) -> Iterator[_Listed]:
    folders = [folder]
    while folders:
        try:
            entries = os.scandir(folders.pop())
        except FileNotFoundError:
            continue
        with entries:
            for entry in entries:
                if not wanted(entry.path):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.is_file():
                    yield from _looked_at(entry)


def _looked_at(entry: os.DirEntry[str]) -> Iterator[_Listed]:
    try:
        found = entry.stat()
    except FileNotFoundError:
        return  # deleted meanwhile
    yield entry.path, found.st_size, found.st_mtime_ns // 1000


def look_again(engine: Engine, files: Iterable[FoundFile]) -> Iterator[str]:
    """Paths of local files that are not what they were: they were written while they were read."""
    raw = engine.settings.raw
    for file in () if raw.startswith("s3://") else files:
        try:
            found = os.stat(raw + file.path)
        except FileNotFoundError:
            yield file.path
            continue
        if (found.st_size, found.st_mtime_ns // 1000) != file.identity:
            yield file.path


def _in_s3(engine: Engine, prefix: str) -> Iterator[_Listed]:
    exact = exact_path(prefix)
    patterns = [f"{exact}**"] if prefix.endswith("/") else [f"{exact}*", f"{exact}*/**"]
    for path, size, modified in _read_blob(engine, patterns):
        if not path.endswith("/"):
            yield path, int(size), int(modified)


def _read_blob(engine: Engine, patterns: list[str]) -> list[Row]:
    """The list alone is asked for: nothing of the contents, and no file by itself."""
    try:
        return engine.rows("SELECT filename, size, epoch_us(last_modified) FROM read_blob(?)", [patterns])
    except EngineError as error:
        if "No files found" in str(error):
            return []
        raise
