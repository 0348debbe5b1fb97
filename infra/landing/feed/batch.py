"""Batches: how much one transaction takes, so that memory and a failure's cost stay bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infra.landing.feed.found_file import FoundFile

# Each row of Airbyte's has a random id, which no compression makes smaller than this.
LEAST_BYTES_OF_A_ROW = 16


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
