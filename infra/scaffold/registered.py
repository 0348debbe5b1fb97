"""What a lake has already, as far as a new entry has to fit in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import chain, count
from typing import Any

from infra.base.errors import UserError
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.walk import references_in
from infra.lake.documents import Written, not_found, why_refused
from infra.lake.documents.types import check_id
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.declared import FOLDER
from infra.lake.registry.draft import Draft, stack_ids
from infra.lake.registry.kinds import KIND_OF


def refuse_taken(model: LakeModel, section: str, entry_id: str, *, since: Written | None = None) -> None:
    """Raise UserError if the id is none, exists, or is that of an entry which is gone; not for what the line `since` says."""
    if why := why_refused(check_id, entry_id):
        raise UserError("; ".join(filter(None, why)))
    path = f"{section}.{entry_id}"
    found = model.declared.entries[section].get(entry_id)
    if found is not None:
        raise UserError(f"{path} exists: {found.locate(key=True)}")
    for lines, key in ((model.declared.retired, "entry"), (model.declared.renamed, "from")):
        for line in lines:
            if line is not since and isinstance(line.value, dict) and line.value.get(key) == path:
                raise UserError(
                    f"{path} was removed on purpose: {line.locate()}; choose another name, or delete that line"
                )


def free_file(model: LakeModel, section: str, entry_id: str) -> str:
    """The path of a registry file for an entry: after its id, with its kind where there is such a file, numbered where there is that.

    Names of registry files mean nothing, and no file is overwritten.
    """
    return free_path(model, entry_id, f"{entry_id}_{KIND_OF[section]}")


def free_path(model: LakeModel, *names: str) -> str:
    """The path of a registry file of the first name that is free; of the last one, with a number, where none is."""
    ways = chain(names, (f"{names[-1]}_{number}" for number in count(2)))
    paths = (f"{FOLDER}/{name}.yaml" for name in ways)
    return next(path for path in paths if not os.path.lexists(model.root / path))


def refuse_unknown(model: LakeModel, section: str, entry_id: str) -> None:
    """Raise UserError with the near matches if there is no such entry."""
    known = model.declared.entries[section]
    if entry_id not in known:
        what = KIND_OF[section]
        if not known:
            raise UserError(f"there is no {what} yet: lakeform add {what} NAME --connector {what}-x")
        raise not_found(what, entry_id, known)


def variable_names(model: LakeModel) -> frozenset[str]:
    """Every name that a reference, or `lake.variables`, uses."""
    lake = model.declared.lake
    values = [piece.value for entries in model.declared.entries.values() for piece in entries.values()]
    described = lake.value.get("variables") if lake else None
    names = {name for value in (*values, lake.value if lake else None) for _, _, name in references_in(value)}
    return frozenset(names | (set(described) if isinstance(described, dict) else set()))


def stacks_of(model: LakeModel, section: str, entry_id: str) -> tuple[str, ...]:
    """The stacks that an entry is in."""
    return tuple(model.drafts.placements[section].get(entry_id, ()))


def known_stacks(model: LakeModel) -> tuple[str, ...]:
    """Every stack of the lake."""
    return stack_ids(model.declared.lake)


def default_stacks(model: LakeModel, kind: str) -> tuple[str, ...]:
    """The stacks of an entry that names none; empty where it has to."""
    said = lake_value(model, "defaults", kind, "stack")
    if isinstance(said, str):
        return (said,)
    if isinstance(said, list):
        return tuple(said)
    return known_stacks(model) if len(known_stacks(model)) == 1 else ()


def lake_value(model: LakeModel, *path: str) -> Any:
    """A value of `lake`, None if it is not there."""
    lake = model.declared.lake
    return lake.child(*path).value if lake and lake.depth_of(path) == len(path) else None


def chosen_stacks(model: LakeModel, wanted: Sequence[str]) -> tuple[str, ...]:
    """The stacks that somebody named. Raises UserError for one that there is not."""
    for stack in wanted:
        if stack not in known_stacks(model):
            raise not_found("stack", stack, known_stacks(model))
    return tuple(dict.fromkeys(wanted))


def connections_of(model: LakeModel, source: str) -> Iterator[Draft]:
    """The connections of a source, and of those that borrow its streams, in each of their stacks."""
    borrowers = {
        draft.id
        for draft in model.drafts.entries.values()
        if draft.section == "sources" and draft.text("streams_from") == source
    }
    for draft in model.drafts.entries.values():
        if draft.section == "connections" and draft.text("source") in {source, *borrowers}:
            yield draft


def lock_of_destination(model: LakeModel, destination: str, stack: str) -> ConnectorLock | None:
    """The lock of a destination's connector; None if there is none."""
    draft = model.drafts.entries.get(("destinations", destination, stack))
    return model.locks.get(draft.text("connector") or "") if draft else None
