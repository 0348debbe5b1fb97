"""Operations on the files of a lake: a key that gets a value, a key that goes, a file that comes or goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from infra.lake.documents.files import UnreadableError, read_text
from infra.lake.documents.json_edit import with_json_value, without_json_key
from infra.lake.documents.location import KeyPath
from infra.lake.documents.yaml_change import (
    with_yaml_changes,
    with_yaml_key_named,
    with_yaml_value,
    without_yaml_key,
)


class Absent(Enum):
    """The value of what is not there; null is a value."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True)
class Operation:
    """One edit.

    Attributes:
        file: from the root of the lake.
        path: of the key; empty for the whole file, whose value is its text then.
        value: ABSENT takes the key or the file away.
        name: what the key is called from now on, instead of a value.
    """

    file: str
    path: KeyPath
    value: Any = ABSENT
    name: str = ""


class Touched:
    """The keys that operations are about."""

    def __init__(self) -> None:
        self._paths: set[tuple[str, KeyPath]] = set()
        self._above: set[tuple[str, KeyPath]] = set()

    def meets(self, one: Operation) -> bool:
        """True if one of them is about the same key, or a mapping of the one has the key of the other."""
        return (one.file, one.path) in self._above or any((one.file, path) in self._paths for path in _prefixes(one))

    def add(self, one: Operation) -> None:
        """One more."""
        self._paths.add((one.file, one.path))
        self._above.update((one.file, path) for path in _prefixes(one))


def _prefixes(one: Operation) -> list[KeyPath]:
    return [one.path[:length] for length in range(len(one.path) + 1)]


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


def apply_at_once(root: Path, texts: Mapping[str, str | None], operations: Iterable[Operation]) -> Texts:
    """The same for many operations of which no two are about one key, reading each YAML file once. Raises CannotEditError also
    where they would have to be done one after the other.
    """
    of_yaml: dict[str, list[Operation]] = {}
    others: list[Operation] = []
    for operation in operations:
        if operation.path and not operation.file.endswith(".json"):
            of_yaml.setdefault(operation.file, []).append(operation)
        else:
            others.append(operation)
    new = apply(root, texts, others)
    for file, edits in of_yaml.items():
        text = new[file] if file in new else _read(root, file)
        changes = {one.path: one.value for one in edits if one.value is not ABSENT}
        gone = [one.path for one in edits if one.value is ABSENT]
        changed = None if text is None else with_yaml_changes(text, changes, gone)
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
    if operation.name:
        return with_yaml_key_named(text, path, operation.name)
    if operation.file.endswith(".json"):
        return without_json_key(text, path) if value is ABSENT else with_json_value(text, path, value)
    return without_yaml_key(text, path) if value is ABSENT else with_yaml_value(text, path, value)
