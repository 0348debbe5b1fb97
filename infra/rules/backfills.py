"""Backfills that a destination cannot do."""

from __future__ import annotations

from collections.abc import Iterator

from infra.documents import Problem
from infra.model.lake_model import LakeModel
from infra.rules.streams import synced_streams


def check_backfills(model: LakeModel) -> Iterator[Problem]:
    """`refresh-unsupported`. Airbyte answers a refresh of such a destination with 200 and does nothing."""
    for stream, _, destinations in synced_streams(model):
        for name, lock in sorted(destinations.items()):
            if stream.backfill and not lock.supports_refreshes:
                message = f"the destination {name} ({lock.connector}) cannot refresh a stream"
                fix = "remove backfill; clear the stream in Airbyte and sync it again"
                yield stream.layers.problem("refresh-unsupported", ("backfill",), message, fix)
