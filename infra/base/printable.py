"""Text that a terminal, a comment or a log may hold, whoever wrote it."""

from __future__ import annotations

import json
import re
import sys
from shlex import quote
from typing import TextIO

# What the runners of CI systems take as a command to them: GitHub and Gitea at the beginning of a line (`::error`) and
# anywhere (`##[error]`; actions/runner, ActionCommand.cs, TryParse and TryParseV2), Azure anywhere (`##vso[`).
_COMMAND = re.compile(r"(?m)^(\s*)(::)|(##)(?=\[|vso\[)")


def printable(text: str) -> str:
    """The text with a space in the place of each character that is not to be seen: control characters, line ends,
    marks that turn the direction of writing.
    """
    return text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)


def one_line(text: str) -> str:
    """The printable text on one line, with single spaces."""
    return " ".join(printable(text).split())


def visible(text: str) -> str:
    r"""The text with `\u001b` in the place of each character that is not to be seen, but for line ends; and with nothing
    that a CI system would take as a command.
    """
    shown = "\n".join(line if line.isprintable() else inline(line) for line in text.split("\n"))
    return _COMMAND.sub(lambda found: f"{found[1]}\\::" if found[2] else "#\\#", shown)


def inline(text: str) -> str:
    r"""The text on one line, with `\n` and `\u001b` in the place of what is not to be seen."""
    return text if text.isprintable() else "".join(map(_shown, text))


def shell_path(path: str) -> str:
    r"""The path as a word of a command to type, on one line: `'a b'`, `./-x`; `$'a\nb'`, which bash, zsh and ksh read."""
    word = f"./{path}" if path.startswith("-") else path
    if word.isprintable():
        return quote(word)
    escaped = word.replace("\\", r"\\").replace("'", r"\'")
    return f"$'{inline(escaped)}'"


def spelled(text: str) -> str:
    r"""The text in quotes, with `\u00e9` in the place of each character that is not ASCII: tells apart what looks the same."""
    return json.dumps(text)


def json_visible(document: str) -> str:
    r"""A JSON document, which has line ends between its values only, with JSON's own escapes (`\u202e`) in the same places."""
    if document.replace("\n", "").isprintable():
        return document
    return "".join(one if one.isprintable() or one == "\n" else json.dumps(one)[1:-1] for one in document)


def _shown(letter: str) -> str:
    if letter.isprintable():
        return letter
    return _SHORT.get(letter) or (f"\\u{ord(letter):04x}" if ord(letter) <= 0xFFFF else f"\\U{ord(letter):08x}")


_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def show(text: str = "", *, to: TextIO | None = None, end: str = "\n") -> None:
    """Print the text, visible; everything that a command says goes through here. `to`: stdout unless it is given."""
    stream = to or sys.stdout
    stream.write(visible(text) + end)
    if stream is sys.stderr:
        stream.flush()
