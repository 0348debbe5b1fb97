"""ServerSide: what is in Airbyte, as a side of a review: the lake as its files would say what is there."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from infra.lake.documents import remove_file, write_text
from infra.lake.model.copied import copied_lake
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.load import load_lake
from infra.lake.model.output import document_path
from infra.lake.model.stack import Stack
from infra.lake.registry.accepted import Accepted
from infra.lake.registry.declared import SECTIONS, read_registry_files
from infra.lake.registry.entry import cron_of
from infra.lake.registry.kinds import address_of
from infra.move.drift.edits import edits_of
from infra.move.drift.found_difference import Difference
from infra.move.drift.known import Known
from infra.move.entries.import_record import PATH
from infra.move.entries.recognize import Recognized
from infra.move.found import FoundWorkspace
from infra.move.review.as_often import is_as_often, is_same
from infra.review.sides.side import Side
from infra.review.sides.stack_json import StackDocument, read_stack_document

# Stack -> the text of its document, for a lake.
Synthesize = Callable[[LakeModel], Mapping[str, str]]

# (stack, entry).
Placed = tuple[str, str]


@dataclass(frozen=True)
class ServerSide:
    """Both sides of a review.

    Attributes:
        side: what is there.
        head: what would be applied, without what is lost.
        there: the entries whose objects are in Airbyte.
        by: how those of them are recognized that neither the registry nor Terraform's state has the id of, in words.
        lost: entries with the id of an object that is not there, and that cannot be taken over.
        as_often: connections with a schedule there that no entry can have, and here with a cron expression that syncs as often.
        unwritten: differences that no text of the lake says, so that the side has what the head has.
    """

    side: Side
    head: Side
    there: frozenset[Placed]
    by: Mapping[Placed, str]
    lost: tuple[tuple[Placed, str], ...]
    as_often: frozenset[Placed]
    unwritten: tuple[Difference, ...]


def server_side(
    head: Side,
    found: Mapping[str, FoundWorkspace],
    known: Known,
    synthesize: Synthesize,
    accepted: Collection[Accepted],
) -> ServerSide:
    """The side of the workspaces. `found`: stack -> its workspace; stacks that were not asked are as the head has them.
    `accepted`: lines that were there before this change, so that they let nothing pass in it.
    """
    with _copy(head.model) as root:
        edits = edits_of(load_lake(root).model, found, known)
        _write(root, edits.texts)
        model = load_lake(root).model
        texts = synthesize(model)
    which = {id_: known.recognize(head.model, id_, found[id_]) for id_ in sorted(found)}
    there = frozenset((id_, path) for id_, one in which.items() for path in one.keys)
    absent = frozenset(_absent(head.model, found, there))
    documents = {id_: read_stack_document(document_path(id_), texts[id_]) for id_ in found if id_ in texts}
    side = replace(head, model=_accepting(model, accepted), documents={**head.documents, **documents})
    lost = tuple(_lost(head, absent))
    return ServerSide(
        _side_without(side, absent),
        _side_without(head, frozenset(placed for placed, _ in lost)),
        there,
        {(id_, path): _how(which[id_], path) for id_, path in sorted(there) if path not in which[id_].ours},
        lost,
        frozenset(placed for id_, one in which.items() for placed in _as_often(head, found[id_], id_, one.keys)),
        tuple(one for one in edits.unwritten if (one.stack, one.entry) in there),
    )


def _how(which: Recognized, path: str) -> str:
    return PATH if path in which.known else "name"


@contextmanager
def _copy(model: LakeModel) -> Iterator[Path]:
    """A copy of what people write in a lake, in which nothing is retired: it may be there still."""
    with copied_lake(model.root) as root:
        for document in read_registry_files(model.root)[0]:
            if isinstance(document.value, dict) and "retired" in document.value:
                rest = {key: value for key, value in document.value.items() if key != "retired"}
                write_text(root, document.file, json.dumps(rest))
        yield root


def _write(root: Path, texts: Mapping[str, str | None]) -> None:
    """Write the texts; None for a file that goes."""
    for file, text in texts.items():
        if text is None:
            remove_file(root, file)
        else:
            write_text(root, file, text)


def _absent(model: LakeModel, found: Mapping[str, FoundWorkspace], there: frozenset[Placed]) -> Iterator[Placed]:
    """What is managed and not in its workspace; where not all of it could be read, nobody knows."""
    for id_, workspace in found.items():
        for entry in model.stacks[id_].entries():
            managed = getattr(entry.settings, "managed", True)
            if managed and not workspace.untold and (id_, entry.path) not in there:
                yield id_, entry.path


def _as_often(head: Side, workspace: FoundWorkspace, stack: str, keys: Mapping[str, str]) -> Iterator[Placed]:
    for entry in head.model.stacks[stack].connections.values():
        found, cron = workspace.connection(keys.get(entry.path, "")), cron_of(entry)
        if found is None or cron is None:
            continue
        interval, expression = found.remote.interval, found.remote.cron
        if (interval and is_as_often(interval, cron)) or (expression and is_same(expression, cron)):
            yield stack, entry.path


def _lost(head: Side, absent: frozenset[Placed]) -> Iterator[tuple[Placed, str]]:
    """What should be taken over and is not there, with its id."""
    for stack, path in sorted(absent):
        entry = head.entry(stack, path)
        if entry is not None and entry.settings.adopt:
            yield (stack, path), entry.settings.adopt


def _side_without(side: Side, absent: frozenset[Placed]) -> Side:
    documents = {stack: _document_without(document, stack, absent) for stack, document in side.documents.items()}
    return replace(side, model=_without(side.model, absent), documents=documents)


def _accepting(model: LakeModel, accepted: Collection[Accepted]) -> LakeModel:
    lines = tuple((line, layers) for line, layers in model.registry.accepted if line in accepted)
    return replace(model, registry=replace(model.registry, accepted=lines))


def _without(model: LakeModel, absent: frozenset[Placed]) -> LakeModel:
    """The lake without some entries; their texts stay, as nobody looks at them."""
    entries = {key: entry for key, entry in model.registry.entries.items() if (entry.stack, entry.path) not in absent}
    stacks: dict[str, Stack] = {}
    for id_, stack in model.stacks.items():
        sections: dict[str, Any] = {
            section: {key: entry for key, entry in getattr(stack, section).items() if (id_, entry.path) not in absent}
            for section in SECTIONS
        }
        stacks[id_] = replace(stack, **sections)
    return replace(model, registry=replace(model.registry, entries=entries), stacks=stacks)


def _document_without(document: StackDocument, stack: str, absent: frozenset[Placed]) -> StackDocument:
    gone = {address_of(path) for id_, path in absent if id_ == stack}
    return replace(
        document,
        resources={address: body for address, body in document.resources.items() if address not in gone},
        entries={address: path for address, path in document.entries.items() if address not in gone},
        imports={address: id_ for address, id_ in document.imports.items() if address not in gone},
    )
