"""Renames that are likely: what is gone, and something new of the same kind with a similar name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any

from infra.lake.evolution.diff import SchemaChange, Streams
from infra.lake.evolution.outline import outline

# Below it, two names have nothing in common; `email` and `email_address` have 0.56, and share a word.
_SIMILAR = 0.75
# Part of the fields that two streams share for one to be the other.
_SAME_FIELDS = 0.8


def likely_renames(
    changes: Iterable[SchemaChange], before: Streams, after: Streams
) -> dict[SchemaChange, SchemaChange]:
    """What is gone -> what it is called now; only where each is the other's one candidate.

    A field stays in its place and keeps its type; a stream keeps its namespace and most of its fields. That it is one cannot be
    known: a source does not tell.
    """
    found = [*changes]
    gone = [change for change in found if change.kind in ("field-removed", "stream-removed")]
    new = [change for change in found if change.kind in ("field-added", "stream-added")]
    pairs = [(one, other) for one in gone for other in new if _may_be(one, other, before, after)]
    return {
        one: other
        for one, other in pairs
        if sum(first == one for first, _ in pairs) == 1 and sum(second == other for _, second in pairs) == 1
    }


def _may_be(gone: SchemaChange, new: SchemaChange, before: Streams, after: Streams) -> bool:
    if gone.field or new.field:
        same = gone.stream == new.stream and gone.field[:-1] == new.field[:-1] and gone.before == new.after
        return same and bool(gone.field and new.field) and similar(gone.field[-1], new.field[-1])
    same = gone.stream[0] == new.stream[0] and similar(gone.stream[1], new.stream[1])
    return same and _share(before[gone.stream].json_schema, after[new.stream].json_schema)


def similar(one: str, other: str) -> bool:
    """True for `email` and `email_address`, `orders` and `shop_orders`, `adress` and `address`."""
    words = [frozenset(name.lower().replace("-", "_").split("_")) - {""} for name in (one, other)]
    within = words[0] <= words[1] or words[1] <= words[0]
    return within or SequenceMatcher(None, one.lower(), other.lower()).ratio() >= _SIMILAR


def _share(one: Any, other: Any) -> bool:
    fields: list[Mapping[Any, Any]] = [outline(one), outline(other)]
    common, both = fields[0].keys() & fields[1].keys(), fields[0].keys() | fields[1].keys()
    return len(both) > 1 and len(common) >= _SAME_FIELDS * len(both)
