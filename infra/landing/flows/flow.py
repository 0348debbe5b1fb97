"""Flow: the dbt model of a stream: what it is built from, and by which of four shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from infra.lake.files.feeds import Feed
from infra.lake.files.tables import CURRENT
from infra.landing.flows.flow_column import FlowColumn, flow_columns
from infra.landing.types.schema_types import column_names
from infra.landing.types.statements import newest_first
from infra.landing.types.target import Target
from infra.landing.types.targets import target_of

# What a model has of landing's own columns; a model that reads files where they are has none of them.
OWN = ("_airbyte_extracted_at", "_lake_file", "_lake_row", "_lake_batch")

# `merged`: the newest row of each key, deleted keys kept; `kept`: every row, those that landing drops kept as deleted;
# `latest`: the rows of the latest sync; `read`: what the files hold, which landing only points to.
Shape = Literal["merged", "kept", "latest", "read"]


@dataclass(frozen=True)
class Flow:
    """A stream's model.

    Attributes:
        columns: of the stream, in the order of its schema.
        key: names of the columns that tell rows apart; empty where nothing does.
        newest_by: names of the columns that tell newer rows, the first one first.
    """

    feed: Feed
    target: Target
    shape: Shape
    columns: tuple[FlowColumn, ...]
    key: tuple[str, ...]
    newest_by: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of the model."""
        return f"int_{self.feed.table.name}"

    @property
    def merges(self) -> bool:
        """True for a model that takes batch after batch, and has rows that were deleted."""
        return self.shape in ("merged", "kept")

    @property
    def living(self) -> str:
        """The model that people read: without what was deleted."""
        return self.name + CURRENT if self.merges else self.name


def flow_of(feed: Feed) -> Flow:
    """The flow of a stream that is fed."""
    target = target_of(feed)
    columns = flow_columns(feed, target)
    names = [column.name for column in columns]
    key = _key(feed, target, columns)
    shape = _shape(feed, target, key)
    if shape == "kept":
        return Flow(feed, target, shape, columns, ("_lake_file", "_lake_row"), ("_lake_batch",))
    newest_by = newest_first(target, ["_airbyte_extracted_at", *names])
    return Flow(feed, target, shape, columns, key, (*newest_by, "_lake_batch"))


def _shape(feed: Feed, target: Target, key: Sequence[str]) -> Shape:
    if target.register:
        return "read"
    if feed.stream.sync_mode == "full_refresh" and not target.overwrite:
        return "latest"
    return "merged" if key else "kept"


def _key(feed: Feed, target: Target, columns: Sequence[FlowColumn]) -> tuple[str, ...]:
    """The columns of the primary key; empty where one of them is no column."""
    names = column_names(feed.stream.json_schema, target.file_format)
    known = {column.path: column.name for column in columns}
    paths = [(names.get(path[0], path[0]), *path[1:]) for path in feed.stream.primary_key]
    return tuple(known[path] for path in paths) if all(path in known for path in paths) else ()
