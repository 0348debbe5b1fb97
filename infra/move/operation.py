"""Operations on the files of a lake: a key that gets a value, a key that goes, a file that comes or goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.lake.documents import KeyPath, with_json_value, with_yaml_value, without_json_key, without_yaml_key
from infra.lake.documents.files import UnreadableError, read_text
from infra.move.found_difference import ABSENT


@dataclass(frozen=True)
class Operation:
    """One edit.

    Attributes:
        file: from the root of the lake.
        path: of the key; empty for the whole file, whose value is its text then.
        value: ABSENT takes the key or the file away.
    """

    file: str
    path: KeyPath
    value: Any = ABSENT

    def meets(self, other: Operation) -> bool:
        """True if both are about the same key, or one is about a mapping in which the other's key is."""
        return self.file == other.file and all(one == two for one, two in zip(self.path, other.path, strict=False))


class CannotEditError(Exception):
    """No text of the file can be told to mean what is wanted; the message names the file."""


Texts = dict[str, str | None]


def apply(root: Path, texts: Mapping[str, str | None], operations: Iterable[Operation]) -> Texts:
    """The texts with the operations; those of files that no text is about are read below `root`. Raises CannotEditError."""
    new = dict(texts)
    for operation in operations:
        file = operation.file
        if not operation.path:
            new[file] = None if operation.value is ABSENT else str(operation.value)
            continue
        text = new[file] if file in new else _read(root, file)
        changed = None if text is None else _changed(text, operation)
        if changed is None:
            raise CannotEditError(file)
        new[file] = changed
    return new


def _read(root: Path, file: str) -> str | None:
    try:
        return read_text(str(root / file), follow=False)
    except UnreadableError:
        return None


def _changed(text: str, operation: Operation) -> str | None:
    path, value = operation.path, operation.value
    if operation.file.endswith(".json"):
        return without_json_key(text, path) if value is ABSENT else with_json_value(text, path, value)
    return without_yaml_key(text, path) if value is ABSENT else with_yaml_value(text, path, value)
