"""Generated manifests against what is committed: written, compared, and taken away when their stack is gone."""

from __future__ import annotations

import os
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.gitops.flux.manifests import GENERATED
from infra.lake.documents import Location, Problem
from infra.lake.documents.generated import FileChange, GeneratedFiles
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
        if links := list(link_problems(self._top, [self._inside(self.output / folder) for folder in sorted(folders)])):
            return links
        found = [path for path in self.texts if path.exists() and not self._is_ours(path)]
        why, fix = "was not written by lakeform flux for this lake", "move it away"
        return [Problem("flux-stale", Location(shown(self.root, path)), "", why, fix) for path in found]

    def stale(self) -> list[Problem]:
        """`flux-stale` for every file that is missing, differs, or belongs to nothing any more."""
        return self._generated().problems("flux-stale", "lakeform flux")

    def write(self) -> list[FileChange]:
        """Write what is missing or differs, remove what is left over."""
        files = self._generated()
        changes = files.write()
        for path in files.left_over:
            _remove_empty((files.root / path).parent, self.output)
        return changes

    def _generated(self) -> GeneratedFiles:
        texts = {self._inside(path): text for path, text in self.texts.items()}
        left_over = [self._inside(path) for path in self._left_over()]
        return GeneratedFiles(self._top, texts, left_over, shown(self.root, self._top))

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

    @property
    def _top(self) -> Path:
        """The folder below which a path may hold no link: the project, if the output is in there."""
        return self.root if self.output.is_relative_to(self.root) else self.output

    def _inside(self, path: Path) -> str:
        return path.relative_to(self._top).as_posix()


def shown(root: Path, path: Path) -> str:
    """A path as people see it: from the project's root."""
    return Path(os.path.relpath(path, root)).as_posix()


def _remove_empty(folder: Path, top: Path) -> None:
    while folder != top and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
