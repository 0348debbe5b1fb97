"""What stands behind an address: the registry lines and stream files of a resource, a variable, a local value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from infra.lake.connectors.lock import lock_path
from infra.lake.connectors.walk import written_path
from infra.lake.documents import KeyPath, Location, did_you_mean, render_path
from infra.lake.model.attributes import attributes_of
from infra.lake.model.backfills import OPERATION, backfills_of
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.declared import SECTIONS
from infra.lake.registry.draft import Draft
from infra.lake.registry.kinds import (
    ACTORS,
    KIND_OF,
    RESOURCE_TYPES,
    SECTION_OF_TYPE,
    actor_of_local,
    address_of,
    local_name,
)
from infra.terraform.explain.source_map import SourceLine, history_of, place_in, places_of

_ROOTS = {"var": "variable", "local": "locals"}
_SILENT = "says nothing about it: the default applies"
_PART = re.compile(r"""\[\s*(?:([0-9]+)|"((?:[^"\\]|\\.)*)")\s*\]|\.?([A-Za-z_][A-Za-z0-9_-]*)""")


@dataclass(frozen=True)
class Explained:
    """What is behind an address.

    Attributes:
        address: Terraform's words for it.
        entry: the registry's words for it; empty where it has none.
        stacks: where this holds, sorted.
        places: the lines, the deciding one first.
    """

    address: str
    entry: str
    stacks: tuple[str, ...]
    places: tuple[SourceLine, ...]


def parse_address(text: str) -> KeyPath | None:
    """The path of an address in a Terraform document: `airbyte_source.x.name` -> `("resource", "airbyte_source", "x",
    "name")`; a registry path (`sources.x.name`) becomes its parts. None for what is neither.
    """
    parts: list[str | int] = []
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None:
            return None
        index, quoted, name = found.groups()
        parts.append(int(index) if index else name or re.sub(r"\\(.)", r"\1", quoted or ""))
        at = found.end()
    head = parts[0] if parts else None
    if head in SECTION_OF_TYPE or head == OPERATION:
        parts.insert(0, "resource")
    return (_ROOTS.get(str(head), parts[0]), *parts[1:]) if parts else None


def explain(text: str, model: LakeModel, stacks: Iterable[str]) -> list[Explained]:
    """What is behind an address or a registry path in the given stacks; stacks with the same lines are one answer.

    Empty if there is no such thing in any of them.
    """
    path = parse_address(text)
    answers = [_in_stack(path, stack, model) for stack in stacks] if path else []
    found: dict[tuple[str, str, tuple[SourceLine, ...]], list[str]] = {}
    for answer in answers:
        if answer is not None:
            found.setdefault((answer.address, answer.entry, answer.places), []).extend(answer.stacks)
    return [Explained(address, entry, tuple(names), places) for (address, entry, places), names in found.items()]


def suggest(text: str, model: LakeModel, stacks: Sequence[str]) -> str:
    """What may be meant by an address that nothing is behind: near matches, else what there is; may be empty."""
    path = parse_address(text) or ()
    for length in range(len(path) - 1, 1, -1):
        inside = {key for stack in stacks for key in _keys_in(path[:length], stack, model)}
        if inside:
            shown = render_path(path[1:length] if path[0] == "resource" else path[:length])
            return did_you_mean(str(path[length]), inside, f"in {shown}")
    kind, _, name = text.partition(".")
    known = _addresses(model, stacks)
    alike = [address.partition(".")[2] for address in known if address.startswith(f"{kind}.")]
    return did_you_mean(name, alike, f"in {kind}") if alike else did_you_mean(text, known, "addresses")


def _keys_in(path: KeyPath, stack: str, model: LakeModel) -> Iterable[str]:
    """What can stand behind the address of something that exists."""
    match path:
        case ("resource", str(kind), str(entry_id)) if kind in SECTION_OF_TYPE:
            section = SECTION_OF_TYPE[kind]
            return attributes_of(section) if model.drafts.entries.get((section, entry_id, stack)) else ()
        case ("resource", "airbyte_connection", str(entry_id), "configurations", "streams") | (
            "connections",
            str(entry_id),
            "streams",
        ):
            return [stream.stem for stream in model.stacks[stack].streams.get(entry_id, ())]
        case ("locals", str(name), *rest) if actor := actor_of_local(name):
            return _written_keys(*actor, ("configuration", *rest), stack, model)
        case (str(section), str(entry_id), *rest) if section in SECTIONS:
            known = () if rest else SECTIONS[section].model_fields
            return [*_written_keys(section, entry_id, tuple(rest), stack, model), *known]
    return ()


def _written_keys(section: str, entry_id: str, path: KeyPath, stack: str, model: LakeModel) -> list[str]:
    draft = model.drafts.entries.get((section, entry_id, stack))
    value = draft.layers.value if draft else {}
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return [str(key) for key in value] if isinstance(value, Mapping) else []


def _addresses(model: LakeModel, stacks: Iterable[str]) -> set[str]:
    """Everything that can be explained as a whole, in Terraform's words and in the registry's."""
    drafts = [draft for draft in model.drafts.entries.values() if draft.stack in stacks]
    known = {name for draft in drafts for name in (draft.path, address_of(draft.path))}
    known |= {f"local.{local_name(draft.path)}" for draft in drafts if draft.section in ACTORS}
    known |= {backfill.address for stack in stacks for backfill in backfills_of(model.stacks[stack])}
    known |= {f"var.{name}" for stack in stacks for name in model.stacks[stack].variables}
    gone = [line.entry for line, _ in model.registry.retired] + [line.from_ for line, _ in model.registry.renamed]
    return known | set(gone)


def _in_stack(path: KeyPath, stack: str, model: LakeModel) -> Explained | None:
    match path:
        case ("resource", str(kind), str(entry_id), *rest) if kind in SECTION_OF_TYPE:
            return _entry(SECTION_OF_TYPE[kind], entry_id, tuple(rest), stack, model)
        case ("resource", str(kind), str(name), *_) if kind == OPERATION:
            places = tuple(places_of(path[:3], stack, model))
            return Explained(f"{kind}.{name}", "", (stack,), places) if places else None
        case (str(section), str(entry_id), *rest) if section in SECTIONS:
            return _keys(section, entry_id, tuple(rest), stack, model)
        case ("locals", str(name), *rest) if actor := actor_of_local(name):
            found = _keys(*actor, ("configuration", *rest), stack, model)
            return found and replace(found, address=render_path((f"local.{name}", *rest)))
        case ("variable" | "provider" | "output" as kind, str(name)):
            return _block(kind, name, stack, model)
    return None


def _block(kind: str, name: str, stack: str, model: LakeModel) -> Explained | None:
    """A variable, the provider, or the output with a connection's id."""
    if kind == "output":
        found = _whole("connections", name, stack, model)
        return found and replace(found, address=f"output.{name}")
    if name not in (model.stacks[stack].variables if kind == "variable" else ("airbyte",)):
        return None
    address = f"var.{name}" if kind == "variable" else f"provider.{name}"
    return Explained(address, "", (stack,), tuple(places_of((kind, name), stack, model)))


def _entry(section: str, entry_id: str, rest: KeyPath, stack: str, model: LakeModel) -> Explained | None:
    """A resource, or an attribute of it."""
    draft = model.drafts.entries.get((section, entry_id, stack))
    if draft is None or not rest:
        return _whole(section, entry_id, stack, model)
    indexed = _stream_index(rest, draft, model)
    if indexed is None or rest[0] not in attributes_of(section):
        return None
    places = places_of(("resource", RESOURCE_TYPES[section], entry_id, *indexed), stack, model)
    if len(rest) == 1 and len(places) == 1 and places[0].path == draft.path:
        places = [replace(places[0], note=_SILENT)]
    return Explained(_address(draft.path, rest), draft.path, (stack,), tuple(places))


def _address(path: str, rest: KeyPath) -> str:
    """Terraform's words, a stream by its name: `airbyte_connection.x.configurations.streams["orders"].fields`."""
    if rest[:2] != ("configurations", "streams") or len(rest) < 3 or isinstance(rest[2], int):
        return render_path((address_of(path), *rest))
    streams = f'{address_of(path)}.configurations.streams["{rest[2]}"]'
    return render_path((streams, *rest[3:]))


def _stream_index(rest: KeyPath, draft: Draft, model: LakeModel) -> KeyPath | None:
    """The path with a stream's position in the place of its name, `streams["orders"]`; None if there is none such."""
    if rest[:2] != ("configurations", "streams") or len(rest) < 3:
        return rest
    streams = model.stacks[draft.stack].streams.get(draft.id, ())
    wanted = rest[2]
    found = [index for index, stream in enumerate(streams) if wanted in (index, stream.stem, stream.name)]
    return (*rest[:2], found[0], *rest[3:]) if found else None


def _keys(section: str, entry_id: str, rest: KeyPath, stack: str, model: LakeModel) -> Explained | None:
    """An entry, or a key of it, by its path in the registry."""
    draft = model.drafts.entries.get((section, entry_id, stack))
    if draft is None or not rest:
        return _whole(section, entry_id, stack, model)
    if section == "connections" and rest[0] == "streams" and len(rest) > 1:
        named = ".".join(str(part) for part in rest[1:])
        return _entry(section, entry_id, ("configurations", "streams", named), stack, model)
    written = written_path(draft.layers.value, rest)
    if not _is_written(written, draft) and (len(rest) > 1 or rest[0] not in SECTIONS[section].model_fields):
        return None
    place = place_in(draft, written)
    note = "" if _is_written(written, draft) else _SILENT
    entry = render_path((draft.path, *rest))
    return Explained(address_of(draft.path), entry, (stack,), (replace(place, note=note),))


def _is_written(path: KeyPath, draft: Draft) -> bool:
    return any(piece.depth_of(path) == len(path) for piece in draft.layers.pieces)


def _whole(section: str, entry_id: str, stack: str, model: LakeModel) -> Explained | None:
    entry = f"{section}.{entry_id}"
    draft = model.drafts.entries.get((section, entry_id, stack))
    places = tuple(_entry_places(draft, model) if draft else _past(entry, stack, model))
    return Explained(address_of(entry), entry, (stack,), places) if places else None


def _entry_places(draft: Draft, model: LakeModel) -> Iterator[SourceLine]:
    own = place_in(draft, ())
    unmanaged = next((key for key in ("existing", "external") if draft.layers.value.get(key)), None)
    yield replace(own, note=f"{unmanaged}: not an object of Terraform") if unmanaged else own
    yield from _merged(draft)
    connector = draft.text("connector") or ""
    if connector in model.locks and not unmanaged:
        yield SourceLine(Location(lock_path(connector)), "definition_id", "its locked connector")
    for section in ACTORS:
        key = KIND_OF[section]
        other = model.drafts.entries.get((section, draft.text(key) or "", draft.stack))
        if other is not None and draft.section == "connections":
            yield replace(place_in(other, ()), note=f"its {key}")
    for stream in model.stacks[draft.stack].streams.get(draft.id, ()):
        for piece in stream.layers.pieces:
            yield SourceLine(piece.locate((), key=True), render_path(piece.path), f"stream {stream.stem}")


def _merged(draft: Draft) -> Iterator[SourceLine]:
    """The defaults and overrides that decide something about the entry, and what."""
    layers = draft.layers
    for index, piece in enumerate(layers.pieces):
        keys = {path[0] for path in _leaves(piece.value) if path and layers.writer_of(path).place == piece.place}
        decided = sorted(str(key) for key in keys if key != "overrides")
        if index != layers.own and decided:
            yield SourceLine(piece.locate((), key=True), render_path(piece.path), f"decides {', '.join(decided)}")


def _leaves(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    else:
        yield path


def _past(entry: str, stack: str, model: LakeModel) -> Iterator[SourceLine]:
    """The `retired` and `renamed` lines of an entry that is gone, and what it is called now."""
    for place, successor in history_of(entry, stack, model):
        yield place
        section, _, entry_id = (successor or "").partition(".")
        draft = model.drafts.entries.get((section, entry_id, stack))
        if draft is not None:
            yield replace(place_in(draft, ()), note="what it is now")
