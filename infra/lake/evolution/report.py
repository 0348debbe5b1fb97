"""Impacts of a new discovery as text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from infra.lake.documents import plural
from infra.lake.evolution.diff import Kind, SchemaChange
from infra.lake.evolution.impact import Impact
from infra.lake.evolution.outline import render_field

_SENTENCES: Mapping[Kind, str] = {
    "stream-added": "new stream",
    "stream-removed": "stream removed",
    "stream-moved": 'moved from the namespace "{before}" to "{after}"',
    "mode-added": "now offers {after}",
    "mode-removed": "no longer offers {before}",
    "cursor-changed": "cursor changed from {before} to {after}",
    "key-changed": "primary key changed from {before} to {after}",
    "stream-detail": "differs in {after}",
    "field-added": "new field, {after}",
    "field-removed": "field removed, it was {before}",
    "type-changed": "type changed from {before} to {after}",
    "null-added": "may now be null",
    "null-removed": "can no longer be null",
    "field-detail": "differs in {after}",
}


def impacts_text(impacts: Iterable[Impact]) -> str:
    """`breaking  users.email  field removed, it was string: the stream syncs it`, then the lines that it touches."""
    lines = []
    for impact in impacts:
        lines.append(
            f"{impact.verdict:8}  {_subject(impact.change)}  {sentence(impact.change)}: {impact.reason}{renamed(impact)}"
        )
        lines += [f"    {touched.location}  {touched.what}" for touched in impact.touched]
    return "\n".join(lines)


def impacts_json(source: str, impacts: Iterable[Impact]) -> list[dict[str, Any]]:
    """One object a change; lines and columns are 1-based."""
    return [
        {
            "source": source,
            "stream": impact.change.stream[1],
            "namespace": impact.change.stream[0] or None,
            "field": render_field(impact.change.field) or None,
            "change": impact.change.kind,
            "before": impact.change.before,
            "after": impact.change.after,
            "breaking": impact.breaking,
            "enters": impact.enters,
            "renamed": impact.renamed,
            "reason": impact.reason,
            "touches": [{**touched.location.to_json(), "message": touched.what} for touched in impact.touched],
        }
        for impact in impacts
    ]


def count_impacts(impacts: Iterable[Impact]) -> str:
    """`2 breaking changes, 1 new field that is synced, 1 safe change`."""
    verdicts: Counter[str] = Counter(impact.verdict for impact in impacts)
    entering = verdicts["enters"]
    counts = [plural(count, f"{word} change") for word in ("breaking", "safe") if (count := verdicts[word])]
    if entering:
        counts.insert(
            bool(verdicts["breaking"]),
            f"{plural(entering, 'new field')} that {'is' if entering == 1 else 'are'} synced",
        )
    return ", ".join(counts)


def renamed(impact: Impact) -> str:
    """`; is it email_address now?`, or nothing."""
    return f"; is it {impact.renamed} now?" if impact.renamed else ""


def _subject(change: SchemaChange) -> str:
    stream = ".".join(part for part in change.stream if part)
    field = render_field(change.field)
    return f"{stream}.{field}" if field else stream


def sentence(change: SchemaChange) -> str:
    """`type changed from integer to string`."""
    return _SENTENCES[change.kind].format(before=change.before, after=change.after)
