"""Side: everything that is known of the base, or of the head, of a review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.model.lake_model import LakeModel
from infra.registry.entries import Entry
from infra.registry.registry import Placed
from infra.review.document import StackDocument


@dataclass(frozen=True)
class Side:
    """A lake at one revision.

    Attributes:
        model: its registry, streams and locks.
        documents: stack -> what was synthesized for it.

    """

    model: LakeModel
    documents: Mapping[str, StackDocument]

    def document(self, stack: str) -> StackDocument:
        """The document of a stack; an empty one where there is none."""
        return self.documents.get(stack, StackDocument())

    def placed(self, stack: str, entry: str) -> Placed[Entry] | None:
        """The entry at a registry path; None if it is not in the stack, or does not fit its model."""
        section, _, entry_id = entry.partition(".")
        found = self.model.stacks.get(stack)
        if found is None or section not in ("sources", "destinations", "connections"):
            return None
        placed: Placed[Entry] | None = getattr(found.entries, section).get(entry_id)
        return placed

    def values(self, stack: str) -> Mapping[str, Any]:
        """The values of variables that the registry itself gives: defaults, and above them `flux.values`."""
        defaults = {
            name: block["default"] for name, block in self.document(stack).variables.items() if "default" in block
        }
        found = self.model.stacks.get(stack)
        flux = found.entries.settings.flux if found else None
        return {**defaults, **(flux.values if flux else {})}
