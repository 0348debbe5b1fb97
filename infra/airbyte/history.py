"""`renamed:` and `retired:` lines as Terraform's `moved` and `removed` blocks."""

from __future__ import annotations

from infra.airbyte.bodies import RESOURCE_TYPES
from infra.airbyte.document import Json
from infra.registry.registry import Registry, StackRegistry


def history_blocks(registry: Registry, stack: StackRegistry) -> Json:
    """The `moved` and `removed` blocks of a stack, sorted by address; only those that are needed."""
    moved = [
        {"from": _address(line.from_), "to": _address(line.to)}
        for line, _ in registry.renamed
        if not line.is_stream and _is_managed(stack, line.to)
    ]
    removed = [
        {"from": _address(line.entry), "lifecycle": {"destroy": False}}
        for line, _ in registry.retired
        if line.keep and not line.is_stream and line.stack in (None, stack.id)
    ]
    blocks = {"moved": sorted(moved, key=str), "removed": sorted(removed, key=str)}
    return {name: content for name, content in blocks.items() if content}


def _address(path: str) -> str:
    section, _, entry_id = path.partition(".")
    return f"{RESOURCE_TYPES[section]}.{entry_id}"


def _is_managed(stack: StackRegistry, path: str) -> bool:
    return any(entry.path == path and getattr(entry.entry, "managed", True) for entry in stack.entries())
