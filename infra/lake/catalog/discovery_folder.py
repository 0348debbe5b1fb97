"""Files below dag/sources/ that discovery wrote once and would not write again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.lake.catalog.discovered import FOLDER, DiscoveredStream
from infra.lake.catalog.file_names import is_name_of
from infra.lake.documents import Layers, Written, parse
from infra.lake.documents.read import list_files, read_document


@dataclass(frozen=True)
class LeftOver:
    """A file in a source's folder that belongs to no stream of the newest discovery.

    Attributes:
        stream: what discovery wrote there; None if the file is of somebody else, or cannot be read.
    """

    path: str
    stream: DiscoveredStream | None


def left_over(root: Path, source: str, current: Iterable[str]) -> list[LeftOver]:
    """The JSON files in the folder of a source that are not among `current` (paths from the root), sorted."""
    names = {path.lower(): path for path in current}
    files = list_files(root, f"{FOLDER}/{source}", (".json",))
    return [LeftOver(path, _generated(root, path)) for path in files if not _is_one(root, path, names)]


def _is_one(root: Path, path: str, names: Mapping[str, str]) -> bool:
    """True also where a file system takes capitals for small letters and keeps the spelling that came first."""
    name = names.get(path.lower())
    return name is not None and (name == path or os.path.samefile(root / name, root / path))


def _generated(root: Path, path: str) -> DiscoveredStream | None:
    """The stream in a file that is named after it; whatever is not is no work of discovery."""
    document, _ = read_document(root, path)
    if document is None:
        return None
    stream, _ = parse(DiscoveredStream, Layers.single(Written(document, (), document.value)))
    stem = path.rpartition("/")[2].removesuffix(".json")
    return stream if stream and is_name_of(stem, stream.key) else None
