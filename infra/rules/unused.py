"""Entries and folders that nothing leads to."""

from __future__ import annotations

from collections.abc import Iterator

from infra.catalog.streams import FOLDER
from infra.documents import Location, Problem, did_you_mean
from infra.documents.read import list_files, list_folders
from infra.model.lake_model import LakeModel


def check_unused(model: LakeModel) -> Iterator[Problem]:
    """`unused-entry`, a warning, for sources and destinations without a connection; `unknown-reference` for a folder of
    stream files that belongs to no source.
    """
    if model.declared.complete:
        yield from _unused_entries(model)
        yield from _stray_folders(model)


def _unused_entries(model: LakeModel) -> Iterator[Problem]:
    used = {
        (section, draft.text(key), draft.stack)
        for draft in model.drafts.entries
        for section, key in (("sources", "source"), ("destinations", "destination"))
        if draft.section == "connections"
    }
    for draft in model.drafts.entries:
        external = draft.section == "sources" and draft.layers.value.get("external")
        if draft.section != "connections" and not external and (draft.section, draft.id, draft.stack) not in used:
            message = f'no connection of the stack "{draft.stack}" uses it'
            fix = "add a connection, or remove it there"
            yield draft.layers.problem("unused-entry", (), message, fix, key=True, severity="warning")


def _stray_folders(model: LakeModel) -> Iterator[Problem]:
    for folder in list_folders(model.root, FOLDER):
        files = list_files(model.root, f"{FOLDER}/{folder}", (".json",))
        if files and folder not in model.sources:
            fix = did_you_mean(folder, model.sources, "sources") or "remove the folder"
            message = f'there is no source "{folder}" for this folder'
            yield Problem("unknown-reference", Location(files[0]), "", message, fix)
