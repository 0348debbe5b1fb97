"""The columns that a stream arrives with, behind its mappers."""

from __future__ import annotations

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.catalog.fields import properties_of
from infra.lake.registry.mapper import FieldChange, change_of


def columns_of(stream: ConfiguredStream, offered: DiscoveredStream | None) -> frozenset[str]:
    """The fields that arrive, behind the stream's mappers; empty if nobody knows."""
    known = fields_of(stream, offered)
    for change in map(change_of, stream.mappers):
        known = after(change, known) if change is not None else known
    return known


def arrives_as(stream: ConfiguredStream, field: str) -> str | None:
    """The name that a field has behind the stream's mappers; None where one takes it away."""
    name: str | None = field
    for change in map(change_of, stream.mappers):
        if change is not None and change.field == name:
            name = change.becomes
    return name


def after(change: FieldChange, known: frozenset[str]) -> frozenset[str]:
    """The fields that the next mapper finds."""
    made = {change.becomes} if change.becomes else set()
    return (known - {change.field}) | made if known else known


def fields_of(stream: ConfiguredStream, offered: DiscoveredStream | None) -> frozenset[str]:
    """The fields that are synced; empty if nobody knows."""
    if stream.fields is not None:
        return frozenset(stream.fields)
    return frozenset(properties_of(offered.json_schema)) if offered else frozenset()
