"""Mentions: where the files of a lake name an entry or a stream that they do not declare themselves."""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.documents import KeyPath, Written
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.accepted import CHECKED
from infra.lake.registry.kinds import KIND_OF

# (file, key path)
Place = tuple[str, KeyPath]


def of_entry(model: LakeModel, section: str, entry_id: str) -> list[Place]:
    """Keys whose value is the id of an entry: `source` and `destination` of connections, `streams_from` of sources, in the
    entries, their overrides and the lake's defaults; and the `entry` of lines that hold for as long as they stand.
    """
    if section == "connections":
        return _accepted(model, f"{section}.{entry_id}")
    return sorted({*_values(model, "connections", KIND_OF[section], entry_id), *_borrowers(model, section, entry_id)})


def of_stream(model: LakeModel, source: str, stem: str) -> list[tuple[Place, Written]]:
    """Lists and mappings of connections that name a stream file in full: the place, and the list or mapping."""
    found: dict[Place, Written] = {}
    for draft in model.drafts.entries.values():
        if draft.section == "connections" and model.folder_of(draft) == source:
            for piece in draft.layers.pieces:
                for key in ("streams", "exclude"):
                    named = piece.value.get(key)
                    if isinstance(named, (dict, list)) and stem in named:
                        found[piece.document.file, (*piece.path, key)] = piece.child(key)
    return sorted(found.items(), key=lambda item: item[0])


def _values(model: LakeModel, section: str, key: str, entry_id: str) -> Iterator[Place]:
    for draft in model.drafts.entries.values():
        for piece in draft.layers.pieces if draft.section == section else ():
            if piece.value.get(key) == entry_id:
                yield piece.document.file, (*piece.path, key)


def _borrowers(model: LakeModel, section: str, entry_id: str) -> Iterator[Place]:
    if section == "sources":
        yield from _values(model, "sources", "streams_from", entry_id)


def _accepted(model: LakeModel, entry: str) -> list[Place]:
    return [
        (line.document.file, (*line.path, "entry"))
        for line in model.declared.accepted
        if isinstance(line.value, dict) and line.value.get("entry") == entry and line.value.get("rule") in CHECKED
    ]
