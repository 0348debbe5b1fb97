"""Rails: what is refused unless the registry says that it is meant.

`prevent_destroy` does not help where a block was deleted: Terraform reads it from the configuration, and it is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from infra.documents import plural
from infra.registry.history import Retired
from infra.review.change import Change, Refusal
from infra.review.side import Side

# More than this part of at least so many objects of a stack, gone at once, looks like an accident.
MASS_PART = 0.3
MASS_OF = 10

Kind = Literal["deletion", "replacement", "stream", "protection"]

# Rule ids where the entry is not protected.
_RULES: Mapping[Kind, str] = {
    "deletion": "unacknowledged-deletion",
    "replacement": "unacknowledged-replacement",
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
    """The lines of `retired:` and `renamed:` of the head."""

    retired: tuple[Retired, ...]
    renamed: frozenset[str]

    def is_retired(self, entry: str, stack: str) -> bool:
        return any(line.entry == entry and line.stack in (None, stack) for line in self.retired)


def refusals(base: Side, head: Side, changes: Sequence[Change]) -> tuple[Refusal, ...]:
    """Everything that is refused, sorted; each entry once, whatever the number of its stacks."""
    registry = head.model.registry
    retired = tuple(line for line, _ in registry.retired)
    lines = _Acknowledged(retired, frozenset(line.from_ for line, _ in registry.renamed))
    losses: dict[tuple[Kind, str], list[_Loss]] = {}
    for change in changes:
        for loss in _losses(base, head, lines, change):
            losses.setdefault((loss.kind, loss.entry), []).append(loss)
    found = [_refusal(base, group) for group in losses.values()]
    found += [refusal for stack in head.model.stacks for refusal in _mass(base, lines, stack, changes)]
    return tuple(sorted(found, key=lambda refusal: (refusal.entry, refusal.rule)))


def _losses(base: Side, head: Side, lines: _Acknowledged, change: Change) -> Iterator[_Loss]:
    before = base.document(change.stack).entries.get(change.previous_address or change.address, change.entry)
    if change.action in ("delete", "forget"):
        if not lines.is_retired(change.entry, change.stack):
            yield _Loss("deletion", change.entry, before, change.stack)
    elif change.action == "replace":
        yield _Loss("replacement", change.entry, before, change.stack)
    elif before != change.entry and _unprotects(base, head, change, before):
        yield _Loss("protection", change.entry, before, change.stack)
    for detail in change.details:
        if detail.kind == "stream-removed" and not _is_said(base, lines, change.stack, detail.path):
            yield _Loss("stream", detail.path, detail.path.partition(".streams.")[0], change.stack)


def _unprotects(base: Side, head: Side, change: Change, before: str) -> bool:
    return _protects(base, change.stack, before) and not _protects(head, change.stack, change.entry)


def _is_said(base: Side, lines: _Acknowledged, stack: str, path: str) -> bool:
    """True if a stream is retired in the connection, or its file has another name now."""
    if lines.is_retired(path, stack):
        return True
    connection, _, stem = path.partition(".streams.")
    placed = base.model.stacks[stack].entries.connections.get(connection.partition(".")[2])
    folder = base.model.source_of(placed) if placed else None
    return folder is not None and f"streams.{folder.source}.{stem}" in lines.renamed


def _refusal(base: Side, losses: list[_Loss]) -> Refusal:
    """The refusal of a loss, in all stacks where it happens."""
    loss, stacks = losses[0], [loss.stack for loss in losses]
    placed = [stack for stack in base.model.stacks if base.placed(stack, loss.base_entry)]
    partly = stacks if set(stacks) != set(placed) else []
    protected = any(_protects(base, stack, loss.base_entry) for stack in stacks)
    where = f" in {plural(len(partly), 'stack').partition(' ')[2]} {', '.join(partly)}" if partly else ""
    rule = "protected-entry" if protected else _RULES[loss.kind]
    note = "; it is protected" if protected and loss.kind != "protection" else ""
    return Refusal(loss.entry, rule, _message(loss, where) + note, _fix(loss, partly))


def _message(loss: _Loss, where: str) -> str:
    return {
        "deletion": f"is gone{where or ' from the registry'}, and nothing says that this is meant",
        "replacement": f"would be destroyed and created anew{where}: sync state is lost",
        "stream": f"is no longer synced{where}, and nothing says that this is meant",
        "protection": f"was protected as {loss.base_entry} and is not any more{where}",
    }[loss.kind]


def _fix(loss: _Loss, stacks: list[str]) -> str:
    section, _, entry_id = loss.entry.partition(".")
    retired = "\n".join(["add below retired:", *_retired_lines(loss, stacks)])
    return {
        "deletion": f"{retired}\nor, if it has another id now, below renamed:\n"
        f"  - {{from: {loss.entry}, to: {section}.<new id>}}",
        "replacement": f"undo what forces it; or, if it is meant, give the entry a new id such as {section}.{entry_id}_new, "
        f"and {retired}",
        "stream": f"{retired}",
        "protection": "keep protect: true under the new id",
    }[loss.kind]


def _retired_lines(loss: _Loss, stacks: list[str]) -> list[str]:
    """The lines to add; one a stack where the entry stays in others."""
    entry = loss.entry if loss.kind == "stream" else loss.base_entry
    places = [f", stack: {stack}" for stack in stacks] or [""]
    return [f"  - {{entry: {entry}{place}, date: <YYYY-MM-DD>, reason: <why>}}" for place in places]


def _protects(side: Side, stack: str, entry: str) -> bool:
    placed = side.placed(stack, entry)
    return placed is not None and placed.entry.protect


def _mass(base: Side, lines: _Acknowledged, stack: str, changes: Sequence[Change]) -> Iterator[Refusal]:
    objects = len(base.document(stack).entries)
    lost = [change for change in changes if change.stack == stack and change.action in ("delete", "replace")]
    if objects < MASS_OF or len(lost) <= objects * MASS_PART:
        return
    if any(not lines.is_retired(change.entry, stack) for change in lost):
        message = f"{len(lost)} of {plural(objects, 'object')} would be destroyed at once"
        fix = "is a file of the registry missing, or has a default changed? If it is meant, each needs its own line"
        yield Refusal(f"lake.stacks.{stack}", "mass-deletion", message, fix)
