"""Masks: what makes a text fit to be shown, whatever a server echoes in it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from infra.base.credentials import MASK, without_users
from infra.base.printable import one_line

# A shorter value would also hide letters in the middle of our own words.
_SHORT = 4
_PART = 8


class Masks:
    """Hides values that must not be seen, in every form in which they may come back."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._forms = {form for value in values for form in _forms(value)}

    def add(self, value: str) -> None:
        """From now on this is hidden too: a token that was given out."""
        self._forms |= set(_forms(value))

    def hide(self, text: str) -> str:
        """The text with `***` in the place of each value."""
        longest_first = sorted(self._forms, key=lambda form: (-len(form), form))
        hidden = re.sub("|".join(map(_pattern, longest_first)), MASK, text) if longest_first else text
        return without_users(hidden)

    def one_line(self, text: str, limit: int = 400) -> str:
        """For a message: masked, on one line, without control characters, then cut at `limit` letters."""
        line = self.hide(one_line(self.hide(text)))
        return line if len(line) <= limit else f"{line[:limit].rstrip()} ..."


def _pattern(form: str) -> str:
    """A short value is hidden only where it stands by itself, one with spaces also where a line is broken at them."""
    found = re.sub(r"(\\?\s)+", r"\\s+", re.escape(form)) if form.strip() else re.escape(form)
    return found if len(form) >= _SHORT else f"(?<![0-9A-Za-z]){found}(?![0-9A-Za-z])"


def _forms(value: str) -> Iterator[str]:
    for part in (value, *_parts(value)):
        encoded = (quote(part, safe=""), quote(part), quote_plus(part))
        escaped = (json.dumps(part)[1:-1], json.dumps(part, ensure_ascii=False)[1:-1], html.escape(part))
        lower = (re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), text) for text in encoded)
        yield from (form for form in (part, part.strip(), *encoded, *lower, *escaped, " ".join(part.split())) if form)


def _parts(value: str) -> Iterator[str]:
    """Lines of a key, and the texts inside a JSON file of credentials: a message may quote one of them alone."""
    for line in value.splitlines():
        if len(line.strip()) >= _PART:
            yield line.strip()
    if value.lstrip().startswith("{"):
        try:
            yield from _leaves(json.loads(value))
        except (ValueError, RecursionError):
            return


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str) and len(value) >= _PART:
        yield value
        yield from (line for line in value.splitlines() if len(line) >= _PART)
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
