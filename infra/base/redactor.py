"""Redactor: what makes a text fit to be shown, whatever a server, a cluster or a program echoes in it."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus

from infra.base.credentials import MASK, without_users
from infra.base.echoes import without_echoes
from infra.base.environment import environment_values
from infra.base.json_value import texts_in
from infra.base.printable import one_line

# A shorter value would also hide letters in the middle of our own words.
_SHORT = 4
_PART = 8
# Bytes of which Base64 makes eight letters.
_GROUPS = 6

# A line that was broken, perhaps inside of a JSON text.
_SPACE = r"(?:\\s|\\\\+[nrt])+"
_BREAK = re.compile(r"(?:(?:[\r\n]|(?<!\\)\\+[nr])[ \t]*)+")


class Redactor:
    """Hides values that must not be seen, in every form in which they may come back."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._forms: set[str] = set()
        self._whole: set[str] = set()
        self._base64: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        for value in values:
            self.add(value)

    @classmethod
    def of_environment(cls, environ: Mapping[str, str]) -> Redactor:
        """Hides every value that the environment has for a variable."""
        return cls(environment_values(environ).values())

    def add(self, value: str) -> None:
        """From now on this is hidden too: a token that was given out."""
        self._forms |= set(_forms(value))
        self._base64 |= {form for part in _encoded(value) for form in _written(part)}
        self._whole |= {line for line in map(str.strip, value.splitlines()) if len(line) > _PART}
        self._pattern = None

    @property
    def longest(self) -> int:
        """Letters of the longest form of a value."""
        return max(map(len, self._forms), default=0)

    def hide(self, text: str) -> str:
        """The text with `***` in the place of each value, also of one that is broken over lines, and of what stands under
        the name of a credential.
        """
        return without_users(without_echoes(_masked(text, self._spans(text))))

    def finds(self, text: str) -> bool:
        """True if a value stands in the text, in whatever form."""
        return next(self._spans(text), None) is not None

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """(start, end) of each value, and of each half of one at a line's beginning or end, where the other half is not told."""
        pattern = self._compiled()
        if pattern is None:
            return
        yield from self._found(text, pattern)
        lines = _lines(text)
        if len(lines) > 1:
            yield from _over_breaks(text, lines, pattern)
        for start, end in lines:
            yield from _halves(text, start, end, self._whole)

    def _found(self, text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
        """(start, end) of each value, of one in Base64 with all of the Base64 around it: its ends tell letters of the value."""
        place = 0
        for found in pattern.finditer(text):
            start, end = found.span()
            if end <= place:
                continue
            if found[0] in self._base64:
                start, end = _base64_around(text, start, end, place)
            yield start, end
            place = end

    def _compiled(self) -> re.Pattern[str] | None:
        if self._forms and self._pattern is None:
            longest_first = sorted(self._forms, key=lambda form: (-len(form), form))
            self._pattern = re.compile("|".join(map(_pattern, longest_first)))
        return self._pattern

    def one_line(self, text: str, limit: int = 400) -> str:
        """For a message: redacted, on one line, without control characters, then cut at `limit` letters."""
        line = self.hide(one_line(self.hide(text)))
        return line if len(line) <= limit else f"{line[:limit].rstrip()} ..."

    def last_line(self, text: str) -> str:
        """The last line that is not empty; a secret of several lines does not leave its last one."""
        lines = [line for line in self.hide(text).splitlines() if line.strip()]
        return self.one_line(lines[-1]) if lines else ""


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces, place = [], 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= place:
            pieces += [text[place:start], MASK]
        place = max(place, end)
    return "".join([*pieces, text[place:]])


_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")
_BASE64_END = re.compile(r"(?:[\w+/-]|%2[BbFf])*(?:=|%3[Dd]){0,2}", re.ASCII)


def _base64_around(text: str, start: int, end: int, least: int) -> tuple[int, int]:
    """(start, end) of the Base64 in which a part of it stands, with its padding, also as in an address; not before `least`."""
    while start > least and (text[start - 1] in _BASE64 or text[start - 1 : start + 2].upper() in ("%2B", "%2F")):
        start -= 1
    rest = _BASE64_END.match(text, end)
    return start, rest.end() if rest else end


def _lines(text: str) -> list[tuple[int, int]]:
    """(start, end) of each line, without the space at its ends."""
    breaks = list(_BREAK.finditer(text))
    starts, ends = [0, *(found.end() for found in breaks)], [*(found.start() for found in breaks), len(text)]
    return [(start, start + len(text[start:end].rstrip())) for start, end in zip(starts, ends, strict=True)]


def _over_breaks(text: str, lines: list[tuple[int, int]], pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """What is a value once the lines are one."""
    places = [place for start, end in lines for place in range(start, end)]
    for match in pattern.finditer("".join(text[start:end] for start, end in lines)):
        if len(match[0]) >= _SHORT:
            yield places[match.start()], places[match.end() - 1] + 1


def _halves(text: str, start: int, end: int, values: Iterable[str]) -> Iterator[tuple[int, int]]:
    """The end of a value at the beginning of the line, and the beginning of one at its end, of eight letters or more."""
    for value in values:
        at = text.find(value[-_PART:], start, end)
        if at >= 0 and value.endswith(text[start : at + _PART]):
            yield start, at + _PART
        at = text.rfind(value[:_PART], start, end)
        if at >= 0 and value.startswith(text[at:end]):
            yield at, end


def _pattern(form: str) -> str:
    """A short value is hidden only where it stands by itself, one with spaces also where a line is broken at them."""
    found = re.sub(r"(\\?\s)+", _SPACE, re.escape(form)) if form.strip() else re.escape(form)
    return found if len(form) >= _SHORT else f"(?<![0-9A-Za-z]){found}(?![0-9A-Za-z])"


def _forms(value: str) -> Iterator[str]:
    for part in {value, *_parts(value), *_encoded(value)}:
        yield from _written(part)


def _written(part: str) -> Iterator[str]:
    """The text as it stands in an address, in JSON and in HTML."""
    encoded = (quote(part, safe=""), quote(part), quote_plus(part))
    lower = (re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), text) for text in encoded)
    escaped = (*_escaped(part), *(twice for once in _escaped(part) for twice in _escaped(once)), html.escape(part))
    yield from (form for form in (part, part.strip(), *encoded, *lower, *escaped, " ".join(part.split())) if form)


def _escaped(text: str) -> tuple[str, str]:
    """As it stands inside a JSON text."""
    return json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]


def _parts(value: str) -> Iterator[str]:
    """Lines of a key, and the texts inside a JSON file of credentials: a message may quote one of them alone."""
    inner = list(_inner_texts(value))
    lines = (line.strip() for text in (value, *inner) for line in text.splitlines())
    yield from (part for part in (*inner, *lines) if len(part) >= _PART)


def _inner_texts(value: str) -> Iterable[str]:
    try:
        return texts_in(json.loads(value)) if value.lstrip().startswith("{") else ()
    except (ValueError, RecursionError):
        return ()


def _encoded(value: str) -> Iterator[str]:
    """The letters of Base64 that are the value's own wherever it stands, as in `user:password` of Basic authentication:
    those for whole groups of three bytes, whose first may be any of the value's first three.
    """
    data = value.encode(errors="surrogateescape")
    for start in range(3):
        whole = data[start : start + (len(data) - start) // 3 * 3]
        if len(whole) >= _GROUPS:
            yield from (base64.b64encode(whole).decode(), base64.urlsafe_b64encode(whole).decode())
