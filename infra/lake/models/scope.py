"""Scope: the relations that names of a query may mean, those of the queries around it behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from infra.lake.models.shape import NONE, SOME, Refs, Shape


@dataclass
class Scope:
    """What stands in the FROM of a query.

    Attributes:
        ctes: name -> shape of what WITH defines, also further out.
        tables: alias -> shape; a relation without a name is under a number.
        aliases: columns of the query's own SELECT, which later parts may name.
        windows: what the named windows of the query are made of.
        outer: the query around it.
    """

    ctes: dict[str, Shape]
    tables: dict[str, Shape] = field(default_factory=dict)
    aliases: Mapping[str, Refs] = field(default_factory=dict)
    outer: Scope | None = None
    windows: Refs = NONE

    def add(self, alias: str, shape: Shape) -> None:
        """Put a relation into the FROM."""
        self.tables[alias or str(len(self.tables))] = shape

    def find(self, names: Sequence[str]) -> Refs:
        """What `a`, `t.a`, `a.b` or `t.a.b.c` is: the relation's name wins over a column's, as in SQL."""
        scope: Scope | None = self
        while scope is not None and len(names) > 1:
            if names[0] in scope.tables:
                return _below(scope.tables[names[0]].find(names[1]), names[2:])
            if len(names) > 2 and names[1] in scope.tables:  # with its schema
                return self.find(names[1:])
            scope = scope.outer
        return _below(self._column(names[0]), names[1:])

    def _column(self, name: str) -> Refs:
        sure = [shape for shape in self.tables.values() if shape.knows(name)]
        if sure:
            return frozenset().union(*(shape.find(name) for shape in sure))
        around = self.outer._sure(name) if self.outer else NONE  # noqa: SLF001  # its own kind
        known = self.aliases.get(name, NONE) | around
        guesses = [shape for shape in self.tables.values() if _may_have(shape, name, only_unknown=bool(known))]
        found = _unsure([shape.find(name) for shape in guesses], alone=not known) | known
        if name in self.tables:
            return self.tables[name].row | found
        return found or (self.outer._column(name) if self.outer else NONE)  # noqa: SLF001

    def _sure(self, name: str) -> Refs:
        found = [shape.find(name) for shape in self.tables.values() if shape.knows(name)]
        return frozenset().union(*found) or (self.outer._sure(name) if self.outer else NONE)  # noqa: SLF001


def _may_have(shape: Shape, name: str, *, only_unknown: bool) -> bool:
    return any(name not in one.without and (one.names is None or not only_unknown) for one in shape.opens) or (
        SOME in shape.columns
    )


def _unsure(found: Sequence[Refs], *, alone: bool) -> Refs:
    refs: Refs = frozenset().union(*found)
    return refs if alone and len(found) == 1 else frozenset(replace(ref, sure=False) for ref in refs)


def _below(refs: Refs, names: Sequence[str]) -> Refs:
    return frozenset(ref.below(names) for ref in refs) if names else refs
