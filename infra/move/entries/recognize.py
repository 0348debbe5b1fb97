"""Which objects of a workspace are entries already: never guessed, and nothing is done to those that are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.draft import Draft
from infra.lake.registry.entries import title_of
from infra.lake.registry.kinds import SECTION_OF
from infra.move.found import FoundConnection, FoundWorkspace


@dataclass(frozen=True)
class Recognized:
    """The objects of a workspace that the stack has entries for.

    Attributes:
        actors, connections: key of the object -> id of its entry.
        unclear: key of an object -> what it may be, in words: such an object is left alone.
    """

    actors: Mapping[str, str]
    connections: Mapping[str, str]
    unclear: Mapping[str, str] = field(default_factory=dict)


def recognize(model: LakeModel, stack: str, found: FoundWorkspace, earlier: Mapping[str, str]) -> Recognized:
    """By `adopt` and `existing`, then by an earlier import (Airbyte's id -> `sources.shop`), then by a name that one object
    and one entry have.
    """
    drafts = [draft for draft in model.drafts.entries.values() if draft.stack == stack]
    actors, unclear = _actors(drafts, found, earlier)
    connections, more = _connections(drafts, found, earlier, actors)
    return Recognized(actors, connections, {**unclear, **more})


def _actors(
    drafts: Sequence[Draft], found: FoundWorkspace, earlier: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    known: dict[str, str] = {}
    unclear: dict[str, str] = {}
    for section in ("sources", "destinations"):
        entries = [draft for draft in drafts if draft.section == section and "external" not in draft.layers.value]
        there = [actor for actor in found.actors if SECTION_OF[actor.kind] == section]
        sure = _by_id(entries, [(actor.key, actor.id) for actor in there], earlier)
        names = {actor.key: (actor.name,) for actor in there}
        named = {draft.id: (draft.text("name") or title_of(draft.id),) for draft in _nameable(entries)}
        by_name, several = _by_name(sure, names, named)
        known |= sure | by_name
        unclear |= several
    return known, unclear


def _connections(
    drafts: Sequence[Draft], found: FoundWorkspace, earlier: Mapping[str, str], actors: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    entries = [draft for draft in drafts if draft.section == "connections"]
    sure = _by_id(entries, [(one.key, one.id) for one in found.connections], earlier)
    names = {one.key: _likeness(one, actors) for one in found.connections if _likeness(one, actors)}
    titles = {(draft.section, draft.id): draft.text("name") or title_of(draft.id) for draft in drafts}
    named = {draft.id: _named(draft, titles) for draft in _nameable(entries)}
    by_name, unclear = _by_name(sure, names, named)
    return sure | by_name, unclear


def _likeness(one: FoundConnection, actors: Mapping[str, str]) -> tuple[str, ...]:
    """(name, entry of its source, of its destination); empty where these have none."""
    ends = (actors.get(one.remote.source_id), actors.get(one.remote.destination_id))
    return (one.remote.name, str(ends[0]), str(ends[1])) if all(ends) else ()


def _named(draft: Draft, titles: Mapping[tuple[str, str], str]) -> tuple[str, ...]:
    source, destination = draft.text("source") or "", draft.text("destination") or ""
    ends = (titles.get(("sources", source), ""), titles.get(("destinations", destination), ""))
    return draft.text("name") or " → ".join(ends), source, destination


def _by_id(
    entries: Sequence[Draft], objects: Sequence[tuple[str, str | None]], earlier: Mapping[str, str]
) -> dict[str, str]:
    """Key of an object -> the entry that names its id, else the one that an earlier import wrote for it."""
    said = {value.lower(): draft.id for draft in entries for value in _ids(draft)}
    paths = {draft.path: draft.id for draft in entries if not any(_ids(draft))}
    known = {}
    for key, id_ in objects:
        entry = said.get((id_ or "").lower()) or paths.get(earlier.get(id_ or "", ""))
        if entry:
            known[key] = entry
    return known


def _ids(draft: Draft) -> Iterator[str]:
    yield from (value for key in ("adopt", "existing") if (value := draft.text(key)))


def _nameable(entries: Sequence[Draft]) -> list[Draft]:
    """The entries that do not say which object they are."""
    return [draft for draft in entries if not any(_ids(draft))]


def _by_name(
    sure: Mapping[str, str], objects: Mapping[str, tuple[str, ...]], entries: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, str], dict[str, str]]:
    """(recognized, unclear) of the objects and entries that nothing else has recognized."""
    left = {key: name for key, name in objects.items() if key not in sure}
    free = {id_: name for id_, name in entries.items() if id_ not in sure.values()}
    known: dict[str, str] = {}
    unclear: dict[str, str] = {}
    for key, name in left.items():
        alike = sorted(id_ for id_, other in free.items() if other == name)
        rivals = [other for other in left if left[other] == name]
        if len(alike) == 1 and len(rivals) == 1:
            known[key] = alike[0]
        elif alike:
            unclear[key] = f"{len(rivals)} of this name are there, for {', '.join(alike)}"
    return known, unclear
