"""Renames that are likely: what is gone, and something new of the same kind with a similar name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from itertools import product
from typing import Any

from infra.lake.evolution.diff import SchemaChange, Streams
from infra.lake.evolution.outline import outline

# Below it, two names have nothing in common; `email` and `email_address` have 0.56, and share a word.
_SIMILAR = 0.75
# Part of the fields that two streams share for one to be the other.
_SAME_FIELDS = 0.8
# Names that are compared in one place: where more are gone and new, the stream is another one, and comparing takes seconds.
_MOST_PAIRS = 10_000


def likely_renames(
    changes: Iterable[SchemaChange], before: Streams, after: Streams
) -> dict[SchemaChange, SchemaChange]:
    """What is gone -> what it is called now; only where each is the other's one candidate.

    A field stays in its place and keeps its type; a stream keeps its namespace and most of its fields. That it is one cannot be
    known: a source does not tell.
    """
    gone, new = _places(changes, "removed"), _places(changes, "added")
    pairs = [pair for place in gone.keys() & new.keys() for pair in _similar_pairs(gone[place], new[place])]
    likely = [pair for pair in pairs if pair[0].field or share(*_schemas(*pair, before, after))]
    times = Counter(change for pair in likely for change in pair)
    return {one: other for one, other in likely if times[one] == times[other] == 1}


def _places(changes: Iterable[SchemaChange], what: str) -> dict[Hashable, list[SchemaChange]]:
    """What is gone or new, by where it stands and its type: a namespace, or a stream and the field that it is in."""
    found: dict[Hashable, list[SchemaChange]] = {}
    for change in changes:
        if change.kind == f"stream-{what}":
            found.setdefault(change.stream[0], []).append(change)
        elif change.kind == f"field-{what}":
            found.setdefault((change.stream, change.field[:-1], change.before or change.after), []).append(change)
    return found


def _similar_pairs(gone: list[SchemaChange], new: list[SchemaChange]) -> Iterator[tuple[SchemaChange, SchemaChange]]:
    if len(gone) * len(new) <= _MOST_PAIRS:
        yield from (pair for pair in product(gone, new) if similar(*((one.field or one.stream)[-1] for one in pair)))


def _schemas(gone: SchemaChange, new: SchemaChange, before: Streams, after: Streams) -> tuple[Any, Any]:
    return before[gone.stream].json_schema, after[new.stream].json_schema


def similar(one: str, other: str) -> bool:
    """True for `email` and `email_address`, `orders` and `shop_orders`, `adress` and `address`."""
    words = [frozenset(name.lower().replace("-", "_").split("_")) - {""} for name in (one, other)]
    within = words[0] <= words[1] or words[1] <= words[0]
    return within or SequenceMatcher(None, one.lower(), other.lower()).ratio() >= _SIMILAR


def share(one: Any, other: Any) -> bool:
    """True for two schemas with mostly the same fields."""
    fields: list[Mapping[Any, Any]] = [outline(one), outline(other)]
    common, both = fields[0].keys() & fields[1].keys(), fields[0].keys() | fields[1].keys()
    return len(both) > 1 and len(common) >= _SAME_FIELDS * len(both)
