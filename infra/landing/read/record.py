"""Stamp: what Airbyte adds to a record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stamp:
    """Attributes:
    raw_id: a random uuid.
    emitted_at: when the source sent it, in milliseconds since 1970.
    sync_id, generation: of the read.
    """

    raw_id: str
    emitted_at: int
    sync_id: int
    generation: int


def encoded(text: str) -> bytes:
    """The line; half a surrogate pair becomes `?`, as Java has it."""
    return text.encode(errors="replace") + b"\n"
