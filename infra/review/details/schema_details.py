"""What a committed discovery changes in the rows of streams that are synced before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.discovered import Discovery
from infra.lake.catalog.fields import properties_of
from infra.lake.evolution.diff import Kind
from infra.lake.evolution.impact import Impact, field_impacts
from infra.lake.evolution.outline import render_field
from infra.review.details.change import Detail
from infra.review.details.detail_kind import DetailKind
from infra.review.details.stream_details import full_name, in_rows, listed

# Kinds of changes that one line tells of several fields, and what it says.
_TOGETHER: Mapping[Kind, tuple[DetailKind, str]] = {
    "field-added": ("column-enters", "new at the source and synced: {fields}"),
    "field-removed": ("column-gone", "no longer at the source: {fields}"),
}


class Seen(NamedTuple):
    """What is committed as discovered of a source on both sides; None where it was never discovered."""

    before: Discovery | None
    after: Discovery | None


def schema_details(path: str, before: ConfiguredStream, after: ConfiguredStream, seen: Seen) -> Iterator[Detail]:
    """What enters, what is gone, what was probably renamed, and other types; judged as `discover --diff` does. Where nothing was
    discovered, the types are what people wrote, and a stream that nobody describes has none.
    """
    if before.json_schema == after.json_schema or not (
        _is_described(before, seen.before) and _is_described(after, seen.after)
    ):
        return
    for detail in _details(path, before, after, seen):
        yield in_rows(detail, before, after) if seen.after else replace(detail, kind="written-type-changed")


def _is_described(stream: ConfiguredStream, seen: Discovery | None) -> bool:
    """A discovery may well say that a stream has no columns."""
    return bool(properties_of(stream.json_schema)) or bool(seen and stream.key in seen.streams)


def _details(path: str, before: ConfiguredStream, after: ConfiguredStream, seen: Seen) -> Iterator[Detail]:
    found = [
        impact
        for impact in field_impacts(before, after)
        if impact.verdict != "safe" and (_is_rename(impact, before, after, seen) or not _chosen(impact, before, after))
    ]
    renamed = {(impact.change.field[:-1], impact.renamed) for impact in found if impact.renamed}
    alone = [impact for impact in found if (impact.change.field[:-1], impact.change.field[-1]) not in renamed]
    name = full_name(after)
    for kind, (detail_kind, words) in _TOGETHER.items():
        fields = [render_field(one.change.field) for one in alone if one.change.kind == kind and not one.renamed]
        if fields:
            before_, after_ = (fields, None) if kind == "field-removed" else (None, fields)
            text = f"{name}: {words.format(fields=listed(fields))}"
            yield Detail(detail_kind, f"{path}.fields", before_, after_, text)
    for impact in alone:
        yield from _one(path, name, impact)


def _chosen(impact: Impact, before: ConfiguredStream, after: ConfiguredStream) -> bool:
    """True for what the stream file selects or no longer selects, which is told as that."""
    at_top = len(impact.change.field) == 1 and impact.change.kind in _TOGETHER
    return at_top and not (before.fields is None and after.fields is None)


def _is_rename(impact: Impact, before: ConfiguredStream, after: ConfiguredStream, seen: Seen) -> bool:
    """True for a likely rename that the source made: a stream file can also choose another field than before."""
    if impact.renamed is None or not (seen.before and seen.after):
        return False
    return impact.change.field[0] not in _offered(after, seen.after) and impact.renamed not in _offered(
        before, seen.before
    )


def _offered(stream: ConfiguredStream, seen: Discovery) -> Mapping[str, object]:
    known = seen.streams.get(stream.key)
    return properties_of(known.json_schema if known else stream.json_schema)


def _one(path: str, name: str, impact: Impact) -> Iterator[Detail]:
    change, field = impact.change, render_field(impact.change.field)
    if impact.renamed:
        new = render_field((*change.field[:-1], impact.renamed))
        text = f"{name}: `{field}` is gone, and `{new}` is new with the same type: probably renamed"
        yield Detail("column-renamed", f"{path}.fields", field, new, text)
    elif change.kind == "type-changed":
        kind: DetailKind = "column-type-changed" if len(change.field) == 1 else "type-inside-changed"
        text = f"{name}: type of `{field}` {change.before} → {change.after}"
        yield Detail(kind, f"{path}.fields", change.before, change.after, text)
    elif change.kind == "null-added":
        text = f"{name}: `{field}` may be null now"
        yield Detail("key-may-be-null", f"{path}.fields", change.before, change.after, text)
