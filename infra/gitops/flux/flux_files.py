"""Generated manifests against what is committed: written, compared, and taken away when their stack is gone."""

from __future__ import annotations

import os
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.gitops.flux.manifests import GENERATED
from infra.lake.documents import Location, Problem, remove_file, write_text
from infra.lake.documents.links import link_problems
from infra.lake.documents.read import list_folders


@dataclass(frozen=True)
class FluxFiles:
    """What should be in a folder of manifests.

    Attributes:
        root: the project, from which paths are shown.
        output: the folder.
        mark: first line of the files that are the lake's.
        texts: path -> text.
        kept: folders in it that are of no concern: those of stacks that were not asked for.

    """

    root: Path
    output: Path
    mark: str
    texts: Mapping[Path, str]
    kept: Container[str]

    def obstacles(self) -> list[Problem]:
        """Links, else `flux-stale` for everything that stands where a file should be and is somebody else's."""
        folders = {path.relative_to(self.output).parts[0] for path in self.texts}
        places = [self._place(self.output / folder) for folder in sorted(folders)]
        links = [problem for top, folder in places for problem in link_problems(top, [folder])]
        if links:
            return links
        found = [path for path in self.texts if path.exists() and not self._is_ours(path)]
        return [self._problem(path, "was not written by lakeform flux for this lake", "move it away") for path in found]

    def stale(self) -> list[Problem]:
        """`flux-stale` for every file that is missing, differs, or belongs to nothing any more."""
        run = "run: lakeform flux"
        wrong = {path: _wrong(path, text) for path, text in self.texts.items()}
        problems = [self._problem(path, why, run) for path, why in wrong.items() if why]
        return problems + [self._problem(path, "belongs to nothing any more", run) for path in self._left_over()]

    def write(self) -> list[str]:
        """Write what is missing or differs, remove what is left over; lines to tell about it."""
        written = [path for path, text in self.texts.items() if write_text(*self._place(path), text)]
        removed = self._left_over()
        for path in removed:
            remove_file(*self._place(path))
            _remove_empty(path.parent, self.output)
        return [f"wrote {self._shown(path)}" for path in written] + [f"removed {self._shown(path)}" for path in removed]

    def _left_over(self) -> list[Path]:
        folders = [name for name in list_folders(self.output, ".") if name not in self.kept]
        places = [self.output / folder / name for folder in folders for name in GENERATED]
        return [path for path in places if path not in self.texts and self._is_ours(path)]

    def _is_ours(self, path: Path) -> bool:
        try:
            with path.open("rb") as file:
                return file.readline().rstrip(b"\r\n") == self.mark.encode()
        except OSError:
            return False

    def _place(self, path: Path) -> tuple[Path, str]:
        """The folder below which a path may hold no link, and the path from there: the project, if it is in there."""
        top = self.root if path.is_relative_to(self.root) else self.output
        return top, path.relative_to(top).as_posix()

    def _shown(self, path: Path) -> str:
        return shown(self.root, path)

    def _problem(self, path: Path, message: str, fix: str) -> Problem:
        return Problem("flux-stale", Location(self._shown(path)), "", message, fix)


def shown(root: Path, path: Path) -> str:
    """A path as people see it: from the project's root."""
    return Path(os.path.relpath(path, root)).as_posix()


def _wrong(path: Path, text: str) -> str:
    try:
        return "" if path.read_bytes() == text.encode() else "is not what the registry gives"
    except FileNotFoundError:
        return "has not been generated"
    except OSError as error:
        return f"cannot be read: {(error.strerror or 'failed').lower()}"


def _remove_empty(folder: Path, top: Path) -> None:
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
