"""Rails: what is refused unless the registry says that it is meant.

`prevent_destroy` does not help where a block was deleted: Terraform reads it from the configuration, and it is gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from infra.base.printable import one_line
from infra.lake.documents import plural
from infra.lake.registry.accepted import BY_SERVER, CHECKED, Accepted, accepted_line
from infra.lake.registry.history import Retired
from infra.lake.rules.replication import lets_pass
from infra.review.details.backfills import provider_refusals
from infra.review.details.change import Change, Refusal
from infra.review.details.stream_details import full_name
from infra.review.rails.discoveries import lost_discoveries, slipped_modes
from infra.review.rails.likely import Likely, likely_names, lines_for_a_stream, lines_for_an_entry
from infra.review.rails.state_rails import state_refusals
from infra.review.sides.side import Side

# More than this part of at least so many objects of a stack, gone at once, looks like an accident.
MASS_PERCENT = 30
MASS_OF = 10

Kind = Literal["deletion", "unmanaged", "replacement", "adoption", "stream", "protection", "stack"]

# Losses that a line below `retired:`, `renamed:` or `accepted:` acknowledges.
_ACKNOWLEDGED_BY_A_LINE = frozenset[Kind]({"deletion", "stream", "protection"})

# Rule ids where the entry is not protected.
_RULES: Mapping[Kind, str] = {
    "deletion": "unacknowledged-deletion",
    "unmanaged": "unacknowledged-deletion",
    "stack": "unacknowledged-deletion",
    "replacement": "unacknowledged-replacement",
    "adoption": "unacknowledged-replacement",
    "stream": "unacknowledged-stream",
    "protection": "protected-entry",
}


@dataclass(frozen=True)
class _Loss:
    """What is lost in one stack and not acknowledged. `base_entry`: the entry, or the stream's connection, in the base."""

    kind: Kind
    entry: str
    base_entry: str
    stack: str


@dataclass(frozen=True)
class _Acknowledged:
    """The lines of `retired:`, `renamed:` and `accepted:` of the head.

    Attributes:
        accepted: those that this change adds: a line counts once.
        renamed: from -> to.
        earlier: from -> to, of the base.
        likely: what is gone -> what it may be called now.

    """

    retired: tuple[Retired, ...]
    renamed: Mapping[str, str]
    earlier: Mapping[str, str]
    accepted: tuple[Accepted, ...]
    likely: Likely

    def accepting(self, rule: str, entry: str, stack: str, value: object = None) -> Accepted | None:
        """The line that accepts a refusal."""
        return next((line for line in self.accepted if line.accepts(rule, entry, stack, value)), None)

    def is_retired(self, entry: str, stack: str) -> bool:
        return any(line.entry == entry and line.stack in (None, stack) for line in self.retired)


def rails(base: Side, head: Side, changes: Sequence[Change]) -> tuple[tuple[Refusal, ...], tuple[str, ...]]:
    """Everything that is refused, sorted, each entry once, whatever the number of its stacks; and notes about what a line
    below `accepted:` let pass.
    """
    lines = _lines(base, head, changes)
    losses = {loss: _accepting(base, lines, loss) for change in changes for loss in _losses(base, head, lines, change)}
    masses = {
        refusal: lines.accepting(refusal.rule, refusal.entry, stack, lost)
        for stack in head.documents
        for lost, refusal in _mass(base, lines, stack, changes)
    }
    shrunk = {
        refusal: lines.accepting(refusal.rule, refusal.entry, "", lost)
        for lost, refusal in lost_discoveries(base, head)
    }
    twice = {
        refusal: lines.accepting(refusal.rule, refusal.entry, stack)
        for stack, refusal in state_refusals(base, head, changes)
    }
    checked = [line for line in lines.accepted if line.rule in CHECKED and lets_pass(head.model, line)]
    named = {**masses, **shrunk, **twice}
    used = {line for line in (*losses.values(), *named.values(), *checked) if line}
    refused = [
        *_by_entry(base, head, lines, (loss for loss, line in losses.items() if line is None)),
        *(refusal for refusal, line in named.items() if line is None),
        *slipped_modes(base, head),
        *provider_refusals(base, head),
        *(stale(line) for line in lines.accepted if line not in used and line.rule not in BY_SERVER),
    ]
    notes = (
        f"{line.entry}: {line.rule} is accepted: {one_line(line.reason)}" for line in lines.accepted if line in used
    )
    return tuple(sorted(refused, key=lambda refusal: (refusal.entry, refusal.rule))), tuple(notes)


def _lines(base: Side, head: Side, changes: Sequence[Change]) -> _Acknowledged:
    registry = head.model.registry
    before = {line for line, _ in base.model.registry.accepted}
    new = dict.fromkeys(line for line, _ in registry.accepted if line not in before)
    retired, likely = tuple(line for line, _ in registry.retired), likely_names(base, head, changes)
    return _Acknowledged(retired, _renames(head), _renames(base), tuple(new), likely)


def _by_entry(base: Side, head: Side, lines: _Acknowledged, losses: Iterable[_Loss]) -> list[Refusal]:
    """One refusal for what is lost of an entry in several stacks."""
    groups: dict[tuple[Kind, str], list[_Loss]] = {}
    for loss in losses:
        groups.setdefault((loss.kind, loss.entry), []).append(loss)
    return [_refusal(base, head, lines, group) for group in groups.values()]


# Kinds of losses that a line below `accepted:` acknowledges; what goes for good is retired.
_ACCEPTABLE = frozenset({"stream", "protection"})


def _accepting(base: Side, lines: _Acknowledged, loss: _Loss) -> Accepted | None:
    if loss.kind not in _ACCEPTABLE:
        return None
    return lines.accepting(_rule(base, loss), loss.entry, loss.stack)


def _rule(base: Side, loss: _Loss) -> str:
    return "protected-entry" if _protects(base, loss.stack, loss.base_entry) else _RULES[loss.kind]


def stale(line: Accepted) -> Refusal:
    """A line that accepts nothing here would seem to have been needed, and be copied."""
    shown = "" if line.value is None else f" with the value {json.dumps(line.value, ensure_ascii=False)}"
    message = f"is accepted for {line.rule}{shown}, which this change is not refused for"
    return Refusal(
        line.entry, "not-accepted", message, "remove the line under accepted:, or name what the refusal names"
    )


def _renames(side: Side) -> Mapping[str, str]:
    return {line.from_: line.to for line, _ in side.model.registry.renamed}


def _losses(base: Side, head: Side, lines: _Acknowledged, change: Change) -> Iterator[_Loss]:
    entry, stack = change.entry, change.stack
    before = base.document(stack).entries.get(change.previous_address or change.address, entry)
    if stack not in head.documents:
        if change.action == "delete" and entry.startswith("lake."):
            yield _Loss("stack", entry, before, stack)
    elif change.action == "delete":
        if not lines.is_retired(entry, stack):
            yield _Loss("unmanaged" if head.entry(stack, entry) else "deletion", entry, before, stack)
    elif change.action == "replace":
        adopted = change.address not in base.document(stack).resources and not change.previous_address
        yield _Loss("adoption" if adopted else "replacement", entry, before, stack)
    elif before != entry and _unprotects(base, head, change, before):
        yield _Loss("protection", entry, before, stack)
    for detail in change.details:
        if detail.kind == "stream-removed" and not _is_said(base, lines, change, detail.path):
            yield _Loss("stream", detail.path, detail.path.partition(".streams.")[0], stack)


def _unprotects(base: Side, head: Side, change: Change, before: str) -> bool:
    return _protects(base, change.stack, before) and not _protects(head, change.stack, change.entry)


def _is_said(base: Side, lines: _Acknowledged, change: Change, path: str) -> bool:
    """True if a stream is retired in the connection, under its old or new id, or its file has another name now."""
    connection, _, stem = path.partition(".streams.")
    if any(lines.is_retired(f"{entry}.streams.{stem}", change.stack) for entry in (connection, change.entry)):
        return True
    placed = base.entry(change.stack, connection)
    folder = base.model.source_of(placed) if placed else None
    return folder is not None and f"streams.{folder.source}.{stem}" in lines.renamed


def _refusal(base: Side, head: Side, lines: _Acknowledged, losses: list[_Loss]) -> Refusal:
    """The refusal of a loss, in all stacks where it happens."""
    loss, stacks = losses[0], [loss.stack for loss in losses]
    placed = [stack for stack in base.documents if base.entry(stack, loss.base_entry)]
    partly = stacks if placed and set(stacks) != set(placed) else []
    protected = any(_protects(base, stack, loss.base_entry) for stack in stacks)
    where = f" in {plural(len(partly), 'stack').partition(' ')[2]} {', '.join(partly)}" if partly else ""
    rule = "protected-entry" if protected else _RULES[loss.kind]
    note = "; it is protected" if protected and loss.kind != "protection" else ""
    by_a_line = loss.kind in _ACKNOWLEDGED_BY_A_LINE
    return Refusal(loss.entry, rule, _message(loss, where) + note, _fix(head, lines, loss, partly), by_a_line)


def _message(loss: _Loss, where: str) -> str:
    return {
        "deletion": f"is gone{where or ' from the registry'}, and nothing says that this is intended",
        "unmanaged": f"is no longer managed here{where}, so Terraform would destroy it: sync state is lost",
        "replacement": f"would be destroyed and created again{where}: sync state is lost",
        "adoption": f"would be taken over, destroyed and created again{where}: sync state is lost",
        "stream": f"is no longer synced{where}, and nothing says that this is intended",
        "protection": f"was protected as {loss.base_entry} and no longer is{where}",
        "stack": "is gone, and destroy_on_deletion would destroy everything in it: sync state is lost",
    }[loss.kind]


def _fix(head: Side, lines: _Acknowledged, loss: _Loss, stacks: list[str]) -> str:
    section, _, entry_id = loss.entry.partition(".")
    retired = "\n".join(["add under retired:", *_retired_lines(loss, stacks)])
    return {
        "deletion": f"{retired}\n{_renamed_line(lines, loss, section)}",
        "unmanaged": "in a change before this one, add adopt: <its id in Airbyte>, so that connections know it by that id;\n"
        "then give what is not managed here an id of its own, and leave this one in Airbyte: "
        + "\n".join(["add under retired:", *_retired_lines(loss, stacks, more=", keep: true")]),
        "replacement": f"undo what forces it; or, if it is intended, give the entry a new id such as {section}.{entry_id}_new, "
        f"and {retired}",
        "adoption": "adopt its source and destination too, in this change or in one before it",
        "stream": f"{_own_file(head, loss)}{retired}{lines_for_a_stream(lines.likely, loss.stack, loss.entry)}",
        "protection": "keep protect: true under the new id; or, if it is intended, add under accepted:\n"
        + "\n".join(accepted_line(loss.entry, "protected-entry", stack) for stack in _in_stacks(stacks)),
        "stack": "remove destroy_on_deletion in a change before this one, and everything stays in Airbyte;\n"
        "or, if it is intended, retire the entries of the stack in a change before this one",
    }[loss.kind]


def _renamed_line(lines: _Acknowledged, loss: _Loss, section: str) -> str:
    """The line for an entry that has another id; in the place of a line that tells of an earlier rename of it."""
    first = next((old for old, new in lines.earlier.items() if new == loss.entry and old in lines.renamed), None)
    if first is None:
        return lines_for_an_entry(lines.likely, loss.stack, loss.entry, section)
    new = lines.renamed[first]
    return (
        "or, as it gets another id for the second time, under renamed:\n"
        f"  - {{from: {loss.entry}, to: {new}}}\n"
        f"in place of {{from: {first}, to: {new}}}, which was applied long ago"
    )


def _own_file(head: Side, loss: _Loss) -> str:
    """What to do first where the stream's file describes another stream now: such a line would contradict it."""
    connection, _, stem = loss.entry.partition(".streams.")
    placed = head.entry(loss.stack, connection)
    found = head.stack(loss.stack)
    streams = found.streams.get(placed.id, ()) if found and placed else ()
    other = next((stream for stream in streams if stream.stem == stem), None)
    if other is None:
        return ""
    return f"{stem}.json now describes another stream, {full_name(other)}: give that a file of its own, and "


def _retired_lines(loss: _Loss, stacks: list[str], more: str = "") -> list[str]:
    """The lines to add; one a stack where the entry stays in others."""
    entry = loss.entry if loss.kind == "stream" else loss.base_entry
    return [f"  - {{entry: {entry}{place}, date: <YYYY-MM-DD>, reason: <why>{more}}}" for place in _in_stacks(stacks)]


def _in_stacks(stacks: list[str]) -> list[str]:
    """What to add to a line, one for each of the stacks; nothing for all of them."""
    return [f", stack: {stack}" for stack in stacks] or [""]


def _protects(side: Side, stack: str, entry: str) -> bool:
    placed = side.entry(stack, entry)
    return placed is not None and placed.settings.protect


def _mass(base: Side, lines: _Acknowledged, stack: str, changes: Sequence[Change]) -> Iterator[tuple[int, Refusal]]:
    """(how many objects go, the refusal) where that is too many at once."""
    objects = len(base.document(stack).entries)
    lost = [change for change in changes if change.stack == stack and change.action in ("delete", "replace")]
    if objects < MASS_OF or len(lost) * 100 <= objects * MASS_PERCENT:
        return
    if any(not lines.is_retired(change.entry, stack) for change in lost):
        message = f"would lose {len(lost)} of its {plural(objects, 'object')} at once"
        entry = f"lake.stacks.{stack}"
        accepted = f"add under accepted:\n{accepted_line(entry, 'mass-deletion', f', value: {len(lost)}')}"
        fix = (
            "is a file of the registry missing, or has a default changed?\n"
            f"If it is intended, each needs its own line, and {accepted}"
        )
        yield len(lost), Refusal(entry, "mass-deletion", message, fix, can_be_acknowledged=True)
