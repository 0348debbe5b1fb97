"""Review: everything that a pull request should be told about a change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from infra.lake.registry.entries import Connection
from infra.review.details.change import Change, Refusal
from infra.review.details.changes import changes_of
from infra.review.details.consequences import Label, gravest
from infra.review.details.load import Load
from infra.review.details.lock_details import lock_changes, release_notes
from infra.review.details.notes import notes_of, renamed_stacks
from infra.review.details.schedule import ScheduleChange, loads_of, schedule_changes
from infra.review.details.second_copies import told_twice
from infra.review.details.secrets import SecretNames, secret_names
from infra.review.details.settled import settled
from infra.review.details.start_dates import seen_from
from infra.review.details.strays import stray_notes, stray_refusals
from infra.review.rails.rails import rails
from infra.review.sides.side import Side


@dataclass(frozen=True)
class Review:
    """The difference between two revisions of a lake.

    Attributes:
        stacks: ids of the stacks on either side, sorted.
        changes: sorted by entry, then stack.
        refused: what has to be acknowledged or put right before the merge.
        loads: stack -> syncs a week before (None if nobody knows) and after, where they differ.
        rediscover: (stack, source) that the server has to discover again before the merge.
        notes: what is worth knowing and changes no object.

    """

    stacks: tuple[str, ...]
    changes: tuple[Change, ...]
    refused: tuple[Refusal, ...]
    secrets: SecretNames
    schedules: tuple[ScheduleChange, ...]
    loads: dict[str, tuple[Load | None, Load]]
    rediscover: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    @property
    def consequence(self) -> Label:
        """The gravest of all changes."""
        return gravest(change.consequence for change in self.changes)

    def to_json(self) -> dict[str, Any]:
        """The object of `--format json`."""
        return {
            "changes": [change.to_json() for change in self.changes],
            "refused": [refusal.to_json() for refusal in self.refused],
            "secrets": self.secrets.to_json(),
            "schedules": [schedule.to_json() for schedule in self.schedules],
            "rediscover": [{"stack": stack, "source": source} for stack, source in self.rediscover],
            "notes": list(self.notes),
        }


def review(base: Side, head: Side, now: datetime, notes: tuple[str, ...] = (), today: date | None = None) -> Review:
    """Compare two sides; `now`, a time in UTC that comes from the history, is where the next runs are counted from, `today`
    the day from which deadlines are.
    """
    renamed = renamed_stacks(base, head)
    for old, new in renamed:
        base = base.calling(old, new)
    stacks = tuple(sorted({*base.documents, *head.documents}))
    planned = [seen_from(change, now) for stack in stacks for change in changes_of(base, head, stack)]
    found = told_twice(base, head, planned)
    found += [change for stack in stacks for change in lock_changes(base, head, stack, today)]
    changes = settled(base, head, found)
    refused, accepted = rails(base, head, found)
    loads = {stack: loads_of(base, head, stack, now) for stack in stacks}
    return Review(
        stacks=stacks,
        changes=tuple(sorted(changes, key=lambda change: (change.entry, change.stack, change.address))),
        refused=(*stray_refusals(base, head), *refused),
        secrets=secret_names(base, head),
        schedules=schedule_changes(base, head, now),
        loads={stack: pair for stack, pair in loads.items() if pair[0] != pair[1]},
        rediscover=tuple(sorted({found for change in changes for found in _rediscoveries(head, change)})),
        notes=(
            *notes,
            *notes_of(base, head, renamed, changes),
            *release_notes(head, today),
            *stray_notes(base, head),
            *accepted,
        ),
    )


def _rediscoveries(head: Side, change: Change) -> Iterator[tuple[str, str]]:
    placed = head.entry(change.stack, change.entry)
    if placed and isinstance(placed.settings, Connection) and any(detail.rediscover for detail in change.details):
        yield change.stack, placed.settings.source
