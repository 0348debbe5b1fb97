"""The folders of the sources that an import is about: which connections use them, and what their sources offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from infra.airbyte.workspace.setup import Setup
from infra.lake.catalog.discovered import DiscoveredStream, StreamKey
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.entries import Source
from infra.lake.replication.method import method_behind
from infra.move.entries.plan_actors import ActorPlan
from infra.move.entries.plan_connections import NewConnection
from infra.move.entries.proposed import Proposed
from infra.move.entries.stream_files import SourceFolder, Who
from infra.move.found_terraform import FoundTerraform


@dataclass
class FolderUse:
    """A folder, and how connections use it.

    Attributes:
        connections: how those that get an entry are set, in the order of their ids and of the lake's stacks.
    """

    folder: SourceFolder
    connections: dict[Who, Setup] = field(default_factory=dict)


def folder_uses(
    model: LakeModel, found: Mapping[str, FoundTerraform], actors: ActorPlan, connections: Sequence[NewConnection]
) -> dict[str, FolderUse]:
    """Id of a folder -> its use: of every source that gets an entry, or that a new connection is of."""
    new = {one.id: one for one in actors.proposed if one.section == "sources"}
    sources = sorted({*new, *(one.ends[0] for one in connections)})
    uses: dict[str, FolderUse] = {}
    for source in sources:
        folder = folder_id(model, source)
        if folder not in uses:
            uses[folder] = FolderUse(_folder(model, found, actors, folder, new.get(source)))
    for one in sorted(connections, key=lambda one: one.group.id):
        uses[folder_id(model, one.ends[0])].connections |= one.setups
    return uses


def folder_id(model: LakeModel, source: str) -> str:
    """The folder with the streams of a source, its own or the one that it borrows."""
    piece = model.declared.entries["sources"].get(source)
    said = piece.value.get("streams_from") if piece and isinstance(piece.value, dict) else None
    return said if isinstance(said, str) else source


def _folder(
    model: LakeModel, found: Mapping[str, FoundTerraform], actors: ActorPlan, folder: str, new: Proposed | None
) -> SourceFolder:
    catalog: dict[StreamKey, DiscoveredStream] = {}
    version = None
    for stack, one in found.items():
        for actor in one.workspace.actors:
            if actor.kind == "source" and actors.entries.get((stack, actor.key)) == folder:
                catalog = {stream.key: stream for stream in one.workspace.catalogs.get(actor.key, ())} | catalog
                version = version or actor.version
    streams = tuple(catalog.values())
    connector, method = _method(new, streams)
    provenance = {"connector": connector, "version": version, "from": "server", "method": method}
    return SourceFolder(folder, model.sources.get(folder), streams, provenance, _is_shared(model, folder))


def _method(new: Proposed | None, streams: Sequence[DiscoveredStream]) -> tuple[str | None, str | None]:
    """(connector, method of replication) of a new source."""
    if new is None:
        return None, None
    value = next(iter(new.values.values()))
    try:
        return value.get("connector"), method_behind(streams, [Source.model_validate(value)])
    except ValidationError:
        return value.get("connector"), None


def _is_shared(model: LakeModel, folder: str) -> bool:
    """True where an entry of the lake takes every file that is selected: a new one is not for it."""
    connections = (draft for draft in model.drafts.entries.values() if draft.section == "connections")
    return any(
        folder_id(model, draft.text("source") or "") == folder and draft.layers.value.get("streams") is None
        for draft in connections
    )
