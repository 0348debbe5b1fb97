"""Masker: what a program says, without the secrets that it was given."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Any

from infra.base.masks import Masks


class Masker:
    """Makes one line for a message of what a program said: cut, and with no secret in it."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = list(secrets)
        self._masks = Masks([*known, *(encoded for secret in known for encoded in _encoded(secret))])

    def line(self, text: str) -> str:
        """All of the text."""
        return self._masks.one_line(text)

    def last_line(self, text: str) -> str:
        """The last line that is not empty; a secret of several lines does not leave its last one."""
        lines = [line for line in self._masks.hide(text).splitlines() if line.strip()]
        return self.line(lines[-1]) if lines else ""


def _encoded(secret: str) -> Iterator[str]:
    """The secret as a text inside of a JSON text, and as it begins a header of Basic authentication, up to where what
    follows it changes the letters.
    """
    yield json.dumps(json.dumps(secret)[1:-1])[1:-1]
    data = secret.encode(errors="surrogateescape")
    whole = data[: len(data) // 3 * 3]
    if len(whole) >= 6:
        yield from (base64.b64encode(whole).decode(), base64.urlsafe_b64encode(whole).decode())


def texts_in(value: Any) -> Iterator[str]:
    """Every text below a JSON value, without keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from texts_in(inner)
