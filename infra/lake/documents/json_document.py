"""JSON text to a Document: parsed by the standard library, positions found only when a problem asks for them."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from infra.base.json_value import is_deeper
from infra.lake.documents.document import Document, is_ascii
from infra.lake.documents.json_errors import syntax_error
from infra.lake.documents.limits import MAX_DEPTH, MAX_DIGITS
from infra.lake.documents.lines import place_at
from infra.lake.documents.location import KeyPath, Location, render_path
from infra.lake.documents.problem import Problem, Related

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SPACE = re.compile(r"[ \t\r\n]*")
_ATOM = re.compile(r"[^,:\[\]{}\s\"]+")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def read_json(file: str, text: str) -> tuple[Document | None, list[Problem]]:
    """The document of `text`, and the problems in it: `json-syntax` (then there is no document) or `duplicate-key`."""
    problems: list[Problem] = []
    try:
        try:
            value = _DECODER.decode(text)
        except _RepeatedKeyError:
            value = _LAST_KEY_WINS.decode(text)
            problems = _duplicates(file, text)
        _refuse_depth(text)
        _refuse_lone_surrogate(text, value)
    except json.JSONDecodeError as error:
        offset, message, fix = syntax_error(text, error)
        return None, [_problem(file, text, offset, message, fix)]
    except RecursionError:
        return None, [_problem(file, text, 0, f"is nested more than {MAX_DEPTH} levels deep")]
    except _NotPortableError as error:
        return None, [_problem(file, text, _find(text, error.token), error.message)]
    return Document(file, value, _Positions(text), is_ascii(text)), problems


def scan_json(text: str) -> dict[KeyPath, tuple[int, int]]:
    """Offsets of every (key, value) of a text that `json.loads` accepts, by key path; the first of repeated keys."""
    scan = _Scan(text)
    scan.run()
    return scan.offsets


class _NotPortableError(Exception):
    """A token that Python reads and JSON or Terraform does not have."""

    def __init__(self, token: str, message: str) -> None:
        self.token = token
        self.message = message


def _refuse(token: str) -> None:
    raise _NotPortableError(token, f"{token} is not JSON")


def _finite(token: str) -> float:
    value = float(token)
    if math.isinf(value):
        raise _NotPortableError(token, f"{token} is too large for a number")
    return value


def _integer(token: str) -> int:
    if len(token) > MAX_DIGITS:
        raise _NotPortableError(token, f"is a number with more than {MAX_DIGITS} digits")
    return int(token)


class _RepeatedKeyError(Exception):
    """An object that has a key twice."""


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _RepeatedKeyError
    return value


_LAST_KEY_WINS = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite, parse_int=_integer)
_DECODER = json.JSONDecoder(object_pairs_hook=_mapping, parse_constant=_refuse, parse_float=_finite, parse_int=_integer)


def _find(text: str, token: str) -> int:
    """The offset of a token, else of the first string literal that holds it."""
    atoms = list(re.finditer(f"{_STRING.pattern}|{_ATOM.pattern}", text, re.DOTALL))
    found = [m for m in atoms if m.group() == token] or [m for m in atoms if token in m.group()]
    return found[0].start() if found else 0


def _refuse_depth(text: str) -> None:
    if is_deeper(text, MAX_DEPTH):
        raise RecursionError


def _refuse_lone_surrogate(text: str, value: Any) -> None:
    found = _SURROGATE.search(text)
    if found is None:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _NotPortableError(found.group(), "contains half of a surrogate pair, which is not a character") from None


def _problem(file: str, text: str, offset: int, message: str, fix: str = "") -> Problem:
    return Problem("json-syntax", Location(file, *place_at(text, offset)), "", message, fix)


def _duplicates(file: str, text: str) -> list[Problem]:
    scan = _Scan(text)
    scan.run()
    repeated = {path for path, _ in scan.repeated}
    return [
        Problem(
            "duplicate-key",
            Location(file, *place_at(text, offset)),
            render_path(path),
            f'the key "{path[-1]}" is given twice',
            "remove one of the two",
            (Related(Location(file, *place_at(text, scan.offsets[path][0])), "first given here"),),
        )
        for path, offset in scan.repeated
        if not any(path[:length] in repeated for length in range(1, len(path)))  # inside a value that is given twice
    ]


@dataclass(frozen=True)
class _Positions:
    text: str

    def __call__(self, path: KeyPath, of_key: bool) -> tuple[int, int] | None:
        offsets = self._offsets.get(path)
        return None if offsets is None else place_at(self.text, offsets[0 if of_key else 1])

    @cached_property
    def _offsets(self) -> dict[KeyPath, tuple[int, int]]:
        return scan_json(self.text)


class _Scan:
    """Walks well-formed JSON and notes offsets; the depth limit of `read_json` keeps the recursion small."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.offsets: dict[KeyPath, tuple[int, int]] = {}
        self.repeated: list[tuple[KeyPath, int]] = []

    def run(self) -> None:
        start = self._skip(0)
        self.offsets[()] = (start, start)
        self._value(start, ())

    def _skip(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def _value(self, at: int, path: KeyPath) -> int:
        char = self.text[at]
        if char == "{":
            return self._members(at, path)
        if char == "[":
            return self._items(at, path)
        match = (_STRING if char == '"' else _ATOM).match(self.text, at)
        return match.end() if match else len(self.text)

    def _members(self, at: int, path: KeyPath) -> int:
        at = self._skip(at + 1)
        while self.text[at] != "}":
            if self.text[at] == ",":
                at = self._skip(at + 1)
            key_end = self._value(at, ())
            member = (*path, json.loads(self.text[at:key_end]))
            start = self._skip(self._skip(key_end) + 1)
            self._note(member, at, start)
            at = self._skip(self._value(start, member))
        return at + 1

    def _items(self, at: int, path: KeyPath) -> int:
        at = self._skip(at + 1)
        index = 0
        while self.text[at] != "]":
            if self.text[at] == ",":
                at = self._skip(at + 1)
            self._note((*path, index), at, at)
            at = self._skip(self._value(at, (*path, index)))
            index += 1
        return at + 1

    def _note(self, path: KeyPath, key: int, value: int) -> None:
        if path in self.offsets:
            self.repeated.append((path, key))
        else:
            self.offsets[path] = (key, value)
