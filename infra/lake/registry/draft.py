"""Drafts: every entry in each of its stacks, merged, before it is checked against its model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from infra.lake.connectors.spec import Spec
from infra.lake.documents import KeyPath, Layers, Problem, Written, parse
from infra.lake.registry.declared import SECTIONS, Declared
from infra.lake.registry.kinds import KIND_OF, SECTION_OF
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
        layers: defaults, the entry and its overrides, merged, and where each key of it was written.
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
    def kind(self) -> str:
        """`source`, `destination` or `connection`."""
        return KIND_OF[self.section]

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
    problems = list(_misplaced(lake))
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
            default = _of_kind(lake, section, ("defaults",))
            placement = place(piece, default, known, declared.other_stacks, misspelt=misspelt)
            if not placement.certain:
                uncertain.add((section, entry_id))
            placements[section][entry_id] = placement.stacks
            problems += [*placement.problems, *_empty_streams(piece)]
            for id_ in placement.stacks:
                draft = Draft(section, entry_id, id_, _merged(lake, section, piece, id_, specs))
                drafts[draft.key] = draft
    for section, piece in _hidden_pieces(declared, drafts):
        problems += _piece_problems(section, piece)
    return Drafts(drafts, placements, frozenset(uncertain), tuple(problems))


def stack_ids(lake: Written | None) -> tuple[str, ...]:
    """The stacks that the lake names, also of a lake with problems."""
    stacks = lake.value.get("stacks") if lake else None
    return tuple(stacks) if isinstance(stacks, dict) else ()


def _merged(lake: Written | None, section: str, piece: Written, stack: str, specs: Mapping[str, Spec]) -> Layers:
    candidates = (
        *(_of_kind(lake, section, place) for place in (("defaults",), ("stacks", stack, "defaults"))),
        piece,
        _overrides(lake, section, stack),
        _child(piece, "overrides", stack),
    )
    pieces = tuple(candidate for candidate in candidates if candidate)
    connectors = [p.value["connector"] for p in pieces if isinstance(p.value.get("connector"), str)]
    spec = specs.get(connectors[-1]) if connectors else None
    value: Any = {}
    for layer in pieces:
        value = merge_entry(value, layer.value, spec)
    value.pop("overrides", None)
    return Layers(pieces, pieces.index(piece), value)


def _of_kind(lake: Written | None, section: str, place: Iterable[str]) -> Written | None:
    """What is written at a place in the lake for every entry of a section: `lake.defaults.<kind>`."""
    return _child(lake, *place, KIND_OF[section]) if lake else None


def _overrides(lake: Written | None, section: str, stack: str) -> Written | None:
    """What a stack says for every entry of a section, without what it cannot: that is told, and nothing follows from it."""
    piece = _of_kind(lake, section, ("stacks", stack, "overrides"))
    refused = _MISPLACED["a stack's overrides"]
    kept = {key: value for key, value in piece.value.items() if key not in refused} if piece else {}
    return replace(piece, value=kept) if piece else None


def _shared(lake: Written | None, section: str) -> Iterator[tuple[str, Written]]:
    """(where, piece) of what the lake and its stacks say for every entry of a section."""
    stacks = stack_ids(lake)
    places: dict[str, list[tuple[str, ...]]] = {"defaults": [("defaults",)]}
    places["a stack's defaults"] = [("stacks", stack, "defaults") for stack in stacks]
    places["a stack's overrides"] = [("stacks", stack, "overrides") for stack in stacks]
    for where, paths in places.items():
        yield from ((where, piece) for path in paths if (piece := _of_kind(lake, section, path)))


def _unknown_defaults(lake: Written | None) -> bool:
    """True if `lake.defaults` has a key that is no kind of entry."""
    piece = _child(lake, "defaults") if lake else None
    return piece is not None and not piece.value.keys() <= SECTION_OF.keys()


def _child(piece: Written, *parts: str) -> Written | None:
    """The mapping below, if there is one."""
    if piece.depth_of(parts) < len(parts):
        return None
    child = piece.child(*parts)
    return child if isinstance(child.value, dict) else None


_NO_DEFAULT = ("overrides", "adopt", "existing")
_MISPLACED = {
    "defaults": _NO_DEFAULT,
    "a stack's defaults": (*_NO_DEFAULT, "stack"),
    "a stack's overrides": (*_NO_DEFAULT, "stack", "definition_id", "connector", "source", "destination"),
}


def _misplaced(lake: Written | None) -> Iterator[Problem]:
    """`bad-override` for what holds for one entry only, and is said for all of them."""
    for section in SECTIONS:
        for where, piece in _shared(lake, section):
            yield from cannot_stand(piece, _MISPLACED[where], where)


def _hidden_pieces(declared: Declared, drafts: Mapping[Key, Draft]) -> Iterator[tuple[str, Written]]:
    """(section, piece) of the pieces that no draft holds whole: what is wrong with them, no draft tells."""
    held: set[tuple[str, str, KeyPath]] = set()
    for draft in drafts.values():
        for piece in draft.layers.pieces:
            place = (draft.section, *piece.place)
            if place not in held and _holds(draft.layers.value, piece.value):
                held.add(place)
    yield from ((section, piece) for section, piece in _pieces(declared) if (section, *piece.place) not in held)


def _holds(merged: Any, value: Any, *, top: bool = True) -> bool:
    """True if all that is written in `value` is in what it was merged into."""
    if not isinstance(value, dict):
        return repr(merged) == repr(value)  # 1 is not true
    if not isinstance(merged, dict):
        return False
    return all(
        inner is None
        or (_are_overrides(inner) if top and key == "overrides" else _holds(merged.get(key), inner, top=False))
        for key, inner in value.items()
    )


def _are_overrides(value: Any) -> bool:
    """True if each of them is a piece of its own."""
    return isinstance(value, dict) and all(isinstance(inner, dict) for inner in value.values())


def _pieces(declared: Declared) -> Iterator[tuple[str, Written]]:
    """(section, piece): defaults, entries, and overrides, also for stacks that an entry is not in."""
    for section, entries in declared.entries.items():
        pieces: list[Written | None] = [piece for _, piece in _shared(declared.lake, section)]
        for entry in entries.values():
            if isinstance(entry.value, dict):
                overrides = _child(entry, "overrides")
                pieces += [
                    entry,
                    *(_child(entry, "overrides", stack) for stack in (overrides.value if overrides else ())),
                ]
        yield from ((section, piece) for piece in pieces if piece)


def _piece_problems(section: str, piece: Written) -> list[Problem]:
    """What is wrong with a piece by itself; what it lacks may come from another one."""
    stripped = Written(piece.document, piece.path, without_nulls(piece.value))
    return parse(SECTIONS[section], Layers.single(stripped), partial=True)[1]


def _empty_streams(piece: Written) -> Iterator[Problem]:
    """`users:` with nothing behind it would delete the stream, as null does everywhere; nobody means that here."""
    streams = _child(piece, "streams")
    for stem, settings in streams.value.items() if streams else ():
        if settings is None:
            message = "must be a mapping, not null"
            yield Layers.single(piece).problem(
                "wrong-type", ("streams", stem), message, "write {} for no settings", key=True
            )
