"""`renamed:` and `retired:` lines as Terraform's `moved` and `removed` blocks."""

from __future__ import annotations

from dataclasses import replace

from infra.base.json_value import Json
from infra.lake.model.backfills import OPERATION, StackBackfill, backfills_of
from infra.lake.model.stack import Stack
from infra.lake.registry.entry import streams_folder
from infra.lake.registry.kinds import address_of
from infra.lake.registry.registry import Registry


def history_blocks(registry: Registry, stack: Stack) -> Json:
    """The `moved` and `removed` blocks of a stack, sorted by address; only those that are needed."""
    moved = [
        {"from": address_of(line.from_), "to": address_of(line.to)}
        for line, _ in registry.renamed
        if not line.is_stream and _is_managed(stack, line.to)
    ]
    for backfill in backfills_of(stack):
        moved += _moved_backfill(registry, stack, backfill)
    removed = [
        {"from": address_of(line.entry), "lifecycle": {"destroy": False}}
        for line, _ in registry.retired
        if line.keep and not line.is_stream and line.stack in (None, stack.id)
    ]
    blocks = {"moved": sorted(moved, key=str), "removed": sorted(removed, key=str)}
    return {name: content for name, content in blocks.items() if content}


def _moved_backfill(registry: Registry, stack: Stack, backfill: StackBackfill) -> list[Json]:
    """A backfill keeps its objects where its connection or its stream file gets another name: else it would run again."""
    before = {line.to: line.from_ for line, _ in registry.renamed}
    source = stack.sources[stack.connections[backfill.connection].settings.source]
    streams = f"streams.{streams_folder(source)}"
    connection = before.get(f"connections.{backfill.connection}", "").rpartition(".")[2]
    stem = before.get(f"{streams}.{backfill.stream}", "").removeprefix(f"{streams}.")
    if not connection and not stem:
        return []
    old = replace(backfill, connection=connection or backfill.connection, stream=stem or backfill.stream)
    operations = [f"{OPERATION}.{name}" for name in ("pause", "backfill", "resync")]
    return [
        {"from": f"{type_}_{old.key}", "to": f"{type_}_{backfill.key}"}
        for type_ in ("terraform_data.backfill", *operations)
        if backfill.mode == "clear" or not type_.endswith("resync")
    ]


def _is_managed(stack: Stack, path: str) -> bool:
    return any(entry.path == path and getattr(entry.settings, "managed", True) for entry in stack.entries())
