"""Backfills in stream files: which file is meant, its text with another backfill, and what would come of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from infra.base.errors import UserError
from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.streams import FOLDER, SourceStreams
from infra.lake.documents import with_key, with_yaml_key, without_key
from infra.lake.documents.files import text_of
from infra.lake.model.backfills import StackBackfill, backfills_of
from infra.lake.model.find import find_stream_file
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.backfill import TRUE, Backfill

KEY = "backfill"
PROVIDER_KEY = "backfills"
_MARK = "\ufeff"


def find_stream(model: LakeModel, source: str, stream: str) -> tuple[SourceStreams, ConfiguredStream]:
    """The stream of a source, by its file or by its name there. Raises UserError with the near matches."""
    folder, stem = find_stream_file(model, source, stream)
    if stem not in folder.streams:
        raise UserError(f"{FOLDER}/{folder.source}/{stem}.json has problems; run: lakeform check")
    return folder, folder.streams[stem]


def path_of(folder: SourceStreams, stem: str) -> str:
    """The stream file, from the project root."""
    return f"{FOLDER}/{folder.source}/{stem}.json"


def text_with(root: Path, file: str, backfill: Backfill | None) -> str:
    """The text of a stream file with another backfill, or without one; all else is as it was."""
    mark, text = _parted(_text(root, file))
    return mark + (without_key(text, KEY) if backfill is None else with_key(text, KEY, short_form(backfill)))


def _text(root: Path, file: str) -> str:
    """The text of a file, with its byte order mark. Raises UserError if it cannot be read."""
    text = text_of(str(root / file), file)
    return (_MARK if (root / file).read_bytes().startswith(b"\xef\xbb\xbf") else "") + text


def _parted(text: str) -> tuple[str, str]:
    """The byte order mark, if there is one, and the rest."""
    return (_MARK, text[1:]) if text.startswith(_MARK) else ("", text)


def short_form(backfill: Backfill) -> Any:
    """The backfill as people write it."""
    if backfill.mode == "merge" and backfill.reason is None:
        return True if backfill.token == TRUE else backfill.token
    return backfill.model_dump(exclude_none=True, exclude_defaults=True)


def with_backfill(model: LakeModel, folder: SourceStreams, stem: str, backfill: Backfill) -> LakeModel:
    """The lake in which the stream file has the backfill; a connection's own setting still wins."""
    stacks = {id_: _stack_with(model, stack, folder, stem, backfill) for id_, stack in model.stacks.items()}
    return replace(model, stacks=stacks)


def _stack_with(model: LakeModel, stack: Stack, folder: SourceStreams, stem: str, backfill: Backfill) -> Stack:
    streams = dict(stack.streams)
    for connection, configured in stack.streams.items():
        if model.folder_of(stack.connections[connection]) == folder.source:
            streams[connection] = tuple(
                replace(one, backfill=backfill) if one.stem == stem and not _set_by_connection(one) else one
                for one in configured
            )
    return replace(stack, streams=streams)


def _set_by_connection(stream: ConfiguredStream) -> bool:
    return any(isinstance(piece.value, dict) and KEY in piece.value for piece in stream.layers.pieces[1:])


def backfills_for(model: LakeModel, folder: SourceStreams, stem: str) -> Iterator[tuple[Stack, StackBackfill]]:
    """The backfills of a stream file, one for each connection that syncs it."""
    for stack in model.stacks.values():
        for backfill in backfills_of(stack):
            if backfill.stream == stem and model.folder_of(stack.connections[backfill.connection]) == folder.source:
                yield stack, backfill


def provider_texts(model: LakeModel, stacks: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """For stacks without the provider of backfills: registry file -> its text with `backfills: true` in each of them; and
    the stacks in whose text a person has to write it. Raises UserError for a file that cannot be read.
    """
    lake, texts, by_hand = model.declared.lake, dict[str, str](), list[str]()
    for stack in stacks:
        if lake is None or model.stacks[stack].settings.backfills:
            continue
        file, path = lake.document.file, (*lake.path, "stacks", stack)
        mark, text = _parted(texts.get(file) or _text(model.root, file))
        new = with_yaml_key(text, path, PROVIDER_KEY, value=True)
        if new is None:
            by_hand.append(stack)
        else:
            texts[file] = mark + new
    return texts, by_hand


def describe_effect(backfill: StackBackfill) -> str:
    """What a backfill does to the data, in a sentence."""
    done = f"reads {backfill.name} again from the beginning"
    if backfill.duplicates:
        return f"{done}; every row is written once more, and _airbyte_generation_id tells the copies apart"
    return f"{done}; deletes {backfill.deletes}" if backfill.deletes else f"{done}; rows with a known key are updated"
