"""YAML and JSON written in a random style, with the place of every key and every value, so that a planted mistake has one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.support.generated_lakes import flow

Place = tuple[int, int]
"""Line and column, from 1."""


class Pairs(list[tuple[str, Any]]):
    """A mapping whose keys may be there twice."""


@dataclass
class Emitted:
    """A text. `keys` and `values`: in the order of the text, path -> place of each key and each value; a path has one for each time."""

    text: str = ""
    keys: list[tuple[tuple[str | int, ...], Place]] = field(default_factory=list)
    values: list[tuple[tuple[str | int, ...], Place]] = field(default_factory=list)


_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*( [A-Za-z0-9_]+)*")
_WORDS = {"null", "true", "false"}


def pairs(value: Any) -> Any:
    """A value of JSON with its mappings as pairs."""
    if isinstance(value, dict):
        return Pairs((key, pairs(inner)) for key, inner in value.items())
    return [pairs(inner) for inner in value] if isinstance(value, list) else value


class Emitter:
    """Writes one document. `flow`: as JSON writes it, with nothing that JSON does not have."""

    def __init__(self, random: Random, *, is_json: bool) -> None:
        self._random = random
        self._is_json = is_json
        self._line, self._column = 1, 1
        self._parts: list[str] = []
        self._found = Emitted()

    def emit(self, value: Any) -> Emitted:
        """The document and its places; line ends are those of one system."""
        if self._is_json or not value or not isinstance(value, list) or self._chance(0.2):
            self._flow(value, ())
        else:
            self._noise()
            self._block(value, (), 0)
        self._write("\n")
        self._found.text = "".join(self._parts)
        if self._chance(0.3):
            self._found.text = self._found.text.replace("\n", "\r\n")
        return self._found

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _write(self, text: str) -> None:
        self._parts.append(text)
        lines = text.split("\n")
        self._line += len(lines) - 1
        self._column = len(lines[-1]) + (1 if len(lines) > 1 else self._column)

    @property
    def _here(self) -> Place:
        return (self._line, self._column)

    def _noise(self) -> None:
        """Lines that mean nothing, at the start of a line."""
        while self._chance(0.15):
            self._write(self._random.choice(["\n", "# a: b, é 🐎\n", "   # }\n", "  \n"]))

    # Block style

    def _block(self, value: Any, path: tuple[str | int, ...], indent: int) -> None:
        """A mapping or list that is not empty, at the start of a line or behind a dash; its end is not written."""
        first = self._column > 1
        self._found.values.append((path, (self._line, self._column if first else indent + 1)))
        is_mapping = isinstance(value, Pairs)
        for number, item in enumerate(value):
            if number or not first:
                if number:
                    self._write("\n")
                    self._noise()
                self._write(" " * indent)
            if is_mapping:
                key, inner = item
                self._found.keys.append(((*path, key), self._here))
                self._write(f"{self._scalar(key)}:")
                self._value(inner, (*path, key), indent, in_mapping=True)
            else:
                self._write("-")
                self._value(item, (*path, number), indent, in_mapping=False)

    def _value(self, value: Any, path: tuple[str | int, ...], indent: int, *, in_mapping: bool) -> None:
        """What follows a colon or a dash."""
        if not (isinstance(value, list) and value) or self._chance(0.2):
            self._write(" " * self._random.randint(1, 3))
            self._flow(value, path)
            if self._chance(0.1):
                self._write("  # {")
            return
        step = self._random.randint(0 if in_mapping and not isinstance(value, Pairs) else 1, 4)
        if not in_mapping and self._chance(0.6):  # `- a: 1`
            self._write(" " * max(step, 1))
            self._block(value, path, indent + 1 + max(step, 1))
            return
        self._write("\n")
        self._noise()
        self._block(value, path, indent + step)

    # Flow style

    def _flow(self, value: Any, path: tuple[str | int, ...]) -> None:
        self._found.values.append((path, self._here))
        if not isinstance(value, list):
            self._write(self._scalar(value))
            return
        is_mapping = isinstance(value, Pairs)
        self._write("{" if is_mapping else "[")
        for number, item in enumerate(value):
            if number:
                self._write(",")
            self._gap()
            if is_mapping:
                key, inner = item
                self._found.keys.append(((*path, key), self._here))
                self._write(self._scalar(key))
                self._write(": ")
                self._flow(inner, (*path, key))
            else:
                self._flow(item, (*path, number))
        self._gap()
        self._write("}" if is_mapping else "]")

    def _gap(self) -> None:
        self._write(self._random.choice([" ", "  ", "\n    ", "\n          "] if self._chance(0.3) else ["", " "]))

    def _scalar(self, value: Any) -> str:
        if not isinstance(value, str) or self._is_json:
            return json.dumps(value, ensure_ascii=False)
        if _PLAIN.fullmatch(value) and value not in _WORDS and self._chance(0.7):
            return value
        if value.isprintable() and self._chance(0.4):
            return "'" + value.replace("'", "''") + "'"
        return json.dumps(value, ensure_ascii=False) if value.isprintable() else flow(value)
