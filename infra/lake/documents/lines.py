"""Lines as git and editors count them. YAML 1.1 also ends one at U+0085, U+2028 and U+2029, Python at eight characters more."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

Mark = tuple[int, int]

_END = re.compile(r"\r\n|\n|\r")
_YAMLS_OWN = re.compile("[\x85\u2028\u2029]")


def lines_of(text: str) -> list[str]:
    """The lines, without their ends; none for an empty text."""
    lines = _END.split(text)
    return lines if lines[-1] else lines[:-1]


def place_at(text: str, offset: int) -> Mark:
    """The line and the column, 1-based, of a character; the second half of a CRLF is still on the line that it ends."""
    begun = offset - 1 if text[offset - 1 : offset + 1] == "\r\n" else offset
    ends = text.count("\n", 0, begun) + text.count("\r", 0, begun) - text.count("\r\n", 0, begun)
    return ends + 1, offset - max(text.rfind("\n", 0, begun), text.rfind("\r", 0, begun))


def places_in(text: str) -> Callable[[Any], Mark]:
    """What tells the line and the column, 1-based, of one of PyYAML's marks in the text."""
    if not _YAMLS_OWN.search(text):
        return lambda mark: (mark.line + 1, mark.column + 1)
    starts = [0, *(found.end() for found in _END.finditer(text))]

    def place(mark: Any) -> Mark:
        line = bisect_right(starts, mark.index)
        return line, mark.index - starts[line - 1] + 1

    return place
