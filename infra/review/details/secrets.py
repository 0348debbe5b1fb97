"""Names of the secrets that a change needs, brings and leaves behind."""

from __future__ import annotations

from dataclasses import dataclass

from infra.review.sides.side import Side


@dataclass(frozen=True)
class SecretNames:
    """Names only, sorted.

    Attributes:
        needed: in some stack of the head.
        new: needed in a stack where the base did not need them; they must exist before the apply.
        unused: needed in a stack of the base and in that stack no more.

    """

    needed: tuple[str, ...]
    new: tuple[str, ...]
    unused: tuple[str, ...]

    def to_json(self) -> dict[str, list[str]]:
        """The object of `--format json`."""
        return {"needed": list(self.needed), "new": list(self.new), "unused": list(self.unused)}


def secret_names(base: Side, head: Side) -> SecretNames:
    """What both sides need."""
    old, new = _needed(base), _needed(head)
    return SecretNames(_names(new), _names(new - old), _names(old - new))


def _needed(side: Side) -> set[tuple[str, str]]:
    return {
        (stack, name)
        for stack, document in side.documents.items()
        for name, block in document.variables.items()
        if block.get("sensitive")
    }


def _names(needed: set[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(sorted({name for _, name in needed}))
