"""Document: the value of one file, and where each key and value of it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from infra.lake.documents.location import KeyPath, Location, render_path
from infra.lake.documents.problem import Problem, Related, Severity
from infra.lake.documents.rule_id import RuleId

Positions = Callable[[KeyPath, bool], tuple[int, int] | None]


@dataclass(frozen=True)
class Document:
    """One parsed file.

    Attributes:
        file: path from the project root.
        value: JSON types only (dict, list, str, int, float, bool, None).
        positions: `(path, of_key) -> (line, column)` or None when there is no such path; called only for problems,
            so a reader may look late.
        ascii: True if the text holds nothing but ASCII, for sure.

    """

    file: str
    value: Any
    positions: Positions
    ascii: bool = False

    def locate(self, path: KeyPath, *, key: bool = False) -> Location:
        """Where the value at `path` stands (its key with `key=True`), else the nearest ancestor's key."""
        for length in range(len(path), -1, -1):
            place = self.positions(path[:length], key or length < len(path))
            if place is not None:
                return Location(self.file, *place)
        return Location(self.file)


def is_ascii(text: str) -> bool:
    """True if the text is ASCII and has no escapes, which could stand for anything."""
    return text.isascii() and "\\" not in text


@dataclass(frozen=True)
class Written:
    """A piece of a document: what the author wrote at `path`."""

    document: Document
    path: KeyPath
    value: Any

    @property
    def place(self) -> tuple[str, KeyPath]:
        """(file, path), which no other piece has."""
        return self.document.file, self.path

    def depth_of(self, path: KeyPath) -> int:
        """How many leading parts of `path` this piece spells out."""
        value = self.value
        for depth, part in enumerate(path):
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return depth
        return len(path)

    def child(self, *parts: str | int) -> Written:
        """The piece below; raises KeyError, IndexError or TypeError if it is not written here."""
        value = self.value
        for part in parts:
            value = value[part]
        return Written(self.document, self.path + parts, value)

    def locate(self, path: KeyPath = (), *, key: bool = False) -> Location:
        """Where `path` inside this piece stands, or the nearest thing above it."""
        return self.document.locate(self.path + path, key=key)


@dataclass(frozen=True)
class Layers:
    """Pieces that were merged into one value: defaults, the entry itself, a stack's overrides.

    Attributes:
        pieces: lowest first: a later piece wins.
        own: index of the piece that is the entry itself; a problem about something that nobody wrote points there.
        value: what the merge gave.

    """

    pieces: tuple[Written, ...]
    own: int
    value: Any

    @classmethod
    def single(cls, piece: Written) -> Layers:
        """A piece that nothing was merged with."""
        return cls((piece,), 0, piece.value)

    def writer_of(self, path: KeyPath) -> Written:
        """The piece whose author decided the value at `path`."""
        if not path:
            return self.pieces[self.own]
        depths = [piece.depth_of(path) for piece in self.pieces]
        deepest = max(depths)
        if depths[self.own] == deepest < len(path):
            return self.pieces[self.own]
        return next(p for p, depth in zip(reversed(self.pieces), reversed(depths), strict=True) if depth == deepest)

    def child(self, *parts: str | int) -> Layers:
        """The layers of a value below, from the pieces that spell it out."""
        inside = [i for i, piece in enumerate(self.pieces) if piece.depth_of(parts) == len(parts)]
        value = self.value
        for part in parts:
            value = value[part]
        own = inside.index(self.own) if self.own in inside else len(inside) - 1
        return Layers(tuple(self.pieces[i].child(*parts) for i in inside), own, value)

    def locate(self, path: KeyPath = (), *, key: bool = False) -> Location:
        """Where the value at `path` was decided."""
        return self.writer_of(path).locate(path, key=key)

    def problem(  # noqa: PLR0913  # the parts of a Problem
        self,
        rule: RuleId,
        path: KeyPath,
        message: str,
        fix: str = "",
        *,
        key: bool = False,
        related: tuple[Related, ...] = (),
        severity: Severity = "error",
        missing: str = "",
        near: Iterable[str] = (),
        quoted: tuple[str, ...] = (),
        of_own: bool = False,
    ) -> Problem:
        """A problem at the line that decided `path`, with the key path as it is written in that file.

        `missing`: the key that is not below `path`. `near`: the keys that the last of `path` may be meant to be. `of_own`: the
        entry itself is to be mended, whatever a stronger layer writes at `path`.
        """
        own = self.pieces[self.own]
        piece = own if of_own and own.depth_of(path) == len(path) else self.writer_of(path)
        whole = own.path + path
        return Problem(
            rule,
            piece.locate(path, key=key),
            render_path(piece.path + path),
            message,
            fix,
            related,
            severity,
            missing=(*whole, missing) if missing else (),
            near=tuple((*whole[:-1], name) for name in near),
            quoted=quoted,
        )
