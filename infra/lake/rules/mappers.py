"""Mappers: their fields exist, and none of them changes what the sync stands on."""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.catalog.columns import after, fields_of
from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.documents import KeyPath, Problem, did_you_mean
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.mapper import FieldChange, change_of
from infra.lake.registry.sync_mode import uses_primary_key
from infra.lake.rules.streams import synced_streams


def check_mappers(model: LakeModel) -> Iterator[Problem]:
    """`mapper-unknown-field` for a field that the stream does not sync, `mapper-changes-cursor` and
    `mapper-changes-primary-key` for one that it cannot do without.
    """
    for stream, offered, _ in synced_streams(model):
        known = fields_of(stream, offered)
        for index, mapper in enumerate(stream.mappers):
            change = change_of(mapper)
            if change is not None:
                yield from _check(stream, change, known, ("mappers", index, *change.path))
                known = after(change, known)


def _check(stream: ConfiguredStream, change: FieldChange, known: frozenset[str], path: KeyPath) -> Iterator[Problem]:
    name = change.field
    if known and name not in known:
        fix = did_you_mean(name, known, "fields")
        yield stream.layers.problem("mapper-unknown-field", path, f'the stream syncs no field "{name}"', fix)
    elif stream.sync_mode == "incremental" and name in stream.cursor_field[:1]:
        message = f'the cursor "{name}" would be {change.what}: it could no longer tell newer rows from older ones'
        yield stream.layers.problem("mapper-changes-cursor", path, message, "remove the mapper")
    elif uses_primary_key(stream.destination_sync_mode) and name in {key[0] for key in stream.primary_key}:
        message = f'the primary key "{name}" would be {change.what}: it could no longer tell rows apart'
        yield stream.layers.problem("mapper-changes-primary-key", path, message, "remove the mapper")
