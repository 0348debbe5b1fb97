"""The files of a new lake, and what is there of one that was begun."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from infra.lake.documents.files import is_temporary
from infra.lake.documents.read import list_tree
from infra.scaffold.landing_files import DEFINITIONS, definitions_text, with_landing
from infra.scaffold.pre_commit import PRE_COMMIT, pre_commit_text
from infra.scaffold.workflow import GITLAB, NIGHTLY, WORKFLOWS

# A folder with this file is a lake, so it is written last: what init does before it, also beside the lake, a repeat finishes.
LAST = "cdktf.json"

# Git, editors and packaging tools treat such names specially, so the template has them without the dot.
_DOTTED = frozenset({"gitignore", "gitattributes"})

# What is made from the files of the template, and what is written beside them.
_MADE = re.compile(r"\.vscode/\w+\.json|dag/schema/(streams/)?\w+\.json|dag/streams/\w+/_catalog\.json|cdktf\.out/.+")
_BESIDE = {*WORKFLOWS.values(), *NIGHTLY.values(), GITLAB}


def template_of(*, landing: bool, alone: bool) -> dict[str, str]:
    """Path from the root -> text of the files that a new lake begins with; `alone`: it is a repository of its own."""
    return {**dict(_template(landing=landing)), **({PRE_COMMIT: pre_commit_text()} if alone else {})}


def foreign_files(folder: Path, *templates: Mapping[str, str]) -> list[str]:
    """The files below a folder that making one of these lakes there would not have left, whole or under a temporary name; sorted."""
    found = list_tree(folder) if folder.is_dir() else []
    return [path for path in found if path.split("/")[0] != ".git" and not _is_of(folder, path, templates)]


def _is_of(folder: Path, path: str, templates: Iterable[Mapping[str, str]]) -> bool:
    if is_temporary(path) or path in _BESIDE or _MADE.fullmatch(path):
        return True
    file, texts = folder / path, [template[path].encode() for template in templates if path in template]
    return bool(texts) and not file.is_symlink() and file.read_bytes() in texts


def _template(*, landing: bool) -> Iterator[tuple[str, str]]:
    for path, text in _files(files("infra.scaffold") / "lake", ""):
        yield path, with_landing(text) if landing and path == "dag/registry/lake.yaml" else text
    if landing:
        yield DEFINITIONS, definitions_text()


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        name = f"{prefix}.{entry.name}" if entry.name in _DOTTED else f"{prefix}{entry.name}"
        if entry.is_dir():
            yield from _files(entry, f"{name}/")
        else:
            yield name, entry.read_text("utf-8")
