"""The plan of an import: files that do not exist yet, and what is said of every object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from infra.airbyte.workspace.setup import Setup
from infra.lake.model.lake_model import LakeModel
from infra.move.entries.connector_locks import ConnectorLocks
from infra.move.entries.import_record import ImportRecord
from infra.move.entries.new_objects import NewObjects, new_objects
from infra.move.entries.plan_actors import ActorPlan, Locks, actor_groups, propose_actor
from infra.move.entries.plan_connections import (
    NewConnection,
    new_connections,
    propose_connection,
    refused_connections,
)
from infra.move.entries.plan_folders import folder_id, folder_uses
from infra.move.entries.proposed import Left, Proposed
from infra.move.entries.recognize import Recognized, recognize
from infra.move.entries.registry_text import registry_files
from infra.move.entries.set_aside import Members, SetAside
from infra.move.entries.stream_files import FolderPlan, Who, plan_folder
from infra.move.found_terraform import FoundTerraform
from infra.scaffold.registered import variable_names


@dataclass(frozen=True)
class ImportRequest:
    """What is to be imported.

    Attributes:
        found: stack -> what its origin tells, in the order of the lake's stacks.
        locks: of the connector of a source or destination, those that are to be written among them.
        record: of earlier imports.
        only: what is to be imported, by name or id in Airbyte; empty for all.
    """

    model: LakeModel
    found: Mapping[str, FoundTerraform]
    locks: ConnectorLocks
    record: ImportRecord = field(default_factory=ImportRecord)
    only: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ImportPlan:
    """What an import would write.

    Attributes:
        files: path from the root -> text; none of them exists.
        users: path of a stream file, and id of a stream folder -> the new connections that use it; of a file those whose entries
            say nothing else of the stream, where there are any.
        proposed: new entries.
        left: objects that get none.
        setups: (id of a connection, stack) -> how it is set in Airbyte, as far as an entry can say it.
        unsaid: path of a new connection -> why no entry can say how its streams are synced, beside the files of this plan.
    """

    files: Mapping[str, str]
    users: Mapping[str, tuple[str, ...]]
    proposed: tuple[Proposed, ...]
    left: tuple[Left, ...]
    setups: Mapping[Who, Setup]
    unsaid: Mapping[str, tuple[str, ...]]


def recognized(request: ImportRequest) -> dict[str, Recognized]:
    """Stack -> which of its objects are entries already."""
    return {
        stack: recognize(request.model, stack, one.workspace, request.record.noted(stack))
        for stack, one in request.found.items()
    }


def plan_import(request: ImportRequest, aside: SetAside) -> ImportPlan:
    """The plan, without what is set aside."""
    known = recognized(request)
    new = new_objects(request.found, known, request.only)
    actors = _actors(request, known, new, aside.refused)
    wanted = new_connections(request.model, new.connections, actors, _remembered(request), _names(request), aside.split)
    kept, left = refused_connections(wanted, request.found, aside)
    folders = _folders(request, actors, kept)
    entries = [_entry(request, one, folders[_folder(request, one)]) for one in kept]
    files = registry_files(request.model, [*actors.proposed, *entries])
    files |= request.locks.files(_connectors(actors.proposed))
    files |= {path: text for plan in folders.values() for path, text in plan.files.items()}
    return ImportPlan(
        files,
        _users(request, kept, folders),
        (*actors.proposed, *entries),
        (*new.left, *actors.left, *left),
        {who: setup for one in kept for who, setup in one.setups.items()},
        _unsaid(folders.values()),
    )


def _unsaid(folders: Iterable[FolderPlan]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for (id_, _), why in (item for folder in folders for item in folder.unsaid.items() if item[1]):
        path = f"connections.{id_}"
        found[path] = tuple(dict.fromkeys([*found.get(path, ()), *why]))
    return found


def _users(
    request: ImportRequest, kept: Iterable[NewConnection], folders: Mapping[str, FolderPlan]
) -> dict[str, tuple[str, ...]]:
    users: dict[str, dict[str, None]] = {}
    beside: dict[str, dict[str, None]] = {}
    for one in kept:
        folder = _folder(request, one)
        users.setdefault(folder, {})[one.group.path] = None
        synced = [item for stack in one.words for item in folders[folder].synced[one.group.id, stack].items()]
        for path, says_else in synced:
            (beside if says_else else users).setdefault(path, {})[one.group.path] = None
    return {place: tuple(paths) for place, paths in {**beside, **users}.items()}


def _actors(
    request: ImportRequest, known: Mapping[str, Recognized], new: NewObjects, refused: Mapping[Members, tuple[str, ...]]
) -> ActorPlan:
    plan = ActorPlan(variables=set(variable_names(request.model)))
    locks = Locks(request.locks.of, request.locks.titled)
    for stack, one in known.items():
        plan.entries |= {(stack, key): id_ for key, id_ in one.actors.items()}
    for group in actor_groups(request.model, new.actors, _remembered(request)):
        propose_actor(group, plan, request.found, locks, refused)
    return plan


def _connectors(proposed: Iterable[Proposed]) -> Iterator[str]:
    yield from (str(value["connector"]) for one in proposed for value in one.values.values() if "connector" in value)


def _remembered(request: ImportRequest) -> dict[tuple[str, str], str]:
    """(stack, Airbyte's id) -> the entry that an earlier import made of it."""
    return {(stack, id_): entry for stack in request.found for id_, entry in request.record.entries_of(stack).items()}


def _names(request: ImportRequest) -> dict[tuple[str, str], str]:
    """(stack, key of a source or destination) -> its name in Airbyte."""
    found = request.found.items()
    return {(stack, actor.key): actor.name for stack, one in found for actor in one.workspace.actors}


def _folder(request: ImportRequest, one: NewConnection) -> str:
    return folder_id(request.model, one.ends[0])


def _folders(request: ImportRequest, actors: ActorPlan, kept: list[NewConnection]) -> dict[str, FolderPlan]:
    uses = folder_uses(request.model, request.found, actors, kept)
    return {id_: plan_folder(use.folder, use.connections) for id_, use in uses.items()}


def _entry(request: ImportRequest, one: NewConnection, folder: FolderPlan) -> Proposed:
    stack, first = next(iter(one.group.members.items()))
    names = _names(request)
    usual = " → ".join(names[stack, key] for key in (first.remote.source_id, first.remote.destination_id))
    return propose_connection(request.model, one, request.found, folder, usual)
