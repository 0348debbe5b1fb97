"""Batch: what one transaction feeds, and how much that may be, so that memory and a failure's cost stay bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.landing.feed.found_file import FoundFile
from infra.landing.feed.group import Group, Unreadable

# Each row of Airbyte's has a random id, which no compression makes smaller than this.
LEAST_BYTES_OF_A_ROW = 16


@dataclass(frozen=True)
class Batch:
    """Files for one transaction, all of one connection.

    Attributes:
        again: paths whose rows are taken out first, for a replay.
    """

    connection: str
    groups: Sequence[Group]
    unreadable: Sequence[Unreadable] = ()
    again: Sequence[str] = ()


def first_batch(
    files: Sequence[FoundFile], most_bytes: int, most_rows: int, rows: Mapping[str, int]
) -> tuple[FoundFile, ...]:
    """The files from the front that fit into one transaction, at least one; `rows`: those of the files that told it."""
    taken: list[FoundFile] = []
    bytes_left, rows_left = most_bytes, most_rows
    for file in files:
        bytes_left -= file.size
        rows_left -= rows.get(file.path, file.size // LEAST_BYTES_OF_A_ROW)
        if taken and min(bytes_left, rows_left) < 0:
            break
        taken.append(file)
    return tuple(taken)
