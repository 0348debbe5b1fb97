"""Impacts of a new discovery as text and as JSON."""

from __future__ import annotations

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
        verdict = "breaking" if impact.breaking else "safe"
        lines.append(f"{verdict:8}  {_subject(impact.change)}  {_sentence(impact.change)}: {impact.reason}")
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
            "reason": impact.reason,
            "touches": [{**touched.location.to_json(), "message": touched.what} for touched in impact.touched],
        }
        for impact in impacts
    ]


def count_impacts(impacts: Iterable[Impact]) -> str:
    """`2 breaking changes, 1 safe change`."""
    verdicts = [impact.breaking for impact in impacts]
    breaking, safe = sum(verdicts), len(verdicts) - sum(verdicts)
    counts = [plural(breaking, "breaking change")] if breaking else []
    return ", ".join([*counts, *([plural(safe, "safe change")] if safe else [])])


def _subject(change: SchemaChange) -> str:
    stream = ".".join(part for part in change.stream if part)
    field = render_field(change.field)
    return f"{stream}.{field}" if field else stream


def _sentence(change: SchemaChange) -> str:
    return _SENTENCES[change.kind].format(before=change.before, after=change.after)
