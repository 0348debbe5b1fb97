"""Notes on resources that vanish from the registry and not from Airbyte."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from infra.review.details.allocation import allocation_of, kept
from infra.review.details.change import Change
from infra.review.sides.side import Side

# After these it is another object, or one of which nothing is known.
_OTHER_OBJECT = frozenset({"create", "adopt", "replace"})


def notes_on_resources(base: Side, head: Side, changes: Sequence[Change]) -> Iterator[str]:
    """A note for what Airbyte keeps; entries of which the same is said share one."""
    told: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (entry, text), stacks in sorted(_by_entry(base, head, changes).items()):
        told.setdefault((text, tuple(stacks)), []).append(entry)
    for (text, places), entries in told.items():
        where = f" in {', '.join(places)}" if len(head.documents) > 1 else ""
        yield (
            f"{', '.join(entries)}{where}: what is no longer written stays as it is in Airbyte: {text}; to undo it, "
            "write the value that it should have instead"
        )


def _by_entry(base: Side, head: Side, changes: Sequence[Change]) -> dict[tuple[str, str], list[str]]:
    """(entry, what is kept) -> its stacks."""
    found: dict[tuple[str, str], list[str]] = {}
    for stack in sorted(base.documents.keys() & head.documents.keys()):
        for entry, text in _in_stack(base, head, stack, changes):
            found.setdefault((entry, text), []).append(stack)
    return found


def _in_stack(base: Side, head: Side, stack: str, changes: Sequence[Change]) -> Iterator[tuple[str, str]]:
    """(entry, what is kept) of each source and destination that is the same object on both sides."""
    here = {change.address: change for change in changes if change.stack == stack}
    for address, entry in head.document(stack).entries.items():
        change = here.get(address)
        previous = change.previous_address if change and change.previous_address else address
        before = base.entry(stack, base.document(stack).entries.get(previous, ""))
        after = head.entry(stack, entry)
        if before and after and not (change and change.action in _OTHER_OBJECT):
            text = ", ".join(map(str, kept(allocation_of(before), allocation_of(after))))
            if text:
                yield entry, text
