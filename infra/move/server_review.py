"""The review of what an apply would make of what is in Airbyte, beyond what the change itself is reviewed for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from infra.base.printable import one_line
from infra.lake.documents.yaml_text import flow
from infra.lake.registry.accepted import BY_SERVER, Accepted, accepted_line
from infra.move.found import FoundWorkspace
from infra.move.found_difference import ABSENT, Difference
from infra.move.server_side import Placed, ServerSide
from infra.review.details.change import Action, Change, Detail, Refusal
from infra.review.details.secrets import SecretNames
from infra.review.rails.rails import stale
from infra.review.rails.review import Review, review
from infra.review.sides.side import Side

T = TypeVar("T")

RULE = "adoption-changes"
_STALE = "not-accepted"

# Entries that a note names.
_SHOWN = 8


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


def review_server(
    server: ServerSide,
    head: Side,
    before: Before,
    found: Mapping[str, FoundWorkspace],
    now: datetime,
    today: date | None = None,
) -> Review:
    """What is there against what would be applied. `found`: stack -> its workspace; `now`, `today`: as for a review."""
    whole = review(server.side, server.head, now, today=today)
    taken = _taken_over(server, head, before.base)
    refused, accepted = _adoptions(server, head, whole, taken, before)
    kept = tuple(one for one in whole.refused if one.rule != _STALE)
    ordered = sorted({*kept, *refused, *_lost(server)}, key=lambda one: (one.entry, one.rule))
    notes = (*_notes(server, taken, found), *whole.notes, *accepted)
    whole = replace(whole, refused=tuple(ordered), notes=tuple(dict.fromkeys(notes)))
    return whole if before.told is None else _beyond(whole, before.told)


def _taken_over(server: ServerSide, head: Side, base: Side | None) -> frozenset[Placed]:
    """What is there, and was not managed from here before the change."""
    return frozenset(placed for placed in server.there if base is None or not _was_managed(base, head, placed))


def _was_managed(base: Side, head: Side, placed: Placed) -> bool:
    stack, path = placed
    old = next((line.from_ for line, _ in head.model.registry.renamed if line.to == path), path)
    before = base.entry(stack, path) or base.entry(stack, old)
    after = head.entry(stack, path)
    return before is not None and after is not None and after.settings.adopt in (None, before.settings.adopt)


def _adoptions(
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
    refused = [_refusal(head, path, value, stacks) for (path, value), stacks in groups.items()]
    idle = [one for one in lines if one.rule in BY_SERVER and one not in used and before.base is not None]
    notes = [f"{one.entry}: {one.rule} is accepted: {one_line(one.reason)}" for one in lines if one in used]
    return [*refused, *(stale(line) for line in idle)], notes


def _changing(whole: Review, server: ServerSide, placed: Placed) -> tuple[str, ...]:
    """Paths below a connection that the apply would change, with something following for the data, sorted."""
    details = (one for change in whole.changes if (change.stack, change.entry) == placed for one in change.details)
    paths = {one.path for one in details if _counts(one)}
    paths |= {one.place for one in server.unwritten if (one.stack, one.entry) == placed}
    return tuple(sorted(path.removeprefix(f"{placed[1]}.") for path in paths))


def _counts(detail: Detail) -> bool:
    """A stream that goes has a refusal of its own."""
    return detail.consequence.label != "none" and detail.kind != "stream-removed"


def _refusal(head: Side, path: str, value: tuple[str, ...], stacks: list[str]) -> Refusal:
    placed = head.model.drafts.placements["connections"].get(path.partition(".")[2], ())
    partly = stacks if set(stacks) != set(placed) else []
    where = f"the workspace of {', '.join(partly)}" if partly else "Airbyte"
    message = f"is otherwise in {where}, and taking it over would change {', '.join(value)}"
    extra = [f", value: {flow(value)}{place}" for place in [f", stack: {stack}" for stack in partly] or [""]]
    fix = (
        "write into the registry what is there: lakeform drift --format patch | git apply\n"
        "or, if the change is intended, add under accepted:\n"
        + "\n".join(accepted_line(path, RULE, more) for more in extra)
    )
    return Refusal(path, RULE, message, fix, can_be_acknowledged=True)


def _lost(server: ServerSide) -> Iterator[Refusal]:
    for (stack, path), id_ in server.lost:
        message = f"cannot be taken over: the workspace of {stack} has nothing with the id {id_}, so that the import would fail"
        yield Refusal(path, "adoption-missing", message, "correct adopt, or remove it, and the apply creates a new one")


def _notes(
    server: ServerSide, taken: frozenset[Placed], found: Mapping[str, FoundWorkspace]
) -> Iterator[str]:
    for one in server.unwritten:
        yield f"{one.place} in {one.stack} is not compared: {_words(one)}; {one.reason}"
    names = sorted({path for stack, path in taken & server.by_name})
    if names:
        yield (
            f"recognized by name alone: {_some(names)}; what Terraform's state does not have is created a second time, unless "
            "adopt: names its id"
        )
    for id_, workspace in sorted(found.items()):
        yield from (f"{id_}: {one_line(one.what)} could not be read: {one_line(one.why)}" for one in workspace.untold)


def _words(one: Difference) -> str:
    if one.secret or ABSENT in (one.here, one.there):
        return "it is otherwise there"
    return f"it is {one_line(flow(one.there))} there and {one_line(flow(one.here))} here"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _beyond(whole: Review, told: Review) -> Review:
    """The review without what another one says."""
    said = {_key(change, one) for change in told.changes for one in change.details}
    bare = {(one.stack, one.entry, one.action) for one in told.changes}
    return replace(
        whole,
        changes=tuple(_left(whole.changes, said, bare)),
        refused=_rest(whole.refused, told.refused),
        secrets=SecretNames((), _rest(whole.secrets.new, told.secrets.new), ()),
        schedules=_rest(whole.schedules, told.schedules),
        loads={stack: pair for stack, pair in whole.loads.items() if told.loads.get(stack) != pair},
        rediscover=_rest(whole.rediscover, told.rediscover),
        notes=_rest(whole.notes, told.notes),
    )


def _rest(items: tuple[T, ...], told: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(one for one in items if one not in told)


def _key(change: Change, detail: Detail) -> tuple[object, ...]:
    return change.stack, change.entry, detail.kind, detail.path, detail.text


def _left(
    changes: Iterable[Change], said: set[tuple[object, ...]], bare: set[tuple[str, str, Action]]
) -> Iterator[Change]:
    for change in changes:
        details = tuple(one for one in change.details if _key(change, one) not in said)
        if details or (not change.details and (change.stack, change.entry, change.action) not in bare):
            yield replace(change, details=details)
