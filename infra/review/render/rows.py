"""Row: one entry's change, side by side in the stacks where it is the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from infra.lake.documents import plural
from infra.review.details.change import Action, Change, Detail, Refusal
from infra.review.details.consequences import LABELS, Label
from infra.review.rails.review import Review

# Label -> what one such change does, and what several do.
_WORDS: Mapping[Label, tuple[str, str]] = {
    "state-lost": ("loses sync state", "lose sync state"),
    "stops-syncing": ("stops a sync", "stop syncs"),
    "lands-elsewhere": ("makes data land elsewhere", "make data land elsewhere"),
    "full-resync": ("reads everything again", "read everything again"),
    "not-judged": ("is not judged by lakeform", "are not judged by lakeform"),
    "new-data-only": ("applies to new rows only", "apply to new rows only"),
    "next-sync-differs": ("shows in the next sync", "show in the next sync"),
    "none": ("does nothing to the data", "do nothing to the data"),
}


@dataclass(frozen=True)
class Row:
    """One line of a review.

    Attributes:
        actions: stack -> what is done there.

    """

    entry: str
    address: str
    actions: Mapping[str, Action]
    details: tuple[Detail, ...]
    consequence: Label

    @property
    def is_dangerous(self) -> bool:
        """True if a detail should be read first."""
        return any(detail.consequence.is_dangerous for detail in self.details)


def rows_of(changes: Iterable[Change]) -> list[Row]:
    """The rows, the gravest first, then what should be read first, then by entry; changes of an entry that read the same are one row."""
    groups: dict[tuple[str, tuple[tuple[str, str], ...]], list[Change]] = {}
    for change in changes:
        groups.setdefault((change.entry, tuple((d.kind, d.text) for d in change.details)), []).append(change)
    rows = [
        Row(entry, group[0].address, {c.stack: c.action for c in group}, group[0].details, group[0].consequence)
        for (entry, _), group in groups.items()
    ]
    return sorted(rows, key=lambda row: (-LABELS.index(row.consequence), not row.is_dangerous, row.entry, *row.actions))


def verdict(review: Review) -> str:
    """One line: what has to be acknowledged or put right, else how many changes do what, the gravest first."""
    rows = rows_of(review.changes)
    counts = {label: sum(row.consequence == label for row in rows) for label in reversed(LABELS)}
    told = [(count, _words(label, rows, count)) for label, count in counts.items() if count]
    if not rows and not review.refused:
        return "No effective change."
    text = f"{plural(len(rows), 'change')}: {', '.join(f'{count} {words}' for count, words in told)}."
    if not rows:
        text = "Nothing else changes."
    elif len(told) == 1:
        text = f"{plural(len(rows), 'change')}, {'which' if len(rows) == 1 else 'which all'} {told[0][1]}."
    return f"Refused: {_must(review.refused)}. {text}" if review.refused else text


def _words(label: Label, rows: Sequence[Row], count: int) -> str:
    """What the changes of a label do; nobody knows whether what is taken over is set as the files say."""
    adopted = all({*row.actions.values()} == {"adopt"} for row in rows if row.consequence == label)
    return "may show in the next sync" if adopted and label == "next-sync-differs" else _WORDS[label][count > 1]


def _must(refused: Sequence[Refusal]) -> str:
    """What has to be done before the merge: what no line of the registry acknowledges is put right."""
    counts = {
        "acknowledged": sum(refusal.can_be_acknowledged for refusal in refused),
        "put right": sum(not refusal.can_be_acknowledged for refusal in refused),
    }
    return " and ".join(
        f"{'one thing has' if count == 1 else f'{count} things have'} to be {what}"
        for what, count in counts.items()
        if count
    )


def in_stacks(row: Row) -> str:
    """`update in prod, staging`; each action with its stacks."""
    by_action: dict[str, list[str]] = {}
    for stack, action in row.actions.items():
        by_action.setdefault(action, []).append(stack)
    return "; ".join(f"{action} in {', '.join(stacks)}" for action, stacks in by_action.items())
