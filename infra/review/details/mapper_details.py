"""What differs in the mappers of a stream."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from infra.lake.registry.mapper import Mapper, RowFilteringMapper, change_of
from infra.lake.values.reference import reference_name
from infra.review.details.detail_kind import DetailKind

# Mappers that hide nothing: the kinds of one that comes, and of one that goes.
_KINDS: Mapping[str, tuple[DetailKind, DetailKind]] = {
    "row-filtering": ("row-filter-added", "row-filter-removed"),
    "field-renaming": ("renaming-changed", "renaming-changed"),
}
# What a mapper that hides a field is called, so that another one in its place is a change.
_HIDING = "hiding"

# Kind, before, after, text.
Found = tuple[DetailKind, str | None, str | None, str]
# What a mapper is about: its kind, and its field or condition.
Subject = tuple[str, str]


def mapper_details(
    before: Sequence[Mapper], after: Sequence[Mapper], synced: Collection[str] | None
) -> Iterator[Found]:
    """The differences; `synced`: fields of both sides, None if nobody knows them. What hides the same field as before is a mapper that changed."""
    old, new = {_subject(m): m for m in before}, {_subject(m): m for m in after}
    for subject, mapper in old.items():
        if subject not in new:
            yield _kind(mapper, old, synced, added=False), words(mapper), None, f"no longer {words(mapper)}"
        elif _text(mapper) != _text(new[subject]):
            kind: DetailKind = "renaming-changed" if mapper.type == "field-renaming" else "mapper-changed"
            yield kind, *_change(mapper, new[subject])
    for subject, mapper in new.items():
        if subject not in old:
            yield _kind(mapper, new, synced, added=True), None, words(mapper), f"now {words(mapper)}"
    if list(old) != list(new) and sorted(old) == sorted(new):
        yield "mappers-reordered", None, None, "mappers in another order"


def _kind(
    mapper: Mapper, mappers: Mapping[Subject, Mapper], synced: Collection[str] | None, *, added: bool
) -> DetailKind:
    if mapper.type in _KINDS:
        return _KINDS[mapper.type][0 if added else 1]
    change = change_of(mapper)
    made = {other.becomes for other in map(change_of, mappers.values()) if other}
    if change and synced is not None and change.field not in synced and change.field not in made:
        return "mapper-with-field"
    return "mapper-added" if added else "mapper-removed"


def _change(before: Mapper, after: Mapper) -> tuple[str, str, str]:
    """Before, after and a text that says what differs."""
    pair = words(before), words(after)
    if pair[0] != pair[1]:
        return *pair, f"{pair[0]} → {pair[1]}"
    old, new = dict(_settings(before)), dict(_settings(after))
    named = [f"{key} {old.get(key)} → {new.get(key)}" for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    return *pair, f"{pair[1]}, with {', '.join(named) or 'other settings'}"


def _settings(mapper: Mapper) -> Iterator[tuple[str, str]]:
    """What may be shown of the settings; a key in clear may not."""
    algorithm: Any = next(iter(mapper.model_dump(mode="json", exclude_none=True)["mapper_configuration"].values()))
    inner = next(iter(algorithm.values()), None)
    for name, value in (inner if isinstance(inner, dict) and reference_name(inner) is None else algorithm).items():
        reference = reference_name(value)
        if reference or name not in ("key", "public_key"):
            yield name, f"{{{reference[0]}: {reference[1]}}}" if reference else str(value)


def words(mapper: Mapper) -> str:
    """`email hashed`; settings are left out, for a key may be among them."""
    change = change_of(mapper)
    if isinstance(mapper, RowFilteringMapper):
        return f"rows limited to {mapper.mapper_configuration.row_filtering.conditions}"
    if change is None:
        return "another mapper"
    becomes = f" as `{change.becomes}`" if change.becomes not in (None, change.field) else ""
    return f"`{change.field}` {change.what}{becomes}"


def _subject(mapper: Mapper) -> Subject:
    change = change_of(mapper)
    return mapper.type if mapper.type in _KINDS else _HIDING, change.field if change else _text(mapper)


def _text(mapper: Mapper) -> str:
    value: Any = mapper.model_dump(mode="json")
    return json.dumps(value, sort_keys=True)
