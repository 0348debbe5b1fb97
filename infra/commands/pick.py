"""A choice on a terminal, by number or by name."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from infra.base.errors import UserError
from infra.lake.documents import did_you_mean


def on_terminal() -> bool:
    """True if somebody can be asked: what is typed comes from a terminal, and questions reach one."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def pick(names: Sequence[str], what: str) -> str:
    """The one that the user chooses; questions go to stderr. Raises UserError where there is nothing to choose, or nobody does.

    `what` is a singular: `source`.
    """
    if not names:
        raise UserError(f"there is no {what} to choose")
    show_numbered(names)
    while True:
        write(f"{what} (number or name): ")
        answer = sys.stdin.readline()
        if not answer:
            write("\n")
            raise UserError(f"no {what} was chosen")
        chosen = _meant(answer.strip(), names)
        if chosen:
            return chosen
        if answer.strip():
            write(f'there is no "{answer.strip()}"; {did_you_mean(answer.strip(), names, f"{what}s")}\n')


def _meant(answer: str, names: Sequence[str]) -> str | None:
    """A name counts before a number: it may consist of digits."""
    if answer in names:
        return answer
    if answer.isascii() and answer.isdigit() and len(answer) < 9 and 1 <= int(answer) <= len(names):
        return names[int(answer) - 1]
    return None


def show_numbered(lines: Sequence[str]) -> None:
    """What there is to choose, a number before each line."""
    width = len(str(len(lines)))
    for number, line in enumerate(lines, 1):
        write(f"{number:{width}}  {line}\n")


def write(text: str) -> None:
    """Shown at once, on stderr."""
    sys.stderr.write(text)
    sys.stderr.flush()
