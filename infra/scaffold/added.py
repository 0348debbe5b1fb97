"""Added: what a command is about to write, and what it has to say about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Added:
    """The outcome of adding something; nothing is written yet.

    Attributes:
        files: path from the root -> text of a file that is not there yet.
        completed: path from the root -> the text of a file in which comments that were made for it become entries.
        notes: decisions that were taken for the user, one line each.
        refused: what was not done, and why, one line each.
        next: what to do next, one line each.
    """

    files: Mapping[str, str]
    completed: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
