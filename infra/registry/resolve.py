"""Declared to Registry: place every entry in its stacks, merge, check against the models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.connectors.spec import Spec
from infra.documents import KeyPath, Layers, Problem, Written, did_you_mean, parse, render_path
from infra.documents.parse import M
from infra.registry.declared import SECTIONS, Declared
from infra.registry.history import Renamed, Retired
from infra.registry.lake import Lake
from infra.registry.merge import merge_entry, without_nulls
from infra.registry.registry import Placed, Registry, StackRegistry

_ONE_STACK_ONLY = ("adopt", "existing", "definition_id")


@dataclass(frozen=True)
class Resolved:
    """What became of the declared entries.

    Attributes:
        registry: None if the lake itself has problems.
        placements: section -> id -> the stacks that the entry is in, for entries with problems too.

    """

    registry: Registry | None
    placements: Mapping[str, Mapping[str, tuple[str, ...]]]
    problems: list[Problem]


def resolve(declared: Declared, specs: Mapping[str, Spec]) -> Resolved:
    """The registry, every entry merged and checked for each of its stacks. `specs`: connector -> locked spec."""
    if declared.lake is None:
        return Resolved(None, {}, _loose_problems(declared))
    layers = Layers.single(declared.lake)
    lake, problems = parse(Lake, layers)
    problems += _defaults_problems(declared.lake)
    resolver = _Resolver(declared, declared.lake, specs, problems)
    placed = resolver.place_all()
    retired, renamed = _lines(Retired, declared.retired, problems), _lines(Renamed, declared.renamed, problems)
    if lake is None:
        return Resolved(None, resolver.placements, problems)
    stacks = {id_: _stack(id_, lake, layers, placed) for id_ in sorted(lake.stacks)}
    return Resolved(Registry(lake, layers, stacks, retired, renamed), resolver.placements, problems)


def _stack(stack: str, lake: Lake, layers: Layers, placed: list[Placed[Any]]) -> StackRegistry:
    here = sorted((p for p in placed if p.stack == stack), key=lambda p: p.id)
    sections = {section: {p.id: p for p in here if p.section == section} for section in SECTIONS}
    return StackRegistry(stack, lake.stacks[stack], layers.child("stacks", stack), **sections)


def _lines(model: type[M], lines: list[Written], problems: list[Problem]) -> tuple[tuple[M, Layers], ...]:
    parsed = []
    for line in lines:
        layers = Layers.single(line)
        value, found = parse(model, layers)
        problems += found
        if value is not None:
            parsed.append((value, layers))
    return tuple(parsed)


def _piece_problems(section: str, piece: Written) -> list[Problem]:
    """What is wrong with a piece by itself; what it lacks may come from another one."""
    stripped = Written(piece.document, piece.path, without_nulls(piece.value))
    return parse(SECTIONS[section], Layers.single(stripped), partial=True)[1]


def _defaults_problems(lake: Written) -> list[Problem]:
    problems = []
    for section, model in SECTIONS.items():
        for place in _default_places(lake, model.kind):
            problems += _piece_problems(section, place)
            problems += [_bad_override(place.child(key), "defaults") for key in ("overrides",) if key in place.value]
            if "stacks" in place.path and "stack" in place.value:
                problems.append(_bad_override(place.child("stack"), "a stack's defaults"))
    return problems


def _default_places(lake: Written, kind: str) -> Iterator[Written]:
    """Every `defaults.<kind>` mapping: the lake's, then each stack's."""
    stacks = lake.value.get("stacks")
    for path in [(), *(("stacks", id_) for id_ in (stacks if isinstance(stacks, dict) else ()))]:
        piece = _child(lake, *path, "defaults", kind)
        if piece is not None:
            yield piece


def _child(piece: Written, *parts: str) -> Written | None:
    """The mapping below, if there is one."""
    if piece.depth_of(parts) < len(parts):
        return None
    child = piece.child(*parts)
    return child if isinstance(child.value, dict) else None


def _bad_override(piece: Written, where: str) -> Problem:
    key = piece.path[-1]
    return Layers.single(piece).problem("bad-override", (), f'"{key}" cannot stand in {where}', "remove it", key=True)


@dataclass
class _Resolver:
    declared: Declared
    lake: Written
    specs: Mapping[str, Spec]
    problems: list[Problem]

    def __post_init__(self) -> None:
        stacks = self.lake.value.get("stacks")
        self.stack_ids = tuple(stacks) if isinstance(stacks, dict) else ()
        self.placements: dict[str, dict[str, tuple[str, ...]]] = {section: {} for section in SECTIONS}

    def place_all(self) -> list[Placed[Any]]:
        """Every entry in each of its stacks; those with problems are left out and reported."""
        return [
            placed
            for section, entries in self.declared.entries.items()
            for entry_id, piece in entries.items()
            for placed in self._place(section, entry_id, piece)
        ]

    def _place(self, section: str, entry_id: str, piece: Written) -> Iterator[Placed[Any]]:
        if not isinstance(piece.value, dict):
            self.placements[section][entry_id] = self.stack_ids
            self.problems.append(Layers.single(piece).problem("wrong-type", (), "must be a mapping"))
            return
        stacks = self._stacks_of(section, piece)
        self.placements[section][entry_id] = stacks
        self.problems += _piece_problems(section, piece)
        self._check_overrides(section, piece, stacks)
        for stack in stacks:
            layers = self._merged(section, piece, stack)
            entry, found = parse(SECTIONS[section], layers)
            self.problems += found
            if entry is not None:
                yield Placed(section, entry_id, stack, entry, layers)

    def _merged(self, section: str, piece: Written, stack: str) -> Layers:
        kind = SECTIONS[section].kind
        below = [_child(self.lake, "defaults", kind), _child(self.lake, "stacks", stack, "defaults", kind)]
        pieces = [p for p in (*below, piece, _child(piece, "overrides", stack)) if p is not None]
        spec = self._spec(pieces)
        merged: Any = {}
        for layer in pieces:
            merged = merge_entry(merged, layer.value, spec)
        merged.pop("overrides", None)
        return Layers(tuple(pieces), pieces.index(piece), merged)

    def _spec(self, pieces: list[Written]) -> Spec | None:
        connectors = [p.value["connector"] for p in pieces if isinstance(p.value.get("connector"), str)]
        return self.specs.get(connectors[-1]) if connectors else None

    def _stacks_of(self, section: str, piece: Written) -> tuple[str, ...]:
        written = next(
            (p for p in (piece, self._lake_default(section)) if p and p.value.get("stack") is not None),
            None,
        )
        if written is None:
            if len(self.stack_ids) > 1:
                ids = " or ".join(self.stack_ids)
                message = "there are several stacks, and the entry names none"
                self.problems.append(
                    Layers.single(piece).problem("missing-key", (), message, f"add stack: {ids}", key=True),
                )
                return self.stack_ids
            return self.stack_ids
        return tuple(self._known_stacks(written))

    def _lake_default(self, section: str) -> Written | None:
        return _child(self.lake, "defaults", SECTIONS[section].kind)

    def _known_stacks(self, written: Written) -> Iterator[str]:
        value = written.value["stack"]
        named: list[tuple[KeyPath, str]] = [(("stack",), value)] if isinstance(value, str) else []
        if isinstance(value, list):
            named = [(("stack", index), item) for index, item in enumerate(value) if isinstance(item, str)]
        for path, stack in dict.fromkeys(named):
            if stack in self.stack_ids:
                yield stack
            elif self.stack_ids:
                fix = did_you_mean(stack, self.stack_ids, "stacks")
                message = f'there is no stack "{stack}"'
                self.problems.append(Layers.single(written).problem("unknown-reference", path, message, fix))

    def _check_overrides(self, section: str, piece: Written, stacks: tuple[str, ...]) -> None:
        layers = Layers.single(piece)
        if len(stacks) > 1:
            for key in _ONE_STACK_ONLY:
                if piece.value.get(key) is not None:
                    message = f"one {key} cannot hold in {len(stacks)} stacks"
                    fix = f"move it to overrides: {render_path(('overrides', stacks[0], key))}"
                    self.problems.append(layers.problem("bad-override", (key,), message, fix, key=True))
        overrides = piece.value.get("overrides")
        for stack in overrides if isinstance(overrides, dict) else ():
            self._check_override(section, layers, stack, stacks)

    def _check_override(self, section: str, layers: Layers, stack: str, stacks: tuple[str, ...]) -> None:
        path = ("overrides", stack)
        if stack not in stacks:
            known = stacks if stack in self.stack_ids else self.stack_ids
            message = (
                f'the entry is not in a stack "{stack}"' if stack in self.stack_ids else f'there is no stack "{stack}"'
            )
            fix = did_you_mean(stack, known, "its stacks" if stack in self.stack_ids else "stacks")
            self.problems.append(layers.problem("bad-override", path, message, fix, key=True))
            return
        piece = _child(layers.pieces[0], *path)
        if piece is None:
            return
        self.problems += _piece_problems(section, piece)
        for key in ("stack", "overrides"):
            if key in piece.value:
                self.problems.append(_bad_override(piece.child(key), "overrides"))


def _loose_problems(declared: Declared) -> list[Problem]:
    """Without a lake there are no stacks, but every piece can still be read by itself."""
    return [
        problem
        for section, entries in declared.entries.items()
        for piece in entries.values()
        for problem in (_piece_problems(section, piece) if isinstance(piece.value, dict) else ())
    ]
