"""`lakeform review --server`: the part of a review that looks at what is in Airbyte."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from infra.base.environment import environment_values
from infra.base.errors import UserError
from infra.base.json_value import Json
from infra.commands.progress import progress
from infra.commands.review_print import print_both
from infra.move.drift.known import Known
from infra.move.entries.import_record import read_record
from infra.move.review.adoption_rail import Before
from infra.move.review.asking import Answers, ask
from infra.move.review.server_review import NOTHING, Parts, review_server
from infra.move.review.server_side import server_side
from infra.review.rails.review import Review
from infra.review.sides.side import Side


@dataclass(frozen=True)
class Answered:
    """A review in two parts, and what the servers answered."""

    answers: Answers
    parts: Parts

    @property
    def exit_code(self) -> int:
        """2 if a workspace is not known, 1 if something is refused in either part."""
        parts = (self.parts.change, self.parts.there)
        return 2 if self.answers.faults else 1 if any(one and one.refused for one in parts) else 0

    def to_json(self) -> Json:
        """The object below `server` of `--format json`."""
        return {"stacks": self.answers.to_json(), **self.parts.there.to_json()}


def review_with_server(
    options: argparse.Namespace,
    head: Side,
    change: tuple[Side, Review] | None,
    since: datetime | None,
    today: date | None,
) -> int:
    """Print both parts; the exit code of that. `change`: the base and the review of the change, `since` the base's time."""
    before = Before(*change) if change else Before()
    both = _answered(options, head, before, since or _moment_of(today), today)
    print_both(both.parts.change, both.parts.there, both.to_json(), options.format)
    return both.exit_code


def _answered(options: argparse.Namespace, head: Side, before: Before, now: datetime, today: date | None) -> Answered:
    """What is in the workspaces against what would be applied."""
    base = before.base.model if before.base else None
    with progress(options, "reading what is in Airbyte", len(head.model.stacks)) as shown:
        answers = ask(head.model, base, os.environ, shown.tell, shown.advance)
    parts = _compared(head, before, answers, now, today)
    notes = tuple(dict.fromkeys([*answers.notes, *parts.there.notes]))
    there = replace(parts.there, refused=(*answers.refused, *parts.there.refused), notes=notes)
    return Answered(answers, replace(parts, there=there))


def _compared(head: Side, before: Before, answers: Answers, now: datetime, today: date | None) -> Parts:
    if not answers.found:
        return Parts(before.told, NOTHING)
    from stacks.synth import documents_of  # noqa: PLC0415  # starts Node

    record = read_record(head.model.root)
    known = Known({id_: record.noted(id_) for id_ in answers.found}, environment_values(os.environ))
    server = server_side(head, answers.found, known, documents_of, before.accepted)
    return review_server(server, head, before, answers.found, now, today)


def _moment_of(today: date | None) -> datetime:
    """When next runs are counted from, where no base says it. Raises UserError if there is no commit either."""
    if today is None:
        raise UserError("there is no commit yet, and the clock says something else each time; add --today YYYY-MM-DD")
    return datetime.combine(today, time(), UTC)
