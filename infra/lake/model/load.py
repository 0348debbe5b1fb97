"""Files to a LakeModel: the one place where the parts of a lake are read and put together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.streams import SourceStreams, read_streams, streams_of
from infra.lake.connectors.lock import ConnectorLock, read_locks, specs_of
from infra.lake.documents import Problem
from infra.lake.model.lake_model import LakeModel, Loaded, StackModel
from infra.lake.model.variables import uses_in, variables_of
from infra.lake.registry.declared import collect, read_registry_files
from infra.lake.registry.registry import Registry, StackRegistry
from infra.lake.registry.resolve import resolve


def load_lake(root: Path) -> Loaded:
    """Read every file of the lake. Problems of one file never hide those of another."""
    locks, problems = read_locks(root)
    documents, found = read_registry_files(root)
    declared = collect(documents, complete=not found)
    resolved = resolve(declared, specs_of(locks))
    problems += [*found, *declared.problems, *resolved.problems]
    sources: dict[str, SourceStreams] = {}
    for source, piece in sorted(declared.entries["sources"].items()):
        external = isinstance(piece.value, dict) and "external" in piece.value
        sources[source], found = read_streams(root, source, external=external)
        problems += found
    stacks = {
        id_: _stack(stack, resolved.registry, sources, locks, problems)
        for id_, stack in resolved.registry.stacks.items()
    }
    model = LakeModel(root, declared, resolved.drafts, resolved.registry, locks, sources, stacks)
    return Loaded(model, tuple(problems))


def _stack(
    stack: StackRegistry,
    registry: Registry,
    sources: Mapping[str, SourceStreams],
    locks: Mapping[str, ConnectorLock],
    problems: list[Problem],
) -> StackModel:
    streams: dict[str, tuple[ConfiguredStream, ...]] = {}
    for connection in stack.connections.values():
        source = stack.sources.get(connection.entry.source)
        folder = sources.get(source.entry.streams_from or source.id) if source else None
        if folder is not None and source is not None and source.entry.external is None:
            streams[connection.id], found = streams_of(connection, folder)
            problems += found
    return StackModel(stack, streams, variables_of(uses_in(stack, streams, locks), registry.lake))
