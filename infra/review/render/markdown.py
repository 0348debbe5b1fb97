"""A review as the Markdown of a pull request's comment."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from infra.base.printable import inline
from infra.lake.documents import plural
from infra.review.details.change import NOT_APPLIED
from infra.review.details.load import load_words
from infra.review.details.schedule import schedule_words
from infra.review.rails.review import Review
from infra.review.render.rows import Row, in_stacks, rows_of, verdict

# A comment on GitHub holds 65,536 characters; the rest is for what a workflow adds.
LIMIT = 60_000
TITLE = "What this change does to the data"
# By this line a workflow finds the comment again.
MARK = "<!-- lakeform review -->"

# Details that a cell of the table names; all of them are folded below it.
_IN_CELL = 3
# Lines of a table before its first row.
_HEADER = 2
# Entries in one folded part.
_IN_PART = 25

# A paragraph that is kept or left out as a whole, or lines of a list or table that may end early.
Block = str | list[str]

_FENCE = re.compile("`{3,}")
_SPECIAL = re.compile(r"([\\*_\[\]~#|])")
# What is code as it is, and what GitHub would make a link (GFM 6.9), which it does to no code.
_CODE = re.compile(r"(`[^`]+`)|((?:\b[A-Za-z][A-Za-z0-9+.-]*://|\b[Ww]{3}\.)[^\s`]+)")


def to_markdown(review: Review, title: str = TITLE, limit: int = LIMIT) -> str:
    """The comment: verdict, dangers, table, then what is folded; never longer than the limit, cut at the end."""
    rows = rows_of(review.changes)
    head: list[Block] = [
        MARK,
        f"## {title}",
        f"**{_text(verdict(review))}**",
        *_refused(review),
        *_dangers(rows),
    ]
    head += [*_before_merge(review), *_notes(review)]
    return _cut([*head, *_table(review, rows), *_schedules(review), *_secrets(review), *_all_details(rows)], limit)


def _refused(review: Review) -> Iterator[str]:
    if review.refused:
        yield "### Refused until it is acknowledged or put right"
    for refusal in review.refused:
        yield f"- **{_code(refusal.entry)}** {_text(refusal.message)} ({refusal.rule})\n{_block(refusal.fix)}"


def _block(text: str) -> str:
    return "\n".join(["", "  ```text", *(f"  {_FENCE.sub(' ', inline(line))}" for line in text.splitlines()), "  ```"])


def _dangers(rows: list[Row]) -> Iterator[Block]:
    dangerous = [row for row in rows if row.is_dangerous]
    if dangerous:
        yield "### Read this first"
        yield [line for row in dangerous for line in _danger(row)]


def _danger(row: Row) -> Iterator[str]:
    """The dangerous details of a row, each with its reason; those that share one are told together."""
    reasons: dict[str, list[str]] = {}
    for detail in row.details:
        if detail.consequence.is_dangerous:
            reason = f"**{detail.consequence.label}**: {_text(detail.consequence.why)}"
            reasons.setdefault(reason, []).append(_text(detail.text))
    for reason, texts in reasons.items():
        yield f"- {_code(row.entry)} ({_text(', '.join(row.actions))}): {_some(texts, '; ')}. {reason}."


def _some(texts: list[str], separator: str) -> str:
    more = f"{separator}and {len(texts) - _IN_CELL} more" if len(texts) > _IN_CELL else ""
    return separator.join(texts[:_IN_CELL]) + more


def _before_merge(review: Review) -> Iterator[str]:
    if not review.rediscover:
        return
    yield (
        "### Before the merge\nThe server has not seen some of these streams or fields. Let it discover them first, or the "
        "apply fails:"
    )
    commands = [f"lakeform discover {source} --from server --stack {stack}" for stack, source in review.rediscover]
    yield "\n".join(["```sh", *commands, "```"])


def _notes(review: Review) -> Iterator[str]:
    if review.notes:
        yield "\n".join(f"- {_text(note)}" for note in review.notes)


def _table(review: Review, rows: list[Row]) -> Iterator[Block]:
    if not rows:
        return
    stacks = [stack for stack in review.stacks if any(stack in row.actions for row in rows)]
    lines = [f"| entry | {' | '.join(map(_code, stacks))} | what changes | consequence |"]
    lines.append(f"|---|{'---|' * len(stacks)}---|---|")
    yield [*lines, *(_table_row(row, stacks) for row in rows)]
    applied = [stack for stack in stacks if any(row.actions.get(stack, "lock") not in NOT_APPLIED for row in rows)]
    yield f"Stacks with something to apply: {', '.join(map(_code, applied)) or 'none'}."


def _table_row(row: Row, stacks: list[str]) -> str:
    actions = " | ".join(row.actions.get(stack, "") for stack in stacks)
    texts = _some([_text(detail.text) for detail in row.details], "<br>")
    return f"| {_code(row.entry)} | {actions} | {texts} | {row.consequence} |"


def _schedules(review: Review) -> Iterator[str]:
    if not review.schedules:
        return
    lines = ["| connection | stacks | before | after | next runs (UTC) |", "|---|---|---|---|---|"]
    for change in review.schedules:
        words = [_text(schedule_words(schedule)) for schedule in (change.before, change.after)]
        runs = "<br>".join(change.next_runs)
        lines.append(
            f"| {_code(change.entry)} | {', '.join(map(_code, change.stacks))} | {words[0]} | {words[1]} | {runs} |"
        )
    for stack, (before, after) in review.loads.items():
        lines.append(f"\n{_code(stack)}: {load_words(before, after)}.")
    yield _folded(f"Schedules: {plural(len(review.schedules), 'change')}", "\n".join(lines))


def _secrets(review: Review) -> Iterator[str]:
    names = review.secrets
    if names.new:
        yield f"**New secrets**, which must exist before the merge: {', '.join(map(_code, names.new))}."
    if names.unused:
        yield f"Secrets that nothing uses any more: {', '.join(map(_code, names.unused))}."
    if names.needed:
        yield _folded(f"Secrets that are needed: {len(names.needed)}", ", ".join(map(_code, names.needed)))


def _all_details(rows: list[Row]) -> Iterator[str]:
    """Every detail with its reason, folded, in parts that can be left out one by one."""
    for first in range(0, len(rows), _IN_PART):
        part = rows[first : first + _IN_PART]
        which = f" ({first + 1} to {first + len(part)} of {len(rows)})" if len(rows) > _IN_PART else ""
        yield _folded(
            f"Every detail, with its reason{which}", "\n".join(line for row in part for line in _row_details(row))
        )


def _row_details(row: Row) -> Iterator[str]:
    yield f"- {_code(row.entry)}, {_text(in_stacks(row))}"
    for detail in row.details:
        yield f"  - {_text(detail.text)}: **{detail.consequence.label}**, {_text(detail.consequence.why)}"


def _folded(summary: str, content: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{content}\n\n</details>"


def _cut(blocks: list[Block], limit: int) -> str:
    """The blocks as one text; what does not fit is counted instead."""
    note = "_{} left out: a comment has room for 60,000 characters. `lakeform review` prints all of it with `--format text`._"
    room = limit - len(note) - 40
    kept: list[str] = []
    for block in blocks:
        text = _fitting(block, room - 2)
        if not text:
            break
        kept.append(text)
        room -= len(text) + 2
    left_out = len(blocks) - len(kept)
    return "\n\n".join([*kept, *([note.format(_parts(left_out))] if left_out else [])]) + "\n"


def _fitting(block: Block, room: int) -> str:
    """As much of a block as there is room for; empty if that is nothing of use."""
    text = block if isinstance(block, str) else "\n".join(block)
    if len(text) <= room:
        return text
    if isinstance(block, str):
        return ""
    fitting = text[: max(room - 40, 0)].count("\n")
    more = f"\n\nand {len(block) - fitting} more"
    return "\n".join(block[:fitting]) + more if fitting > _HEADER else ""


def _parts(count: int) -> str:
    return "1 part was" if count == 1 else f"{count} parts were"


def _code(text: str) -> str:
    """A name as code; backticks and pipes are no part of names that can be shown so."""
    shown = re.sub("[`|]", " ", inline(text))
    return f"`{shown or ' '}`"


def _text(text: str) -> str:
    """Text in which only `code` is markup: nobody is mentioned, nothing is a link, a tag or a cell's end."""
    shown, said, end = inline(text), [], 0
    for found in _CODE.finditer(shown):
        said += [_plain(shown[end : found.start()]), _code(found[0].strip("`"))]
        end = found.end()
    return "".join([*said, _plain(shown[end:])])


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", html.escape(text, quote=False)).replace("@", "&#64;").replace("`", "&#96;")
