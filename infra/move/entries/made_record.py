"""What an import has made of which objects, for the record of all imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from infra.move.entries.import_plan import ImportRequest
from infra.move.entries.import_record import ImportedObject, ImportRecord, StackRecord
from infra.move.entries.proposed import Left, Proposed
from infra.move.entries.told import Told

# (id of a connection, stack) -> what an apply would change that nothing else tells.
Differences = Mapping[tuple[str, str], tuple[Told, ...]]


def made_record(
    request: ImportRequest,
    proposed: Iterable[Proposed],
    differences: Differences,
    removals: tuple[str, ...],
    left: Iterable[Left] = (),
) -> ImportRecord:
    """The record of an import that makes these entries and leaves out the others. `removals`: what takes objects out of an old
    state.
    """
    made, out = tuple(proposed), tuple(left)
    stacks = {stack: _stack(request, stack, made, differences, out) for stack in request.found}
    secrets = {name: said for one in made for name, said in one.secrets.items()}
    return ImportRecord(stacks, secrets, removals)


def _stack(
    request: ImportRequest, stack: str, made: tuple[Proposed, ...], differences: Differences, left: tuple[Left, ...]
) -> StackRecord:
    workspace = request.found[stack].workspace
    objects = {}
    for one in made:
        if stack in one.objects:
            there = one.objects[stack]
            name = there.remote.name if hasattr(there, "remote") else there.name
            told = (*one.told.get(stack, ()), *_differences(differences, one, stack))
            objects[there.id or there.key] = ImportedObject(one.path, name, one.managed, stack in one.carried, told)
    untold = tuple(f"{one.what}: {one.why}" for one in workspace.untold)
    return StackRecord(workspace.origin, objects, {one.key: one.left_out for one in left if one.stack == stack}, untold)


def _differences(differences: Differences, one: Proposed, stack: str) -> tuple[Told, ...]:
    return differences.get((one.id, stack), ()) if one.section == "connections" else ()
