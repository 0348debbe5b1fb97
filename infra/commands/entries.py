"""The entry that a user names on the command line, in the stack that is meant."""

from __future__ import annotations

from collections.abc import Sequence

from infra.base.faults import Fault
from infra.lake.documents import did_you_mean
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Actor, Connection
from infra.lake.registry.entry import Entry
from infra.lake.registry.kinds import ACTORS, KIND_OF


def find_actor(
    model: LakeModel, name: str, stack: str | None, sections: Sequence[str] = ACTORS
) -> tuple[Stack, Entry[Actor]]:
    """The source or destination `name` (`sources.name` where two have it) in `stack`, by default the only one that it is in.

    Raises Fault with the near matches, also where it is in several stacks and none is named.
    """
    section, entry_id = _entry(model, name, sections)
    registry = model.stacks[_stack(model, section, entry_id, stack)]
    placed = registry.sources.get(entry_id) if section == "sources" else registry.destinations.get(entry_id)
    if placed is None:
        raise Fault(f"{section}.{entry_id} has problems; see: lakeform check")
    return registry, placed


def find_connection(model: LakeModel, name: str, stack: str | None) -> tuple[Stack, Entry[Connection]]:
    """The same for a connection."""
    section, entry_id = _entry(model, name, ("connections",))
    registry = model.stacks[_stack(model, section, entry_id, stack)]
    placed = registry.connections.get(entry_id)
    if placed is None:
        raise Fault(f"{section}.{entry_id} has problems; see: lakeform check")
    return registry, placed


def _entry(model: LakeModel, name: str, sections: Sequence[str]) -> tuple[str, str]:
    entries = model.declared.entries
    known = [(section, entry_id) for section in sections for entry_id in entries[section]]
    found = [pair for pair in known if name in (pair[1], ".".join(pair))]
    if len(found) == 1:
        return found[0]
    if found:
        raise Fault(f'"{name}" is both: {" or ".join(".".join(pair) for pair in found)}; write it like that')
    kinds = " or ".join(KIND_OF[section] for section in sections)
    ids = did_you_mean(name, [entry_id for _, entry_id in known], "in the registry") or "the registry has none"
    raise Fault(f'there is no {kinds} "{name}"; {ids}')


def _stack(model: LakeModel, section: str, entry_id: str, wanted: str | None) -> str:
    stacks = sorted(model.drafts.placements[section].get(entry_id, ()))
    if wanted is None and len(stacks) == 1:
        return stacks[0]
    if wanted in stacks:
        return str(wanted)
    if wanted is None:
        where = f"is in the stacks {', '.join(stacks)}: say which with --stack" if stacks else "is in no stack"
        raise Fault(f"{section}.{entry_id} {where}")
    if wanted not in model.stacks:
        raise Fault(f'there is no stack "{wanted}"; {did_you_mean(wanted, model.stacks, "stacks")}')
    raise Fault(f'{section}.{entry_id} is not in the stack "{wanted}"; {did_you_mean(wanted, stacks, "its stacks")}')
