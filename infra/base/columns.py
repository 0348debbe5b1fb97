"""Columns of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from infra.base.printable import inline


def columns(rows: Iterable[Sequence[str]], indent: str = "") -> list[str]:
    """A line for each row, whatever its cells hold, its cells below those of the other rows; the last cell may be as long as it
    likes.
    """
    table = [tuple(map(inline, row)) for row in rows]
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    padded = (map(str.ljust, row, widths) for row in table)
    return [f"{indent}{'  '.join(cells)}".rstrip() for cells in padded]
