"""Settled: changes of which no two say the opposite of one stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from infra.review.details.about_stream import AboutStream, StreamsOfDetails
from infra.review.details.change import Change, Detail
from infra.review.details.detail_kind import DetailKind
from infra.review.details.facts import FACTS, STRENGTH
from infra.review.sides.side import Side

# A stream, and one fact of it.
Claim = tuple[AboutStream, str]

# What holds of a backfill where the rows go to another table.
_INSTEAD: Mapping[DetailKind, DetailKind] = {
    "backfill-truncates": "backfill-elsewhere",
    "backfill-clears": "backfill-elsewhere",
}


def settled(base: Side, head: Side, changes: Sequence[Change]) -> list[Change]:
    """The changes: a detail that stronger ones overrule for all of its streams says only what differs, and one that they
    overrule for some of them says for which it does not hold.
    """
    about = StreamsOfDetails(base, head)
    strongest: dict[Claim, int] = {}
    for change in changes:
        for detail in change.details:
            for claim, rank in claims(about, change, detail):
                strongest[claim] = max(strongest.get(claim, rank), rank)
    return [
        replace(change, details=tuple(_settled(about, change, detail, strongest) for detail in change.details))
        for change in changes
    ]


def claims(about: StreamsOfDetails, change: Change, detail: Detail) -> Iterator[tuple[Claim, int]]:
    """What a detail says of each of its streams, and how strong that is."""
    given = FACTS[detail.kind].given()
    streams = about.of(change.stack, change.entry, detail.path) - detail.not_for if given else ()
    for stream in streams:
        for fact, value in given.items():
            yield (stream, fact), STRENGTH[fact].index(value)


def _settled(about: StreamsOfDetails, change: Change, detail: Detail, strongest: Mapping[Claim, int]) -> Detail:
    overruled = {claim[0] for claim, rank in claims(about, change, detail) if rank < strongest[claim]}
    if not overruled:
        return detail
    if overruled == about.of(change.stack, change.entry, detail.path):
        return replace(detail, kind=_INSTEAD.get(detail.kind, "overruled"))
    text = f"{detail.text} (but for {about.named(overruled)}, see there)"
    return replace(detail, text=text, not_for=frozenset(overruled))
