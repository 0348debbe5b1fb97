"""The backfills that the streams of a stack ask for, and what each does to the data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.backfill import Mode

# The provider whose object is a backfill, and the release whose documentation was read; see docs/decisions/.
# The type of the objects whose creation is a call.
OPERATION = "restful_operation"

RESTFUL_SOURCE = "magodo/restful"
RESTFUL_VERSION = "0.25.1"

_APPENDING = frozenset({"append"})


@dataclass(frozen=True)
class StackBackfill:
    """The backfill of one stream in one connection.

    Attributes:
        connection: id of the connection.
        stream: stem of the stream file; `name` and `namespace` are what Airbyte calls it.
        token: what tells it from other backfills of the stream.
        mode: merge, truncate or clear.
        reason: why, in the author's words.
        key: a name that no other backfill has, fit for Terraform.
        configured: the stream.

    """

    connection: str
    stream: str
    token: str
    mode: Mode
    reason: str | None
    configured: ConfiguredStream = field(repr=False)

    @property
    def key(self) -> str:
        """`shopify_to_lake--orders--2026-11`: ids have no hyphen, tokens no two of them, and a stem is escaped with one."""
        stem = re.sub("[^A-Za-z0-9_]", lambda found: _escaped(found[0]), self.stream)
        return f"{self.connection}--{stem}--{self.token}"

    @property
    def address(self) -> str:
        """The Terraform object whose creation is the call."""
        return f"{OPERATION}.backfill_{self.key}"

    @property
    def name(self) -> str:
        """The stream's name in the source."""
        return self.configured.name

    @property
    def namespace(self) -> str | None:
        """The stream's namespace in the source."""
        return self.configured.namespace

    @property
    def duplicates(self) -> bool:
        """True if every row will be in the destination once more, told apart by `_airbyte_generation_id`."""
        return self.mode == "merge" and self.configured.destination_sync_mode in _APPENDING

    @property
    def deletes(self) -> str:
        """What is removed from the destination; empty if nothing is."""
        if self.mode == "truncate":
            return (
                "what earlier syncs wrote, at the end of a successful run: rows that the source no longer has are lost"
            )
        if self.mode == "clear":
            return "all rows, before the sync that reads them again: the table is empty in between"
        return ""


def _escaped(character: str) -> str:
    return "".join(f"-{byte:02x}" for byte in character.encode())


def backfills_of(stack: Stack) -> tuple[StackBackfill, ...]:
    """The backfills of a stack, sorted by connection and stream."""
    return tuple(
        StackBackfill(connection, stream.stem, backfill.token, backfill.mode, backfill.reason, stream)
        for connection, streams in sorted(stack.streams.items())
        for stream in sorted(streams, key=lambda stream: stream.stem)
        if (backfill := stream.backfill)
    )


def backfills_with_locks(model: LakeModel) -> Iterator[tuple[Stack, StackBackfill, ConnectorLock | None]]:
    """Every backfill of the lake, with its stack and the lock of its destination, None where that has none."""
    for stack in model.stacks.values():
        for backfill in backfills_of(stack):
            destination = stack.destinations.get(stack.connections[backfill.connection].settings.destination)
            yield stack, backfill, model.locks.get(destination.settings.connector or "") if destination else None
