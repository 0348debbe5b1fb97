"""What differs in the mappers of a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from infra.registry.mapper import Mapper, change_of

# Mappers that hide nothing: the kinds of one that comes, and of one that goes.
_KINDS = {
    "row-filtering": ("row-filter-added", "row-filter-removed"),
    "field-renaming": ("renaming-changed", "renaming-changed"),
}

# Kind, before, after, text.
Found = tuple[str, str | None, str | None, str]


def mapper_details(before: Sequence[Mapper], after: Sequence[Mapper]) -> Iterator[Found]:
    """The differences: a mapper of the same type on the same field is one that changed."""
    old, new = {_subject(m): m for m in before}, {_subject(m): m for m in after}
    for subject, mapper in old.items():
        if subject not in new:
            yield _KINDS.get(mapper.type, ("", "mapper-removed"))[1], words(mapper), None, f"no longer {words(mapper)}"
        elif _text(mapper) != _text(new[subject]):
            pair = words(mapper), words(new[subject])
            kind = "renaming-changed" if mapper.type == "field-renaming" else "mapper-changed"
            yield kind, *pair, f"{pair[1]}, with other settings"
    for subject, mapper in new.items():
        if subject not in old:
            yield _KINDS.get(mapper.type, ("mapper-added", ""))[0], None, words(mapper), f"now {words(mapper)}"
    if list(old) != list(new) and sorted(old) == sorted(new):
        yield "mappers-reordered", None, None, "mappers in another order"


def words(mapper: Mapper) -> str:
    """`email hashed`; the settings are left out, for a key may be among them."""
    change = change_of(mapper)
    if change is None:
        return "rows filtered"
    becomes = f" as `{change.becomes}`" if change.becomes not in (None, change.field) else ""
    return f"`{change.field}` {change.what}{becomes}"


def _subject(mapper: Mapper) -> tuple[str, str]:
    """What tells mappers apart; row filters by what they keep."""
    change = change_of(mapper)
    return mapper.type, change.field if change else _text(mapper)


def _text(mapper: Mapper) -> str:
    value: Any = mapper.model_dump(mode="json")
    return json.dumps(value, sort_keys=True)
