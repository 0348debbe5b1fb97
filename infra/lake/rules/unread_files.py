"""Files that lakeform passes over, though somebody wrote them for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from infra.lake.catalog.discovered import FOLDER as DISCOVERED
from infra.lake.catalog.streams import FOLDER as STREAMS
from infra.lake.catalog.unread import is_unread, stem_of
from infra.lake.documents import Location, Problem
from infra.lake.documents.links import shown
from infra.lake.documents.read import list_files, list_folders
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.declared import FOLDER as REGISTRY

_JSON, _YAML = (".json",), (".yaml", ".yml")
_KINDS = {STREAMS: "stream files", DISCOVERED: "discovered schemas"}


def check_unread_files(model: LakeModel) -> Iterator[Problem]:
    """`file-unread` for data beside stream files, discovered schemas and registry files that is not read as one of them:
    because of its ending, of the folder that it is in, or of a name like that of a generated file.
    """
    yield from unread_registry_files(model.root)
    for parent, kind in _KINDS.items():
        for path in list_files(model.root, parent, ("",)):
            if _is_data(path):
                fix = f"move it to {parent}/<source>/{stem_of(Path(path).name)}.json"
                yield _problem(path, f"{kind} are read from the folder of a source", fix)
        for folder in list_folders(model.root, parent):
            yield from _source_folder(model.root, f"{parent}/{folder}", kind)
    yield from _generated_names(model.root)


def unread_registry_files(root: Path) -> Iterator[Problem]:
    """The same of the files beside those of the registry."""
    for path in list_files(root, REGISTRY, ("",), deep=True):
        name = Path(path).name
        if is_unread(name, _YAML):
            way = "rename it to" if ".json" in name.lower() or ".y" in name.lower() else "write it as YAML:"
            fix = f"{way} {Path(path).with_name(stem_of(name))}.yaml"
            yield _problem(path, "registry files end in .yaml or .yml", fix)


def _source_folder(root: Path, folder: str, kind: str) -> Iterator[Problem]:
    for path in list_files(root, folder, ("",)):
        name = Path(path).name
        if is_unread(name, _JSON):
            way = "rename it to" if ".json" in name.lower() else "write it as JSON:"
            yield _problem(path, f"{kind} end in .json", f"{way} {folder}/{stem_of(name)}.json")
    for below in list_folders(root, folder):
        inside = [path for path in list_files(root, f"{folder}/{below}", ("",), deep=True) if _is_data(path)]
        if inside:
            yield _problem(inside[0], "folders in the folder of a source are not looked into", f"move it to {folder}/")


def _generated_names(root: Path) -> Iterator[Problem]:
    for folder in list_folders(root, STREAMS):
        for path in list_files(root, f"{STREAMS}/{folder}", _JSON):
            name = Path(path).name
            if name.startswith("_") and not name.startswith("_catalog."):
                fix = f'rename it, and name the stream inside: {{"stream": "{name.removesuffix(".json")}"}}'
                why = "stream files do not begin with _, as generated files do"
                yield replace(_problem(path, why, fix), severity="warning")  # somebody's notes may be called so


def _is_data(path: str) -> bool:
    return is_unread(path, ())


def _problem(path: str, why: str, fix: str) -> Problem:
    return Problem("file-unread", Location(shown(path)), "", f"is not read: {why}", fix)
