"""What a user names: stacks, and entries in the stack that is meant; else the near matches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from infra.base.errors import UserError
from infra.base.printable import inline
from infra.lake.catalog.streams import FOLDER, SourceStreams
from infra.lake.documents import did_you_mean, no_such, not_found
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Actor, Connection
from infra.lake.registry.entry import Entry
from infra.lake.registry.kinds import ACTORS, KIND_OF


def chosen_stacks(model: LakeModel, name: str | None) -> list[Stack]:
    """The stack of that name, else all, sorted. Raises UserError with the near matches."""
    if name is None:
        return list(model.stacks.values())
    if name not in model.stacks:
        raise not_found("stack", name, model.stacks)
    return [model.stacks[name]]


def find_actor(
    model: LakeModel, name: str, stack: str | None, sections: Sequence[str] = ACTORS
) -> tuple[Stack, Entry[Actor]]:
    """The source or destination `name` (`sources.name` where two have it) in `stack`, by default the only one that it is in.

    Raises UserError with the near matches, also where it is in several stacks and none is named.
    """
    return _only(model, *named_entry(model, name, sections), stack)


def find_connection(model: LakeModel, name: str, stack: str | None) -> tuple[Stack, Entry[Connection]]:
    """The same for a connection."""
    return _only(model, *named_entry(model, name, ("connections",)), stack)


def find_in_stacks(model: LakeModel, section: str, entry_id: str, wanted: str | None) -> list[tuple[Stack, Entry[Any]]]:
    """The entry in each of its stacks, sorted, or in the `wanted` one. Raises UserError with the near matches."""
    stacks = chosen_stacks(model, wanted)
    own = sorted(model.drafts.placements[section].get(entry_id, ()))
    if wanted is not None and wanted not in own:
        near = did_you_mean(wanted, own, "its stacks")
        raise UserError(f'{section}.{entry_id} is not in the stack "{wanted}"; {near}')
    keys = [(section, entry_id, stack.id) for stack in stacks if stack.id in own]
    if not keys or any(key not in model.registry.entries for key in keys):
        raise UserError(f"{section}.{entry_id} has problems; run: lakeform check")
    return [(model.stacks[key[2]], model.registry.entries[key]) for key in keys]


def find_stream_file(model: LakeModel, source: str, stream: str) -> tuple[SourceStreams, str]:
    """The folder and the stem of a source's stream, by its file or by its name there. Raises UserError with the near matches."""
    if source not in model.sources:
        raise not_found("source", source, model.sources, "in the registry")
    folder = model.sources[source]
    for stack in model.stacks.values():
        borrowed = stack.sources[source].settings.streams_from if source in stack.sources else None
        folder = model.sources.get(borrowed or source, folder)
    named = [stem for stem, one in folder.streams.items() if one.name == stream]
    stem = stream if stream in folder.files or len(named) != 1 else named[0]
    if stem not in folder.files:
        known = did_you_mean(stream, folder.files, "stream files")
        raise UserError(f'{FOLDER}/{folder.source}/ has no file "{stream}.json"; {known or "write one first"}')
    return folder, stem


def _only(model: LakeModel, section: str, entry_id: str, wanted: str | None) -> tuple[Stack, Entry[Any]]:
    stacks = sorted(model.drafts.placements[section].get(entry_id, ()))
    if wanted is None and len(stacks) != 1:
        where = f"is in the stacks {', '.join(stacks)}: choose one with --stack" if stacks else "is in no stack"
        raise UserError(f"{section}.{entry_id} {where}")
    (found,) = find_in_stacks(model, section, entry_id, wanted)
    return found


def named_entry(model: LakeModel, name: str, sections: Sequence[str]) -> tuple[str, str]:
    """(section, id) of the entry that is meant, by its id or its path. Raises UserError with the near matches."""
    entries = model.declared.entries
    known = [(section, entry_id) for section in sections for entry_id in entries[section]]
    found = [pair for pair in known if name in (pair[1], ".".join(pair))]
    if len(found) == 1:
        return found[0]
    if found:
        ways = " or ".join(".".join(pair) for pair in found)
        raise UserError(inline(f'"{name}" is ambiguous; write {ways}'))
    if name.partition(".")[0] in sections:
        sections, name = (name.partition(".")[0],), name.partition(".")[2]
    kinds = " or ".join(KIND_OF[section] for section in sections)
    known_ids = [entry_id for section, entry_id in known if section in sections]
    message, near = no_such(kinds, name, known_ids, "in the registry")
    raise UserError(f"{message}; {near or 'the registry has none'}")
