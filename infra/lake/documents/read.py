"""Reading project files: whatever is wrong with one is a problem in the report, never the end of the others."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

from infra.base.errors import UserError
from infra.lake.documents.document import Document
from infra.lake.documents.files import UnreadableError, read_text
from infra.lake.documents.json_document import read_json
from infra.lake.documents.limits import MAX_DOCUMENT_BYTES, MAX_FILES
from infra.lake.documents.links import first_link, is_too_deep, link_problem, shown, too_deep
from infra.lake.documents.location import Location
from infra.lake.documents.problem import Problem
from infra.lake.documents.yaml_document import read_yaml


def read_document(root: Path, file: str) -> tuple[Document | None, list[Problem]]:
    """The document of a `.json`, `.yaml` or `.yml` file, `file` being its path from the root; links are not followed."""
    try:
        file.encode()
    except UnicodeEncodeError:
        return None, [Problem("file-unreadable", Location(shown(file)), "", "has a name that is not UTF-8; rename it")]
    is_json = file.endswith(".json")
    if is_too_deep(file):
        return None, [too_deep(file)]
    try:
        text = read_text(os.path.join(root, file), follow=False, most=MAX_DOCUMENT_BYTES)
    except UnreadableError as error:
        if link := first_link(root, file):
            return None, [link_problem(root, link)]
        return None, [Problem("file-unreadable", Location(file, error.line, error.column), "", str(error))]
    return (read_json if is_json else read_yaml)(file, text)


def list_files(root: Path, folder: str, suffixes: tuple[str, ...], *, deep: bool = False) -> list[str]:
    """Files below a folder of the project, sorted, as paths from the root; hidden ones and folders are left out.

    What cannot be looked into, because it is a link, may not be read or is too deep, is in the list itself: reading it
    tells why. Raises UserError for more files than a lake has.
    """
    if first_link(root, folder):
        return [folder]
    found: list[str] = []
    _list_into(found, root, folder, suffixes, deep)
    return found


def _list_into(found: list[str], root: Path, folder: str, suffixes: tuple[str, ...], deep: bool) -> None:
    if is_too_deep(folder):
        found.append(folder)
        return
    try:
        entries = _entries(root / folder, folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError:
        found.append(folder)
        return
    for entry in entries:
        path = f"{folder}/{entry.name}"
        if entry.name.startswith("."):
            continue
        if not _is_folder(entry):
            found += [path] if entry.name.endswith(suffixes) else []
        elif deep:
            _list_into(found, root, path, suffixes, deep)


def _entries(folder: Path, called: str) -> list[os.DirEntry[str]]:
    """What is in a folder, sorted. Raises OSError, and UserError for more than a lake has."""
    with os.scandir(folder) as entries:
        found = list(islice(entries, MAX_FILES + 1))
    if len(found) > MAX_FILES:
        raise UserError(f"{shown(called)} contains more than {MAX_FILES:,} files, and none of them is read")
    return sorted(found, key=lambda entry: entry.name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def list_tree(folder: Path) -> list[str]:
    """Every file below a folder, whatever it is, sorted, as paths from there; links are files, not folders, and so is a
    folder that is too deep. Raises UserError for more files than a lake has.
    """
    found: list[str] = []
    _list_tree_into(found, folder, "")
    return found


def _list_tree_into(found: list[str], folder: Path, below: str) -> None:
    if is_too_deep(below):
        found.append(below.removesuffix("/"))
        return
    try:
        entries = _entries(folder / below, folder.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if _is_folder(entry):
            _list_tree_into(found, folder, f"{below}{entry.name}/")
        else:
            found.append(f"{below}{entry.name}")


def list_folders(root: Path, folder: str) -> list[str]:
    """Names of the folders in a folder of the project, sorted; hidden ones and links are left out."""
    if first_link(root, folder):
        return []
    try:
        return sorted(e.name for e in os.scandir(root / folder) if _is_folder(e) and not e.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return []
