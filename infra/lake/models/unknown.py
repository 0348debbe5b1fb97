"""CannotKnowError: a model that this reading cannot follow; it is told, and nothing is guessed."""

from __future__ import annotations

from dataclasses import dataclass


class CannotKnowError(Exception):
    """Why it cannot be known what a model reads, in words."""


@dataclass(frozen=True, order=True)
class Unknown:
    """A model that cannot be followed.

    Attributes:
        mentions: the relations that its text names; with `closed`, it reads no others.
        closed: False where anything may be behind what was not followed, such as a macro.
    """

    reason: str
    mentions: frozenset[str] = frozenset()
    closed: bool = False

    def may_read(self, table: str) -> bool:
        """True if the model may read the relation."""
        return not self.closed or table in self.mentions
