"""GeneratedFiles: files that a command writes, against what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

from infra.lake.documents.files import remove_file, write_text
from infra.lake.documents.location import Location
from infra.lake.documents.problem import Problem
from infra.lake.documents.rule_id import RuleId


class FileChange(NamedTuple):
    """What a command did to a file; `path` as people see it, `version` of what is in it, if it has one."""

    did: Literal["wrote", "removed"]
    path: str
    version: str = ""

    def to_text(self) -> str:
        """`wrote dag/registry/shop.yaml`, `wrote dag/connectors/source-shop.json (1.2.3)`."""
        return f"{self.did} {self.path}" + (f" ({self.version})" if self.version else "")


@dataclass(frozen=True)
class GeneratedFiles:
    """What should be in a folder.

    Attributes:
        root: the folder; nothing in it is written or removed through a link.
        texts: path in the folder -> text.
        left_over: paths of files, or of folders that only count as one, that belong to nothing any more.
        shown: the folder as people see it, before each path; empty for the project's own.
        missing, differs, belongs_nowhere: why a file is not current that is not there, that holds something else, or that
            is left over.

    """

    root: Path
    texts: Mapping[str, str]
    left_over: Sequence[str] = ()
    shown: str = ""
    missing: str = "has not been generated"
    differs: str = "does not match the registry"
    belongs_nowhere: str = "no longer belongs to anything"

    def stale(self) -> dict[str, str]:
        """Path, as shown -> why it is not current: missing, different, not to be read, or left over."""
        reasons = {
            path: why_stale(self.root / path, text.encode(), self.missing, self.differs)
            for path, text in self.texts.items()
        }
        reasons |= dict.fromkeys(self.left_over, self.belongs_nowhere)
        return {self._shown(path): why for path, why in reasons.items() if why}

    def problems(self, rule: RuleId, command: str) -> list[Problem]:
        """A problem of that rule for every file that is not current; the command makes it so."""
        return [Problem(rule, Location(path), "", why, f"run: {command}") for path, why in self.stale().items()]

    def write(self) -> list[FileChange]:
        """Write what is missing or differs, remove what is left over."""
        written = [path for path, text in self.texts.items() if write_text(self.root, path, text)]
        for path in self.left_over:
            remove_file(self.root, path)
        done = [FileChange("wrote", self._shown(path)) for path in written]
        return done + [FileChange("removed", self._shown(path)) for path in self.left_over]

    def _shown(self, path: str) -> str:
        return str(PurePosixPath(self.shown, path))


def why_stale(path: Path, data: bytes, missing: str, differs: str) -> str:
    """`missing` or `differs` of a file that should hold `data`, or why it cannot be read; empty if it is current."""
    try:
        return "" if path.read_bytes() == data else differs
    except FileNotFoundError:
        return missing
    except OSError as error:
        return f"cannot be read: {(error.strerror or 'failed').lower()}"
