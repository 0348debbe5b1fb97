"""Files to a LakeModel: the one place where the parts of a lake are read and put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.streams import SourceStreams, read_streams, streams_of
from infra.lake.connectors.lock import ConnectorLock, read_locks, specs_of
from infra.lake.documents import Layers, Problem
from infra.lake.model.lake_model import LakeModel, Loaded
from infra.lake.model.stack import Stack
from infra.lake.model.uses import uses_in, uses_in_landing
from infra.lake.model.variables import Use, variables_of
from infra.lake.registry.declared import SECTIONS, Declared, collect, read_registry_files
from infra.lake.registry.entry import streams_folder
from infra.lake.registry.registry import Registry
from infra.lake.registry.resolve import resolve


def load_lake(root: Path, other_locks: Mapping[str, ConnectorLock] | None = None) -> Loaded:
    """Read every file of the lake; `other_locks` stand in the place of those in the files. Problems of one file never hide
    those of another.
    """
    locks, problems = read_locks(root)
    locks |= other_locks or {}
    documents, found = read_registry_files(root)
    declared = collect(documents, unread=found)
    resolved = resolve(declared, specs_of(locks))
    registry = resolved.registry
    problems += [*found, *declared.problems, *resolved.problems]
    sources: dict[str, SourceStreams] = {}
    for source, piece in sorted(declared.entries["sources"].items()):
        external = isinstance(piece.value, dict) and "external" in piece.value
        sources[source], found = read_streams(root, source, external=external)
        problems += found
    stacks: dict[str, Stack] = {}
    for id_ in sorted(registry.lake.stacks):
        stack = _stack(id_, registry, declared, sources, problems)
        uses = tuple(uses_in(stack, locks))
        stacks[id_] = replace(stack, uses=uses, variables=variables_of(uses, registry.lake))
    model = LakeModel(
        root, declared, resolved.drafts, registry, locks, sources, stacks, _landing_uses(registry, declared)
    )
    return Loaded(model, tuple(problems))


def _landing_uses(registry: Registry, declared: Declared) -> dict[str, tuple[Use, ...]]:
    if declared.lake is None:
        return {}
    layers = Layers.single(declared.lake)
    return {
        id_: tuple(uses_in_landing(id_, registry.lake.landings[id_], layers)) for id_ in sorted(registry.lake.landings)
    }


def _stack(
    id_: str, registry: Registry, declared: Declared, folders: Mapping[str, SourceStreams], problems: list[Problem]
) -> Stack:
    """The stack with its streams, as yet without variables."""
    sections: dict[str, Any] = {section: {} for section in SECTIONS}
    for entry in registry.entries.values():
        if entry.stack == id_:
            sections[entry.section][entry.id] = entry
    streams: dict[str, tuple[ConfiguredStream, ...]] = {}
    for connection in sections["connections"].values():
        source = sections["sources"].get(connection.settings.source)
        if source is not None and source.settings.external is None and (folder := folders.get(streams_folder(source))):
            streams[connection.id], found = streams_of(connection, folder)
            problems += found
    assert declared.lake is not None, "only a written lake has stacks"
    layers = Layers.single(declared.lake).child("stacks", id_)
    return Stack(id_, registry.lake.stacks[id_], layers, **sections, streams=streams)
