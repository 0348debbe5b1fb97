"""Reading project files: whatever is wrong with one is a problem in the report, never the end of the others."""

from __future__ import annotations

import os
from pathlib import Path

from infra.documents.document import Document
from infra.documents.files import UnreadableError, read_text
from infra.documents.json_document import read_json
from infra.documents.location import Location
from infra.documents.problem import Problem
from infra.documents.yaml_document import read_yaml


def read_document(root: Path, file: str) -> tuple[Document | None, list[Problem]]:
    """The document of a `.json`, `.yaml` or `.yml` file, `file` being its path from the root."""
    try:
        file.encode()
    except UnicodeEncodeError:
        shown = file.encode(errors="surrogateescape").decode(errors="replace")
        return None, [Problem("file-unreadable", Location(shown), "", "has a name that is not UTF-8; rename it")]
    try:
        text = read_text(os.path.join(root, file))
    except UnreadableError as error:
        return None, [Problem("file-unreadable", Location(file, error.line, error.column), "", str(error))]
    return (read_json if file.endswith(".json") else read_yaml)(file, text)


def list_files(
    root: Path, folder: str, suffixes: tuple[str, ...], *, deep: bool = False, above: tuple[str, ...] = ()
) -> list[str]:
    """Files below a folder of the project, sorted, as paths from the root; hidden ones and folders are left out.

    A folder that cannot be read is in the list itself, so that reading it tells why. `above`: the folders that led
    here, by their real paths; a link back to one of them is not followed.
    """
    real = os.path.realpath(root / folder)
    if real in above:
        return []
    try:
        entries = sorted(os.scandir(real), key=lambda entry: entry.name)
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
            found += list_files(root, path, suffixes, deep=True, above=(*above, real)) if deep else []
        elif entry.name.endswith(suffixes):
            found.append(path)
    return found


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """False also for a link that leads nowhere: reading it tells why."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def list_folders(root: Path, folder: str) -> list[str]:
    """Names of the folders in a folder of the project, sorted, hidden ones left out."""
    try:
        return sorted(e.name for e in os.scandir(root / folder) if _is_folder(e) and not e.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return []
