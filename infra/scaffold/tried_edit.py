"""An edit of a lake tried out before it is written: what `check` has against the lake with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from infra.base.errors import UserError
from infra.lake.documents import Problem, remove_file, write_text, write_texts
from infra.lake.documents.operation import CannotEditError, Operation, Texts, apply
from infra.lake.model.copied import copied_lake
from infra.lake.rules.check import check_lake


def texts_with(root: Path, operations: Sequence[Operation]) -> Texts:
    """Path -> new text, None for a file that goes. Raises UserError for a file in which the edit would change more."""
    try:
        return apply(root, {}, operations)
    except CannotEditError as file:
        raise UserError(f"{file} is written in a way that lakeform cannot edit there; edit it by hand") from None


def new_problems(root: Path, texts: Texts) -> list[Problem]:
    """The errors of `check` that the lake has with these texts, and not without; generated catalogs are not looked at."""
    before = {problem.identity for problem in check_lake(root, catalogs=False).report.errors}
    with copied_lake(root) as copy:
        for file, text in texts.items():
            if text is None:
                remove_file(copy, file)
            else:
                write_text(copy, file, text)
        after = check_lake(copy, catalogs=False).report.errors
    return [problem for problem in after if problem.identity not in before]


def write_edit(root: Path, texts: Texts) -> None:
    """Write the texts, and only then remove what goes, with folders in which nothing is left."""
    write_texts(root, {file: text for file, text in texts.items() if text is not None})
    for file in (file for file, text in texts.items() if text is None):
        remove_file(root, file)
        _remove_if_empty((root / file).parent)


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()
