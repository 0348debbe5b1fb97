"""Answer: what a verb did to the files of a lake, for people and for programs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from infra.base.printable import inline, show
from infra.commands.common import print_json, say
from infra.lake.documents.generated import FileChange


@dataclass(frozen=True)
class Answer:
    """Attributes:
    changes: files that were written or removed, in that order.
    notes: what else is to be known, one line each.
    refused: what was not done, and why, one line each.
    next: what to do next, one line each.
    more: what only programs get, by its key.
    """

    changes: Sequence[FileChange] = ()
    notes: Sequence[str] = ()
    refused: Sequence[str] = ()
    next: Sequence[str] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def and_(self, other: Answer) -> Answer:
        """Both: the changes and the notes of the other behind its own."""
        return replace(self, changes=[*self.changes, *other.changes], notes=[*self.notes, *other.notes])

    def to_json(self) -> dict[str, Any]:
        """The object of `--format json`."""
        return {
            **self.more,
            "written": [change.path for change in self.changes if change.did == "wrote"],
            "removed": [change.path for change in self.changes if change.did == "removed"],
            "notes": list(self.notes),
            "refused": list(self.refused),
            "next": list(self.next),
        }


def wrote(paths: Sequence[str]) -> list[FileChange]:
    """The changes of files that were written."""
    return [FileChange("wrote", path) for path in paths]


def tell(options: argparse.Namespace, answer: Answer) -> None:
    """Print it: lines for people, what was refused on stderr; one object for programs."""
    if options.format == "json":
        print_json(answer.to_json())
        return
    for line in (*(change.to_text() for change in answer.changes), *answer.notes):
        say(options, inline(line))
    for line in answer.refused:
        show(inline(line), to=sys.stderr)
    for number, step in enumerate(answer.next):
        say(options, f"{'      ' if number else 'next: '}{inline(step)}")
