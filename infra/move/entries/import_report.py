"""`dag/import.md`: what an import made, what the first apply sends, and what is left to do."""

from __future__ import annotations

from collections.abc import Iterator

from infra.base.printable import one_line
from infra.lake.documents import plural
from infra.move.entries.import_record import ImportedObject, ImportRecord, StackRecord
from infra.move.entries.told import Told

REPORT_PATH = "dag/import.md"

_NOT_MANAGED = (
    "Tags, notifications and data residency are not managed: the first apply leaves them as they are.",
    "What has `adopt` is taken over by an import block; the first apply creates, replaces and deletes nothing that is here.",
)

_ONE = (
    "They have the same name in several stacks, which were not imported in one run, and no file that is there is changed. To make "
    "one entry of each, undo the later import, delete `dag/import.json` and the registry files of the earlier one, and import "
    "these stacks in one run. By hand: `stack` names all stacks, and what differs, `adopt` too, stands below `overrides`."
)
_RULES = (
    "Where a reason ends in a name in parentheses, `lakeform check` would refuse an entry by the rule of that name."
)


def report_text(record: ImportRecord) -> str:
    """The page, the same for the same record."""
    lines = ["# Import", "", "Written by `lakeform import`; `import.json` beside it says the same to programs.", ""]
    for stack in sorted(record.stacks):
        lines += [f"## {stack}: {one_line(record.stacks[stack].origin)}", "", *_stack(record.stacks[stack])]
    lines += [*_alike(record), *_secrets(record), *_removals(record), "## What no entry says", ""]
    return "\n".join([*lines, *(f"- {line}" for line in _NOT_MANAGED), ""])


def counts(record: StackRecord) -> str:
    """`12 of 80 objects plan empty; 68 are updated once by the first apply; 3 are left out`."""
    objects = record.objects.values()
    empty = sum(one.plans_empty for one in objects)
    said = [f"{empty} of {plural(len(objects), 'object')} plan empty"]
    said += [f"the first apply updates {len(objects) - empty}"] if len(objects) > empty else []
    said += [f"{len(record.left_out)} left out"] if record.left_out else []
    said += [f"{len(record.untold)} not read"] if record.untold else []
    return "; ".join(said)


def _stack(record: StackRecord) -> Iterator[str]:
    yield from (f"{counts(record)}.", "")
    changed = sorted((one for one in record.objects.values() if not one.plans_empty), key=lambda one: one.entry)
    if changed:
        yield from ("### What the first apply sends", "")
        for one in changed:
            yield from _object(one)
        yield ""
    quiet = sorted((one for one in record.objects.values() if one.plans_empty and one.told), key=lambda one: one.entry)
    if quiet:
        yield from ("### What could not be read back, and changes nothing", "")
        for one in quiet:
            yield from _object(one)
        yield ""
    yield from _left_out(record)


def _object(one: ImportedObject) -> Iterator[str]:
    actor = not one.entry.startswith("connections.") and one.managed and not one.carried
    said = ": its whole configuration, once, as an import leaves it empty in Terraform's state" if actor else ""
    yield f'- `{one.entry}` "{one_line(one.name)}"{said}'
    yield from (f"  - {_told(told)}" for told in one.told)


def _told(told: Told) -> str:
    return f"`{one_line(told.field)}`: {one_line(told.there)}. It sends {one_line(told.sends)}."


def _left_out(record: StackRecord) -> Iterator[str]:
    if record.left_out:
        yield from ("### Left out", "", _RULES, "")
        for one in sorted(record.left_out.values(), key=lambda one: (one.what, one.why)):
            yield f"- {one_line(one.what)}"
            yield from (f"  - {one_line(reason)}." for reason in one.why)
            yield f"  - What to do: {one_line(one.instead)}."
        yield ""
    if record.untold:
        yield from ("### Not read", "", *(f"- {one_line(line)}." for line in record.untold), "")


def _alike(record: ImportRecord) -> Iterator[str]:
    """Entries of several stacks that would have been one in one import."""
    found: dict[tuple[str, str], dict[str, set[str]]] = {}
    for stack, one in sorted(record.stacks.items()):
        for made in one.objects.values():
            like = (made.entry.partition(".")[0], made.name)
            found.setdefault(like, {}).setdefault(stack, set()).add(made.entry)
    pairs = [sorted(by_stack.items()) for by_stack in found.values() if _could_be_one(by_stack)]
    if pairs:
        yield from ("## Entries that could be one", "", _ONE, "")
        for pair in sorted(pairs, key=lambda pair: min(pair[0][1])):
            yield "- " + " and ".join(f"`{min(entries)}` ({stack})" for stack, entries in pair)
        yield ""


def _could_be_one(by_stack: dict[str, set[str]]) -> bool:
    """True where several stacks have one of the name each, and not the same entry."""
    entries = set().union(*by_stack.values())
    return len(by_stack) > 1 and len(entries) > 1 and all(len(one) == 1 for one in by_stack.values())


def _secrets(record: ImportRecord) -> Iterator[str]:
    if record.secrets:
        yield from (
            "## Values to provide",
            "",
            "They are secrets: no file of the lake has them, and Airbyte does not give them back.",
            "",
        )
        yield from (f"- `{name}`: {one_line(record.secrets[name])}" for name in sorted(record.secrets))
        yield ""


def _removals(record: ImportRecord) -> Iterator[str]:
    if record.removals:
        yield from ("## Before the first plan", "", "Take these out of the old state; Airbyte keeps them.", "")
        yield from ("```sh", *record.removals, "```", "")
