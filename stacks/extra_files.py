"""Files beside the documents: those that the registry names are copied and compared, all others told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from infra.lake.documents import Location, Problem
from infra.lake.documents.files import UnreadableError, read_text, write_bytes
from infra.lake.documents.generated import why_stale
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.extra_file import file_name
from infra.lake.rules.declarations import Written, collisions, declarations_of
from infra.lake.rules.strays import allowed_files, stray_problems
from infra.review.details.output_files import output_files


def refused_extras(lake: LakeModel, stack: str, written: Written) -> Iterator[Problem]:
    """`extra-file` for what an extra file of a stack declares although its document, `written`, does."""
    for path in _paths(lake, stack):
        try:
            declared, problems = declarations_of(path, read_text(str(lake.root / path), follow=False))
        except UnreadableError as error:
            yield Problem("file-unreadable", Location(path, error.line, error.column), "", str(error))
        else:
            yield from (*problems, *collisions(declared, written))


def copy_extras(lake: LakeModel, folder: Path) -> list[str]:
    """Copy every extra file beside the document of its stack; what changed, as paths below the output folder."""
    copies = [(path, f"stacks/{stack}/{file_name(path)}") for stack in lake.stacks for path in _paths(lake, stack)]
    return [copy for path, copy in copies if write_bytes(folder, copy, (lake.root / path).read_bytes())]


def stale_extras(lake: LakeModel, folder: Path, shown: str) -> Iterator[Problem]:
    """`synth-stale` for every copy that is not what its file is; `shown`: the output folder as people see it."""
    for stack in lake.stacks:
        for path in _paths(lake, stack):
            copy = f"stacks/{stack}/{file_name(path)}"
            data, missing = (lake.root / path).read_bytes(), f"has not been copied from {path}"
            if why := why_stale(folder / copy, data, missing, f"does not match {path}"):
                yield Problem("synth-stale", Location(f"{shown}/{copy}"), "", why, "run: lakeform synth")


def stray_files(lake: LakeModel, folder: Path) -> list[Problem]:
    """`extra-file` for everything in the output folder that neither lakeform wrote nor the registry names."""
    allowed = allowed_files(lake)
    shown = Path(os.path.relpath(folder, lake.root)).as_posix()
    return list(stray_problems(output_files(lake.root, folder, allowed), allowed, shown))


def _paths(lake: LakeModel, stack: str) -> tuple[str, ...]:
    return lake.stacks[stack].settings.extra_files
