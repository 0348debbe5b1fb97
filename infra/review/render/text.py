"""A review for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from infra.review.details.load import load_words
from infra.review.details.schedule import schedule_words
from infra.review.rails.review import Review
from infra.review.render.rows import Row, in_stacks, rows_of, verdict

# Style of a line, as `rich` names it; the line.
Line = tuple[str, str]


def to_lines(review: Review) -> Iterator[Line]:
    """The whole review, line by line; nothing is cut."""
    yield "bold", verdict(review)
    for refusal in review.refused:
        yield "", ""
        yield "bold red", f"refused: {refusal.entry} {refusal.message}  ({refusal.rule})"
        yield from (("", f"    {line}") for line in refusal.fix.splitlines())
    for row in rows_of(review.changes):
        yield "", ""
        yield from _row(row)
    yield from _more(review)


def _row(row: Row) -> Iterator[Line]:
    style = "bold red" if row.is_dangerous else "bold"
    yield style, f"{row.entry}  {in_stacks(row)}  {row.consequence}"
    for detail in row.details:
        yield "", f"    {detail.text}"
        yield "dim", f"        {detail.consequence.label}: {detail.consequence.why}"


def _more(review: Review) -> Iterator[Line]:
    for title, lines in (
        ("before the merge", _before_merge(review)),
        ("schedules", _schedules(review)),
        ("secrets", _secrets(review)),
        ("notes", review.notes),
    ):
        found = list(lines)
        if found:
            yield "", ""
            yield "bold", title
            yield from (("", f"    {line}") for line in found)


def _before_merge(review: Review) -> Iterator[str]:
    if review.rediscover:
        yield "the server has not seen some of these streams or fields; let it discover them first:"
    for stack, source in review.rediscover:
        yield f"lakeform discover {source} --from server --stack {stack}"


def _schedules(review: Review) -> Iterator[str]:
    for change in review.schedules:
        words = f"{schedule_words(change.before)} → {schedule_words(change.after)}"
        runs = f"; next: {', '.join(change.next_runs)} UTC" if change.next_runs else ""
        yield f"{change.entry} in {', '.join(change.stacks)}: {words}{runs}"
    for stack, (before, after) in review.loads.items():
        yield f"{stack}: {load_words(before, after)}"


def _secrets(review: Review) -> Iterator[str]:
    for title, names in (("new, must exist before the merge", review.secrets.new), ("unused", review.secrets.unused)):
        if names:
            yield f"{title}: {', '.join(names)}"
