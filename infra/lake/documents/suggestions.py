"""Suggestions: near matches, for messages that end in a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from infra.base.errors import UserError


def did_you_mean(word: str, known: Iterable[str], kind: str = "known", *, most: int = 12) -> str:
    """`did you mean "orders"?`, else the list of what is known, else an empty text.

    The list is cut after `most` names, so that a message stays a message.
    """
    names = sorted(set(known))
    close = near_matches(word, names)
    if close:
        return question(close)
    if not names:
        return ""
    shown = ", ".join(name or '""' for name in names[:most])
    return f"{kind}: {shown}" + (", ..." if len(names) > most else "")


def no_such(kind: str, name: str, known: Iterable[str], title: str = "") -> tuple[str, str]:
    """(`there is no stack "prd"`, `did you mean "prod"?`); the second is empty where nothing is known."""
    return f'there is no {kind} "{name}"', did_you_mean(name, known, title or f"{kind}s")


def not_found(kind: str, name: str, known: Iterable[str], title: str = "") -> UserError:
    """The same as a fault: `there is no stack "prd"; did you mean "prod"?`."""
    return UserError("; ".join(filter(None, no_such(kind, name, known, title))))


def question(close: Sequence[str]) -> str:
    """`did you mean "orders" or "order"?` of names; empty of none."""
    return "did you mean " + " or ".join(f'"{name}"' for name in close) + "?" if close else ""


def near_matches(word: str, names: Iterable[str]) -> list[str]:
    """At most two of `names` that look like `word`, nearest first, ignoring case and `-` against `_`."""
    from difflib import get_close_matches  # noqa: PLC0415  # only needed once something is wrong

    folded = {_fold(name): name for name in names}
    return [folded[match] for match in get_close_matches(_fold(word), folded, n=2, cutoff=0.65)]


def _fold(word: str) -> str:
    return word.lower().replace("-", "_")
