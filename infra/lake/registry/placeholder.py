"""Placeholders: text that stands where somebody has yet to decide, and can never be meant as a value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.lake.documents import KeyPath

MARK = "CHANGE_ME"

# The mark as people write it, also inside longer text; with a blank only where it is no part of a sentence.
_MARKS = re.compile(
    r"(?<![A-Za-z0-9])(?i:change|replace)[-_]?(?i:me)(?![A-Za-z0-9])|(?<![A-Za-z0-9])(CHANGE|REPLACE) ME(?![A-Za-z0-9])"
    r"|<(?i:your|change|replace|insert|enter)[ _-][^<>]*>"
)
_ALONE = re.compile(r"\s*(change|replace) me\s*", re.IGNORECASE)


def is_placeholder(value: Any) -> bool:
    """True for text that holds `CHANGE_ME`, in any letters, or `<your ...>`."""
    return isinstance(value, str) and (_MARKS.search(value) is not None or _ALONE.fullmatch(value) is not None)


def placeholders_in(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, bool]]:
    """(path, is it the key) of every placeholder below a value, in the order of writing."""
    if is_placeholder(value):
        yield path, False
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if is_placeholder(key):
                yield (*path, key), True
            yield from placeholders_in(inner, (*path, key))
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from placeholders_in(inner, (*path, index))
