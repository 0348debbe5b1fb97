"""StackText: the text of a cdk.tf.json, in which the places that Terraform names are looked up."""

from __future__ import annotations

from json import JSONDecoder
from typing import Any

from infra.lake.documents import KeyPath, read_json, scan_json
from infra.terraform.explain.tofu_output import Diagnostic


class StackText:
    """A document and where everything stands in it; one that cannot be read holds nothing."""

    def __init__(self, text: str) -> None:
        document, _ = read_json("cdk.tf.json", text)
        self.value: Any = document.value if document else {}
        self._text = text if document else "{}"
        self._lines = self._text.split("\n")
        self._offsets = scan_json(self._text)

    def quotes(self, one: Diagnostic) -> bool:
        """True if the line that a complaint quotes stands there: this very document was planned."""
        first = (one.code or "").split("\n", 1)[0]
        return bool(first) and 0 < one.line <= len(self._lines) and first == self._lines[one.line - 1]

    def path_at(self, one: Diagnostic) -> KeyPath:
        """The deepest key path that holds the place; where only a line is known, the first one that begins on it."""
        if one.byte is not None:
            return self._holding(len(self._text.encode()[: one.byte].decode(errors="ignore")))
        start = sum(len(line) + 1 for line in self._lines[: one.line - 1])
        end = start + len(self._lines[one.line - 1])
        return next((path for path, (key, _) in self._offsets.items() if start <= key < end), self._holding(start))

    def _holding(self, offset: int) -> KeyPath:
        before = [path for path, (key, _) in self._offsets.items() if key <= offset]
        path = before[-1] if before else ()
        while path and self._end(path) <= offset:
            path = path[:-1]
        return path

    def _end(self, path: KeyPath) -> int:
        return JSONDecoder().raw_decode(self._text, self._offsets[path][1])[1]
