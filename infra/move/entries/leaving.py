"""What has to leave an old state of Terraform before the lake's first plan: what is in it and no entry has."""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.registry.kinds import SECTION_OF, address_of
from infra.move.entries.import_plan import ImportRequest, recognized
from infra.move.entries.recognize import Recognized
from infra.move.found import FoundActor, FoundConnection
from infra.move.found_terraform import removal_of


def removals_after(request: ImportRequest) -> tuple[str, ...]:
    """The commands, those of earlier imports first; none for what has an entry of its address now. `request`: with the entries
    that its import has made.
    """
    known = recognized(request)
    kept = {stack: frozenset(_kept(request, known[stack], stack)) for stack in request.found}
    new = [line for stack, one in request.found.items() for line in one.leaving(kept[stack])]
    stays = {removal_of(address) for addresses in kept.values() for address in addresses}
    return tuple(line for line in dict.fromkeys([*request.record.removals, *new]) if line not in stays)


def _kept(request: ImportRequest, known: Recognized, stack: str) -> Iterator[str]:
    """The addresses in the state that entries have."""
    workspace = request.found[stack].workspace
    actors, connections = known.actors, known.connections
    for actor in workspace.actors:
        if _has_address(request, stack, actor, f"{SECTION_OF[actor.kind]}.{actors.get(actor.key)}"):
            yield actor.address or ""
    for connection in workspace.connections:
        if _has_address(request, stack, connection, f"connections.{connections.get(connection.key)}"):
            yield connection.address or ""


def _has_address(request: ImportRequest, stack: str, there: FoundActor | FoundConnection, entry: str) -> bool:
    """True where the entry at the path manages the object under the address that it has, or had before `renamed`."""
    section, _, id_ = entry.partition(".")
    draft = request.model.drafts.entries.get((section, id_, stack))
    if draft is None or draft.text("existing") is not None:
        return False
    record = request.record.stacks.get(stack)
    earlier = record.objects.get(there.id or there.key) if record else None
    return there.address == address_of(entry) or (earlier is not None and earlier.carried)
