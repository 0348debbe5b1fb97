"""The rail of adoption: what is taken over stays as it is, unless somebody says that it is meant to change."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from infra.base.printable import one_line
from infra.lake.documents.yaml_text import flow
from infra.lake.registry.accepted import BY_SERVER, Accepted, accepted_line
from infra.move.drift.found_difference import Difference
from infra.move.review.server_side import Placed, ServerSide
from infra.review.details.change import Detail, Refusal
from infra.review.rails.rails import stale
from infra.review.rails.review import Review
from infra.review.sides.side import Side

RULE = "adoption-changes"


@dataclass(frozen=True)
class Before:
    """What is known of the change that is looked at.

    Attributes:
        base: the lake before it, as git has it; None where there is none, so that everything is taken over in it.
        told: the review of the change, which is not repeated.
    """

    base: Side | None = None
    told: Review | None = None

    @property
    def accepted(self) -> tuple[Accepted, ...]:
        """The lines that were there before."""
        return tuple(line for line, _ in self.base.model.registry.accepted) if self.base else ()


def adoption_refusals(
    server: ServerSide, head: Side, whole: Review, taken: frozenset[Placed], before: Before
) -> tuple[list[Refusal], list[str]]:
    """What is refused of the connections that are taken over, each entry once for all stacks that change alike; notes about
    what a line lets pass.
    """
    lines = dict.fromkeys(line for line, _ in head.model.registry.accepted if line not in before.accepted)
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    used: set[Accepted] = set()
    for stack, path in sorted(taken):
        value = _changing(whole, server, (stack, path)) if path.startswith("connections.") else ()
        line = next((one for one in lines if value and one.accepts(RULE, path, stack, value)), None)
        used |= {line} if line else set()
        if value and line is None:
            groups.setdefault((path, value), []).append(stack)
    unwritten = {one.place for one in server.unwritten}
    refused = [
        _refusal(head, path, value, stacks, _instead(path, value, unwritten))
        for (path, value), stacks in groups.items()
    ]
    idle = [one for one in lines if one.rule in BY_SERVER and one not in used and before.base is not None]
    notes = [f"{one.entry}: {one.rule} is accepted: {one_line(one.reason)}" for one in lines if one in used]
    return [*refused, *(stale(line) for line in idle)], notes


def _changing(whole: Review, server: ServerSide, placed: Placed) -> tuple[str, ...]:
    """Paths below a connection that the apply would change, with something following for the data, sorted."""
    details = (one for change in whole.changes if (change.stack, change.entry) == placed for one in change.details)
    paths = {one.path for one in details if _counts(one)}
    paths |= {one.place for one in server.unwritten if (one.stack, one.entry) == placed and not keeps_pace(server, one)}
    return tuple(sorted(path.removeprefix(f"{placed[1]}.") for path in paths))


def keeps_pace(server: ServerSide, one: Difference) -> bool:
    """True for a schedule that no entry can have, and that syncs as often here."""
    return one.path == ("schedule",) and (one.stack, one.entry) in server.as_often


def _counts(detail: Detail) -> bool:
    """A stream that goes has a refusal of its own, and so has a connection that is made anew."""
    return detail.consequence.label != "none" and detail.kind not in ("stream-removed", "connection-replaced")


def _instead(path: str, value: tuple[str, ...], unwritten: Collection[str]) -> str:
    """How the connection stays as it is."""
    if all(f"{path}.{one}" in unwritten for one in value):
        return "change it in Airbyte first, as no entry says what is there (the notes say why)"
    return "write into the registry what is there: lakeform drift --format patch | git apply"


def _refusal(head: Side, path: str, value: tuple[str, ...], stacks: list[str], instead: str) -> Refusal:
    placed = head.model.drafts.placements["connections"].get(path.partition(".")[2], ())
    partly = stacks if set(stacks) != set(placed) else []
    where = f"the workspace of {', '.join(partly)}" if partly else "Airbyte"
    message = f"differs in {where}, and taking it over would change {', '.join(value)}"
    extra = [f", value: {flow(value)}{place}" for place in [f", stack: {stack}" for stack in partly] or [""]]
    fix = f"{instead}\nor, if the change is intended, add under accepted:\n" + "\n".join(
        accepted_line(path, RULE, more) for more in extra
    )
    return Refusal(path, RULE, message, fix, can_be_acknowledged=True)


def lost_refusals(server: ServerSide) -> Iterator[Refusal]:
    """What cannot be taken over, as it is not there."""
    for (stack, path), id_ in server.lost:
        message = f"cannot be taken over: the workspace of {stack} has nothing with the id {id_}, so that the import would fail"
        yield Refusal(path, "adoption-missing", message, "correct adopt, or remove it, and the apply creates a new one")
