"""Group: files with the same columns, and the relation that their rows are read by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from infra.landing.engine.engine import Engine, EngineError
from infra.landing.feed.found_file import FoundFile
from infra.landing.types.column_type import ColumnType, parse_type
from infra.landing.types.sql import exact_path, literal

# Where the paths come into a statement; no name and no text can have it.
PATHS = "\0paths"


@dataclass(frozen=True)
class Group:
    """Files with the same columns.

    Attributes:
        columns: their columns, with the types that the rows of `relation` have.
        stored: the same with the types that they have in the files.
        pattern: what to select from, for the files that `relation` puts into it; it also has `_lake_file` and `_lake_row`.
    """

    files: tuple[FoundFile, ...]
    columns: Mapping[str, ColumnType]
    pattern: str
    stored: Mapping[str, ColumnType] = field(default_factory=dict)

    def relation(self, engine: Engine, files: Sequence[FoundFile]) -> str:
        """What to select the rows of some of the files from."""
        return with_paths(engine, self.pattern, files)


@dataclass(frozen=True)
class Unreadable:
    """A file that cannot be read, and why."""

    file: FoundFile
    reason: str


def with_paths(engine: Engine, pattern: str, files: Sequence[FoundFile]) -> str:
    """A statement for these files, and no other that a pattern of DuckDB's could mean.

    In the statement's text: DuckDB's client takes 0.1 ms for each element of a list that is a parameter.
    """
    listed = ", ".join(literal(exact_path(engine.settings.raw + file.path)) for file in files)
    return pattern.replace(PATHS, f"[{listed}]")


def described(engine: Engine, source: str, files: Sequence[FoundFile]) -> dict[str, ColumnType]:
    """The columns of a source, but for the file's own name."""
    found = engine.rows(with_paths(engine, f"DESCRIBE SELECT * EXCLUDE (_lake_file) FROM {source}", files))
    return {name: parse_type(type_) for name, type_, *_ in found}


def numbered(source: str) -> str:
    """The source with `_lake_row`, the number of a row in its file, for formats that do not tell it themselves.

    A window without partitions takes rows one after the other, as they are read; one with partitions takes them from each
    thread as they come.
    """
    counted = f"(SELECT *, row_number() OVER () AS _lake_row FROM {source})"
    return f"(SELECT * REPLACE (_lake_row - min(_lake_row) OVER (PARTITION BY _lake_file) AS _lake_row) FROM {counted})"


def path_column(engine: Engine, name: str) -> str:
    """The expression of a file's path, from what DuckDB calls it."""
    return f"substr({name}, {len(engine.settings.raw) + 1})"


def why_unreadable(engine: Engine, file: FoundFile, error: EngineError) -> str:
    """The error without the file's own name, which stands before it anyway."""
    path = engine.settings.raw + file.path
    named = rf"(?:[Ff]ile )?['\"]{re.escape(path)}['\"]"
    return re.sub(named, "it", re.sub(f"^{named}:? ", "", str(error)))
