"""What differs in the place of a stack's Terraform state, whoever says where that is: a backend, or its Terraform object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from infra.base.json_value import Json
from infra.review.details.change import Detail
from infra.review.details.detail_kind import DetailKind
from infra.review.sides.places import place_of
from infra.review.sides.side import Side
from infra.review.sides.stack_json import canonical

_KINDS: dict[Literal["same", "other", "unclear"], DetailKind] = {
    "same": "backend-reached-otherwise",
    "other": "backend-changed",
    "unclear": "backend-unclear",
}


def state_details(base: Side, head: Side, stack: str) -> Iterator[Detail]:
    """The detail of a stack of both sides; none if its state is where it was, and reached as it was."""
    old, new = base.document(stack).backend, head.document(stack).backend
    before, after = place_of(base, stack), place_of(head, stack)
    found = before.later(after) if before and after else None
    if canonical(old) == canonical(new) and found != "other":
        return
    kind = "backend-unclear" if found == "other" and not _said_where(base, stack) else _KINDS[found or "other"]
    kinds = (next(iter(old), None), next(iter(new), None))
    words = (before.words, after.words) if before and after else None
    text = _text(words, old, new, same=found == "same")
    yield Detail(kind, f"lake.stacks.{stack}.backend", *kinds, text=f"Terraform state: {text}")


def _said_where(side: Side, stack: str) -> bool:
    """False if nothing says where the state is: then it is a file of whoever applies the stack, if somebody does."""
    return bool(side.document(stack).backend) or side.flux(stack) is not None


def _text(words: tuple[str, str] | None, old: Json, new: Json, *, same: bool) -> str:
    """The places as far as they can be told apart; of a backend only names of settings, as some hold passwords."""
    one, two = (next(iter(backend), "(none)") for backend in (old, new))
    names = (
        sorted(key for key in {*old[one], *new[one]} if old[one].get(key) != new[one].get(key)) if one in new else []
    )
    if words and same:
        return f"the same place, with another {', '.join(names)}" if names else f"the same place, {words[0]}"
    if words and words[0] != words[1] and (one == two or not (old and new)):
        return f"{words[0]} → {words[1]}"
    return f"another {', '.join(names)} of the backend {one}" if names else f"{one} → {two}"
