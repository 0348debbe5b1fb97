"""Reach: which models, columns and exposures stand on a landing table, or on one of its fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from infra.lake.models.shape import IN_ROWS, SOME, How, Ref, overlaps, rest

if TYPE_CHECKING:
    from infra.lake.models.graph import ModelGraph, Reading  # which loads the parsers, an extra

# `value`: the column comes from it. `rows`: which rows there are depends on it, by another model.
Way = Literal["value", "rows"] | How


@dataclass(frozen=True, order=True)
class Hit:
    """A model that is reached.

    Attributes:
        column: the one that is reached; empty where it is the model as a whole, `*` where its name is not known.
        somewhere: the top-level column in which the field is, where the SQL does not say which of its fields it takes.
    """

    model: str
    column: str
    way: Way
    somewhere: str = ""


@dataclass(frozen=True)
class Reach:
    """All that is reached.

    Attributes:
        hits: sorted.
        unknown: model -> why it cannot be known, sorted.
        exposures: (name, file, certain) of what depends on them.
    """

    hits: tuple[Hit, ...]
    unknown: tuple[tuple[str, str], ...]
    exposures: tuple[tuple[str, str, bool], ...]

    @property
    def models(self) -> tuple[str, ...]:
        """The models that are surely reached, sorted."""
        return tuple(sorted({hit.model for hit in self.hits}))


def reach_of(graph: ModelGraph, table: str, path: tuple[str, ...] = ()) -> Reach:
    """What a landing table reaches, or a field of it (a path in lower case)."""
    walk = _Walk(graph)
    walk.follow(table, path)
    sure = {hit.model for hit in walk.hits} | {table}
    unknown = _unknown(graph)
    exposures = tuple(_exposures(graph, sure, unknown.keys()))
    return Reach(tuple(sorted(walk.hits)), tuple(sorted(unknown.items())), exposures)


@dataclass
class _Walk:
    graph: ModelGraph
    hits: set[Hit] = field(default_factory=set)
    seen: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    waiting: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def follow(self, table: str, path: tuple[str, ...]) -> None:
        """Go on until nothing new is reached."""
        if not path:
            self._rows(table)
        self._queue(table, path)
        while self.waiting:
            relation, at = self.waiting.pop()
            for model in self.graph.models.values():
                if relation in model.reads and not model.unknown:
                    self._model(model, relation, at)

    def _queue(self, relation: str, path: tuple[str, ...]) -> None:
        path = () if path[:1] == (SOME,) else path
        if (relation, path) not in self.seen:
            self.seen.add((relation, path))
            self.waiting.append((relation, path))

    def _rows(self, relation: str) -> None:
        """Everything that reads the relation has other rows."""
        if relation in self.changed:
            return
        self.changed.add(relation)
        for model in self.graph.models.values():
            if relation in model.reads and model.name != relation and not model.unknown:
                self.hits.add(Hit(model.name, "", "rows"))
                self._rows(model.name)

    def _model(self, model: Reading, relation: str, path: tuple[str, ...]) -> None:
        for column, below in _columns(model, relation, path):
            self.hits.add(Hit(model.name, column, "value", _somewhere(path, below)))
            self._queue(model.name, (column, *below))
        for ref, how in model.uses:
            for below in rest(path, frozenset([ref]), relation):
                self.hits.add(Hit(model.name, "", how, _somewhere(path, below)))
                if how in IN_ROWS:
                    self._rows(model.name)


def _columns(model: Reading, relation: str, path: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(column, what of the path is below it) of each column whose values come from there."""
    for column, refs in model.shape.columns.items():
        for below in rest(path, refs, relation):
            yield column, below
    for one in model.shape.opens:
        if one.at.table == relation and overlaps(one.at.path, path):
            below = path[len(one.at.path) :]
            if not one.nested or not below:
                yield SOME, ()
            elif below[0] not in one.without:
                yield below[0], below[1:]


def _somewhere(path: tuple[str, ...], below: tuple[str, ...]) -> str:
    return path[0] if below and len(path) > 1 else ""


def _unknown(graph: ModelGraph) -> dict[str, str]:
    """Models that cannot be followed, any of which may read what is reached, and all that stands on them: more of those
    may be reached than what is certain.
    """
    found = {model.name: model.unknown for model in graph.models.values() if model.unknown}
    waiting = sorted(found)
    while waiting:
        behind = waiting.pop()
        for model in graph.models.values():
            if behind in model.reads and model.name not in found:
                found[model.name] = f'it reads "{behind}"'
                waiting.append(model.name)
    return found


def _exposures(graph: ModelGraph, sure: set[str], unknown: Iterable[str]) -> Iterator[tuple[str, str, bool]]:
    maybe = set(unknown)
    for exposure, on in graph.exposures:
        if on is None or on & (sure | maybe):
            yield exposure.name, exposure.file, bool(on and on & sure)


def origins(graph: ModelGraph, ref: Ref, seen: frozenset[str] = frozenset()) -> Iterator[Ref]:
    """The landing columns that a reference is, through models that hand columns on by `*`."""
    model = graph.models.get(ref.table)
    if model is None:
        yield ref
    elif ref.path and ref.path[0] not in model.shape.columns and ref.table not in seen:
        for one in model.shape.opens:
            for found in one.find(ref.path[0]) if one.nested else ():
                yield from origins(graph, found, seen | {ref.table})
