"""Files that the registry wants beside what lakeform writes: they have to be there, and be files."""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.documents import Layers, Problem, did_you_mean
from infra.lake.documents.files import UnreadableError, read_text
from infra.lake.documents.links import first_link
from infra.lake.documents.location import Location
from infra.lake.documents.read import list_files
from infra.lake.model.lake_model import LakeModel


def check_extra_files(model: LakeModel) -> Iterator[Problem]:
    """`extra-file` for each that is not there, no file, or behind a link; `file-unreadable` for one that is no text."""
    for stack in model.stacks.values():
        for index, path in enumerate(stack.settings.extra_files):
            yield from _check(model, stack.layers.child("extra_files"), index, path)


def _check(model: LakeModel, layers: Layers, index: int, path: str) -> Iterator[Problem]:
    def problem(message: str, fix: str = "") -> Problem:
        return layers.problem("extra-file", (index,), message, fix)

    if link := first_link(model.root, path):
        yield problem(f"{link} is a link, and links are not followed", "replace it with what it leads to")
    elif (model.root / path).is_dir():
        yield problem(f"{path} is a folder", "name the files in it, one by one")
    elif not (model.root / path).exists():
        known = list_files(model.root, path.rpartition("/")[0] or ".", (".tf", ".tofu", ".json"))
        yield problem(f"there is no file {path}", did_you_mean(path, known, "files"))
    else:
        yield from _check_text(model, path)


def _check_text(model: LakeModel, path: str) -> Iterator[Problem]:
    try:
        read_text(str(model.root / path), follow=False)
    except UnreadableError as error:
        yield Problem("file-unreadable", Location(path, error.line, error.column), "", str(error))
