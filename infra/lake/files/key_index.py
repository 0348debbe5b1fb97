"""KeyIndex: whose file a key may be, out of many streams, without trying the pattern of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from infra.lake.files.stream_files import VARIES, StreamFiles

T = TypeVar("T")

# Which parts of a path vary, and the one of them that begins with most of what does not.
_Form = tuple[tuple[bool, ...], int]
# The parts that do not vary, and that beginning.
_Constant = tuple[tuple[str, ...], str]


class KeyIndex(Generic[T]):
    """Streams by the constant parts of their keys. No variable holds a slash, so keys and patterns meet part by part."""

    def __init__(self) -> None:
        self._forms: dict[_Form, dict[_Constant, list[tuple[str, StreamFiles, T]]]] = {}

    def add(self, files: StreamFiles, value: T) -> None:
        """A stream, and what stands for it."""
        parts = files.shape.split("/")
        varies = tuple(VARIES in part for part in parts)
        starts = [part.partition(VARIES)[0] if vary else "" for part, vary in zip(parts, varies, strict=True)]
        at = max((index for index, vary in enumerate(varies) if vary), key=lambda index: len(starts[index]))
        constant = tuple(part for part, vary in zip(parts, varies, strict=True) if not vary)
        form = self._forms.setdefault((varies, at), {})
        longest = max(parts[at].split(VARIES), key=len)
        form.setdefault((constant, starts[at]), []).append((longest, files, value))

    def candidates(self, key: str) -> Iterator[tuple[StreamFiles, T]]:
        """The few streams whose pattern this key may match: it decides, and to compile it takes longer than all this."""
        parts = key.split("/")
        for (varies, at), streams in self._forms.items():
            if len(varies) != len(parts):
                continue
            constant = tuple(part for part, vary in zip(parts, varies, strict=True) if not vary)
            for end in range(len(parts[at]) + 1):
                for longest, files, value in streams.get((constant, parts[at][:end]), ()):
                    if longest in parts[at]:
                        yield files, value
