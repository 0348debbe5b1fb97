"""Stream files for streams that a source offers, and the connection that waited for the first of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from infra.base.errors import UserError
from infra.lake.catalog.cdc_fields import DELETED_AT
from infra.lake.catalog.choice import chosen_by
from infra.lake.catalog.configured import FieldPath
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.catalog.stream_text import stream_text
from infra.lake.documents import plural, read_yaml
from infra.lake.documents.files import read_text
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.draft import Draft
from infra.lake.rules.streams import offered_modes
from infra.scaffold.addable import Addable
from infra.scaffold.added import Added
from infra.scaffold.connection_text import complete
from infra.scaffold.modes import Modes, choose_modes, shared_modes
from infra.scaffold.registered import connections_of, lock_of_destination, refuse_unknown, stacks_of
from infra.scaffold.stream_settings import chosen_fields, stream_settings

# Streams that a line names.
_NAMED = 12


@dataclass(frozen=True)
class _Target:
    """Where the streams of a source go.

    Attributes:
        offered: the destination modes that every connection can use; None for any.
        apart: namespaces of the source stay namespaces.
        completed: the file with the connection that waited, by its path; empty if none did.
        connected: there is a connection.
    """

    offered: frozenset[str] | None
    apart: bool
    completed: Mapping[str, str]
    connected: bool


@dataclass
class _Outcome:
    """What becomes of the streams, one after the other.

    Attributes:
        places: the table of a stream in the destination -> the stem that writes to it.
        shared: stem of a stream that is not added -> the one whose table it would share.
    """

    files: dict[str, str] = field(default_factory=dict)
    stems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)


def refuse_borrowed(model: LakeModel, source: str) -> None:
    """Raise UserError if the source does not exist, or if its streams are not its own."""
    refuse_unknown(model, "sources", source)
    entry = model.declared.entries["sources"][source].value
    said = entry if isinstance(entry, dict) else {}
    if said.get("streams_from"):
        raise UserError(f"{source} uses the streams of {said['streams_from']}: add them there")
    if said.get("external"):
        raise UserError(
            f"{source} is external ({said['external']}): its streams are not Airbyte's; write their files by hand"
        )


def add_streams(
    model: LakeModel, offer: Addable, stems: Sequence[str], fields: Sequence[str] = (), cursor: FieldPath | None = None
) -> Added:
    """A file for each stream that has none yet, and the connection of the source if it waited for that.

    `fields`: of the one stream that is added; none for all; `cursor`: of it, where somebody knows it. Raises UserError for a
    field that it does not have.
    """
    target = _target(model, offer)
    outcome = _Outcome()
    for stem, stream in offer.streams.items():
        if offer.is_added(stem):
            outcome.places.setdefault(_place(stream, target), stem)
    for stem in stems:
        _add(outcome, offer, stem, target, fields, cursor)
    outcome.refused += _shared(model, offer, outcome, target)
    return Added(
        outcome.files,
        target.completed if outcome.files else {},
        (*outcome.notes, *_unnamed(model, offer.source, outcome.stems)),
        tuple(outcome.refused),
        tuple(_next(model, offer.source, target)) if outcome.files else (),
    )


def _add(  # all that decides about one stream
    outcome: _Outcome,
    offer: Addable,
    stem: str,
    target: _Target,
    fields: Sequence[str],
    cursor: FieldPath | None,
) -> None:
    stream, path = offer.streams[stem], offer.path_of(stem)
    if offer.is_added(stem):
        outcome.refused.append(f"{stem}: {path} exists")
        return
    modes = choose_modes(stream, target.offered, cursor)
    if modes is None:
        outcome.refused.append(f"{stem}: {_no_mode(stream, target)}; if there is a way, write {path} by hand")
        return
    other = outcome.places.setdefault(_place(stream, target), stem)
    if other != stem:
        outcome.shared[stem] = other
        return
    chosen, further = chosen_fields(stream, modes, fields) if fields else (None, [])
    alone = sum(other.name == stream.name for other in offer.streams.values()) == 1
    outcome.files[path] = stream_text(stream_settings(stem, stream, modes, chosen, alone=alone))
    outcome.stems.append(stem)
    outcome.notes += [f"{stem}: {note}" for note in _notes(modes, further, told=cursor is not None)]


def _shared(model: LakeModel, offer: Addable, outcome: _Outcome, target: _Target) -> Iterator[str]:
    """A line for each table that two streams would share; one for all of those that only a namespace tells apart."""
    streams = offer.streams
    apart = []
    for stem, other in outcome.shared.items():
        if not target.apart and streams[stem].namespace != streams[other].namespace:
            apart.append(stem)
        else:
            yield f"{stem}: it would share a table with {other}"
    if apart:
        more = f", as would {plural(len(apart) - 1, 'more stream')}" if len(apart) > 1 else ""
        mixing = {draft.path for draft in connections_of(model, offer.source) if not _keeps_namespaces(draft)}
        fix = (
            f"write namespace: source in {' and '.join(sorted(mixing))}, which keeps the namespaces of the source apart"
        )
        yield f"{apart[0]}: it would share a table with {outcome.shared[apart[0]]}{more}; {fix}"


def _notes(modes: Modes, further: Sequence[str], *, told: bool) -> Iterator[str]:
    """What was decided that discovery does not say; `told`: the cursor by the user."""
    if modes.cursor_is_guessed and not told:
        yield f"the cursor {'.'.join(modes.cursor)} is a guess, the source names none"
    if modes.cursorless:
        yield "the source names no cursor, and no field looks like one: everything is read each time"
    if (modes.sync_mode, modes.destination_sync_mode) not in (("incremental", "append"), ("full_refresh", "overwrite")):
        yield f"{modes.sync_mode} + {modes.destination_sync_mode}, which is what the destination offers"
    if modes.key_is_guessed:
        yield f"the primary key {'.'.join(modes.key[0])} is a guess, the source names none"
    if further:
        yield f"{_listed(further)} too: {_why_always(further)} always synced"


def _listed(names: Sequence[str]) -> str:
    """`id, name and total`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _why_always(fields: Sequence[str]) -> str:
    """What key, cursor and mark of a deletion are, with a verb behind."""
    if DELETED_AT not in fields:
        return "key and cursor are"
    return "key, cursor and the mark of a deletion are" if len(fields) > 1 else "the mark of a deletion is"


def _no_mode(stream: DiscoveredStream, target: _Target) -> str:
    source = " and ".join(stream.supported_sync_modes)
    if target.offered is None or {"append", "overwrite"} & target.offered:
        return f"the source offers {source} only, and names no cursor"
    return f"the source offers {source}, the destination {' and '.join(sorted(target.offered))}: no pair fits"


def _place(stream: DiscoveredStream, target: _Target) -> tuple[str, str]:
    """The table of a stream: names that differ only by case are one."""
    return ((stream.namespace or "") if target.apart else "").casefold(), stream.name.casefold()


def _target(model: LakeModel, offer: Addable) -> _Target:
    connections = list(connections_of(model, offer.source))
    if connections:
        offers = [_offered(model, draft.text("destination"), (draft.stack,)) for draft in connections]
        apart = all(_keeps_namespaces(draft) for draft in connections)
        return _Target(shared_modes(offers), apart, {}, connected=True)
    completed, destinations = _waiting(model, offer)
    stacks = stacks_of(model, "sources", offer.source)
    offers = [_offered(model, destination, stacks) for destination in destinations]
    return _Target(shared_modes(offers), True, completed, connected=bool(completed))


def _waiting(model: LakeModel, offer: Addable) -> tuple[dict[str, str], list[str]]:
    """The registry file of the source with its connection, and the destinations of that; nothing if none waits there."""
    file = model.declared.entries["sources"][offer.source].document.file
    namespaces = {stream.namespace for stream in offer.streams.values()}
    text = complete(read_text(os.path.join(model.root, file)), offer.source, namespaced=len(namespaces) > 1)
    document = read_yaml(file, text)[0] if text else None
    entries = document.value["connections"] if document else {}
    if text is None or entries.keys() & model.declared.entries["connections"].keys():
        return {}, []
    return {file: text}, [
        entry["destination"] for entry in entries.values() if isinstance(entry.get("destination"), str)
    ]


def _offered(model: LakeModel, destination: str | None, stacks: Sequence[str]) -> frozenset[str]:
    """The modes of a destination; empty if nobody knows them."""
    locks = [lock_of_destination(model, destination or "", stack) for stack in stacks]
    found = shared_modes(frozenset(offered_modes(lock)) for lock in locks if lock)
    return found or frozenset()


def _keeps_namespaces(connection: Draft) -> bool:
    namespace = connection.layers.value.get("namespace")
    format_ = namespace.get("format") if isinstance(namespace, dict) else None
    return namespace == "source" or "${SOURCE_NAMESPACE}" in str(format_)


def _unnamed(model: LakeModel, source: str, stems: Sequence[str]) -> Iterator[str]:
    """Connections that name their streams do not sync a new one by themselves."""
    told = set()
    for draft in connections_of(model, source):
        named = draft.layers.value.get("streams")
        if named is None or draft.id in told:
            continue
        missing = [stem for stem in stems if stem not in chosen_by(draft.layers.value, stems)]
        if missing:
            told.add(draft.id)
            at = draft.layers.locate(("streams",), key=True)
            yield f"{draft.path} names its streams: add {_some(missing)} there, {at}"


def _some(stems: Sequence[str]) -> str:
    more = len(stems) - _NAMED
    return ", ".join(stems[:_NAMED]) + (f" and {more} more, or a pattern," if more > 0 else "")


def _next(model: LakeModel, source: str, target: _Target) -> Iterator[str]:
    if not target.connected:
        known = list(model.declared.entries["destinations"])
        name = known[0] if len(known) == 1 else "DESTINATION"
        yield f"lakeform add connection {source}_to_{name} --source {source} --destination {name}"
    yield "lakeform synth"
