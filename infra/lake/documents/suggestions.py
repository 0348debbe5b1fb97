"""Suggestions: near matches, for messages that end in a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache

from infra.base.errors import UserError
from infra.base.printable import inline


def did_you_mean(word: str, known: Iterable[str], kind: str = "known", *, most: int = 12) -> str:
    """`did you mean "orders"?`, else the list of what is known, else an empty text.

    The list is cut after `most` names, so that a message stays a message.
    """
    names = _names_of(tuple(known))
    close = names.near(word)
    if close:
        return question(close)
    if not names.sorted:
        return ""
    shown = ", ".join(map(_listed, names.sorted[:most]))
    return f"{kind}: {shown}" + (", ..." if len(names.sorted) > most else "")


def no_such(kind: str, name: str, known: Iterable[str], title: str = "") -> tuple[str, str]:
    """(`there is no stack "prd"`, `did you mean "prod"?`); the second is empty where nothing is known."""
    return f'there is no {kind} "{inline(name)}"', did_you_mean(name, known, title or f"{kind}s")


def not_found(kind: str, name: str, known: Iterable[str], title: str = "") -> UserError:
    """The same as a fault: `there is no stack "prd"; did you mean "prod"?`."""
    return UserError("; ".join(filter(None, no_such(kind, name, known, title))))


def question(close: Sequence[str]) -> str:
    """`did you mean "orders" or "order"?` of names; empty of none."""
    return "did you mean " + " or ".join(f'"{inline(name)}"' for name in close) + "?" if close else ""


def _listed(name: str) -> str:
    return inline(name) if name == name.strip() and name else f'"{inline(name)}"'


def near_matches(word: str, names: Iterable[str]) -> list[str]:
    """At most two of `names` that look like `word`, nearest first, ignoring case and `-` against `_`."""
    return _names_of(tuple(names)).near(word)


# Names that each word is compared with; of more, those that share its rarest pieces.
_COMPARED = 100
_SHOWN = 2
_ALIKE = 0.65


@lru_cache(maxsize=16)
def _names_of(names: tuple[str, ...]) -> _Names:
    return _Names(names)


class _Names:
    """Names that are known, made ready once for every word that is none of them: a renamed source is misspelt in each entry
    that has it, and to compare all with all takes minutes in a large lake.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self.sorted = sorted(set(names))

    def near(self, word: str) -> list[str]:
        from difflib import SequenceMatcher  # noqa: PLC0415  # only needed once something is wrong

        folded = _fold(word)
        matcher = SequenceMatcher(b=folded)
        best: list[tuple[float, str]] = []
        for name in self._alike(folded):
            least = best[-1][0] if len(best) == _SHOWN else _ALIKE
            matcher.set_seq1(name)
            # What cannot be among the best costs no more than a look at its letters.
            if matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least:
                best = sorted([*best, (matcher.ratio(), name)], reverse=True)[:_SHOWN]
        return [self._folded[name] for ratio, name in best if ratio >= _ALIKE]

    def _alike(self, word: str) -> Iterable[str]:
        if len(self._folded) <= _COMPARED:
            return self._folded
        found: dict[str, None] = {}
        for piece in sorted(_pieces(word), key=lambda piece: (len(self._having.get(piece, ())), piece)):
            found.update(dict.fromkeys(self._having.get(piece, ())[: _COMPARED - len(found)]))
        return found

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {_fold(name): name for name in self.sorted}

    @cached_property
    def _having(self) -> dict[str, list[str]]:
        """Piece -> the names that have it."""
        having: dict[str, list[str]] = {}
        for name in self._folded:
            for piece in _pieces(name):
                having.setdefault(piece, []).append(name)
        return having


def _pieces(word: str) -> set[str]:
    """Every three letters in a row, with both ends."""
    text = f"^{word}$"
    return {text[at : at + 3] for at in range(max(len(text) - 2, 1))}


def _fold(word: str) -> str:
    return word.lower().replace("-", "_")
