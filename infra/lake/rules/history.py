"""`retired:`, `renamed:` and `accepted:` lines: they may stay for good, but they must not contradict what exists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from infra.lake.documents import Layers, Problem, did_you_mean, no_such
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.accepted import OF_STACKS, Accepted
from infra.lake.registry.history import Renamed, Retired

# Rules whose refusal names a value: what a line without it would let pass, and what that value is.
_NAMED = {
    "adoption-changes": ("accepts any change: more may differ in Airbyte than was seen", "list"),
    "discovery-shrunk": ("accepts any number: more may be lost than intended", "number"),
    "mass-deletion": ("accepts any number: more may be lost than intended", "number"),
    "replication-shared": ("accepts any slot, also the next one", "slot"),
}
# Rules -> what they are refused for, where that is no stream or protected entry.
_ENTRIES_OF = {
    "adoption-changes": "connections.<id>",
    "created-twice": "lake.stacks.<stack>",
    "discovery-shrunk": "sources.<id>",
    "mass-deletion": "lake.stacks.<stack>",
}


def check_history(model: LakeModel) -> Iterator[Problem]:
    """`bad-retired`, `bad-renamed` and `not-accepted`."""
    if not model.declared.complete:
        return
    for accepted, layers in model.registry.accepted:
        yield from _check_accepted(model, accepted, layers)
    for retired, layers in model.registry.retired:
        yield from _check_retired(model, retired, layers)
    yield from _check_renamed(model)


def _check_accepted(model: LakeModel, line: Accepted, layers: Layers) -> Iterator[Problem]:
    """What can be seen without the change; the review sees whether a new line accepts anything."""
    if line.stack is not None and line.stack not in model.stacks:
        yield layers.problem("not-accepted", ("stack",), *no_such("stack", line.stack, model.stacks))
    of_stack = line.entry.startswith("lake.stacks.")
    stack = line.entry.removeprefix("lake.stacks.")
    if of_stack and line.rule in OF_STACKS and stack not in model.stacks:
        yield layers.problem("not-accepted", ("entry",), *no_such("stack", stack, model.stacks))
    wanted = _ENTRIES_OF.get(line.rule, "connections.X.streams.<file>")
    if not line.entry.startswith(wanted.partition("<")[0]) and (of_stack or line.rule in _ENTRIES_OF):
        yield layers.problem(
            "not-accepted", ("entry",), f"{line.rule} is not refused for {line.entry}", f"name {wanted}"
        )
    elif line.rule in _NAMED and line.value is None:
        message, fix = _NAMED[line.rule]
        yield layers.problem("not-accepted", ("rule",), message, f"add value: with the {fix} that the refusal named")


def _check_retired(model: LakeModel, retired: Retired, layers: Layers) -> Iterator[Problem]:
    stacks = model.stacks
    if retired.stack is not None and retired.stack not in stacks:
        yield layers.problem("bad-retired", ("stack",), *no_such("stack", retired.stack, stacks))
    elif retired.is_stream:
        yield from _check_retired_stream(model, retired, layers)
    else:
        section, _, entry_id = retired.entry.partition(".")
        placed = model.drafts.placements[section].get(entry_id)
        if placed is not None and (retired.stack is None or retired.stack in placed):
            yield layers.problem(
                "bad-retired",
                ("entry",),
                f"{retired.entry} still exists",
                "delete the entry or this line",
            )


def _check_retired_stream(model: LakeModel, retired: Retired, layers: Layers) -> Iterator[Problem]:
    _, connection, _, stem = retired.entry.split(".", 3)
    if retired.keep:
        message = "a stream cannot be kept: it is part of its connection"
        yield layers.problem("bad-retired", ("keep",), message, "remove keep", key=True)
    for stack in model.stacks.values():
        here = retired.stack in (None, stack.id)
        if here and any(stream.stem == stem for stream in stack.streams.get(connection, ())):
            message = f'the connection still syncs the stream in the stack "{stack.id}"'
            yield layers.problem("bad-retired", ("entry",), message, "remove the stream or delete this line")
            return


def _check_renamed(model: LakeModel) -> Iterator[Problem]:
    lines = model.registry.renamed
    froms = Counter(renamed.from_ for renamed, _ in lines)
    tos = Counter(renamed.to for renamed, _ in lines)
    for renamed, layers in lines:
        reason = _contradiction(model, renamed, froms, tos)
        if reason:
            key, message, fix = reason
            yield layers.problem("bad-renamed", (key,), message, fix)


def _contradiction(
    model: LakeModel, renamed: Renamed, froms: Counter[str], tos: Counter[str]
) -> tuple[str, str, str] | None:
    """(key, message, fix) of the first thing that is wrong with a line."""
    kind = renamed.from_.partition(".")[0]
    contradictions = (
        (
            renamed.to.partition(".")[0] != kind,
            "to",
            f"{renamed.from_} cannot become {renamed.to}",
            f"a rename stays within {kind}",
        ),
        (renamed.from_ == renamed.to, "to", "is the same name", "delete this line"),
        (froms[renamed.from_] > 1, "from", f"{renamed.from_} is renamed twice", "keep one of the lines"),
        (tos[renamed.to] > 1, "to", f"two entries are renamed to {renamed.to}", "keep one of the lines"),
        (
            renamed.to in froms,
            "to",
            f"{renamed.to} is itself renamed",
            "delete this line if it has been applied; else write one line from the first name to the last",
        ),
        (_exists(model, renamed.from_), "from", f"{renamed.from_} still exists", "delete the entry or this line"),
    )
    for holds, key, message, fix in contradictions:
        if holds:
            return key, message, fix
    return _target(model, renamed)


def _target(model: LakeModel, renamed: Renamed) -> tuple[str, str, str] | None:
    retired = {line.entry for line, _ in model.registry.retired}
    if _exists(model, renamed.to) or renamed.to in retired:
        return None
    section, _, entry_id = renamed.to.partition(".")
    known = [f"{section}.{id_}" for id_ in _known(model, section, entry_id)]
    return "to", f"there is no {renamed.to}", did_you_mean(renamed.to, known, "known")


def _exists(model: LakeModel, path: str) -> bool:
    section, _, entry_id = path.partition(".")
    return entry_id in _known(model, section, entry_id)


def _known(model: LakeModel, section: str, entry_id: str) -> list[str]:
    if section == "streams":
        folder = model.sources.get(entry_id.partition(".")[0])
        return [f"{folder.source}.{stem}" for stem in folder.files] if folder else []
    return list(model.drafts.placements[section])
