"""Edits that take an entry out of a stack, because its object is gone from Airbyte."""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.catalog.discovered import FOLDER as DISCOVERED
from infra.lake.catalog.streams import FOLDER as STREAMS
from infra.lake.documents.operation import Operation
from infra.lake.documents.read import list_files
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.draft import Draft


def removal(model: LakeModel, draft: Draft) -> list[Operation]:
    """What removes the entry from its stack: the whole entry where it is in no other, with the files of a source."""
    own = draft.layers.pieces[draft.layers.own]
    stacks = model.drafts.placements[draft.section][draft.id]
    if len(stacks) == 1:
        files = _files(model, draft.id) if draft.section == "sources" else ()
        return [Operation(own.document.file, own.path), *files]
    left = [stack for stack in stacks if stack != draft.stack]
    named = Operation(own.document.file, (*own.path, "stack"), left[0] if len(left) == 1 else left)
    overrides = own.value.get("overrides") or {}
    if draft.stack not in overrides:
        return [named]
    below = ("overrides",) if len(overrides) == 1 else ("overrides", draft.stack)
    return [named, Operation(own.document.file, (*own.path, *below))]


def _files(model: LakeModel, source: str) -> Iterator[Operation]:
    """The files of a source, unless another one borrows them."""
    if any(
        draft.id != source and draft.layers.value.get("streams_from") == source
        for draft in model.drafts.entries.values()
        if draft.section == "sources"
    ):
        return
    for folder in (STREAMS, DISCOVERED):
        for file in list_files(model.root, f"{folder}/{source}", (".json",)):
            yield Operation(file, ())
