"""Removal: what takes an entry or a stream out of a lake, with the lines that say that it was meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra.base.errors import UserError
from infra.lake.catalog.discovered import FOLDER as DISCOVERED
from infra.lake.catalog.streams import FOLDER as STREAMS
from infra.lake.catalog.streams import SourceStreams
from infra.lake.documents.operation import Operation
from infra.lake.documents.read import list_files
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.kinds import KIND_OF
from infra.scaffold.history_lines import Line, history_lines
from infra.scaffold.mentions import of_stream

_Path = tuple[str, str]


def remove_entry(
    model: LakeModel, section: str, entry_id: str, why: Line, *, with_connections: bool
) -> list[Operation]:
    """What removes an entry, the files of a source, and with `with_connections` the connections that use it. `why`: date and
    reason of its line below `retired`. Raises UserError where something still needs it.
    """
    users = _users(model, section, entry_id)
    if users and not with_connections:
        names = " and ".join(f"connections.{user}" for user in users)
        needs = "needs" if len(users) == 1 else "need"
        raise UserError(f"{names} {needs} {section}.{entry_id}; --with-connections removes them too")
    gone = [*(("connections", user) for user in users), (section, entry_id)]
    files = _files(model, entry_id) if section == "sources" else ()
    lines = [{"entry": ".".join(path), **why} for path in gone]
    return [*_entries(model, gone), *files, *history_lines(model, "retired", lines)]


def remove_stream(model: LakeModel, folder: SourceStreams, stem: str, why: Line) -> list[Operation]:
    """What removes a stream file and its name from connections, with a line below `retired` for each that synced it."""
    lines = [{"entry": f"connections.{id_}.streams.{stem}", **why} for id_ in _syncing(model, folder, stem)]
    return [
        Operation(f"{STREAMS}/{folder.source}/{stem}.json", ()),
        *_unnamed(model, folder.source, stem),
        *(history_lines(model, "retired", lines) if lines else ()),
    ]


def _users(model: LakeModel, section: str, entry_id: str) -> list[str]:
    """The connections of a source or destination. Raises UserError for a source whose streams another one uses."""
    drafts = model.drafts.entries.values()
    for draft in drafts if section == "sources" else ():
        if draft.section == "sources" and draft.text("streams_from") == entry_id:
            way = f"remove sources.{draft.id} first, or give it stream files of its own"
            raise UserError(f"sources.{draft.id} uses the streams of sources.{entry_id}; {way}")
    key = KIND_OF[section]
    return sorted({draft.id for draft in drafts if draft.section == "connections" and draft.text(key) == entry_id})


def _entries(model: LakeModel, gone: Sequence[_Path]) -> Iterator[Operation]:
    """What removes entries; where a file says nothing else, the file goes, and where a section does, the section."""
    pieces = {path: model.declared.entries[path[0]][path[1]] for path in gone}
    for file in sorted({piece.document.file for piece in pieces.values()}):
        here = [path for path, piece in pieces.items() if piece.document.file == file]
        document = next(piece.document.value for piece in pieces.values() if piece.document.file == file)
        sections = {section for section, _ in here if _is_emptied(document[section], section, here)}
        if not document.keys() - sections - {"version"}:
            yield Operation(file, ())
            continue
        yield from (Operation(file, (section,)) for section in sorted(sections))
        yield from (Operation(file, path) for path in here if path[0] not in sections)


def _is_emptied(entries: Mapping[str, Any], section: str, gone: Sequence[_Path]) -> bool:
    return all((section, entry_id) in gone for entry_id in entries)


def _files(model: LakeModel, source: str) -> Iterator[Operation]:
    """What is written for lakeform in the folders of a source."""
    for folder in (STREAMS, DISCOVERED):
        for file in list_files(model.root, f"{folder}/{source}", (".json",)):
            yield Operation(file, ())


def _syncing(model: LakeModel, folder: SourceStreams, stem: str) -> list[str]:
    """The connections that sync a stream file, in any stack."""
    return sorted(
        {
            id_
            for stack in model.stacks.values()
            for id_, streams in stack.streams.items()
            if model.folder_of(stack.connections[id_]) == folder.source and any(one.stem == stem for one in streams)
        }
    )


def _unnamed(model: LakeModel, source: str, stem: str) -> Iterator[Operation]:
    for (file, path), named in of_stream(model, source, stem):
        if isinstance(named.value, dict):
            yield Operation(file, (*path, stem))
        else:
            left = [name for name in named.value if name != stem]
            yield Operation(file, path, left) if left or path[-1] == "streams" else Operation(file, path)
