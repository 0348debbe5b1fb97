"""Streams that are known to have been in a connection before."""

from __future__ import annotations

from infra.lake.registry.accepted import Accepted
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry
from infra.lake.registry.history import Retired
from infra.review.sides.side import Side


def gone_since(base: Side, before: Entry[Connection], id_: str, stem: str) -> str | None:
    """The last day on which a line of the base says that the stream went, under the connection's `id_` or an older one."""
    registry = base.model.registry
    ids = {before.path, f"connections.{id_}"}
    ids |= {line.from_ for line, _ in registry.renamed if line.to in ids}
    said: list[Retired | Accepted] = [line for line, _ in registry.retired]
    said += [line for line, _ in registry.accepted]
    gone = {f"{one}.streams.{stem}" for one in ids}
    days = [line.date for line in said if line.stack in (None, before.stack) and line.entry in gone]
    return max(days, default=None)
