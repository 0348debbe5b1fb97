"""Feed: the files of one connection's stream, and the landing table that they are fed into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from infra.base.errors import UserError
from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.documents import not_found
from infra.lake.files.stream_files import StreamFiles, files_of
from infra.lake.files.tables import LandingTable, table_of
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry


@dataclass(frozen=True)
class Feed:
    """What is fed into a landing table.

    Attributes:
        stack: id of the stack.
        source: id of the source.
        backfill: True if another connection's table is fed.
    """

    stack: str
    connection: Entry[Connection]
    source: str
    stream: ConfiguredStream
    files: StreamFiles
    table: LandingTable
    backfill: bool

    @property
    def order(self) -> tuple[str, bool, str, str]:
        """By table; what says the table's settings first."""
        return self.table.name, self.backfill, self.stack, self.connection.id


def feeds_of(model: LakeModel, landing: str) -> tuple[Feed, ...]:
    """Everything that is fed into a landing, in order."""
    stacks = (stack for stack in model.stacks.values() if stack.settings.landing == landing)
    return tuple(sorted((feed for stack in stacks for feed in _of_stack(stack)), key=lambda feed: feed.order))


def no_feeds(model: LakeModel, landing: str) -> UserError:
    """Why nothing is fed into a landing, and what to write."""
    stacks = sorted(stack.id for stack in model.stacks.values() if stack.settings.landing == landing)
    if not stacks:
        return UserError(
            f'no stack feeds the landing "{landing}": write lake.stacks.STACK.landing: {landing}, or name another landing'
        )
    named = ", ".join(f'"{stack}"' for stack in stacks)
    return UserError(
        f'no stream of {"the stack" if len(stacks) == 1 else "the stacks"} {named} has files that can be fed into the landing "{landing}": '
        "those are streams of connections to a destination-s3 whose registry entry says bucket and format"
    )


def chosen_feeds(feeds: Sequence[Feed], source: str | None, stem: str | None) -> list[Feed]:
    """Those of a source, or of one of its streams; all where none is named. Raises UserError with the near matches."""
    if source is None:
        return list(feeds)
    own = [feed for feed in feeds if feed.source == source]
    if not own:
        raise not_found("source", source, {feed.source for feed in feeds})
    if stem is None:
        return own
    found = [feed for feed in own if feed.stream.stem == stem]
    if not found:
        raise not_found("stream", stem, {feed.stream.stem for feed in own})
    return found


def _of_stack(stack: Stack) -> Iterator[Feed]:
    for connection in stack.connections.values():
        for stream in stack.streams.get(connection.id, ()):
            files = files_of(stack, connection, stream)
            if files is not None:
                source = connection.settings.source
                backfill = connection.settings.feeds == "backfill"
                yield Feed(stack.id, connection, source, stream, files, table_of(source, stream.stem), backfill)
