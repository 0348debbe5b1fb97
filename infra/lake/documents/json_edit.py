"""One key of a JSON object written or removed in its text; every other character stays."""

from __future__ import annotations

import json
from typing import Any

from infra.lake.documents.json_document import scan_json


def with_key(text: str, key: str, value: Any) -> str:
    """The text of an object in which `key` has that value: in its place, else as the last key, written like the others."""
    written = json.dumps(value, ensure_ascii=False)
    members = _members(text)
    for name, _, start, end in members:
        if name == key:
            return text[:start] + written + text[end:]
    if not members:
        opening = text.index("{")
        return f'{text[: opening + 1]}"{key}": {written}{text[text.index("}", opening) :]}'
    _, _, _, end = members[-1]
    return f'{text[:end]},{_gap(text, members)}"{key}"{_colon(text, members[-1])}{written}{text[end:]}'


def without_key(text: str, key: str) -> str:
    """The text without `key`; the same text if it has none."""
    members = _members(text)
    index = next((index for index, member in enumerate(members) if member[0] == key), None)
    if index is None:
        return text
    _, start, _, end = members[index]
    if index > 0:
        return text[: members[index - 1][3]] + text[end:]
    if len(members) > 1:
        return text[:start] + text[members[1][1] :]
    return text[: text.index("{") + 1] + text[text.index("}", end) :]


_Member = tuple[str, int, int, int]


def _members(text: str) -> list[_Member]:
    """(key, where it begins, where its value begins and ends) of the outermost object, in its order."""
    decoder = json.JSONDecoder()
    places = {path[0]: place for path, place in scan_json(text).items() if len(path) == 1}
    found = [(str(name), key, start, decoder.raw_decode(text, start)[1]) for name, (key, start) in places.items()]
    return sorted(found, key=lambda member: member[1])


def _gap(text: str, members: list[_Member]) -> str:
    """What stands before a key: as before the last one, and where there is only one, a line break or a space."""
    if len(members) > 1:
        between = text[members[-2][3] : members[-1][1]]
        return between[between.index(",") + 1 :]
    before = text[text.index("{") + 1 : members[0][1]]
    return before if "\n" in before else " "


def _colon(text: str, member: _Member) -> str:
    name, key, start, _ = member
    between = text[key:start]
    return between[between.rindex('"') + 1 :] if name else ": "
