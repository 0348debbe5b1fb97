"""Reading project files: whatever is wrong with one is a problem in the report, never the end of the others."""

from __future__ import annotations

import os
from pathlib import Path

from infra.lake.documents.document import Document
from infra.lake.documents.files import UnreadableError, read_text
from infra.lake.documents.json_document import read_json
from infra.lake.documents.links import first_link, link_problem, shown
from infra.lake.documents.location import Location
from infra.lake.documents.problem import Problem
from infra.lake.documents.yaml_document import read_yaml


def read_document(root: Path, file: str) -> tuple[Document | None, list[Problem]]:
    """The document of a `.json`, `.yaml` or `.yml` file, `file` being its path from the root; links are not followed."""
    try:
        file.encode()
    except UnicodeEncodeError:
        return None, [Problem("file-unreadable", Location(shown(file)), "", "has a name that is not UTF-8; rename it")]
    try:
        text = read_text(os.path.join(root, file), follow=False)
    except UnreadableError as error:
        if link := first_link(root, file):
            return None, [link_problem(root, link)]
        return None, [Problem("file-unreadable", Location(file, error.line, error.column), "", str(error))]
    return (read_json if file.endswith(".json") else read_yaml)(file, text)


def list_files(root: Path, folder: str, suffixes: tuple[str, ...], *, deep: bool = False) -> list[str]:
    """Files below a folder of the project, sorted, as paths from the root; hidden ones and folders are left out.

    What cannot be looked into, because it is a link or may not be read, is in the list itself: reading it tells why.
    """
    if first_link(root, folder):
        return [folder]
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError:
        return [folder]
    found: list[str] = []
    for entry in entries:
        path = f"{folder}/{entry.name}"
        if entry.name.startswith("."):
            continue
        if _is_folder(entry):
            found += list_files(root, path, suffixes, deep=True) if deep else []
        elif entry.name.endswith(suffixes):
            found.append(path)
    return found


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def list_tree(folder: Path) -> list[str]:
    """Every file below a folder, whatever it is, sorted, as paths from there; links are files, not folders."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []
    found: list[str] = []
    for entry in entries:
        if _is_folder(entry):
            found += [f"{entry.name}/{path}" for path in list_tree(folder / entry.name)]
        else:
            found.append(entry.name)
    return found


def list_folders(root: Path, folder: str) -> list[str]:
    """Names of the folders in a folder of the project, sorted; hidden ones and links are left out."""
    if first_link(root, folder):
        return []
    try:
        return sorted(e.name for e in os.scandir(root / folder) if _is_folder(e) and not e.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return []
