"""Shape: which columns a relation has, and which columns of other relations they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

How = Literal["filter", "join", "group", "window", "order", "key", "exclude"]

# Uses that decide which rows there are; the others only arrange them.
IN_ROWS: frozenset[How] = frozenset(["filter", "join", "group", "key"])

# The column of a model that stands for one whose name is not known.
SOME = "*"


@dataclass(frozen=True, order=True)
class Ref:
    """A value of a relation that stands outside of the query: of a landing table, or of another model.

    Attributes:
        table: `landing.shopify__orders`, or the name of a model.
        path: column, then the fields in it, in lower case; empty for the whole row.
        sure: False where an unqualified name may be a column of several relations.
    """

    table: str
    path: tuple[str, ...]
    sure: bool = True

    def below(self, names: Iterable[str]) -> Ref:
        """The field in this value."""
        return replace(self, path=(*self.path, *names))


Refs = frozenset[Ref]
NONE: Refs = frozenset()


@dataclass(frozen=True)
class Open:
    """Columns that a relation takes over by their own names, whatever they are.

    Attributes:
        at: the row, or the value, whose fields they are.
        without: names that are left out.
        names: those that are known; None if nobody knows them.
        nested: False where a name says nothing of a path, as behind a table function.
    """

    at: Ref
    without: frozenset[str] = frozenset()
    names: frozenset[str] | None = None
    nested: bool = True

    def find(self, name: str) -> Refs:
        """What a column of this name is; nothing where it is left out."""
        if name in self.without:
            return NONE
        return frozenset([self.at.below((name,)) if self.nested else self.at])


@dataclass(frozen=True)
class Shape:
    """The columns of a relation.

    Attributes:
        columns: name in lower case -> what its values come from.
        opens: where further columns come from.
    """

    columns: Mapping[str, Refs] = field(default_factory=dict)
    opens: tuple[Open, ...] = ()

    @property
    def row(self) -> Refs:
        """Everything that is in a row."""
        return frozenset().union(*self.columns.values(), *({one.at} for one in self.opens))

    def knows(self, name: str) -> bool:
        """True if the relation surely has the column."""
        return name in self.columns or any(name in (one.names or ()) and name not in one.without for one in self.opens)

    def find(self, name: str) -> Refs:
        """What a column is, if the relation has or may have it."""
        if name in self.columns:
            return self.columns[name]
        found = [one for one in self.opens if one.names and name in one.names and name not in one.without]
        found = found or list(self.opens)
        refs: Refs = frozenset().union(*(one.find(name) for one in found))
        if len(found) > 1:
            refs = frozenset(replace(ref, sure=False) for ref in refs)
        return refs | self.columns.get(SOME, NONE)

    def leaving_out(self, names: frozenset[str]) -> Shape:
        """The same without some columns."""
        columns = {name: refs for name, refs in self.columns.items() if name not in names}
        return Shape(columns, tuple(replace(one, without=one.without | names) for one in self.opens))


def joined(shapes: Iterable[Shape]) -> Shape:
    """All columns of several relations beside each other; of one name, what any of them has."""
    columns: dict[str, Refs] = {}
    opens: list[Open] = []
    for shape in shapes:
        for name, refs in shape.columns.items():
            columns[name] = columns.get(name, NONE) | refs
        opens += [one for one in shape.opens if one not in opens]
    return Shape(columns, tuple(opens))


def stacked(left: Shape, right: Shape, *, by_name: bool) -> Shape:
    """The rows of both below each other. Where one side has columns of unknown number, the other's may be any."""
    if by_name or not (left.columns or right.columns) or left.columns.keys() == right.columns.keys():
        return joined((left, right))
    if not left.opens and not right.opens:
        pairs = zip(left.columns.items(), right.columns.values(), strict=False)
        return Shape({name: refs | other for (name, refs), other in pairs})
    both = joined((left, right))
    return Shape({**both.columns, SOME: frozenset().union(*both.columns.values())}, both.opens)


def overlaps(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """True if one path is the other, or leads to it."""
    return all(a == b for a, b in zip(one, other, strict=False))


def rest(path: tuple[str, ...], refs: Refs, table: str) -> Iterator[tuple[str, ...]]:
    """For each of the references to `path` of a table: what of the path is below it."""
    for ref in refs:
        if ref.table == table and overlaps(ref.path, path):
            yield path[len(ref.path) :]
