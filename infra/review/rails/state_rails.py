"""Rails of the state: what Terraform would create although Airbyte has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from infra.review.details.change import Change, Refusal
from infra.review.details.detail_kind import DetailKind
from infra.review.details.second_copies import SecondCopy, second_copies
from infra.review.sides.places import place_of
from infra.review.sides.side import Side

RULE = "created-twice"

_MOVED: Mapping[DetailKind, tuple[str, str]] = {
    "backend-changed": (
        "would look for its Terraform state in another place, and create everything a second time if it is not there",
        "move the state to the new place before the merge",
    ),
    "server-changed": (
        "would create everything a second time if another Airbyte answers at the new address",
        "make sure that it is the same Airbyte under another address",
    ),
}


def state_refusals(base: Side, head: Side, changes: Sequence[Change]) -> Iterator[tuple[str, Refusal]]:
    """(stack, its refusal), for each stack in which something would be there twice."""
    copies = second_copies(base, head, changes)
    for stack in sorted(head.documents):
        moved = [_MOVED[kind] for kind in _kinds(stack, changes) if kind in _MOVED]
        here = {entry: copy for (place, entry), copy in copies.items() if place == stack}
        told = [*moved, *([(_message(here), _fix(base, stack, here))] if here else [])]
        if told:
            entry = f"lake.stacks.{stack}"
            line = f"  - {{entry: {entry}, rule: {RULE}, date: <YYYY-MM-DD>, reason: <why>}}"
            when = "or, if it is intended," if here else "then"
            fixes = [*(fix for _, fix in told), f"{when} add under accepted:\n{line}"]
            message = "; ".join(message for message, _ in told)
            yield stack, Refusal(entry, RULE, message, "\n".join(fixes), can_be_acknowledged=True)


def _kinds(stack: str, changes: Sequence[Change]) -> list[DetailKind]:
    return [
        detail.kind
        for change in changes
        if change.stack == stack and change.entry == f"lake.stacks.{stack}"
        for detail in change.details
    ]


def _message(copies: Mapping[str, SecondCopy]) -> str:
    them = "it" if len(copies) == 1 else "them"
    return f"would create {', '.join(sorted(copies))} a second time: Airbyte has {them} already"


def _fix(base: Side, stack: str, copies: Mapping[str, SecondCopy]) -> str:
    """How the first ones stay the only ones."""
    gone = sorted({copy.stack for copy in copies.values() if copy.is_gone})
    each = "it" if len(copies) == 1 else "each of them"
    adopt = f"add adopt: <its id in Airbyte> to {each}, below overrides where it is in several stacks"
    if not gone:
        return adopt
    return (
        f"if {gone[0]} and {stack} are one stack, let it keep its state: {_keeping(base, gone[0], stack)}\nor {adopt}"
    )


def _keeping(base: Side, old: str, new: str) -> str:
    """How a stack that has another id finds the state that it had."""
    place = place_of(base, old)
    if place is not None and place.kind == "local":
        return f"move {place.words} to the folder of {new}, and accept this"
    if place is None or base.document(old).backend:
        return f"give {new} the backend of {old}"
    settings = {key: place.parts[key] for key in ("namespace", "secret_suffix")}
    where = ", ".join(f"{key}: {value or '<that of its Terraform object>'}" for key, value in settings.items())
    return f"under lake.stacks.{new} write\n  backend: {{kubernetes: {{{where}}}}}"
