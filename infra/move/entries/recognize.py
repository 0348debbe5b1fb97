"""Which object of a workspace is which entry, for import, drift and review: by an id that somebody noted, else by a name that is
unique; never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.draft import Draft
from infra.lake.registry.entries import title_of
from infra.lake.registry.kinds import SECTION_OF
from infra.move.found import FoundActor, FoundConnection, FoundWorkspace


@dataclass(frozen=True)
class Noted:
    """Ids of a stack's objects that stand beside its registry.

    Attributes:
        state: entry -> Airbyte id, in Terraform's state.
        imported: Airbyte id, else the key that the origin had -> the entry that an import made of it.
        carried: those of these entries that Terraform's state had before the import.
    """

    state: Mapping[str, str] = field(default_factory=dict)
    imported: Mapping[str, str] = field(default_factory=dict)
    carried: frozenset[str] = frozenset()


@dataclass
class Recognized:
    """The objects of a workspace that a stack has entries for.

    Attributes:
        keys: entry -> key of its object; entries that have none are absent.
        known: entry -> the id that its object has, or had; those that a name alone recognizes are absent.
        ours: entries that an apply makes no second time, as the registry or Terraform's state has their id.
        unclear: key of an object -> what it may be, in words.
        notes: entry that was not recognized -> what it may be, in words.
    """

    keys: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    ours: set[str] = field(default_factory=set)
    unclear: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def actors(self) -> dict[str, str]:
        """Key of a source or destination -> id of its entry."""
        return {key: path.partition(".")[2] for path, key in self.keys.items() if not path.startswith("connections.")}

    @property
    def connections(self) -> dict[str, str]:
        """Key of a connection -> id of its entry."""
        return {key: path.partition(".")[2] for path, key in self.keys.items() if path.startswith("connections.")}


def recognize(model: LakeModel, stack: str, found: FoundWorkspace, noted: Noted) -> Recognized:
    """By `adopt` and `existing`, then by Terraform's state, then by an earlier import, then by a name that one object and one
    entry have: of sources and destinations with the same connector, of connections between the same ends.
    """
    drafts = [draft for draft in model.drafts.entries.values() if draft.stack == stack]
    which = Recognized()
    had = _by_id(drafts, found, _after_renaming(model, noted), which)
    free = [draft for draft in drafts if draft.path not in which.known and "external" not in draft.layers.value]
    actors = [_actor(draft) for draft in free if draft.section != "connections"]
    _by_name(actors, [_found(actor) for actor in found.actors], which, had)
    names = {draft.path: _name(draft) for draft in drafts}
    connections = [one for draft in free if (one := _connection(draft, names, which))]
    remote = [_remote(one) for one in found.connections if one.remote.status != "deprecated"]
    _by_name(connections, remote, which, had)
    gone = {draft.path for draft in free} & had.keys() - which.keys.keys() - which.notes.keys()
    which.known |= {path: had[path] for path in sorted(gone)}
    return which


def _after_renaming(model: LakeModel, noted: Noted) -> Noted:
    """The same by the ids that entries have now."""
    later = {line.from_: line.to for line, _ in model.registry.renamed}

    def now(path: str) -> str:
        for _ in later:
            path = later.get(path, path)
        return path

    imported = {id_: now(path) for id_, path in noted.imported.items()}
    return replace(noted, imported=imported, carried=frozenset(map(now, noted.carried)))


# By an id.


def _by_id(drafts: Sequence[Draft], found: FoundWorkspace, noted: Noted, which: Recognized) -> dict[str, str]:
    """Recognize what an id tells; entry -> the id that an import noted, of those that no stronger one is noted of."""
    for draft in drafts:
        id_ = draft.text("existing") or draft.text("adopt") or noted.state.get(draft.path)
        if id_:
            which.known[draft.path] = id_
            which.ours.add(draft.path)
    said = {(path.partition(".")[0], id_.lower()): path for path, id_ in which.known.items()}
    objects = list(_objects(found))
    which.keys |= {said[at]: key for section, key, id_ in objects if (at := (section, (id_ or "").lower())) in said}
    others = {draft.path for draft in drafts} - which.known.keys()
    had = {path: id_ for id_, path in noted.imported.items() if path in others}
    there: dict[str, list[tuple[str, str]]] = {}
    for section, key, id_ in objects:
        path = noted.imported.get(id_ or key, "")
        if path in others and path.partition(".")[0] == section:
            there.setdefault(path, []).append((key, id_ or key))
    for path, ((key, id_), *more) in there.items():
        if not more:
            which.keys[path], which.known[path] = key, id_
            which.ours |= {path} & noted.carried
    return had


def _objects(found: FoundWorkspace) -> Iterator[tuple[str, str, str | None]]:
    """(section, key, id) of everything that was found."""
    yield from ((SECTION_OF[actor.kind], actor.key, actor.id) for actor in found.actors)
    yield from (("connections", one.key, one.id) for one in found.connections)


# By a name.


@dataclass(frozen=True)
class _Likeness:
    """What an entry or an object is like.

    Attributes:
        is_: path of the entry, or key of the object.
        kind: what it has to share to be alike at all.
        connector: the same, where both know it.
    """

    is_: str
    name: str
    kind: tuple[str, ...]
    connector: str | None = None

    def fits(self, other: _Likeness) -> bool:
        """True if one may be the other, whatever they are called."""
        return self.kind == other.kind and (
            None in (self.connector, other.connector) or self.connector == other.connector
        )


def _by_name(
    entries: Sequence[_Likeness], objects: Sequence[_Likeness], which: Recognized, had: Mapping[str, str]
) -> None:
    """Recognize by a name that one entry and one object have; note what the others may be. `had`: entries with an id."""
    taken = set(which.keys.values())
    free = [one for one in objects if one.is_ not in taken]
    here, there = _by_their_names(entries), _by_their_names(free)
    for entry in entries:
        named = [one for one in there.get(entry.name, ()) if one.fits(entry)]
        rivals = [one for one in here[entry.name] if any(one.fits(other) for other in named)]
        if len(named) == len(rivals) == 1:
            which.keys[entry.is_] = named[0].is_
        elif named:
            keys = ", ".join(sorted(one.is_ for one in named))
            which.notes[entry.is_] = f"may be any of {keys}: choose one with adopt"
            ids = ", ".join(sorted(one.is_.partition(".")[2] for one in rivals))
            which.unclear |= {one.is_: f"{len(named)} of this name are there, for {ids}" for one in named}
    taken = set(which.keys.values())
    left = [one for one in free if one.is_ not in taken]
    for entry in entries:
        if not {entry.is_} & (which.keys.keys() | which.notes.keys() | had.keys()):
            alike = [one for one in left if one.fits(entry)]
            if len(alike) == 1:
                which.notes[entry.is_] = f'if it is now called "{alike[0].name}", write adopt: {alike[0].is_}'


def _by_their_names(all_: Sequence[_Likeness]) -> dict[str, list[_Likeness]]:
    groups: dict[str, list[_Likeness]] = {}
    for one in all_:
        groups.setdefault(one.name, []).append(one)
    return groups


def _name(draft: Draft) -> str:
    return draft.text("name") or title_of(draft.id)


def _actor(draft: Draft) -> _Likeness:
    return _Likeness(draft.path, _name(draft), (draft.section,), draft.text("connector"))


def _found(actor: FoundActor) -> _Likeness:
    return _Likeness(actor.key, actor.name, (SECTION_OF[actor.kind],), actor.connector)


def _connection(draft: Draft, names: Mapping[str, str], which: Recognized) -> _Likeness | None:
    """None for a source or destination, and where the ends are not known."""
    ends = (f"sources.{draft.text('source')}", f"destinations.{draft.text('destination')}")
    if draft.section != "connections" or not set(ends) <= which.keys.keys():
        return None
    name = draft.text("name") or " → ".join(names[end] for end in ends)
    return _Likeness(draft.path, name, tuple(which.keys[end] for end in ends))


def _remote(connection: FoundConnection) -> _Likeness:
    remote = connection.remote
    return _Likeness(connection.key, remote.name, (remote.source_id, remote.destination_id))
