"""ConfiguredStream: one stream with every default decided, ready for Terraform and for a connector."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from infra.lake.documents import KeyPath, Layers, render_json
from infra.lake.registry.backfill import Backfill
from infra.lake.registry.landing import StreamLanding
from infra.lake.registry.mapper import Mapper
from infra.lake.registry.sync_mode import uses_primary_key

FieldPath = tuple[str, ...]

# Modes of Airbyte's Configuration API that the protocol's enum lacks, and what a connector should read instead.
_PROTOCOL_MODES = {"overwrite_dedup": "overwrite"}


@dataclass(frozen=True)
class ConfiguredStream:
    """What is synced of one stream, and how.

    Attributes:
        stem: name of its stream file, without `.json`.
        name, namespace: its identity in the source.
        sync_mode, destination_sync_mode: never empty.
        cursor_field, primary_key: what is used; the source's own where it defines them; empty if there is none.
        fields: selected top-level fields, sorted; None for all.
        json_schema: cut to the selected fields.
        source_defined_cursor, source_defined_primary_key: what the source insists on.
        include_files, destination_object_name: as the stream file says; None keeps what Airbyte has.
        backfill: what asks to read everything again; None if there is none.
        landing: how its files become a table.
        layers: the stream file and what was merged over it.

    """

    stem: str
    name: str
    namespace: str | None
    sync_mode: str
    destination_sync_mode: str
    cursor_field: FieldPath
    primary_key: tuple[FieldPath, ...]
    fields: tuple[str, ...] | None
    json_schema: dict[str, Any]
    supported_sync_modes: tuple[str, ...]
    default_cursor_field: FieldPath
    source_defined_cursor: bool
    source_defined_primary_key: tuple[FieldPath, ...]
    mappers: tuple[Mapper, ...]
    include_files: bool | None
    destination_object_name: str | None
    backfill: Backfill | None
    landing: StreamLanding
    layers: Layers = field(repr=False, compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """(namespace or "", name)."""
        return self.namespace or "", self.name

    @property
    def written(self) -> tuple[tuple[str, KeyPath], ...]:
        """Where its settings stand: what is written at the same places is the same stream, whoever syncs it."""
        return tuple(piece.place for piece in self.layers.pieces)

    @property
    def used_cursor(self) -> FieldPath:
        """The cursor, empty where the sync mode goes by none."""
        return self.cursor_field if self.sync_mode == "incremental" else ()

    @property
    def used_primary_key(self) -> tuple[FieldPath, ...]:
        """The key that rows are told apart by, empty where the mode tells none apart."""
        return self.primary_key if uses_primary_key(self.destination_sync_mode) else ()

    def to_protocol(self) -> dict[str, Any]:
        """The Airbyte protocol's ConfiguredAirbyteStream."""
        stream = {
            "name": self.name,
            "json_schema": self.json_schema,
            "supported_sync_modes": self.supported_sync_modes,
            "source_defined_cursor": self.source_defined_cursor,
            "default_cursor_field": self.default_cursor_field,
            "source_defined_primary_key": self.source_defined_primary_key,
        }
        if self.namespace is not None:
            stream["namespace"] = self.namespace
        return {
            "stream": stream,
            "sync_mode": self.sync_mode,
            "destination_sync_mode": _PROTOCOL_MODES.get(self.destination_sync_mode, self.destination_sync_mode),
            "cursor_field": self.used_cursor,
            "primary_key": self.primary_key,
        }


def catalog_text(streams: Iterable[ConfiguredStream]) -> str:
    """The text of a `_catalog.json`: the protocol's ConfiguredAirbyteCatalog, sorted by (namespace, name)."""
    return render_json({"streams": [stream.to_protocol() for stream in sorted(streams, key=lambda s: s.key)]})
