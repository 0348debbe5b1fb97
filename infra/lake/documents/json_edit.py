"""A key of a JSON object, at any depth, written or removed in its text; every other character stays."""

from __future__ import annotations

import json
from typing import Any

from infra.lake.documents.json_document import scan_json
from infra.lake.documents.location import KeyPath


def with_key(text: str, key: str, value: Any) -> str:
    """The text of an object in which `key` has that value: in its place, else as the last key, written like the others."""
    return with_json_value(text, (key,), value)


def without_key(text: str, key: str) -> str:
    """The text without `key`; the same text if it has none."""
    return without_json_key(text, (key,))


def with_json_value(text: str, path: KeyPath, value: Any) -> str:
    """The same for the object at a key path: objects that are missing on the way are made."""
    places = scan_json(text)
    depth = next(depth for depth in range(len(path), -1, -1) if path[:depth] in places)
    if depth == len(path) or (depth and text[places[path[:depth]][1]] != "{"):
        below = _nested(path[depth:], value)
        start = places[path[:depth]][1]
        return text[:start] + json.dumps(below, ensure_ascii=False) + text[_end(text, start) :]
    return _inserted(text, path[:depth], str(path[depth]), _nested(path[depth + 1 :], value))


def without_json_key(text: str, path: KeyPath) -> str:
    """The text without the key at that path; the same text if there is none."""
    members = _members(text, path[:-1])
    index = next((index for index, member in enumerate(members) if member[0] == path[-1]), None)
    if index is None:
        return text
    _, start, _, end = members[index]
    if index > 0:
        return text[: members[index - 1][3]] + text[end:]
    if len(members) > 1:
        return text[:start] + text[members[1][1] :]
    opening = scan_json(text)[path[:-1]][1]
    return text[: opening + 1] + text[text.index("}", end) :]


_Member = tuple[str, int, int, int]


def _nested(path: KeyPath, value: Any) -> Any:
    for part in reversed(path):
        value = {part: value}
    return value


def _end(text: str, start: int) -> int:
    return json.JSONDecoder().raw_decode(text, start)[1]


def _inserted(text: str, path: KeyPath, key: str, value: Any) -> str:
    written = json.dumps(value, ensure_ascii=False)
    members = _members(text, path)
    if not members:
        opening = scan_json(text)[path][1]
        return f'{text[: opening + 1]}"{key}": {written}{text[text.index("}", opening) :]}'
    _, _, _, end = members[-1]
    name = json.dumps(key, ensure_ascii=False)
    return f"{text[:end]},{_gap(text, members)}{name}{_colon(text, members[-1])}{written}{text[end:]}"


def _members(text: str, path: KeyPath) -> list[_Member]:
    """(key, where it begins, where its value begins and ends) of the object at a path, in its order."""
    depth = len(path) + 1
    places = {
        inner[-1]: place for inner, place in scan_json(text).items() if inner[:-1] == path and len(inner) == depth
    }
    found = [(str(name), key, start, _end(text, start)) for name, (key, start) in places.items()]
    return sorted(found, key=lambda member: member[1])


def _gap(text: str, members: list[_Member]) -> str:
    """What stands before a key: as before the last one, and where there is only one, a line break or a space."""
    if len(members) > 1:
        between = text[members[-2][3] : members[-1][1]]
        return between[between.index(",") + 1 :]
    before = text[text.rindex("{", 0, members[0][1]) + 1 : members[0][1]]
    return before if "\n" in before else " "


def _colon(text: str, member: _Member) -> str:
    name, key, start, _ = member
    between = text[key:start]
    return between[between.rindex('"') + 1 :] if name else ": "
