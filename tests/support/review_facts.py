"""What the details of a review say of each stream, and where two say the opposite."""

from __future__ import annotations

from collections.abc import Iterable

from infra.review.details.about_stream import StreamsOfDetails
from infra.review.details.change import Change
from infra.review.details.facts import STRENGTH
from infra.review.details.settled import claims
from infra.review.sides.side import Side


def contradictions(base: Side, head: Side, changes: Iterable[Change]) -> list[str]:
    """What details say of one stream in two ways."""
    said: dict[tuple[object, str], dict[str, set[str]]] = {}
    about = StreamsOfDetails(base, head)
    for change in changes:
        for detail in change.details:
            for (stream, fact), rank in claims(about, change, detail):
                said.setdefault((stream, fact), {}).setdefault(STRENGTH[fact][rank], set()).add(detail.kind)
    return [f"{stream} {fact}: {values}" for (stream, fact), values in said.items() if len(values) > 1]
