"""LeftOut: a part of a catalog that is no catalog's; it costs itself, never the source."""

from __future__ import annotations

from dataclasses import dataclass

from infra.lake.catalog.discovered import StreamKey


@dataclass(frozen=True)
class LeftOut:
    """Something that a source said and nobody can use.

    Attributes:
        text: where it is, and what it must be, on one line.
        key: of the stream, if that is left out as a whole and has a name; then nobody knows what the source offers of it.
    """

    text: str
    key: StreamKey | None = None
