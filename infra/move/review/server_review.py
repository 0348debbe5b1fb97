"""The review of what an apply would make of what is in Airbyte, beyond what the change itself is reviewed for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from infra.base.printable import one_line
from infra.lake.documents import some
from infra.lake.documents.operation import ABSENT
from infra.lake.documents.yaml_text import flow
from infra.move.drift.found_difference import Difference
from infra.move.found import FoundWorkspace
from infra.move.review.adoption_rail import Before, adoption_refusals, keeps_pace, lost_refusals
from infra.move.review.server_side import Placed, ServerSide
from infra.review.details.change import Action, Change, Detail
from infra.review.details.secrets import SecretNames
from infra.review.rails.review import Review, review
from infra.review.sides.side import Side

T = TypeVar("T")

_STALE = "not-accepted"

# Of workspaces that nobody could look at.
NOTHING = Review((), (), (), SecretNames((), (), ()), (), {}, (), ())

# Entries that a note names.
_SHOWN = 8


@dataclass(frozen=True)
class Parts:
    """A review in two parts.

    Attributes:
        change: of the change; None where there is no base.
        there: of what is in Airbyte, beyond the change.
    """

    change: Review | None
    there: Review


def review_server(
    server: ServerSide,
    head: Side,
    before: Before,
    found: Mapping[str, FoundWorkspace],
    now: datetime,
    today: date | None = None,
) -> Parts:
    """What is there against what would be applied. `found`: stack -> its workspace; `now`, `today`: as for a review."""
    whole = review(server.side, server.head, now, today=today)
    taken = _taken_over(server, head, before.base)
    refused, accepted = adoption_refusals(server, head, whole, taken, before)
    kept = tuple(one for one in whole.refused if one.rule != _STALE)
    ordered = sorted({*kept, *refused, *lost_refusals(server)}, key=lambda one: (one.entry, one.rule))
    notes = (*_notes(server, taken, found), *whole.notes, *accepted)
    there = replace(whole, refused=tuple(ordered), notes=tuple(dict.fromkeys(notes)))
    if before.told is None:
        return Parts(None, there)
    return Parts(_without_used(before.told, whole), _beyond(there, before.told))


def _without_used(told: Review, whole: Review) -> Review:
    """The review of the change without refusals of lines that accept something of what is there."""
    idle = {one for one in whole.refused if one.rule == _STALE}
    return replace(told, refused=tuple(one for one in told.refused if one.rule != _STALE or one in idle))


def _taken_over(server: ServerSide, head: Side, base: Side | None) -> frozenset[Placed]:
    """What is there, and was not managed from here before the change."""
    return frozenset(placed for placed in server.there if base is None or not _was_managed(base, head, placed))


def _was_managed(base: Side, head: Side, placed: Placed) -> bool:
    stack, path = placed
    old = next((line.from_ for line, _ in head.model.registry.renamed if line.to == path), path)
    before = base.entry(stack, path) or base.entry(stack, old)
    after = head.entry(stack, path)
    return before is not None and after is not None and after.settings.adopt in (None, before.settings.adopt)


def _notes(server: ServerSide, taken: frozenset[Placed], found: Mapping[str, FoundWorkspace]) -> Iterator[str]:
    for one in server.unwritten:
        if keeps_pace(server, one):
            yield f"{one.place} in {one.stack}: {_words(one)}, which is as often"
        else:
            yield f"{one.place} in {one.stack} cannot be written as it is there: {_words(one)}; {one.reason}"
    for how in sorted({*server.by.values()}):
        names = sorted({placed[1] for placed in taken if server.by.get(placed) == how})
        if names:
            yield (
                f"recognized by {how} alone: {some(names, _SHOWN)}; what Terraform's state does not have is created a second time, unless "
                "adopt: names its id"
            )
    for id_, workspace in sorted(found.items()):
        yield from _versions(server.head, id_, workspace)
        yield from (f"{id_}: {one_line(one.what)} could not be read: {one_line(one.why)}" for one in workspace.untold)


def _versions(head: Side, stack: str, workspace: FoundWorkspace) -> Iterator[str]:
    """Connectors that run in another version than the files are checked against."""
    running = {(one.connector, one.version) for one in workspace.actors if one.connector and one.version}
    for connector, version in sorted((str(name), str(version)) for name, version in running):
        lock = head.model.locks.get(connector)
        if lock is not None and lock.tag != version:
            yield f"{connector} {version} runs in the workspace of {stack}, and {lock.tag} is locked"


def _words(one: Difference) -> str:
    if one.secret or ABSENT in (one.here, one.there):
        return "it differs there"
    return f"it is {one_line(flow(one.there))} there and {one_line(flow(one.here))} here"


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
