"""The layer of an entry in which a value is written for one stack alone: the weakest that only this entry and stack see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from infra.lake.documents import KeyPath, Written
from infra.lake.documents.operation import ABSENT, Operation
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.draft import Draft
from infra.lake.registry.merge import ALTERNATIVES, WHOLE
from infra.lake.values.reference import is_atomic


def write_value(model: LakeModel, draft: Draft, path: KeyPath, value: Any) -> list[Operation]:
    """What gives the entry that value in its stack: in the entry itself, or in its `overrides` where another stack has the
    entry too, or where something stronger says it. ABSENT takes the key away.
    """
    layers = draft.layers
    own = layers.pieces[layers.own]
    alone = len(model.drafts.placements[draft.section][draft.id]) == 1
    stronger = layers.pieces[layers.own + 1 :]
    if alone and not any(decides(piece.value, path) for piece in stronger):
        return _at(own, (), own.value, path, value, layers.pieces[: layers.own])
    prefix = ("overrides", draft.stack)
    said = _below(own.value, prefix)
    mine = said if isinstance(said, Mapping) else {}
    weaker = [piece for piece in layers.pieces if piece.path[-2:] != prefix or piece.path[:2] != own.path]
    return _at(own, prefix, mine, path, value, weaker)


def decides(value: Any, path: KeyPath) -> bool:
    """True if a layer with that value leaves nothing of what a weaker one says at the path."""
    for depth, part in enumerate(path):
        if not isinstance(value, Mapping) or is_atomic(value):
            return True
        if depth == 0 and (ALTERNATIVES.get(str(part)) in value or (part in WHOLE and part in value)):
            return True
        if part not in value:
            return False
        value = value[part]
    return True


def _at(
    own: Written, prefix: KeyPath, mine: Mapping[str, Any], path: KeyPath, value: Any, weaker: Iterable[Written]
) -> list[Operation]:
    file, place = own.document.file, own.path + prefix
    path, value = _openable(mine, path, value)
    there = _below(mine, path) is not ABSENT
    if value is ABSENT:
        if any(_below(piece.value, path) not in (ABSENT, None) for piece in weaker):
            return [Operation(file, place + path, None)]
        return [Operation(file, place + path)] if there else []
    other = ALTERNATIVES.get(str(path[0]))
    taken = [Operation(file, (*place, other))] if other and other in mine and len(path) == 1 else []
    return [*taken, Operation(file, place + path, value)]


def _openable(mine: Mapping[str, Any], path: KeyPath, value: Any) -> tuple[KeyPath, Any]:
    """The path, less what is below something that is no mapping: that is replaced as a whole."""
    for depth in range(1, len(path)):
        above = _below(mine, path[:depth])
        if above is not ABSENT and (not isinstance(above, Mapping) or is_atomic(above)) and value is not ABSENT:
            below = value
            for part in reversed(path[depth:]):
                below = {part: below}
            return path[:depth], below
    return path, value


def _below(value: Any, path: KeyPath) -> Any:
    for part in path:
        if not isinstance(value, Mapping) or part not in value:
            return ABSENT
        value = value[part]
    return value
