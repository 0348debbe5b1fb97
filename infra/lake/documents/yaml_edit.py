"""One key of a YAML mapping written in its text; every other character stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.lake.documents.document import Document
from infra.lake.documents.location import KeyPath, Location
from infra.lake.documents.yaml_document import read_yaml


def with_yaml_key(text: str, path: KeyPath, key: str, value: bool) -> str | None:  # what is written
    """The text in which the mapping at `path` has that value under `key`: in its place, else as the first key.

    None where no such text can be told to mean exactly that: an empty mapping, one that an alias shares, broken YAML.
    """
    document, problems = read_yaml("", text)
    if document is None or problems:
        return None
    wanted = _with(document.value, path, key, value)
    written = "true" if value else "false"
    return next((new for new in _candidates(document, text, path, key, written) if _means(new, wanted)), None)


def _candidates(document: Document, text: str, path: KeyPath, key: str, written: str) -> Iterator[str]:
    mapping = _at(document.value, path)
    if not isinstance(mapping, dict) or not mapping:
        return
    if key in mapping:
        start = _offset(text, document.locate((*path, key)))
        yield text[:start] + written + text[start + len(str(mapping[key])) :]
        return
    first = document.locate((*path, next(iter(mapping))), key=True)
    start, end_of_line = _offset(text, first), "\r\n" if "\r\n" in text else "\n"
    yield f"{text[:start]}{key}: {written}{end_of_line}{' ' * (first.column - 1)}{text[start:]}"
    yield f"{text[:start]}{key}: {written}, {text[start:]}"


def _means(text: str, wanted: Any) -> bool:
    document, problems = read_yaml("", text)
    return document is not None and not problems and document.value == wanted


def _offset(text: str, location: Location) -> int:
    lines = text.splitlines(keepends=True)
    return sum(len(line) for line in lines[: location.line - 1]) + location.column - 1


def _at(value: Any, path: KeyPath) -> Any:
    for part in path:
        value = value[part]
    return value


def _with(value: Any, path: KeyPath, key: str, new: object) -> Any:
    """A copy of the value with one key more at `path`."""
    if not path:
        return {**value, key: new} if isinstance(value, dict) else value
    if isinstance(value, list) and isinstance(path[0], int):
        return [_with(one, path[1:], key, new) if index == path[0] else one for index, one in enumerate(value)]
    return {name: _with(one, path[1:], key, new) if name == path[0] else one for name, one in value.items()}
