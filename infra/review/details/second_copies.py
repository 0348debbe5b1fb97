"""SecondCopy: an object that Terraform creates although Airbyte has it, as the state that knows it is not at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from infra.lake.registry.history import Retired
from infra.review.details.change import Change, Detail
from infra.review.details.detail_kind import DetailKind
from infra.review.sides.places import in_one_workspace
from infra.review.sides.side import Side

# Kinds of new objects -> what they are where Airbyte has one already.
_TWICE: Mapping[DetailKind, DetailKind] = {
    "source-created": "actor-created-twice",
    "destination-created": "actor-created-twice",
    "connection-created": "connection-created-twice",
    "inactive-connection-created": "connection-created-twice",
}
TWICE = frozenset(_TWICE.values())


@dataclass(frozen=True)
class SecondCopy:
    """Where the first one is.

    Attributes:
        stack: the stack that had it.
        is_gone: True if that stack is gone as a whole.
        retired: the line of the base that kept it in Airbyte; None if this change lets go of it.

    """

    stack: str
    is_gone: bool = False
    retired: Retired | None = None

    @property
    def words(self) -> str:
        """Whose the first one is."""
        if self.retired is not None:
            return f"it was retired on {self.retired.date} with keep: true, so Airbyte has the first one, unless somebody deleted it there"
        was = "what was the stack" if self.is_gone else "the stack"
        return f"the first one, of {was} {self.stack}, stays in Airbyte"


def second_copies(base: Side, head: Side, changes: Sequence[Change]) -> dict[tuple[str, str], SecondCopy]:
    """(stack, entry) of what is created -> where its first one is, if that is in the same workspace."""
    names = {line.from_: line.to for line, _ in head.model.registry.renamed}
    let_go = [(names.get(change.entry, change.entry), change.stack) for change in changes if change.action == "forget"]
    found = {}
    for change in changes:
        if _is_new(change):
            for copy in (*_let_go(base, head, change, let_go), *_kept(base, head, change))[:1]:
                found[change.stack, change.entry] = copy
    return found


def told_twice(base: Side, head: Side, changes: Sequence[Change]) -> list[Change]:
    """The changes, in which such an object is no longer just a new one."""
    copies = second_copies(base, head, changes)
    return [
        replace(change, details=tuple(_twice(detail, copy) for detail in change.details))
        if (copy := copies.get((change.stack, change.entry)))
        else change
        for change in changes
    ]


def going_on_elsewhere(base: Side, head: Side, changes: Sequence[Change]) -> Iterator[str]:
    """A note for a connection that one stack forgets and one of another workspace creates: Airbyte syncs both."""
    forgotten = {change.entry: change.stack for change in changes if change.action == "forget"}
    for change in changes:
        old = forgotten.get(change.entry)
        is_connection = change.entry.startswith("connections.") and _is_new(change)
        if old and is_connection and not in_one_workspace(base, old, head, change.stack):
            yield (
                f"{change.entry} stays as it is in the workspace of {old}, and {change.stack} gets another one in its "
                "own: pause the first one before, if both write to the same tables"
            )


def _is_new(change: Change) -> bool:
    return change.action == "create" and any(detail.kind in {*_TWICE, *TWICE} for detail in change.details)


def _let_go(base: Side, head: Side, change: Change, let_go: Sequence[tuple[str, str]]) -> Iterator[SecondCopy]:
    for entry, stack in let_go:
        if entry == change.entry and in_one_workspace(base, stack, head, change.stack):
            yield SecondCopy(stack, is_gone=stack not in head.documents)


def _kept(base: Side, head: Side, change: Change) -> Iterator[SecondCopy]:
    """An entry that comes back, and was forgotten here and not there."""
    for line, _ in base.model.registry.retired:
        if line.keep and line.entry == change.entry:
            stack = line.stack or change.stack
            if line.stack is None or in_one_workspace(base, stack, head, change.stack):
                yield SecondCopy(stack, retired=line)


def _twice(detail: Detail, copy: SecondCopy) -> Detail:
    kind = _TWICE.get(detail.kind)
    return replace(detail, kind=kind, text=f"{detail.text}; {copy.words}") if kind else detail
