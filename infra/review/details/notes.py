"""Notes: what a reviewer should know and no plan shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from infra.review.details.backfills import provider_notes
from infra.review.details.change import Change
from infra.review.details.kept_resources import notes_on_resources
from infra.review.details.masked_keys import notes_on_masked_keys
from infra.review.details.model_notes import notes_on_models
from infra.review.details.plans import plan_notes
from infra.review.details.second_copies import going_on_elsewhere
from infra.review.details.slots_left import notes_on_slots
from infra.review.details.stack_details import destroys
from infra.review.sides.places import keeps_state
from infra.review.sides.side import Side
from infra.review.sides.stack_json import canonical
from infra.review.sides.values import names_unclear


def renamed_stacks(base: Side, head: Side) -> list[tuple[str, str]]:
    """(old id, new id) of stacks that have another id and the same place for their Terraform state."""
    gone = sorted(stack for stack in base.documents.keys() - head.documents.keys() if not destroys(base, stack))
    come = sorted(head.documents.keys() - base.documents.keys())
    pairs = {old: next((new for new in come if keeps_state(base, old, head, new)), None) for old in gone}
    return [(old, new) for old, new in pairs.items() if new]


def notes_of(base: Side, head: Side, renamed: Sequence[tuple[str, str]], changes: Sequence[Change]) -> tuple[str, ...]:
    """The notes, sorted by what they are about."""
    for_stacks = [
        note
        for stack in sorted(head.documents)
        for note in (*_of_stack(base, head, stack), *plan_notes(base, head, stack))
    ]
    names = [f"the stack {old} is now called {new}; its Terraform state stays where it is" for old, new in renamed]
    return (
        *_protection(base, head),
        *_protected_that_goes(base, changes),
        *names,
        *going_on_elsewhere(base, head, changes),
        *provider_notes(base, head),
        *notes_on_resources(base, head, changes),
        *notes_on_masked_keys(head),
        *notes_on_slots(base, head),
        *notes_on_models(base, head),
        *for_stacks,
    )


def _protection(base: Side, head: Side) -> list[str]:
    """Protection that is taken away, which no plan shows."""
    found = {
        entry.path
        for stack in base.documents
        if (model := base.stack(stack))
        for entry in model.entries()
        if entry.settings.protect and (after := head.entry(stack, entry.path)) and not after.settings.protect
    }
    return [f"{path} is no longer protected" for path in sorted(found)]


# What becomes of something protected, in words; what stays under the same id is no news.
_GOES: Mapping[str, str] = {
    "delete": "is deleted",
    "replace": "is destroyed and created again",
    "forget": "is no longer managed here",
    "move": "has another id",
}


def _protected_that_goes(base: Side, changes: Sequence[Change]) -> list[str]:
    """Whatever goes although `protect` stands in the base, and streams of a connection that has it."""
    found = set()
    for change in changes:
        path = base.document(change.stack).entries.get(change.previous_address or change.address, change.entry)
        placed = base.entry(change.stack, path)
        if placed is None or not placed.settings.protect:
            continue
        if change.action in _GOES or path != change.entry:
            new = f": {change.entry}" if path != change.entry else ""
            found.add(f"{path} is protected, and {_GOES.get(change.action, _GOES['move'])} in {change.stack}{new}")
        gone = sorted(detail.path for detail in change.details if detail.kind == "stream-removed")
        found |= {
            f"{stream} is of a protected connection, and is no longer synced in {change.stack}" for stream in gone
        }
    return sorted(found)


def _of_stack(base: Side, head: Side, stack: str) -> Iterator[str]:
    if stack not in base.documents:
        return
    before, after = base.values(stack), head.values(stack)
    for name in names_unclear(before, after):
        yield _unclear(name, after.known)
    old, new = base.flux(stack), head.flux(stack)
    values = [flux.model_dump(mode="json", exclude={"values"}) if flux else {} for flux in (old, new)]
    keys = sorted(key for key in {*values[0], *values[1]} if values[0].get(key) != values[1].get(key))
    if keys:
        yield f"{stack}: settings of Flux change: {', '.join(_setting(key, *values) for key in keys)}"


def _unclear(name: str, known: Mapping[str, object]) -> str:
    if name in known:
        return f"the value of the variable {name} now comes from the registry; whether it is the same as before cannot be seen here"
    return f"the value of the variable {name} no longer comes from the registry; it must come from elsewhere, unchanged"


def _setting(key: str, before: Mapping[str, object], after: Mapping[str, object]) -> str:
    values = (before.get(key), after.get(key))
    if all(isinstance(value, (bool, str)) or value is None for value in values):
        return f"{key} {canonical(values[0])} → {canonical(values[1])}"
    return key
