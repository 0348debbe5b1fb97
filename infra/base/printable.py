"""Text that a terminal, a comment or a log may hold, whoever wrote it."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text with a space in the place of each character that is not to be seen: control characters, line ends,
    marks that turn the direction of writing.
    """
    return text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)


def one_line(text: str) -> str:
    """The printable text on one line, with single spaces."""
    return " ".join(printable(text).split())
