"""Drafts: every entry in each of its stacks, merged, before it is checked against its model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.lake.connectors.spec import Spec
from infra.lake.documents import Layers, Problem, Written, parse
from infra.lake.registry.declared import SECTIONS, Declared
from infra.lake.registry.merge import merge_entry, without_nulls
from infra.lake.registry.placement import Placements, cannot_stand, place

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Draft:
    """An entry merged for one stack, right or wrong: what rules look at, so that one mistake does not hide another.

    Attributes:
        section: `sources`, `destinations` or `connections`.
        id: its key in the registry, the name in its Terraform address.
        stack: id of the stack.
        layers: defaults, the entry and the stack's overrides, merged, and where each key of it was written.
    """

    section: str
    id: str
    stack: str
    layers: Layers = field(repr=False, compare=False)

    @property
    def key(self) -> Key:
        """(section, id, stack), which no other has."""
        return self.section, self.id, self.stack

    @property
    def path(self) -> str:
        """`sources.shopify`."""
        return f"{self.section}.{self.id}"

    def text(self, key: str) -> str | None:
        """The value of a key, if it is text."""
        value = self.layers.value.get(key)
        return value if isinstance(value, str) else None


@dataclass(frozen=True)
class Drafts:
    """All drafts of a registry.

    Attributes:
        entries: (section, id, stack) -> the draft, sorted by section and id.
        placements: section -> id -> the stacks that the entry is in.
        uncertain: (section, id) of entries whose stacks are not what the author meant.
        problems: what is wrong with the pieces by themselves, and with where they are put.
    """

    entries: Mapping[Key, Draft]
    placements: Placements
    uncertain: frozenset[tuple[str, str]]
    problems: tuple[Problem, ...]


def make_drafts(declared: Declared, specs: Mapping[str, Spec]) -> Drafts:
    """Merge every declared entry for each of its stacks. `specs`: connector -> locked spec."""
    lake = declared.lake
    known = stack_ids(lake)
    problems = _defaults_problems(lake) if lake else []
    placements: dict[str, dict[str, tuple[str, ...]]] = {section: {} for section in SECTIONS}
    uncertain: set[tuple[str, str]] = set()
    drafts: dict[Key, Draft] = {}
    misspelt = _unknown_defaults(lake)
    for section, entries in sorted(declared.entries.items()):
        for entry_id, piece in sorted(entries.items()):
            if not isinstance(piece.value, dict):
                problems.append(Layers.single(piece).problem("wrong-type", (), "must be a mapping"))
                placements[section][entry_id] = known
                uncertain.add((section, entry_id))
                continue
            placement = place(piece, _defaults(lake, section), known, misspelt=misspelt)
            if not placement.certain:
                uncertain.add((section, entry_id))
            placements[section][entry_id] = placement.stacks
            problems += [*placement.problems, *_entry_problems(section, piece)]
            for id_ in placement.stacks:
                draft = Draft(section, entry_id, id_, _merged(lake, section, piece, id_, specs))
                drafts[draft.key] = draft
    return Drafts(drafts, placements, frozenset(uncertain), tuple(problems))


def stack_ids(lake: Written | None) -> tuple[str, ...]:
    """The stacks that the lake names, also of a lake with problems."""
    stacks = lake.value.get("stacks") if lake else None
    return tuple(stacks) if isinstance(stacks, dict) else ()


def _merged(lake: Written | None, section: str, piece: Written, stack: str, specs: Mapping[str, Spec]) -> Layers:
    candidates = (_defaults(lake, section), _defaults(lake, section, stack), piece, _child(piece, "overrides", stack))
    pieces = tuple(candidate for candidate in candidates if candidate)
    connectors = [p.value["connector"] for p in pieces if isinstance(p.value.get("connector"), str)]
    spec = specs.get(connectors[-1]) if connectors else None
    value: Any = {}
    for layer in pieces:
        value = merge_entry(value, layer.value, spec)
    value.pop("overrides", None)
    return Layers(pieces, pieces.index(piece), value)


def _defaults(lake: Written | None, section: str, stack: str | None = None) -> Written | None:
    """`lake.defaults.<kind>`, or that of a stack."""
    below = () if stack is None else ("stacks", stack)
    return _child(lake, *below, "defaults", SECTIONS[section].kind) if lake else None


def _unknown_defaults(lake: Written | None) -> bool:
    """True if `lake.defaults` has a key that is no kind of entry."""
    piece = _child(lake, "defaults") if lake else None
    return piece is not None and not piece.value.keys() <= {model.kind for model in SECTIONS.values()}


def _child(piece: Written, *parts: str) -> Written | None:
    """The mapping below, if there is one."""
    if piece.depth_of(parts) < len(parts):
        return None
    child = piece.child(*parts)
    return child if isinstance(child.value, dict) else None


def _defaults_problems(lake: Written) -> list[Problem]:
    problems: list[Problem] = []
    for section in SECTIONS:
        piece = _defaults(lake, section)
        if piece:
            problems += _piece_problems(section, piece)
            problems += cannot_stand(piece, ("overrides", "adopt", "existing"), "defaults")
        for stack in stack_ids(lake):
            piece = _defaults(lake, section, stack)
            if piece:
                problems += _piece_problems(section, piece)
                problems += cannot_stand(piece, ("overrides", "adopt", "existing", "stack"), "a stack's defaults")
    return problems


def _entry_problems(section: str, piece: Written) -> Iterator[Problem]:
    """What is wrong with an entry and its overrides as written, for stacks that it is not in too."""
    yield from _piece_problems(section, piece)
    yield from _empty_streams(piece)
    overrides = _child(piece, "overrides")
    for stack in overrides.value if overrides else ():
        over = _child(piece, "overrides", stack)
        if over:
            yield from _piece_problems(section, over)


def _piece_problems(section: str, piece: Written) -> list[Problem]:
    """What is wrong with a piece by itself; what it lacks may come from another one."""
    stripped = Written(piece.document, piece.path, without_nulls(piece.value))
    return parse(SECTIONS[section], Layers.single(stripped), partial=True)[1]


def _empty_streams(piece: Written) -> Iterator[Problem]:
    """`users:` with nothing behind it would delete the stream, as null does everywhere; nobody means that here."""
    streams = _child(piece, "streams")
    for stem, settings in streams.value.items() if streams else ():
        if settings is None:
            message = "must be a mapping, not nothing"
            yield Layers.single(piece).problem(
                "wrong-type", ("streams", stem), message, "write {} for no settings", key=True
            )
