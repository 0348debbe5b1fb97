"""Ids that one entry says of another: the other has to exist, in the same stack, for Airbyte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.lake.catalog.choice import finds_nothing, is_pattern
from infra.lake.catalog.discovered import FOLDER as DISCOVERED
from infra.lake.catalog.streams import FOLDER
from infra.lake.documents import KeyPath, Location, Problem, did_you_mean, no_such
from infra.lake.documents.read import list_files, list_folders
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.draft import Draft
from infra.lake.registry.foreign import entry_id
from infra.lake.registry.kinds import ACTORS, KIND_OF


def check_references(model: LakeModel) -> Iterator[Problem]:
    """`unknown-reference` for connections' sources, destinations and stream files, for `streams_from`, for the landing of a
    stack, and for folders of stream files that belong to no source.
    """
    if not model.declared.complete:
        return
    for draft in model.drafts.entries.values():
        if draft.section == "connections":
            for section in ACTORS:
                yield from _check_actor(model, draft, section, KIND_OF[section])
            yield from _check_stems(model, draft)
        elif draft.section == "sources":
            yield from _check_streams_from(model, draft)
    yield from _check_landings(model)
    yield from _check_folders(model)


def _check_actor(model: LakeModel, draft: Draft, section: str, key: str) -> Iterator[Problem]:
    name = draft.text(key)
    placements = model.drafts.placements[section]
    if name is None:
        return
    if name not in placements:
        message, fix = no_such(key, name, placements)
        meant = entry_id(name)
        yield draft.layers.problem(
            "unknown-reference", (key,), message, f"write {meant}" if meant in placements else fix
        )
    elif (section, name) in model.drafts.uncertain:
        return
    elif draft.stack not in placements[name]:
        where = ", ".join(placements[name]) or "none"
        message = f'{section}.{name} is not in the stack "{draft.stack}" (it is in: {where})'
        fix = f"add {draft.stack} to the stack of {section}.{name}"
        yield draft.layers.problem("unknown-reference", (key,), message, fix)
    else:
        yield from _check_external(model, draft, section, key, name)


def _check_external(model: LakeModel, draft: Draft, section: str, key: str, name: str) -> Iterator[Problem]:
    other = model.declared.entries[section][name].value
    external = other.get("external") if isinstance(other, dict) else None
    if external is not None:
        message = f"{section}.{name} is external ({external}): Airbyte has no such {key}"
        yield draft.layers.problem("unknown-reference", (key,), message, "remove the connection")


def _check_stems(model: LakeModel, draft: Draft) -> Iterator[Problem]:
    source = model.source_of(draft)
    if source is None:
        return
    for key in ("streams", "exclude"):
        for path, stem in _stems(draft.layers.value.get(key), key):
            if finds_nothing(stem, source.selected):
                message = f"no selected stream file of {FOLDER}/{source.source}/ fits the pattern {stem}"
                fix = did_you_mean(stem, source.selected, "streams")
                yield draft.layers.problem("unknown-reference", path, message, fix, key=True)
            elif not is_pattern(stem) and stem not in source.files:
                message = f"there is no stream file {FOLDER}/{source.source}/{stem}.json"
                fix = did_you_mean(_stem_meant(stem), source.files, "streams")
                yield draft.layers.problem("unknown-reference", path, message, fix, key=True)


def _stems(value: Any, key: str) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, dict):
        yield from (((key, stem), stem) for stem in value)
    elif isinstance(value, list):
        yield from (((key, index), stem) for index, stem in enumerate(value) if isinstance(stem, str))


def _stem_meant(name: str) -> str:
    """The stem in what people write for it: the file, the table with its schema, a path."""
    stem = name.rpartition("/")[2].removesuffix(".json")
    return stem.rpartition(".")[2] or stem


def _check_streams_from(model: LakeModel, draft: Draft) -> Iterator[Problem]:
    known = model.declared.entries["sources"]
    other = draft.text("streams_from")
    if other is None:
        return
    if other not in known:
        yield draft.layers.problem("unknown-reference", ("streams_from",), *no_such("source", other, known))
    elif isinstance(known[other].value, dict) and known[other].value.get("streams_from"):
        message = f"sources.{other} itself borrows its streams"
        fix = f"name the source that has them: {known[other].value['streams_from']}"
        if other == draft.id:
            message, fix = "names the source itself", "remove streams_from"
        yield draft.layers.problem("unknown-reference", ("streams_from",), message, fix)


def _check_landings(model: LakeModel) -> Iterator[Problem]:
    known = model.registry.lake.landings
    for stack in model.stacks.values():
        name = stack.settings.landing
        if name is not None and name not in known:
            message, near = no_such("landing", name, known)
            fix = near or "describe it under lake.landings, or remove the key"
            yield stack.layers.problem("unknown-reference", ("landing",), message, fix)


def _check_folders(model: LakeModel) -> Iterator[Problem]:
    """Folders of stream files and of discovered schemas that belong to no source, as after a rename."""
    for parent in (FOLDER, DISCOVERED):
        for folder in list_folders(model.root, parent):
            files = list_files(model.root, f"{parent}/{folder}", (".json",))
            said = [file for file in files if not Path(file).name.startswith("_catalog.")]
            if said and folder not in model.sources:
                message, near = no_such("source", folder, model.sources)
                fix = (
                    f"{near}\nor remove the folder {parent}/{folder}/"
                    if near
                    else f"remove the folder {parent}/{folder}/"
                )
                yield Problem("unknown-reference", Location(said[0]), "", f"{message} for this folder", fix)
