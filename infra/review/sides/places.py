"""Where the two sides keep Terraform's state, and which Airbyte they speak to."""

from __future__ import annotations

from infra.lake.model.output import stack_folder
from infra.lake.registry.state_place import StatePlace, state_place
from infra.review.sides.side import Side
from infra.review.sides.stack_json import canonical


def place_of(side: Side, stack: str) -> StatePlace | None:
    """Where a stack keeps its state; None where nobody can say."""
    found = side.stack(stack)
    return state_place(found.id, found.settings, stack_folder(found.id)) if found else None


def keeps_state(base: Side, old: str, head: Side, new: str) -> bool:
    """True if a stack that has another id finds its state where it is."""
    before, after = place_of(base, old), place_of(head, new)
    if before and after:
        return before.later(after) == "same"
    backends = [side.document(stack).backend for side, stack in ((base, old), (head, new))]
    return bool(backends[0]) and canonical(backends[0]) == canonical(backends[1])


def in_one_workspace(base: Side, old: str, head: Side, new: str) -> bool:
    """True unless the two stacks are known to be in two workspaces, or one of them is not known at all."""
    before, after = base.stack(old), head.stack(new)
    if before is None or after is None:
        return False
    pairs = [(getattr(before.settings, key), getattr(after.settings, key)) for key in ("server_url", "workspace_id")]
    return not any(one != two for one, two in pairs if isinstance(one, str) and isinstance(two, str))
