"""Target: a landing table, and everything that the lake's files say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infra.lake.files.layout import FileFormat
from infra.landing.types.column_type import ColumnType
from infra.landing.types.sql import identifier


@dataclass(frozen=True)
class Target:
    """A table to feed.

    Attributes:
        name: of the table in the schema `landing`.
        current: name of its view of living rows.
        file_format: of its files.
        declared: column -> type, by the stream's fields and discovered schema.
        asked: column -> type, by the stream file.
        json: True if nested values become JSON.
        key: columns that tell rows apart; empty where nothing does.
        cursor: the column that tells newer rows, if there is one.
        overwrite: True if each sync replaces the table.
        register: True if the table reads the files where they are.
    """

    name: str
    current: str
    file_format: FileFormat
    declared: Mapping[str, ColumnType]
    asked: Mapping[str, ColumnType]
    json: bool = False
    key: tuple[str, ...] = ()
    cursor: str | None = None
    overwrite: bool = False
    register: bool = False

    @property
    def table(self) -> str:
        """The table as SQL has it."""
        return identifier("lake", "landing", self.name)

    @property
    def view(self) -> str:
        """The view of living rows as SQL has it."""
        return identifier("lake", "landing", self.current)
